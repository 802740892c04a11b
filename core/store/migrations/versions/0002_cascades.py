"""How sure a model was of each answer, and its cascade with the teacher."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward."""
    op.add_column("models", sa.Column("cascade", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("evaluations", sa.Column("confidences", sa.JSON(none_as_null=True), nullable=True))

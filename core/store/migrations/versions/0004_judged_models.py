"""What is known of a model's answers on slices, of its probabilities, and the texts on which it falls behind."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward."""
    for name in ("slices", "reliability", "regressions"):
        op.add_column("models", sa.Column(name, sa.JSON(none_as_null=True), nullable=True))

"""Which of a teacher's layers a student keeps. Free of torch."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import UserError


def kept_layers(total: int, keep: int, which: Sequence[int] | None = None) -> list[int]:
    """Numbers, from 0, of `keep` of `total` layers: `which`, or spread, always with the last, whose output the head was trained on.

    Raises UserError for more than there are.
    """
    if not 1 <= keep < total:
        raise UserError(f"layers: {keep} cannot be cut out of a teacher with {total}; choose 1 to {total - 1}.")
    if which is not None:
        if max(which) >= total:
            raise UserError(f"keep_layers: {max(which)} is none of a teacher's layers 0 to {total - 1}; choose among these.")
        return list(which)
    return [round(i * (total - 1) / (keep - 1)) for i in range(keep)] if keep > 1 else [total - 1]

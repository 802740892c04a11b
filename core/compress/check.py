"""Whether a variant still answers as its reference does, on real texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Check:
    """before, after: label numbers (texts,). largest: difference of any logit, absolute."""

    before: np.ndarray
    after: np.ndarray
    largest: float

    @property
    def equal(self) -> int:
        """How many answers are the same."""
        return int((self.before == self.after).sum())

    @property
    def agreement(self) -> float:
        """Their share, 0 to 1."""
        return self.equal / len(self.before)


def check(reference: np.ndarray, found: np.ndarray) -> Check:
    """Compares logits (texts, labels) of the same texts in the same order; at least one text."""
    return Check(reference.argmax(-1), found.argmax(-1), float(np.abs(reference - found).max()))

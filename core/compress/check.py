"""Whether a variant still answers as its reference does, on real texts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Check:
    """texts: how many were compared. equal: of how many the answer is the same. largest: difference of any logit, absolute."""

    texts: int
    equal: int
    largest: float

    @property
    def agreement(self) -> float:
        """Share of equal answers."""
        return self.equal / self.texts


def check(reference: np.ndarray, found: np.ndarray) -> Check:
    """Compares logits (texts, labels) of the same texts in the same order."""
    equal = int((reference.argmax(-1) == found.argmax(-1)).sum())
    return Check(len(reference), equal, float(np.abs(reference - found).max()) if len(reference) else 0.0)

"""Texts made from texts: words masked or replaced, and short pieces (Tang et al. 2019, section 3.3). Pure.

What is made has no label: only the teacher can say what it means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

MASKED = 0.1  # probability that a word is hidden
SAMPLED = 0.25  # probability that only a piece of the text is kept
LONGEST = 5  # words of a piece at most
TRIES = 3  # for each text that is wanted: short ones have few others


def made(
    texts: Sequence[str], times: float, near: Mapping[str, Sequence[str]], mask: str, seed: int, taken: Iterable[str] = (),
) -> list[str]:
    """About `times` new texts for each of `texts`, in their order; the same for the same arguments.

    A hidden word is replaced by one of its `near` words where it has some, else by `mask` ("": it stays). Never a text twice, one of
    `texts` or of `taken` (case and spaces aside), nor one of masks alone; where a text has too few others, fewer are made.
    """
    rng = np.random.default_rng([seed, 1])
    seen = {plain(text) for text in (*texts, *taken)}
    found: list[str] = []
    for text in texts:
        words = text.split()
        wanted = int(times) + int(rng.random() < times % 1)
        end = len(found) + wanted
        for _ in range(wanted * TRIES if words else 0):
            hides = rng.random(len(words)) < MASKED
            new = _piece([_hidden(word, near, mask, rng) if hide else word for word, hide in zip(words, hides, strict=True)], rng)
            if (key := plain(" ".join(new))) not in seen and any(word != mask for word in new):
                seen.add(key)
                found.append(" ".join(new))
            if len(found) == end:
                break
    return found


def _hidden(word: str, near: Mapping[str, Sequence[str]], mask: str, rng: np.random.Generator) -> str:
    others = near.get(word)
    return others[int(rng.integers(len(others)))] if others else mask or word


def _piece(words: list[str], rng: np.random.Generator) -> list[str]:
    """All words, or with probability SAMPLED 1 to LONGEST of them that stand together."""
    if rng.random() >= SAMPLED:
        return words
    length = min(int(rng.integers(1, LONGEST + 1)), len(words))
    start = int(rng.integers(len(words) - length + 1))
    return words[start : start + length]


def plain(text: str) -> str:
    """In lower case with single spaces: two texts are the same if these are."""
    return " ".join(text.lower().split())

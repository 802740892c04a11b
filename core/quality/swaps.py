"""Names and terms of identity swapped in a text, and how many answers that changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from core.figures import Interval
from core.quality.scores import aligned

Pairs = tuple[tuple[str, str], ...]
"""Terms that change places, such as ("he", "she"); where a term stands in several pairs, the first one counts."""


def swapped(text: str, pairs: Sequence[Sequence[str]]) -> str | None:
    """The text with every term replaced by the other one of its pair, or None where it holds none.

    Terms are whole words, of any case, not joined to others by a hyphen; spaces in a term match any white space. The replacement
    is written as the word was: in capitals, with a first capital, else as the pair has it.
    """
    pattern, other = _compiled(tuple((first, second) for first, second in pairs))
    if pattern is None:
        return None
    made, times = pattern.subn(lambda found: _cased(other[_key(found[0])], found[0]), text)
    return made if times and made != text else None


def flips(before: np.ndarray, after: np.ndarray) -> Interval:
    """Share of texts (0 to 1) whose answer changes when terms are swapped, with its 95 % Wilson interval.

    before and after (n,): the answers to the texts as they are and with terms swapped, of those texts that hold one.
    Raises UserError where their lengths differ or there are no texts.
    """
    before, after, _ = aligned(before, None, after=after)
    changed = int(np.sum(before != after))
    low, high = proportion_confint(changed, len(before), alpha=0.05, method="wilson")
    return Interval(changed / len(before), max(0.0, float(low)), min(1.0, float(high)), f"Wilson, {len(before):,} texts with such a term")


@lru_cache(maxsize=64)
def _compiled(pairs: Pairs) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    other: dict[str, str] = {}
    for first, second in pairs:
        other.setdefault(_key(first), second)
        other.setdefault(_key(second), first)
    if not other:
        return None, other
    terms = (r"\s+".join(map(re.escape, term.split())) for term in sorted(other, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{'|'.join(terms)})(?![\w-])", re.IGNORECASE), other


def _key(term: str) -> str:
    return " ".join(term.lower().split())


def _cased(term: str, like: str) -> str:
    if like.isupper() and len(like) > 1:
        return term.upper()
    return term[:1].upper() + term[1:] if like[:1].isupper() else term

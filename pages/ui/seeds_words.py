"""Whether distillation helps, in sentences: plain text, not Markdown. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.claims.rules import SEEDS_NEEDED
from core.formats import show, show_with_interval
from core.records import ModelRecord
from core.studies.seeds import MethodVerdict
from core.words import listed

MOST_NAMED = 3  # students of whom nothing is certain; the table has all gains


def helps(found: Sequence[MethodVerdict]) -> list[str]:
    """For which students the teacher surely helps, for which it does not, and what is not known."""
    undecided = [each for each in found if each.word == "inconclusive" and not each.missing]
    told = [_group([each for each in found if each.word == "beats"], "Distillation beats its control beyond the interval"),
            _group([each for each in found if each.word == "does not beat"], "It does not beat its control"),
            _group(undecided, "Not certain, since the interval holds 0,")]
    return [sentence for sentence in (*told, _missing([each for each in found if each.missing])) if sentence]


def _group(found: Sequence[MethodVerdict], opening: str) -> str:
    families = len({each.family for each in found})
    named = "; ".join(f"{_who(each)}: {show_with_interval(each.gain)}" for each in found)
    return f"{opening} for {families} famil{'y' if families == 1 else 'ies'}: {named}" if found else ""


def _missing(found: Sequence[MethodVerdict]) -> str:
    """What is not known yet, and how many seeds it takes."""
    if not found:
        return ""
    counts = sorted({each.missing for each in found})
    number = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    named = listed(f"{_who(each)}: {show(each.gain)} over {_seeds(each.seeds)}" for each in found)
    if len(found) > MOST_NAMED:
        named = f"{len(found)} students ({listed(each.name for each in found)})"
    settings = listed(dict.fromkeys(each.setting for each in found))
    return (f"Not known for {named}; a verdict on a method needs {SEEDS_NEEDED} seeds, {number} more than there are, so set {settings} "
            f"to {SEEDS_NEEDED}")


def _seeds(number: int) -> str:
    return f"{number} seed{'' if number == 1 else 's'}" if number else "the seed by which the search chose it"


def _who(found: MethodVerdict) -> str:
    return f"{found.name} ({found.family}, {found.method})"


def texts_of(model: ModelRecord) -> str:
    """How many texts a model learnt from, of each kind; "" where nobody counted them (as in older studies)."""
    counts = model.details
    if not {"texts", "labelled", "unlabelled", "made"} <= counts.keys():
        return ""
    kinds = [f"{counts['labelled']:,} labelled"]
    kinds += [f"{counts['unlabelled']:,} unlabelled"] if counts["unlabelled"] else []
    kinds += [f"{counts['made']:,} made by the teacher's vocabulary"] if counts["made"] else []
    return f"{counts['texts']:,} texts" + (f" ({', '.join(kinds)})" if len(kinds) > 1 else ", all labelled")

"""A decision in sentences: what it says, what it rests on, the largest risk, the next step. Plain text; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from core.figures import Figure
from core.formats import months, show
from core.roi.information import Information
from core.roi.options import rests_on
from core.roi.sensitivity import Bar
from core.studies.actions import action_for
from core.studies.ruling import Ruling, in_words
from core.words import in_a_sentence, why_unknown

NOTHING = "Nothing is known yet: no student has been measured."
NO_MEASUREMENT = "No measurement would change this decision."


def answer(ruling: Ruling | None) -> str:
    """The verdict in one or two sentences, with what it rests on."""
    if ruling is None or ruling.verdict is None or ruling.best is None or ruling.against is None:
        return NOTHING
    return f"{ruling.verdict.overall.capitalize()}: {_saving(ruling)}{_chance(ruling)}. {rests(ruling)}"


def choice(ruling: Ruling | None) -> str:
    """That somebody chose the option which the verdict is about, and what the rules would take; "" where nobody did."""
    if ruling is None or not ruling.facts.chosen or not ruling.best or not ruling.automatic:
        return ""
    rules = "the rules would take it too" if ruling.best == ruling.automatic else f"by the rules it would be about {ruling.automatic}"
    return f"The case is about {ruling.best} because somebody chose it; {rules}."


def _saving(ruling: Ruling) -> str:
    assert ruling.best and ruling.other and ruling.against, "answer() looks first"
    best, other = (in_words(ruling.candidate(name).option) for name in (ruling.best, ruling.other))
    saving = ruling.against.monthly_saving_usd
    is_named = ruling.candidate(ruling.best).option.role == "student" and "student" not in best.lower()
    who = f"{'student' if is_named else 'the'} {best} instead of {other}"
    if saving.value is None:
        return f"{who} saves an unknown amount ({why_unknown(saving)})"
    if abs(saving.value) < 0.005:
        return f"{who} costs the same a month"
    verb = "saves" if saving.value > 0 else "costs"
    more = "" if saving.value > 0 else " more"
    return f"{who} {verb} {show(_size(saving)).replace(' per month', '')}{more} a month"


def _size(figure: Figure) -> Figure:
    return Figure(abs(figure.value or 0.0), figure.unit, figure.provenance)


def _chance(ruling: Ruling) -> str:
    seen = ruling.outlook
    if seen is None or seen.pays_back.value is None:
        return ""
    return f"; {show(seen.pays_back)} chance of paying back within {months(ruling.case.horizon)}"


def evidence_counts(ruling: Ruling) -> Counter[str]:
    """How many figures the comparison rests on, by the weakest evidence behind each (figures.STRENGTH)."""
    options = [ruling.case.option(name) for name in (ruling.best, ruling.other) if name]
    return Counter(figure.provenance.evidence for _, figure in shared(rests_on(ruling.case, *options)))


def shared(figures: Mapping[str, Figure]) -> dict[tuple[str, Figure], tuple[str, ...]]:
    """Figures that several models share, once: (input, figure) and whose they are, empty for the case's own."""
    found: dict[tuple[str, Figure], tuple[str, ...]] = {}
    for name, figure in figures.items():
        key, of, owner = name.partition(" of ")
        found[key, figure] = (*found.get((key, figure), ()), *([owner] if of else []))
    return found


def rests(ruling: Ruling) -> str:
    """How many figures are measured, listed, assumed and unknown."""
    counts = evidence_counts(ruling)
    defaults, assumed = counts["default"], counts["assumed"] + counts["default"]
    parts = [f"{counts['measured']} measured", f"{counts['catalogue'] + counts['published']} listed" if counts["catalogue"] else "",
             f"{assumed} assumed" + (f" ({defaults} of them by default)" if defaults else ""),
             f"{counts['not_measured']} unknown" if counts["not_measured"] else ""]
    told = [part for part in parts if part]
    return f"Rests on {', '.join(told[:-1])} and {told[-1]} figures."


def risk(ruling: Ruling | None, bars: Sequence[Bar]) -> str:
    """What could turn the answer most, in one sentence."""
    if ruling is None or ruling.verdict is None:
        return "Unknown until a student is measured."
    failing = [item for item in ruling.verdict.items if item.status == "fail"]
    if failing:
        return f"{failing[0].title}: {failing[0].reason}"
    turning = [bar for bar in bars if min(bar.npv_at_low, bar.npv_at_high) <= 0 < max(bar.npv_at_low, bar.npv_at_high)]
    if turning:
        return f"The NPV changes sign with {in_a_sentence(turning[0].name)} between its 10th and 90th percentile."
    open_items = [item for item in ruling.verdict.items if item.status in ("warn", "not enough evidence")]
    if open_items:
        return f"{open_items[0].title}: {open_items[0].reason}"
    return f"The widest doubt is {in_a_sentence(bars[0].name)}, and it does not turn the answer." if bars else "None stands out."


def next_step(ruling: Ruling | None, information: Sequence[Information]) -> str:
    """The one thing to do next: what the verdict lacks, else what is worth measuring, else to go on."""
    if ruling is None or ruling.verdict is None:
        return "Run a study."
    lacking = [item for item in ruling.verdict.items if item.status == "not enough evidence" and item.action]
    if ruling.verdict.overall == "not enough evidence" and lacking:
        return lacking[0].action
    best = worth_measuring(information)
    if best is not None:
        money = show(Figure(best.net_usd, ruling.case.currency, ruling.case.terms["discount_rate"].provenance))
        return f"{action_for(best.name).sentence} Knowing {in_a_sentence(best.name)} before deciding is worth up to {money}."
    if ruling.verdict.overall == "do not invest":
        return f"Stay with {in_words(ruling.candidate(ruling.other or '').option)}. {NO_MEASUREMENT}"
    waiting = [item for item in ruling.verdict.items if item.status != "pass" and item.action]
    return waiting[0].action if waiting else NO_MEASUREMENT


def worth_measuring(information: Sequence[Information]) -> Information | None:
    """The input whose knowledge is worth more than it costs, or None: then no measurement would change the decision."""
    return next((row for row in information if row.net_usd > 0), None)


"""What the charts of a decision show, in sentences. Pure; plain text, not Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from core.figures import Figure, Provenance
from core.formats import show
from core.roi.months import Array
from core.roi.results import Comparison
from core.roi.sensitivity import Bar
from core.roi.simulate import Outlook
from core.roi.views import Step
from core.studies.cascades import Choice
from core.words import in_a_sentence

SMALL = 0.01  # a cost below this share of the largest one is not worth a word

def amount(value: float, currency: str) -> str:
    """An amount of money in words."""
    return show(Figure(value, currency, Provenance("derived")))


def cash(against: Comparison, outlook: Outlook | None, horizon: int, currency: str) -> str:
    """When the money is back, and what the end of the horizon finds."""
    months, whole = against.payback_months.value, show(Figure(horizon, "months", Provenance("derived")))
    back = (f"Not paid back within {whole}" if months is None else "Nothing has to be paid back" if months == 0
            else f"Paid back after {show(against.payback_months)}")
    if outlook is None or not outlook.band:
        return f"{back}; net cash after {whole}: {show(against.net_benefit_usd)}"
    low, high = (amount(float(outlook.band[name][-1]), currency) for name in ("p10", "p90"))
    return f"{back}; P10 to P90 of net cash at the end: {low} to {high}"


def waterfall(steps: Sequence[Step], currency: str) -> str:
    """The largest saving and the largest cost behind the NPV."""
    best = max(steps, key=lambda step: step.saved, default=None)
    worst = min(steps, key=lambda step: step.saved, default=None)
    least = SMALL * max((abs(step.saved) for step in steps), default=0.0)
    parts = [f"{best.kind} saves {amount(best.saved, currency)}"] if best and best.saved > 0 else []
    parts += [f"{worst.kind} costs {amount(-worst.saved, currency)} more"] if worst and worst.saved < -least else []
    told = " and ".join(parts) or "both options cost the same"
    return told[:1].upper() + told[1:]


def tornado(bars: Sequence[Bar]) -> str:
    """Which input moves the NPV most, and whether any turns its sign."""
    moving = [bar for bar in bars if bar.swing > 0]
    if not moving:
        return "No uncertain input moves the NPV"
    turning = [bar for bar in moving if min(bar.npv_at_low, bar.npv_at_high) <= 0 < max(bar.npv_at_low, bar.npv_at_high)]
    first = f"The NPV moves most with {in_a_sentence(moving[0].name)}"
    if turning:
        return f"{first}; {len(turning)} of {len(moving)} inputs can turn its sign"
    return f"{first}; no single input turns its sign"


def volume(against: Comparison) -> str:
    """From which volume on it pays."""
    crossings = against.crossings
    if against.break_even_predictions_per_day.value is None:
        return "At no volume looked at does it pay for good"
    if not crossings:
        return "It pays at every volume looked at"
    told = f"It pays above {show(against.break_even_predictions_per_day)}"
    more = len(crossings) - 1
    return f"{told}; below it the NPV changes sign {more} more times, as fleets grow by whole machines" if more else told


def utilisation(npv: Array) -> str:
    """Whether the planned utilisation matters for the sign of the NPV; npv at the case's volume over the utilisations."""
    if npv.min() > 0:
        return "It pays at every target utilisation"
    return "It pays at no target utilisation" if npv.max() <= 0 else "Whether it pays depends on the target utilisation"


def margin(rows: Sequence[tuple[str, str, Figure]], points: float | None) -> str:
    """Which options keep the accuracy, by the lower end of the interval of their difference to the teacher."""
    known = [(name, figure) for name, _, figure in rows if figure.low is not None and figure.high is not None]
    if not known:
        return "No difference to the teacher is known with its interval"
    if points is None:
        return "Nobody has said how many accuracy points may be lost"
    kept = [name for name, figure in known if figure.low is not None and figure.low > -points]
    lost = [name for name, figure in known if figure.high is not None and figure.high < -points]
    allowed = f"the margin of {points:g} point{'' if points == 1 else 's'}"
    if len(kept) == len(known):
        return f"All {len(known)} stay within {allowed}" if len(known) > 1 else f"{kept[0]} stays within {allowed}"
    if kept:
        return f"{len(kept)} of {len(known)} stay within {allowed} for certain"
    return f"All lose more than {allowed}" if len(lost) == len(known) else f"None is certain to stay within {allowed}"


def cascade(choice: Choice) -> str:
    """Which wins: the student alone, the teacher alone, or both together at a threshold."""
    name, threshold = choice.model.name, f"{choice.point.threshold:.3g}"
    if choice.wins == "student":
        return f"The student alone wins: {name} keeps the margin, and sending texts on to the teacher only costs more"
    if choice.wins == "teacher":
        return f"The teacher alone wins: no threshold of {name} that keeps the margin costs less"
    if choice.wins == "cascade":
        return (f"The cascade wins: at threshold {threshold}, {name} answers all and sends {show(choice.point.escalated)} of the texts on "
                "to the teacher")
    return f"No threshold of {name} is known to keep the margin; at {threshold} it would cost least"

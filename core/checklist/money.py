"""Items 1, 4 and 6: what it costs now, before and later."""

from __future__ import annotations

from core.checklist.evidence import Against, Cost, Iteration, Spending
from core.checklist.thresholds import Thresholds
from core.checklist.verdict import ItemVerdict, Status
from core.figures import Figure
from core.formats import show
from core.words import why_unknown

Outcome = tuple[Status, str, str]


def cost(seen: Cost, limits: Thresholds) -> ItemVerdict:
    """Item 1: the option's cost per million against the best other option's."""
    rule = (f"Passes if the option costs less per million predictions than the best other option; warns if its price is assumed, "
            f"undated or over {limits.price_age_days} days old, or its capacity derived; fails if it costs as much or more. "
            "Needs a stated volume.")
    status, reason, action = _cost(seen, limits)
    price = {"call": "usd_per_call", "month": "monthly_bill_usd"}.get(seen.price.unit.partition("/")[2], "usd_per_hour")
    figures = {"predictions_per_day": seen.volume, "usd_per_million": seen.usd_per_million,
               f"usd_per_million of {seen.other}": seen.other_usd_per_million, price: seen.price, "throughput_per_s": seen.capacity}
    return ItemVerdict(1, status, rule, reason, figures, action)


def _cost(seen: Cost, limits: Thresholds) -> Outcome:
    own, other = seen.usd_per_million, seen.other_usd_per_million
    if seen.volume.value is None or seen.volume.provenance.evidence == "default":
        return ("not enough evidence", f"The volume is not stated; the cost rests on a default of {show(seen.volume)}.",
                "State today's predictions a day.")
    if own.value is None or other.value is None:
        who, missing = ("the option", own) if own.value is None else (seen.other, other)
        return ("not enough evidence", f"The cost per million of {who} is not known ({why_unknown(missing)}).",
                "Choose an instance or type the hourly price, and measure the throughput.")
    if own.value >= other.value:
        more = "costs the same" if show(own) == show(other) else "costs less"
        return ("fail", f"At {show(seen.volume)} the option costs {show(own)}; {seen.other} {more} ({show(other)}).",
                f"Use {seen.other}, or look for a volume or machine at which the option costs less.")
    told = f"At {show(seen.volume)} the option costs {show(own)}, against {show(other)} for {seen.other}"
    return _doubts(seen, told, limits)


def _doubts(seen: Cost, told: str, limits: Thresholds) -> Outcome:
    if seen.price.provenance.evidence not in ("catalogue", "measured"):
        return ("warn", f"{told}, at an assumed price of {show(seen.price)}.",
                "Name the instance that will serve, so that its price comes from the dated list.")
    if seen.price_is_stale:
        return ("warn", f"{told}, at a price of {show(seen.price)} that is undated or over {limits.price_age_days} days old.",
                "Look up today's price of the instance.")
    if seen.capacity.provenance.kind != "measured":
        return "warn", f"{told}, but its capacity is derived, not measured.", "Measure the throughput on that instance."
    return "pass", f"{told}.", ""


def spending(seen: Spending) -> ItemVerdict:
    """Item 4: the upfront cost against the most that may be spent."""
    rule = ("Passes if the upfront cost, at its 90th percentile, is within the most that may be spent, which is the NPV over the best "
            "other option plus the upfront cost; warns if only its median is; fails if the median is above. Needs stated "
            "engineering hours.")
    status, reason, action = _spending(seen)
    quantiles = {"upfront_usd at P50": seen.p50, "upfront_usd at P90": seen.p90}
    figures = {"upfront_usd": seen.upfront, **{name: figure for name, figure in quantiles.items() if figure is not None},
               "max_upfront_usd": seen.most, "engineering_hours": seen.hours}
    return ItemVerdict(4, status, rule, reason, figures, action)


def _spending(seen: Spending) -> Outcome:
    if seen.hours.value is None:
        return ("not enough evidence", f"The engineering hours are not stated ({why_unknown(seen.hours)}).",
                "Estimate the engineering hours until the student serves.")
    if seen.hours.provenance.evidence == "default":
        return ("not enough evidence", f"The engineering hours are not stated; the upfront cost rests on a default of "
                f"{show(seen.hours)}.", "Estimate the engineering hours until the student serves.")
    if seen.upfront.value is None or seen.most.value is None:
        name, missing = ("upfront cost", seen.upfront) if seen.upfront.value is None else ("most that may be spent", seen.most)
        return ("not enough evidence", f"The {name} is not known ({why_unknown(missing)}).",
                "Choose an instance or type the hourly price.")
    return _within_most(seen, seen.most.value)


def _within_most(seen: Spending, most: float) -> Outcome:
    likely, high = _or(seen.p50, seen.upfront), _or(seen.p90, seen.upfront)
    if (likely.value or 0.0) > most:
        may = "no upfront cost at all" if most <= 0 else f"at most {show(seen.most)}"
        if show(seen.upfront) == show(seen.most):
            return ("fail", f"Upfront it costs {show(seen.upfront)}, and over the best other option nothing is left of it.",
                    "Take the best other option, or a student that saves more.")
        return ("fail", f"Upfront it costs {show(likely)}; the savings over the horizon carry {may}.",
                "Reduce the hours, or apply it where the volume is larger.")
    if (high.value or 0.0) > most:
        return ("warn", f"Upfront it costs {show(likely)}, within the {show(seen.most)} that may be spent, but one time in ten "
                f"{show(high)} or more.", "Narrow the estimate of the hours, for example by a first week of work.")
    sure = f", with nine chances in ten at most {show(high)}" if seen.p90 is not None and show(high) != show(likely) else ""
    return "pass", f"Upfront it costs {show(likely)}{sure}; up to {show(seen.most)} may be spent.", ""


def _or(drawn: Figure | None, point: Figure) -> Figure:
    return point if drawn is None or drawn.value is None else drawn


def iteration(seen: Iteration) -> ItemVerdict:
    """Item 6: the plan for updates, and what it leaves of the NPV."""
    rule = ("Passes if the NPV is above 0 even when re-distillation is needed twice as often as planned; warns if only at the "
            "planned interval, or if a model surely lost more than the accuracy margin against the previous study of the task; fails if "
            "it is not above 0 at the planned one. Needs an interval, an owner and a trigger.")
    status, reason, action = _since(_iteration(seen), seen.against)
    figures = {"redistil_every_months": seen.interval, "npv_usd": seen.npv, "npv_usd at half the interval": seen.npv_at_half}
    if seen.against is not None:
        figures |= {f"change_points of {name}": figure for name, figure in seen.against.worse.items()}
    return ItemVerdict(6, status, rule, reason, figures, action)


def _iteration(seen: Iteration) -> Outcome:
    missing = _missing(seen)
    if missing:
        return ("not enough evidence", f"The plan for updates has no {missing}.",
                f"State the {missing} of re-distillation.")
    if seen.npv.value is None or seen.npv_at_half.value is None:
        figure: Figure = seen.npv if seen.npv.value is None else seen.npv_at_half
        return ("not enough evidence", f"The NPV of the plan is not known ({why_unknown(figure)}).",
                "Choose an instance or type the hourly price.")
    if not seen.interval.value:
        never = f"Never re-distilled, as stated, the NPV is {show(seen.npv)}."
        return ("pass", never, "") if seen.npv.value > 0 else ("fail", never, "Take the best other option.")
    told = f"Re-distilled every {show(seen.interval)} the NPV is {show(seen.npv)}, twice as often {show(seen.npv_at_half)}"
    if seen.npv.value <= 0:
        return "fail", f"{told}: the updates cost more than they leave.", "Plan updates less often, or make each one cheaper."
    if seen.npv_at_half.value <= 0:
        return "warn", f"{told}: it pays only at the planned interval.", "Make an update cheaper, for example by automating it."
    return "pass", f"{told}.", ""


def _since(found: Outcome, against: Against | None) -> Outcome:
    """The outcome with what the previous study adds: a regression warns where nothing worse was found."""
    if against is None:
        return found
    status, reason, action = found
    if status == "pass" and against.worse:
        return ("warn", f"{reason} {against.told}",
                f"See what moved (on the page Study, or by {against.command}) before it replaces what serves.")
    return status, f"{reason} {against.told}", action


def _missing(seen: Iteration) -> str:
    given = {"interval": seen.interval.value is not None, "owner": seen.owner.strip(), "trigger": seen.trigger.strip()}
    names = [name for name, said in given.items() if not said]
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

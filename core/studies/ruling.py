"""From options and what is known of each to the verdict: which is best, what it is compared with, and what the six items say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core import checklist
from core.checklist.qualifying import judged
from core.errors import UserError
from core.figures import NOT_STATED, Figure, derived, not_measured
from core.roi.compare import compare
from core.roi.inputs import halved
from core.roi.options import Case, Option
from core.roi.results import Comparison, OptionResult
from core.roi.simulate import Outlook, Simulation
from core.studies.prices import is_stale

RANK = {"pass": 0, "warn": 1, "not enough evidence": 2, "fail": 3}
WITH_STUDENT = ("student", "cascade")


@dataclass(frozen=True)
class Candidate:
    """An option with what is known of its speed, its answers and its tooling."""

    option: Option
    latency: checklist.Latency
    accuracy: checklist.Accuracy
    tooling: checklist.Tooling

    @property
    def name(self) -> str:
        """The option's name."""
        return self.option.name

    @property
    def distils(self) -> bool:
        """Whether it needs a student that learned from the teacher."""
        return self.option.role in WITH_STUDENT


@dataclass(frozen=True)
class Facts:
    """What the verdict needs beside options and figures: what was said about updates, the previous study, and when it is asked.

    chosen: the option with a student that somebody chose; empty where the rules choose.
    """

    today: date
    hours: Figure
    owner: str = ""
    trigger: str = ""
    chosen: str = ""
    against: checklist.Against | None = None
    thresholds: checklist.Thresholds = field(default_factory=checklist.Thresholds)


@dataclass(frozen=True)
class Ruling:
    """What follows for a case. best: the option with a student that the verdict is about; other: the best one without.

    automatic: the option with a student that the rules choose, which is `best` unless somebody chose another.
    against: best over other; over_status_quo: best over today's system. simulated and outlook: None before draws.
    """

    case: Case
    candidates: tuple[Candidate, ...]
    facts: Facts
    options: tuple[OptionResult, ...]
    best: str | None = None
    other: str | None = None
    qualifies: bool = False
    against: Comparison | None = None
    over_status_quo: Comparison | None = None
    simulated: Simulation | None = None
    outlook: Outlook | None = None
    verdict: checklist.Verdict | None = None
    automatic: str | None = None
    largest_evppi_usd: float | None = None

    def candidate(self, name: str) -> Candidate:
        """The candidate of that name."""
        return next(found for found in self.candidates if found.name == name)

    def result(self, name: str) -> OptionResult:
        """The option's costs."""
        return next(found for found in self.options if found.name == name)


def in_words(option: Option) -> str:
    """An option in a sentence."""
    if option.role == "control":
        return f"the {option.name} (labels alone)"
    return option.name if option.role in WITH_STUDENT else f"the {option.name}".replace("the today's", "today's")


def choose(case: Case, candidates: Sequence[Candidate], options: Sequence[OptionResult], facts: Facts) -> Ruling:
    """The best option with a student, or the one that somebody chose, and the best other one that qualifies, by present value of all
    costs. Raises UserError where the one that was chosen is none of them."""
    costs = {option.name: option.pv_cost_usd.value for option in options}
    ruling = Ruling(case, tuple(candidates), facts, tuple(options))
    if facts.chosen:
        check_variant(facts.chosen, [c.name for c in candidates if c.distils])
    automatic = min((c for c in candidates if c.distils), key=lambda c: rank(c, costs[c.name], facts.thresholds), default=None)
    if automatic is None:
        return ruling
    best = next(c for c in candidates if c.name == facts.chosen) if facts.chosen else automatic
    other = _best_other(case, candidates, costs, facts)
    against = compare(case, best.name, other)
    today = case.status_quo.name
    over = against if other == today else compare(case, best.name, today, searched=False)
    return replace(ruling, best=best.name, automatic=automatic.name, other=other, qualifies=_qualifies(best, facts), against=against,
                   over_status_quo=over)


def check_variant(name: str, able: Sequence[str]) -> None:
    """Raises UserError unless the name is one of those that a case can be about."""
    if name not in able:
        known = f"write one of {'; '.join(map(repr, able))}, or leave it out" if able else "leave it out"
        raise UserError(f"variant: {name!r} is no student that this case can be about; {known} for the best that qualifies.")


def rank(candidate: Candidate, cost: float | None, limits: checklist.Thresholds) -> tuple[float, ...]:
    """Smaller is better: first what items 2 and 3 and the limit of memory say, then all costs, then the loss of accuracy."""
    worst = max(RANK[status] for status, _ in judged(candidate.latency, candidate.accuracy, candidate.tooling, limits))
    loss = -(candidate.accuracy.difference.value or 0.0)
    closeness = loss if worst >= RANK["not enough evidence"] else 0.0  # without a passing one: the one that loses least
    return worst, closeness, cost if cost is not None else float("inf"), loss


def _qualifies(candidate: Candidate, facts: Facts) -> bool:
    return checklist.qualifies(candidate.latency, candidate.accuracy, candidate.tooling, facts.thresholds)


def _best_other(case: Case, candidates: Sequence[Candidate], costs: Mapping[str, float | None], facts: Facts) -> str:
    """The cheapest option without distillation that qualifies; today's system where none costs less."""
    today = case.status_quo.name
    limit = costs[today]
    able = {c.name: cost for c in candidates if not c.distils and c.name != today
            and (cost := costs[c.name]) is not None and limit is not None and cost < limit and _qualifies(c, facts)}
    return min(able, key=able.__getitem__, default=today)


def walk(ruling: Ruling) -> checklist.Verdict | None:
    """The six items and the verdict on the best option with a student; None where there is none."""
    if ruling.best is None or ruling.other is None or ruling.against is None or ruling.over_status_quo is None:
        return None
    case, best, other = ruling.case, ruling.candidate(ruling.best), ruling.candidate(ruling.other)
    mine, theirs, facts = ruling.result(best.name), ruling.result(other.name), ruling.facts
    part = best.option.parts[0]
    price = part.figures.get("usd_per_hour", next(iter(part.figures.values())))
    spent = ruling.outlook.upfront_usd if ruling.outlook else {}
    interval = best.option.figures.get("redistil_every_months", not_measured("months", NOT_STATED))
    return checklist.walk(checklist.Evidence(
        option=best.name,
        cost=checklist.Cost(case.terms["predictions_per_day"], mine.usd_per_million, in_words(other.option), theirs.usd_per_million,
                            price, is_stale(price, facts.today), part.figures.get("rate_per_s", not_measured("1/s", "no machines"))),
        latency=best.latency, accuracy=best.accuracy,
        spending=checklist.Spending(mine.upfront_usd, ruling.against.max_upfront_usd, facts.hours, spent.get("p50"), spent.get("p90")),
        tooling=best.tooling,
        iteration=checklist.Iteration(interval, ruling.against.npv_usd, _npv_at_half(case, best.name, other.name, interval),
                                      facts.owner, facts.trigger, facts.against),
        worth=_worth(ruling, in_words(other.option))), facts.thresholds)


def _worth(ruling: Ruling, other: str) -> checklist.Worth:
    assert ruling.against is not None and ruling.over_status_quo is not None, "chosen together with best"
    seen = ruling.outlook
    return checklist.Worth(
        other, ruling.against.npv_usd, ruling.over_status_quo.npv_usd, ruling.against.discounted_payback_months,
        expected_npv=seen.expected_npv_usd if seen else None, positive=seen.positive if seen else None,
        median_payback=seen.discounted_payback_months["p50"] if seen else None, most_for_a_pilot=_pilot(ruling))


def _pilot(ruling: Ruling) -> Figure | None:
    if ruling.largest_evppi_usd is None:
        return None
    return derived(ruling.largest_evppi_usd, ruling.case.currency, "largest EVPPI", {})


def _npv_at_half(case: Case, best: str, other: str, interval: Figure) -> Figure:
    """The NPV when everything that is re-distilled needs it twice as often."""
    if interval.value is None:
        return not_measured(case.currency, "no re-distillation interval is given")

    def sooner(option: Option) -> Option:
        planned = option.figures.get("redistil_every_months")
        return option if planned is None else replace(
            option, figures={**option.figures, "redistil_every_months": halved(planned)})

    return compare(replace(case, options=tuple(map(sooner, case.options))), best, other, searched=False).npv_usd

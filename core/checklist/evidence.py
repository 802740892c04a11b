"""What the checklist looks at for one option: figures, and the few facts that are not numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.figures import NOT_STATED, Figure, not_measured


@dataclass(frozen=True)
class Cost:
    """Item 1. `other` is the best other option that qualifies (see `qualifies`) and, in words, what it is.

    volume in 1/day, costs in USD/1e6 (provisioned), price of the option's machine in USD/h, capacity in 1/s.
    """

    volume: Figure
    usd_per_million: Figure
    other: str
    other_usd_per_million: Figure
    price: Figure
    price_is_stale: bool
    capacity: Figure


@dataclass(frozen=True)
class Latency:
    """Item 2. p99 and limit in ms; queries that the p99 rests on, None if it was not measured; under_load: at the case's load.

    bound: what LoadGen's early stopping guarantees the p99 to stay within, in ms; None where nothing is guaranteed.
    """

    p99: Figure
    limit: Figure
    queries: int | None
    under_load: bool = False
    bound: Figure | None = None


@dataclass(frozen=True)
class Accuracy:
    """Item 3. difference = option - teacher in points, paired, with its interval; margin in points; more_texts would settle it,
    of which the test split has texts_left.

    slices: the difference in points of slices that surely lose. errors_are_priced: what an error costs is part of the case.
    """

    difference: Figure
    margin: Figure
    more_texts: int | None = None
    texts_left: int | None = None
    slices: Mapping[str, Figure] = field(default_factory=dict)
    errors_are_priced: bool = False


@dataclass(frozen=True)
class Spending:
    """Item 4. upfront and most (NPV over the best other option + upfront) in USD, hours of engineering in h.

    p50 and p90: upfront at those quantiles in USD, None where nothing was drawn; then the estimate itself is compared.
    """

    upfront: Figure
    most: Figure
    hours: Figure
    p50: Figure | None = None
    p90: Figure | None = None


NO_LIMIT, NO_HOURS = not_measured("MB", NOT_STATED), not_measured("h", NOT_STATED)


@dataclass(frozen=True)
class Tooling:
    """Item 5. agreement: share of equal answers after saving and loading again. None: nobody has said it.

    memory: bytes that the option needs where it is served, by name (process, GPU); empty where the target holds no model.
    memory_limit: MB that the target has for it, unknown where nobody has said it.
    tool: what serves the option, "" where nothing here does; support, maturity and integration (h): what was stated of it.
    """

    agreement: Figure
    teacher_terms_allow: bool | None = None
    target_is_this_machine: bool | None = None
    memory: Mapping[str, Figure] = field(default_factory=dict)
    memory_limit: Figure = NO_LIMIT
    tool: str = ""
    support: str | None = None
    maturity: str | None = None
    integration: Figure = NO_HOURS


@dataclass(frozen=True)
class Against:
    """The previous study of the task. study: its name; told: what the comparison says, a sentence; command: what shows it in full.

    worse: models that surely lost more than the margin, with their difference, now less before, in points.
    """

    study: str
    told: str
    worse: Mapping[str, Figure]
    command: str


@dataclass(frozen=True)
class Iteration:
    """Item 6. interval between re-distillations in months; NPV in USD at it and at half of it; against: None for a first study."""

    interval: Figure
    npv: Figure
    npv_at_half: Figure
    owner: str = ""
    trigger: str = ""
    against: Against | None = None


@dataclass(frozen=True)
class Worth:
    """What the overall rule looks at: NPV (USD) and discounted payback (months) over the best other option, and the NPV
    over the status quo beside it. `other` names the best other option.

    From the draws, None before them: expected_npv (USD), positive (share of draws with an NPV above 0), median_payback
    (months, discounted, unknown where half of the draws never pay back) and most_for_a_pilot (USD, the largest EVPPI).
    """

    other: str
    npv: Figure
    npv_over_status_quo: Figure
    discounted_payback: Figure
    expected_npv: Figure | None = None
    positive: Figure | None = None
    median_payback: Figure | None = None
    most_for_a_pilot: Figure | None = None


@dataclass(frozen=True)
class Evidence:
    """All that is known about one option, in the order of the six items, and what it is worth."""

    option: str
    cost: Cost
    latency: Latency
    accuracy: Accuracy
    spending: Spending
    tooling: Tooling
    iteration: Iteration
    worth: Worth

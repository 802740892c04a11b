"""A business case as figures, and the way from figures to plain numbers: the point, or one entry for each draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from core.errors import UserError
from core.figures import Figure, not_measured
from core.roi.fields import NEEDED
from core.roi.flows import Path, Plan, Terms
from core.roi.months import Array, Number
from core.roi.results import OptionRole
from core.roi.serving import MACHINES, Basis, Load, Serving
from core.roi.spread import Spread

Figures = Mapping[str, Figure]
Draws = Mapping[str, Array]
RATE = "engineering_usd_per_hour"
NOBODY_PLANNED = not_measured("months", "no interval is planned")


@dataclass(frozen=True)
class Part:
    """One way of answering within an option. model: whose speed and price these are, for figures that options share.

    Raises UserError for a bought machine on a basis that has none.
    """

    model: str
    basis: Basis
    figures: Figures

    def __post_init__(self) -> None:
        if "hardware_usd" in self.figures and self.basis not in MACHINES:
            raise UserError(f"hardware_usd: {self.model!r} is paid for on the basis {self.basis!r}, which has no machines to buy; "
                            "remove it or choose another basis.")


@dataclass(frozen=True)
class Activity:
    """Work before an option serves. key names its hours among the uncertain inputs.

    own_rate: the rate was stated for this work alone, so draws of the case's engineering rate leave it as it is.
    """

    key: str
    hours: Figure
    usd_per_hour: Figure
    own_rate: bool = False


@dataclass(frozen=True)
class Option:
    """A way to serve the demand: its parts (one, or two in a cascade), its work and its other figures (see fields.OPTION)."""

    name: str
    role: OptionRole
    parts: tuple[Part, ...]
    work: tuple[Activity, ...] = ()
    figures: Figures = field(default_factory=dict)

    @property
    def serves_today(self) -> bool:
        """Whether it is the status quo."""
        return self.role == "status_quo"

    @property
    def basis(self) -> Basis:
        """The basis of its first part."""
        return self.parts[0].basis

    def key(self, part: Part, name: str) -> str:
        """What a part's figure is called: "input of model", as options of one model share it; a share of the demand is the option's."""
        return f"{name} of {self.name if name == 'share' else part.model}"

    @cached_property
    def inputs(self) -> Figures:
        """All its figures, "input of model" or "input of option"; a plan for updates that nobody made is left out."""
        found: dict[str, Figure] = {}
        for part in self.parts:
            found |= {self.key(part, name): part.figures[name] for name in NEEDED[part.basis]}
            found |= {self.key(part, name): figure for name, figure in part.figures.items()}
        one_rate = all(task.usd_per_hour == self.work[0].usd_per_hour for task in self.work)
        for task in self.work:
            found |= {task.key: task.hours, RATE if one_rate else f"{RATE} of {task.key}": task.usd_per_hour}
        planned = self.figures.get("redistil_every_months", NOBODY_PLANNED).value
        return found | {f"{name} of {self.name}": figure for name, figure in self.figures.items()
                        if planned or not name.startswith("redistil") or (planned == 0.0 and name == "redistil_every_months")}


@dataclass(frozen=True)
class Case:
    """Options and the terms that they share.

    spreads: how uncertain an input is, by "input" (shared) or "input of model"; follows: inputs that move with another one.
    """

    terms: Figures
    options: tuple[Option, ...]
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    follows: Mapping[str, str] = field(default_factory=dict)
    profile: tuple[float, ...] | None = None
    currency: str = "USD"

    def __post_init__(self) -> None:
        names = [option.name for option in self.options]
        for name in names:
            if names.count(name) > 1:
                raise UserError(f"option: the name {name!r} is given twice; each option needs its own.")
        if sum(option.serves_today for option in self.options) != 1:
            found = sum(option.serves_today for option in self.options)
            raise UserError(f"role: {found} options have the role 'status_quo'; give it to the one that serves today.")

    def option(self, name: str) -> Option:
        """The option of that name. Raises UserError if there is none."""
        for option in self.options:
            if option.name == name:
                return option
        raise UserError(f"option: {name!r} is not part of this case; it has {', '.join(o.name for o in self.options)}.")

    @property
    def status_quo(self) -> Option:
        """What serves today."""
        return next(option for option in self.options if option.serves_today)

    @property
    def horizon(self) -> int:
        """Months that the case looks ahead."""
        return int(value(self.terms["horizon_months"]))

    @cached_property
    def bases(self) -> Mapping[str, float]:
        """The plain value of each known number by its name, "input of model" or "input", which is the first option's that has it."""
        found = {name: figure.value for name, figure in self.terms.items()}
        for option in self.options:
            for key, figure in option.inputs.items():
                for name in (key, key.partition(" of ")[0]):
                    found[name] = figure.value if found.get(name) is None else found[name]
        return {name: number for name, number in found.items() if number is not None}

    @cached_property
    def points(self) -> tuple[Terms, dict[str, Path]]:
        """paths() at the plain values, worked out once."""
        return paths(self)


def value(figure: Figure) -> float:
    """A known figure's value."""
    assert figure.value is not None, "known() comes first"
    return figure.value


def known(figures: Figures) -> bool:
    """Whether every figure has a value."""
    return all(figure.value is not None for figure in figures.values())


def rests_on(case: Case, *options: Option, undated: bool = False) -> dict[str, Figure]:
    """Everything that the options' costs rest on; names say whose it is. undated: without the discount rate."""
    needed = {name: figure for name, figure in case.terms.items() if not (undated and name == "discount_rate")}
    for option in {o.name: o for o in (case.status_quo, *options)}.values():
        needed |= option.inputs
    return needed


def own_figures(option: Option) -> dict[str, Figure]:
    """The figures of one option, "input of model"; a plan for updates that nobody made is left out."""
    return dict(option.inputs)


def numbers(case: Case, draws: Draws | None = None) -> tuple[Terms, dict[str, Plan]]:
    """The terms and the plan of each option whose figures are known: points, with `draws` in place of what they name.

    A draw's name is "input of model", or "input" for all that have it, which then share its value.
    """
    drawn = draws or {}

    def term(name: str) -> Number:
        return drawn[name] if name in drawn else value(case.terms[name])

    terms = Terms(case.horizon, term("predictions_per_day"), term("monthly_growth"), term("discount_rate"),
                  Load(term("peak_to_mean"), case.profile))
    return terms, {option.name: _plan(option, drawn) for option in case.options if known(option.inputs)}


def _plan(option: Option, drawn: Draws) -> Plan:
    def pick(key: str, figure: Figure) -> Number:
        found = drawn.get(key, drawn.get(key.partition(" of ")[0])) if drawn else None
        return value(figure) if found is None else found

    parts = tuple(Serving(part.basis, **{name: pick(option.key(part, name), figure) for name, figure in part.figures.items()})
                  for part in option.parts)
    work = tuple((drawn[task.key] if task.key in drawn else value(task.hours),
                  value(task.usd_per_hour) if task.own_rate else pick(f"{RATE} of {task.key}", task.usd_per_hour)) for task in option.work)
    others = {name: pick(f"{name} of {option.name}", figure) for name, figure in option.figures.items() if figure.value is not None}
    return Plan(option.serves_today, parts, work, **others)


def paths(case: Case, draws: Draws | None = None) -> tuple[Terms, dict[str, Path]]:
    """The terms and what each option of known cost costs; the path of what serves today is shared by all."""
    terms, plans = numbers(case, draws)
    return terms, follow(plans, case.status_quo.name, terms)


def follow(plans: Mapping[str, Plan], status_quo: str, terms: Terms) -> dict[str, Path]:
    """A path for each plan; without that of the status quo only what an option itself costs can be asked."""
    before = Path(plans[status_quo], terms) if status_quo in plans else None
    return {name: before if before is not None and name == status_quo else Path(plan, terms, before) for name, plan in plans.items()}


def flows(case: Case, names: Sequence[str], draws: Draws | None = None) -> tuple[Array, ...]:
    """Cost flows (..., H + 1) of the options of these names; their figures must be known."""
    found = paths(case, draws)[1] if draws else case.points[1]
    return tuple(found[name].costs for name in names)

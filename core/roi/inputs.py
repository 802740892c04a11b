"""What the user has said about the business, and defaults for the rest, as figures that know which is which."""

from __future__ import annotations

from dataclasses import replace

from core.case import CASE_DEFAULTS, DEFAULT_RANGES, UNCERTAIN, CaseInputs
from core.figures import NOT_STATED, Figure, assumed, derived, not_measured
from core.ranges import Range, parse_range, words
from core.roi.fields import OPTION, SERVING, TERMS
from core.roi.profile import peak_of
from core.roi.spread import Spread, between, triangular

UNITS: dict[str, str] = {
    **{name: unit for name, unit in {**TERMS, **SERVING, **OPTION}.items() if name in CaseInputs.model_fields},
    "engineering_hours": "h", "engineering_usd_per_hour": "USD/h", "optimised_teacher_speedup": "ratio",
    "optimised_teacher_hours": "h", "api_usd_per_call": "USD/call", "api_input_tokens": "tokens",
    "api_cached_tokens": "tokens", "api_cache_write_tokens": "tokens", "api_output_tokens": "tokens",
    "api_reasoning_tokens": "tokens", "training_usd_per_hour": "USD/h", "student_usd_per_hour": "USD/h",
    "other_upfront_usd": "USD", "storage_usd_per_gb_month": "USD/GB-month", "latency_limit_ms": "ms",
    "accuracy_margin_points": "points", "memory_limit_mb": "MB",
}


def resolve(case: CaseInputs) -> dict[str, Figure]:
    """Each number of the case as a figure: assumed by "user" or by "default", or not measured where there is no default.

    A range that was given is the figure's interval (2.5 to 97.5 %).
    """
    found = {name: _resolve(name, getattr(case, name), case) for name in UNITS}
    if case.hourly_profile is not None:
        source = "busiest hour of the 24 that were given"
        found["peak_to_mean"] = assumed(peak_of(case.hourly_profile), "ratio", by="user", source=source)
    return found


def _resolve(name: str, said: float | None, case: CaseInputs) -> Figure:
    unit, spread = UNITS[name], spread_of(name, case)
    if said is not None:
        figure = assumed(float(said), unit, by="user")
    elif name in CASE_DEFAULTS:
        figure = assumed(float(CASE_DEFAULTS[name]), unit, by="default")
    else:
        return not_measured(unit, NOT_STATED)
    return figure if spread is None else with_spread(figure, spread)


def with_spread(figure: Figure, spread: Spread) -> Figure:
    """The figure with its spread in words and the central 95 % of it as the interval."""
    source = "; ".join(filter(None, (figure.provenance.source, spread.source)))
    low, high = float(spread.quantile(0.025)), float(spread.quantile(0.975))
    return replace(figure, low=low, high=high, provenance=replace(figure.provenance, source=source))


def spread_of(name: str, case: CaseInputs) -> Spread | None:
    """How uncertain an input is: the user's range; for a default, the default's; None for a plain value."""
    if name in case.ranges:
        return from_range(parse_range(case.ranges[name]), UNCERTAIN[name], "")
    if getattr(case, name) is None and name in DEFAULT_RANGES and not (name == "peak_to_mean" and case.hourly_profile):
        return from_range(parse_range(DEFAULT_RANGES[name]), UNCERTAIN[name], " by default")
    return None


def from_range(numbers: Range, bounds: tuple[float, float], whose: str) -> Spread:
    """A range as a distribution: two numbers are the 5th and 95th percentile, three a triangle."""
    kind = "5th to 95th percentile" if len(numbers) == 2 else "least, most likely, largest"
    source = f"{kind}{whose}: {words(numbers)}"
    spread = between(numbers[0], numbers[1], source) if len(numbers) == 2 else triangular(numbers[0], numbers[1], numbers[2], source)
    return replace(spread, floor=bounds[0], ceiling=bounds[1])


def halved(interval: Figure) -> Figure:
    """An interval between re-distillations that is half as long; unknown stays unknown."""
    half = None if interval.value is None else interval.value / 2.0
    return derived(half, "months", "half the planned interval", {"redistil_every_months": interval})

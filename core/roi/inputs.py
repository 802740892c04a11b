"""What the user has said about the business, and defaults for the rest, as figures that know which is which."""

from __future__ import annotations

from collections.abc import Mapping

from core.figures import Figure, assumed, derived, not_measured
from core.spec import CASE_DEFAULTS, CaseInputs

UNITS: dict[str, str] = {
    "predictions_per_day": "1/day", "peak_to_mean": "ratio", "monthly_growth": "share", "horizon_months": "months",
    "discount_rate": "share", "target_utilisation": "share", "min_instances": "count", "engineering_hours": "h",
    "engineering_usd_per_hour": "USD/h", "months_to_go_live": "months", "parallel_months": "months",
    "redistil_every_months": "months", "redistil_hours": "h", "latency_limit_ms": "ms", "accuracy_margin_points": "points",
}


def resolve(case: CaseInputs) -> dict[str, Figure]:
    """Each number of the case as a figure: assumed by "user" or by "default", or not measured where there is no default."""
    return {name: _resolve(name, getattr(case, name)) for name in UNITS}


def _resolve(name: str, said: float | None) -> Figure:
    if said is not None:
        return assumed(float(said), UNITS[name], by="user")
    if name in CASE_DEFAULTS:
        return assumed(float(CASE_DEFAULTS[name]), UNITS[name], by="default")
    return not_measured(UNITS[name], "nobody has said it")


def with_half_interval(inputs: Mapping[str, Figure]) -> dict[str, Figure]:
    """The same inputs with re-distillation planned twice as often; unknown stays unknown."""
    planned = inputs["redistil_every_months"]
    half = None if planned.value is None else planned.value / 2.0
    changed = derived(half, "months", "half the planned interval", {"redistil_every_months": planned})
    return {**inputs, "redistil_every_months": changed}

"""The business side of a study: what people say about traffic, prices, work and time. Open to change at any time.

Every field's description is what the pages, the command line and docs show; units are in the names.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from core.ranges import middle, parse_range
from core.spec import Strict
from core.words import TOOLS

Basis = Literal["provisioned", "autoscaled", "batch", "bench"]
Today = Literal["teacher", "api", "bill"]
Weights = Annotated[tuple[Annotated[float, Field(ge=0, le=1e12)], ...], Field(min_length=24, max_length=24)]


class Activity(Strict):
    """One kind of work before the student serves."""

    activity: str = Field(min_length=1, max_length=60, description="what is done")
    hours: float = Field(ge=0, le=1e6, description="hours of work")
    usd_per_hour: float | None = Field(None, ge=0, le=10_000, description="cost of an hour; none: the engineering rate")


Support = Literal["none", "community", "vendor", "in-house"]
Maturity = Literal["experimental", "beta", "stable", "deprecated"]


class ToolInputs(Strict):
    """What somebody knows of a tool that may serve the model. None: not stated."""

    support: Support | None = Field(None, description="who helps when it breaks")
    maturity: Maturity | None = Field(None, description="how far the tool is, for this use")
    integration_hours: float | None = Field(None, ge=0, le=1e6, description="hours of work until it serves in production")


class CaseInputs(Strict):
    """The business side of a study. None means that nobody has said it: the default is used and marked as such."""

    predictions_per_day: float | None = Field(None, gt=0, le=1e13, description="predictions a day in the first month")
    latency_limit_ms: float | None = Field(None, gt=0, le=1e7, description="the slowest p99 latency that users accept, in ms")
    accuracy_margin_points: float | None = Field(None, gt=0, le=100, description="accuracy points that a student may lose")
    variant: str | None = Field(
        None, min_length=1, max_length=200,
        description="option with a student that the case is about, as tables name it; none: the best that qualifies")
    peak_to_mean: float | None = Field(None, ge=1, le=1000, description="busiest second's rate over the day's mean")
    hourly_profile: Weights | None = Field(None, description="24 weights, one for each hour of the day, in place of peak_to_mean")
    monthly_growth: float | None = Field(None, ge=-0.5, le=1, description="growth of the volume a month, as a share")
    horizon_months: int | None = Field(None, ge=1, le=120, description="months that the case looks ahead")
    discount_rate: float | None = Field(None, ge=0, le=1, description="effective a year, as a share")

    basis: Basis = Field("provisioned", description="how machines are paid for: provisioned, autoscaled, batch or bench")
    instance: str | None = Field(None, description="instance of the price list that this machine stands for, as provider/name")
    usd_per_hour: float | None = Field(None, gt=0, le=10_000, description="hourly price typed by hand; wins over the instance")
    student_instance: str | None = Field(None, description="another instance for students and controls, as provider/name")
    student_usd_per_hour: float | None = Field(None, gt=0, le=10_000, description="hourly price of the students' machine")
    target_utilisation: float | None = Field(
        None, gt=0, le=1, description="share of the measured rate planned for; of a rate measured under load 0.8 by default")
    min_instances: int | None = Field(None, ge=1, le=10_000, description="fewest instances that must run")
    spare_instances: int | None = Field(None, ge=0, le=10_000, description="instances kept beyond what the peak needs")
    startup_minutes: float | None = Field(None, ge=0, le=600, description="minutes that a new instance is billed before it answers")
    billing_step_h: float | None = Field(None, gt=0, le=730, description="smallest billed time of a batch, in hours")
    yearly_price_change: float | None = Field(None, ge=-0.9, le=1, description="change of machine prices a year, as a share")

    hardware_usd: float | None = Field(None, ge=0, le=1e8, description="price of one machine that is owned; replaces the hourly price")
    hardware_life_months: int | None = Field(None, ge=1, le=240, description="months until an owned machine is replaced")
    watts: float | None = Field(None, ge=0, le=1e5, description="mean power of an owned machine, idle time included, in W")
    usd_per_kwh: float | None = Field(None, ge=0, le=100, description="price of electricity, for owned machines")
    hosting_usd_per_month: float | None = Field(None, ge=0, le=1e6, description="hosting of one owned machine a month")

    status_quo: Today = Field("teacher", description="what serves today: the teacher on this machine, an API, or a known bill")
    optimised_teacher_speedup: float | None = Field(
        None, gt=0, le=1000, description="throughput of the teacher without training (int8, another runtime) over the measured one")
    optimised_teacher_hours: float | None = Field(None, ge=0, le=1e6, description="hours of work for that")
    api_provider: str | None = Field(None, max_length=60, description="provider of an API teacher, e.g. openai")
    api_model: str | None = Field(None, max_length=120, description="model of that API")
    api_input_tokens: int | None = Field(None, ge=0, le=10_000_000, description="input tokens of one call, cached ones included")
    api_cached_tokens: int | None = Field(None, ge=0, le=10_000_000, description="of these, tokens read from a cache")
    api_cache_write_tokens: int | None = Field(None, ge=0, le=10_000_000, description="tokens written to a cache in one call")
    api_output_tokens: int | None = Field(None, ge=0, le=10_000_000, description="output tokens of one call")
    api_reasoning_tokens: int | None = Field(None, ge=0, le=10_000_000, description="reasoning tokens of one call")
    api_usd_per_call: float | None = Field(None, gt=0, le=1000, description="price of one call typed by hand; wins over the model")
    retry_factor: float | None = Field(None, ge=1, le=100, description="calls made for one answered prediction")
    monthly_bill_usd: float | None = Field(None, gt=0, le=1e12, description="a known bill of today's system, dollars a month")
    bill_predictions_per_month: float | None = Field(None, gt=0, le=1e15, description="predictions in the month of that bill")
    bill_variable_share: float | None = Field(None, ge=0, le=1, description="share of that bill that follows the volume")

    engineering_hours: float | None = Field(None, ge=0, le=1e6, description="hours of work until the student serves")
    engineering_usd_per_hour: float | None = Field(None, ge=0, le=10_000, description="cost of one hour of that work")
    activities: tuple[Activity, ...] = Field((), max_length=12, description="work by activity, in place of engineering_hours")
    training_usd_per_hour: float | None = Field(None, gt=0, le=10_000, description="price of the training machine, spot allowed")
    other_upfront_usd: float | None = Field(None, ge=0, le=1e9, description="what else is spent upfront: licences, labels")
    months_to_go_live: int | None = Field(None, ge=0, le=60, description="months until the student takes over")
    parallel_months: int | None = Field(None, ge=0, le=60, description="months after go-live in which both systems are paid")
    committed_until_month: int | None = Field(None, ge=0, le=120, description="month until which today's system must be paid")
    monitoring_usd_per_month: float | None = Field(None, ge=0, le=1e7, description="monitoring of the new system a month")
    storage_usd_per_gb_month: float | None = Field(None, ge=0, le=100, description="storage of the kept teacher, a GB and month")
    usd_per_error: float | None = Field(None, ge=0, le=1e6, description="cost of one wrong answer; none: not priced")
    redistil_every_months: int | None = Field(None, ge=1, le=120, description="planned interval between re-distillations")
    redistil_hours: float | None = Field(None, ge=0, le=1e6, description="engineering hours of one re-distillation")
    redistil_owner: str | None = Field(None, max_length=120, description="who is responsible for updates")
    redistil_trigger: str | None = Field(None, max_length=240, description="what sets an update off")
    teacher_terms_allow: bool | None = Field(None, description="the teacher's licence allows training a student from it")
    target_is_this_machine: bool | None = Field(None, description="this machine is the one that will serve")
    memory_limit_mb: float | None = Field(None, gt=0, le=1e9, description="memory that the target has for the model, in MB")
    country: str | None = Field(None, pattern=r"^[A-Z]{3}$", description="country of the electricity grid, three letters")
    tools: dict[str, ToolInputs] = Field({}, description="support, maturity and integration_hours of tools, by the tool's name")
    ranges: dict[str, str] = Field({}, max_length=40, description='how uncertain inputs are, e.g. {"engineering_hours": "60 to 240"}')

    @field_validator("tools")
    @classmethod
    def _are_known(cls, tools: dict[str, ToolInputs]) -> dict[str, ToolInputs]:
        for key in tools:
            if key not in TOOLS:
                raise ValueError(f"tools: {key!r} is not a tool that is known here; name one of {', '.join(TOOLS)}")
        return tools

    @field_validator("ranges")
    @classmethod
    def _are_ranges(cls, ranges: dict[str, str]) -> dict[str, str]:
        for key, said in ranges.items():
            if key not in UNCERTAIN:
                raise ValueError(f"ranges: {key!r} takes no range; give one to {', '.join(UNCERTAIN)}")
            try:
                numbers = parse_range(said)
            except ValueError as error:
                raise ValueError(f"ranges.{key}: {error}") from None
            low, high = UNCERTAIN[key]
            if numbers[0] < low or numbers[-1] > high:
                raise ValueError(f"ranges.{key}: {said!r} leaves what the input accepts; stay within {low:g} to {high:g}")
        return ranges

    @model_validator(mode="before")
    @classmethod
    def _ranges_give_values(cls, data: object) -> object:
        """A range without a value: its middle is the value."""
        if not isinstance(data, dict) or not isinstance(data.get("ranges"), dict):
            return data
        made = dict(data)
        for key, said in data["ranges"].items():
            if key in UNCERTAIN and made.get(key) is None:
                try:
                    value = middle(parse_range(said))
                except ValueError:
                    continue  # told by _are_ranges
                made[key] = round(value) if key in WHOLE_INPUTS else value
        return made

    @model_validator(mode="after")
    def _is_consistent(self) -> CaseInputs:
        if self.hourly_profile is not None and not sum(self.hourly_profile) > 0:
            raise ValueError("hourly_profile: all 24 weights are 0; give the busy hours more")
        if self.hourly_profile is not None and self.peak_to_mean is not None:
            raise ValueError("peak_to_mean: an hourly_profile is given as well and has a peak of its own; keep one of them")
        cached, asked = self.api_cached_tokens, self.api_input_tokens
        if cached is not None and asked is not None and cached > asked:
            raise ValueError(f"api_cached_tokens: {cached} are more than the {asked} input tokens that hold them; lower one")
        return self


WHOLE_INPUTS = ("months_to_go_live", "parallel_months")
# Inputs that take a range, and what they accept.
UNCERTAIN: dict[str, tuple[float, float]] = {
    "predictions_per_day": (1e-9, 1e13), "peak_to_mean": (1, 1000), "monthly_growth": (-0.5, 1), "usd_per_hour": (1e-9, 10_000),
    "target_utilisation": (1e-9, 1), "engineering_hours": (0, 1e6), "engineering_usd_per_hour": (0, 10_000),
    "months_to_go_live": (0, 60), "redistil_hours": (0, 1e6), "usd_per_error": (0, 1e6),
    "monitoring_usd_per_month": (0, 1e7), "monthly_bill_usd": (1e-9, 1e12), "api_usd_per_call": (1e-12, 1000),
    "retry_factor": (1, 100), "optimised_teacher_speedup": (1e-9, 1000), "optimised_teacher_hours": (0, 1e6),
}

# Used where the user has said nothing; shown as assumed by default. A limit on latency has no sensible default.
CASE_DEFAULTS: dict[str, float] = {
    "predictions_per_day": 1_000_000, "accuracy_margin_points": 2.0, "peak_to_mean": 2.5, "monthly_growth": 0.0,
    "horizon_months": 24, "discount_rate": 0.10, "target_utilisation": 0.6, "min_instances": 2, "spare_instances": 0,
    "startup_minutes": 5, "billing_step_h": 1, "yearly_price_change": 0.0, "hardware_life_months": 48,
    "hosting_usd_per_month": 0.0, "optimised_teacher_hours": 40, "retry_factor": 1.0,
    "bill_variable_share": 1.0, "engineering_hours": 120, "engineering_usd_per_hour": 100.0, "other_upfront_usd": 0.0,
    "months_to_go_live": 2, "parallel_months": 1, "committed_until_month": 0, "monitoring_usd_per_month": 0.0,
    "storage_usd_per_gb_month": 0.02, "redistil_hours": 16,
}

UNDER_LOAD_UTILISATION = 0.8  # in place of target_utilisation's default where the rate was measured under load

# How uncertain a default is: nobody has looked at it, so a single number would promise too much.
DEFAULT_RANGES: dict[str, str] = {
    "predictions_per_day": "300000 to 3000000", "peak_to_mean": "1.5, 2.5, 4", "monthly_growth": "-0.02 to 0.02",
    "engineering_hours": "60 to 240", "months_to_go_live": "1, 2, 6", "redistil_hours": "8 to 32",
    "optimised_teacher_hours": "20 to 80",
}



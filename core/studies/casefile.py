"""A business case as a TOML file, without a study: strictly checked, then the same options and figures as anywhere else."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from core.errors import UserError
from core.ranges import Range, middle, parse_range
from core.roi.fields import NEEDED
from core.spec import Strict, parse

MAX_BYTES = 1_000_000
MACHINE_KEYS = ("usd_per_hour", "rate_per_s", "target_utilisation", "min_instances", "spare_instances", "yearly_price_change",
                "hardware_usd", "hardware_life_months", "watts", "usd_per_kwh", "hosting_usd_per_month")
BASIS_KEYS: dict[str, tuple[str, ...]] = {
    "bench": ("usd_per_hour", "rate_per_s", "yearly_price_change"), "provisioned": MACHINE_KEYS,
    "autoscaled": (*MACHINE_KEYS, "startup_minutes"), "batch": (*MACHINE_KEYS, "billing_step_h"),
    "api": ("usd_per_call", "retry_factor", "yearly_price_change", "provider", "model", "input_tokens", "cached_tokens",
            "cache_write_tokens", "output_tokens", "reasoning_tokens"),
    "bill": (*NEEDED["bill"], "yearly_price_change"),
}
TRAINED = ("student", "control", "cascade")
SAID_BY_FILES = ("months_to_go_live", "parallel_months", "redistil_every_months")


class Quantity(Strict):
    """A number that may be uncertain: value, and the range that it was given as."""

    value: float
    range: Range | None = None


def _quantity(said: Any) -> Any:
    """A plain number, "a to b", or three numbers."""
    if isinstance(said, bool) or said is None or isinstance(said, dict | Quantity):
        return said
    if isinstance(said, int | float):
        return {"value": said}
    numbers = parse_range(said)
    return {"value": middle(numbers), "range": numbers}


Number = Annotated[Quantity, BeforeValidator(_quantity)]


# Where numbers with a range must lie; 0 or more where nothing else is said. A rate or price of 0 would divide or hide.
BOUNDS: dict[str, tuple[float, float]] = {
    "monthly_growth": (-0.5, 1.0), "accuracy_difference_points": (-100.0, 100.0), "target_utilisation": (1e-6, 1.0),
    "share": (0.0, 1.0), "retry_factor": (1.0, 100.0), "peak_to_mean": (1.0, 1000.0), "rate_per_s": (1e-9, 1e12),
    "usd_per_hour": (1e-9, 1e6), "usd_per_call": (1e-12, 1e4), "predictions_per_day": (0.0, 1e13),
    "months_to_go_live": (0.0, 60.0), "parallel_months": (0.0, 60.0), "latency_p99_ms": (1e-6, 1e7),
}
MOST = 1e13


class Bounded(Strict):
    """Numbers with a range stay within BOUNDS, their ranges too."""

    @model_validator(mode="after")
    def _is_within(self) -> Bounded:
        for key in type(self).model_fields:
            found = getattr(self, key)
            low, high = BOUNDS.get(key, (0.0, MOST))
            for number in (found.value, *(found.range or ())) if isinstance(found, Quantity) else ():
                if not low <= number <= high:
                    raise ValueError(f"{key}: {number:g} is not accepted; write a number from {low:g} to {high:g}")
        return self


class CaseTerms(Strict):
    """[case]"""

    name: str = Field(min_length=1, max_length=120, description="what the case is called")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$", description="ISO code of all money in this file; nothing is converted")
    horizon_months: int = Field(24, ge=1, le=120, description="months that the case looks ahead")
    discount_rate: float = Field(0.10, ge=0, le=1, description="effective a year, as a share: 0.1 is 10 %")
    latency_limit_ms: float | None = Field(None, gt=0, le=1e7, description="slowest p99 latency that users accept, in ms")
    accuracy_margin_points: float | None = Field(None, gt=0, le=100, description="accuracy points that may be lost")
    redistil_owner: str = Field("", max_length=120, description="who is responsible for updates")
    redistil_trigger: str = Field("", max_length=240, description="what sets an update off")
    teacher_terms_allow: bool | None = Field(None, description="the teacher's licence allows training a student from it")
    target_is_this_machine: bool | None = Field(None, description="measurements were made on the machine that will serve")


class Demand(Bounded):
    """[demand]"""

    predictions_per_day: Number = Field(description="predictions a day in the first month")
    monthly_growth: Number = Field(Quantity(value=0.0), description="growth of the volume a month, as a share")
    peak_to_mean: Number | None = Field(None, description="busiest second's rate over the day's mean; default 2.5")
    hourly_profile: tuple[float, ...] | None = Field(None, min_length=24, max_length=24, description="24 weights, in its place")

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Demand:
        if self.hourly_profile is not None and self.peak_to_mean is not None:
            raise ValueError("demand.peak_to_mean: an hourly_profile is given as well and has a peak of its own; keep one of them")
        if self.hourly_profile is not None and (min(self.hourly_profile) < 0 or not sum(self.hourly_profile)):
            raise ValueError("demand.hourly_profile: weights must be 0 or more, and not all 0")
        return self


class Upfront(Bounded):
    """[[option.upfront]]"""

    activity: str = Field(min_length=1, max_length=60, description="what is done")
    hours: Number = Field(description="hours of work")
    usd_per_hour: float = Field(ge=0, le=10_000, description="cost of an hour")


class ErrorClass(Strict):
    """[[error]]"""

    name: str = Field(min_length=1, max_length=60, description="a class of predictions")
    share: float = Field(ge=0, le=1, description="its share in production")
    usd_per_error: float = Field(ge=0, le=1e6, description="cost of one wrong answer in it")


class OptionEntry(Bounded):
    """[[option]]"""

    name: str = Field(min_length=1, max_length=60, description="what the option is called")
    role: Literal["status_quo", "optimised_teacher", "control", "student", "cascade", "api"] = Field(description="what it is")
    basis: Literal["bench", "provisioned", "autoscaled", "batch", "api", "bill"] | None = Field(None, description="how it is paid for")
    student: str | None = Field(None, description="cascade only: the option that answers everything")
    teacher: str | None = Field(None, description="cascade only: the option that answers what is escalated")
    share: Number | None = Field(None, description="cascade only: share escalated")
    usd_per_hour: Number | None = Field(None, description="price of one machine's hour")
    rate_per_s: Number | None = Field(None, description="predictions a second of one machine")
    target_utilisation: Number = Field(Quantity(value=0.6), description="share of the rate planned for")
    min_instances: int | None = Field(None, ge=0, le=10_000, description="fewest machines: default 2, batch 1")
    spare_instances: int = Field(0, ge=0, le=10_000, description="machines beyond what the peak needs")
    startup_minutes: float = Field(0.0, ge=0, le=600, description="minutes billed before a new machine answers")
    billing_step_h: float = Field(1.0, gt=0, le=730, description="smallest billed time of a batch, in hours")
    usd_per_call: Number | None = Field(None, description="price of one API call")
    retry_factor: Number = Field(Quantity(value=1.0), description="calls made for one answered prediction")
    provider: str | None = Field(None, max_length=60, description="API provider, in place of usd_per_call")
    model: str | None = Field(None, max_length=120, description="API model, in place of usd_per_call")
    input_tokens: int | None = Field(None, ge=0, le=10_000_000, description="input tokens of a call, cached ones included")
    cached_tokens: int = Field(0, ge=0, le=10_000_000, description="of these, read from a cache")
    cache_write_tokens: int = Field(0, ge=0, le=10_000_000, description="tokens written to a cache")
    output_tokens: int | None = Field(None, ge=0, le=10_000_000, description="output tokens of a call")
    reasoning_tokens: int = Field(0, ge=0, le=10_000_000, description="reasoning tokens of a call")
    monthly_bill_usd: Number | None = Field(None, description="a known month's bill")
    bill_predictions_per_month: float | None = Field(None, gt=0, le=1e15, description="predictions of that month")
    bill_variable_share: float = Field(1.0, ge=0, le=1, description="share of it that follows the volume")
    yearly_price_change: float = Field(0.0, ge=-0.9, le=1, description="change of prices a year, as a share")
    hardware_usd: float | None = Field(None, ge=0, le=1e8, description="price of one owned machine, in place of usd_per_hour")
    hardware_life_months: int = Field(48, ge=1, le=240, description="months until it is replaced")
    watts: float | None = Field(None, ge=0, le=1e5, description="its mean power, idle included, in W")
    usd_per_kwh: float | None = Field(None, ge=0, le=100, description="price of electricity")
    hosting_usd_per_month: float = Field(0.0, ge=0, le=1e6, description="its hosting a month")
    upfront_usd: Number = Field(Quantity(value=0.0), description="spent in month 0, beside upfront activities")
    upfront: tuple[Upfront, ...] = Field((), max_length=20, description="work by activity")
    months_to_go_live: Number | None = Field(None, description="months until it takes over")
    parallel_months: Number | None = Field(None, description="months after that in which both are paid")
    committed_until_month: int = Field(0, ge=0, le=120, description="status quo only: paid at least until this month")
    redistil_every_months: float | None = Field(None, ge=0, le=120, description="months between re-distillations, 0: never")
    redistil_usd: Number = Field(Quantity(value=0.0), description="cost of one re-distillation")
    monitoring_usd_per_month: Number = Field(Quantity(value=0.0), description="monitoring a month")
    storage_usd_per_month: Number = Field(Quantity(value=0.0), description="storage of the kept teacher a month")
    accuracy_difference_points: Number | None = Field(None, description="accuracy less the status quo's, in points")
    usd_per_error: float | None = Field(None, ge=0, le=1e6, description="cost of one wrong answer; none: not priced")
    error_rates: dict[str, float] = Field({}, max_length=60, description="error rate by the name of an [[error]] class")
    latency_p99_ms: Number | None = Field(None, description="p99 latency in ms")
    latency_queries: int | None = Field(None, ge=1, description="queries that it rests on")
    latency_under_load: bool = Field(False, description="measured at the case's load")
    reload_agreement: float | None = Field(None, ge=0, le=1, description="share of equal answers after a reload")
    sources: dict[str, str] = Field({}, max_length=60, description="where a number comes from, by its key")

    @model_validator(mode="after")
    def _goes_together(self) -> OptionEntry:
        for problem in _contradictions(self):
            raise ValueError(problem)
        return self


def _contradictions(entry: OptionEntry) -> Iterator[str]:
    """What does not go together, each as a sentence with key, value and remedy."""
    where, given = f"option {entry.name!r}", entry.model_fields_set
    if entry.role == "cascade":
        missing = [key for key in ("student", "teacher", "share") if getattr(entry, key) is None]
        if missing:
            yield f"{where}, {missing[0]}: a cascade needs it; name its student, its teacher and the share escalated"
    elif entry.basis is None:
        yield f"{where}, basis: it is missing; write one of {', '.join(BASIS_KEYS)}"
    else:
        yield from _against_basis(entry, where, given)
    if entry.role in TRAINED:
        for key in SAID_BY_FILES:
            if getattr(entry, key) is None:
                yield f"{where}, {key}: it is missing; write a number of months, 0 for none"
    if entry.role != "status_quo" and entry.committed_until_month:
        yield f"{where}, committed_until_month: {entry.committed_until_month} belongs to the status quo; move it there"
    unknown = sorted(set(entry.sources) - set(OptionEntry.model_fields))
    if unknown:
        yield f"{where}, sources: {unknown[0]!r} is not a key of an option; name one that is"


def _against_basis(entry: OptionEntry, where: str, given: set[str]) -> Iterator[str]:
    basis = entry.basis or ""
    alien = [key for keys in BASIS_KEYS.values() for key in keys if key in given and key not in BASIS_KEYS[basis]]
    if alien:
        yield f"{where}, {alien[0]}: it does not go with basis {basis!r}; remove it or choose another basis"
    if {"student", "teacher", "share"} & given:
        yield f"{where}, share: only a cascade has parts; set role = \"cascade\" or remove student, teacher and share"
    if "hardware_usd" in given and "usd_per_hour" in given:
        yield f"{where}, usd_per_hour: a machine is rented or owned (hardware_usd); keep one of them"
    if "model" in given and "usd_per_call" in given:
        yield f"{where}, usd_per_call: a call is priced by hand or by its model; keep one of them"
    for key in NEEDED[basis]:
        owned = key == "usd_per_hour" and entry.hardware_usd is not None
        by_model = key == "usd_per_call" and entry.model is not None
        if getattr(entry, key) is None and not owned and not by_model and key != "min_instances":
            yield f"{where}, {key}: basis {basis!r} needs it; write a number"


class CaseFile(Strict):
    """The whole file."""

    case: CaseTerms
    demand: Demand
    option: tuple[OptionEntry, ...] = Field(min_length=1, max_length=20)
    error: tuple[ErrorClass, ...] = Field((), max_length=60)


def read_case(path: Path) -> CaseFile:
    """A case file. Raises UserError for a missing, overlong or malformed file, unknown keys and what does not go together."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"case file: {path} is larger than 1 MB; a case is a page of text.")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"case file: {str(path)!r} cannot be read ({type(error).__name__}); name a TOML file.") from None
    return parse_case(text)


def parse_case(text: str) -> CaseFile:
    """The text of a case file, checked. Raises UserError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"case file: it is not TOML ({error}); see docs/case-file.md.") from None
    return parse(CaseFile, data)

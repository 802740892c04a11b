"""A business case as a TOML file, without a study: strictly checked, then the same options and figures as anywhere else."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from core.errors import UserError
from core.roi.results import OptionRole
from core.roi.serving import Basis
from core.spec import parse
from core.studies import casechecks
from core.studies.quantity import SMALLEST, Bounded, Exact, Number, Quantity

MAX_BYTES = 1_000_000
SHOWN_FORMATS = "\u200c\u200d"  # joiners that some scripts need; other characters of their kind reorder or hide text


def _shown(text: str) -> str:
    """Text of one line that can be seen."""
    hidden = [mark for mark in text if unicodedata.category(mark)[0] == "C" and mark not in SHOWN_FORMATS]
    if hidden:
        raise ValueError(f"it holds U+{ord(hidden[0]):04X}, a character that is not shown; write one line of plain text")
    if text and not text.strip():
        raise ValueError("it is blank; write some text")
    return text


Text = Annotated[str, AfterValidator(_shown)]
Source = Annotated[Text, Field(max_length=240)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=1e12)]


class CaseTerms(Exact):
    """[case]"""

    name: Text = Field(min_length=1, max_length=120, description="what the case is called")
    currency: str = Field("USD", pattern=r"^[A-Z]{3}$", description="code of three capitals: all money is in it; nothing is converted")
    horizon_months: int = Field(24, ge=1, le=120, description="months that the case looks ahead")
    discount_rate: float = Field(0.10, ge=0, le=1, description="effective a year, as a share: 0.1 is 10 %")
    latency_limit_ms: float | None = Field(None, gt=0, le=1e7, description="the slowest p99 latency that users accept, in ms")
    accuracy_margin_points: float | None = Field(None, gt=0, le=100, description="accuracy points that may be lost: 2 is 2 of 100")
    variant: Text = Field("", max_length=60, description="student or cascade that the case is about; the best one if nothing is said")
    redistil_owner: Text = Field("", max_length=120, description="who is responsible for updates")
    redistil_trigger: Text = Field("", max_length=240, description="what sets an update off")
    teacher_terms_allow: bool | None = Field(None, description="the teacher's licence allows training a student from it")
    target_is_this_machine: bool | None = Field(None, description="measurements were made on the machine that will serve")
    memory_limit_mb: float | None = Field(None, gt=0, le=1e9, description="memory that the target has for the model, in MB")


class Demand(Bounded):
    """[demand]"""

    predictions_per_day: Number = Field(description="predictions a day in the first month")
    monthly_growth: Number = Field(Quantity(value=0.0), description="growth of the volume a month, as a share: 0.02 is 2 %")
    peak_to_mean: Number | None = Field(None, description="busiest second's rate over the day's mean; 2.5 if nothing is said")
    hourly_profile: tuple[Weight, ...] | None = Field(
        None, min_length=24, max_length=24, strict=False, description="24 weights, one for each hour of the day, in place of peak_to_mean")

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Demand:
        if self.hourly_profile is not None and self.peak_to_mean is not None:
            raise ValueError(f"peak_to_mean: {self.peak_to_mean.value:g} stands beside an hourly_profile, which has a peak of its own; "
                             "keep one of them")
        if self.hourly_profile is not None and sum(self.hourly_profile) < SMALLEST:
            raise ValueError("hourly_profile: all 24 weights are 0; give the busy hours more")
        return self


class Upfront(Bounded):
    """[[option.upfront]]"""

    activity: Text = Field(min_length=1, max_length=60, description="what is done")
    hours: Number = Field(description="hours of work")
    usd_per_hour: float = Field(ge=0, le=10_000, description="cost of an hour")


class ErrorClass(Exact):
    """[[error]]"""

    name: Text = Field(min_length=1, max_length=60, description="a class of predictions")
    share: float = Field(ge=0, le=1, description="its share in production")
    usd_per_error: float = Field(ge=0, le=1e6, description="cost of one wrong answer in it")


class OptionEntry(Bounded):
    """[[option]]"""

    name: Text = Field(min_length=1, max_length=60, description="what the option is called; each has its own name")
    role: OptionRole = Field(description="what it is; exactly one option is the status_quo")
    basis: Basis | None = Field(None, description="how it is paid for; a cascade has none of its own")
    usd_per_hour: Number | None = Field(None, description="price of one machine's hour")
    rate_per_s: Number | None = Field(None, description="predictions a second of one machine")
    offline_rate_per_s: float | None = Field(
        None, ge=1e-6, le=1e12, description="the same for many texts at once, where rate_per_s is under load; for the bench cost")
    target_utilisation: Number = Field(Quantity(value=0.6), description="share of that rate which is planned for")
    min_instances: int | None = Field(None, ge=0, le=10_000, description="fewest machines; 2, or 1 for batch, if nothing is said")
    spare_instances: int = Field(0, ge=0, le=10_000, description="machines beyond what the peak needs")
    startup_minutes: float = Field(0.0, ge=0, le=600, description="minutes that a new machine is billed before it answers")
    billing_step_h: float = Field(1.0, gt=0, le=730, description="smallest billed time of a batch, in hours")
    hardware_usd: float | None = Field(None, ge=0, le=1e8, description="price of one owned machine, in place of usd_per_hour")
    hardware_life_months: int = Field(48, ge=1, le=240, description="months until an owned machine is replaced")
    watts: float | None = Field(None, ge=0, le=1e5, description="mean power of an owned machine, idle time included, in W")
    usd_per_kwh: float | None = Field(None, ge=0, le=100, description="price of electricity, for owned machines")
    hosting_usd_per_month: float = Field(0.0, ge=0, le=1e6, description="hosting of one owned machine a month")
    usd_per_call: Number | None = Field(None, description="price of one API call")
    retry_factor: Number = Field(Quantity(value=1.0), description="calls made for one answered prediction")
    provider: Text | None = Field(None, min_length=1, max_length=60, description="API provider, such as openai; goes with model")
    model: Text | None = Field(None, min_length=1, max_length=120, description="API model, priced by its list, in place of usd_per_call")
    input_tokens: int | None = Field(None, ge=0, le=10_000_000, description="input tokens of one call, cached ones included")
    cached_tokens: int = Field(0, ge=0, le=10_000_000, description="of these, tokens read from a cache")
    cache_write_tokens: int = Field(0, ge=0, le=10_000_000, description="tokens written to a cache in one call")
    output_tokens: int | None = Field(None, ge=0, le=10_000_000, description="output tokens of one call")
    reasoning_tokens: int = Field(0, ge=0, le=10_000_000, description="reasoning tokens of one call")
    monthly_bill_usd: Number | None = Field(None, description="the bill of a known month")
    bill_predictions_per_month: float | None = Field(None, ge=1, le=1e15, description="predictions of that month")
    bill_variable_share: float = Field(1.0, ge=0, le=1, description="share of that bill which follows the volume")
    yearly_price_change: float = Field(0.0, ge=-0.9, le=1, description="change of the price a year, as a share, from month 13 on")
    student: Text | None = Field(None, description="cascade only: name of the option that answers everything")
    teacher: Text | None = Field(None, description="cascade only: name of the option that answers what is escalated")
    share: Number | None = Field(None, description="cascade only: share of the predictions that is escalated")
    upfront_usd: Number = Field(Quantity(value=0.0), description="spent in month 0, beside upfront activities")
    upfront: tuple[Upfront, ...] = Field((), max_length=20, strict=False, description="work before it serves, a table for each activity")
    months_to_go_live: Number | None = Field(None, description="months until it takes over; students, controls and cascades say it")
    parallel_months: Number | None = Field(None, description="months after that in which both are paid; said by the same")
    committed_until_month: int = Field(0, ge=0, le=120, description="status quo only: it is paid at least until this month")
    redistil_every_months: float | None = Field(
        None, ge=0, le=120, description="months between re-distillations, 0 for never; said by the same")
    redistil_usd: Number = Field(Quantity(value=0.0), description="cost of one re-distillation")
    monitoring_usd_per_month: Number = Field(Quantity(value=0.0), description="monitoring a month")
    storage_usd_per_month: Number = Field(Quantity(value=0.0), description="storage of the kept teacher a month")
    accuracy_difference_points: Number | None = Field(None, description="accuracy less that of the status quo, in points")
    usd_per_error: float | None = Field(None, ge=0, le=1e6, description="cost of one wrong answer; if nothing is said, none is counted")
    error_rates: dict[Text, Share] = Field({}, max_length=60, description="share of wrong answers by the name of an [[error]] class")
    latency_p99_ms: Number | None = Field(None, description="its p99 latency, in ms")
    latency_queries: int | None = Field(None, ge=1, le=10**12, description="queries that the p99 rests on; a p99 needs 662")
    latency_under_load: bool = Field(False, description="the p99 was measured at the case's load")
    reload_agreement: float | None = Field(None, ge=0, le=1, description="share of equal answers after saving and loading again")
    peak_memory_mb: Number | None = Field(None, description="most memory that it needs while it serves, in MB; of a cascade its student")
    sources: dict[str, Source] = Field({}, max_length=60, description="where a number comes from, by its key")

    @model_validator(mode="after")
    def _goes_together(self) -> OptionEntry:
        return _refuse(self, casechecks.of_option(self))


class CaseFile(Exact):
    """The whole file."""

    case: CaseTerms = Field(description="a table [case]")
    demand: Demand = Field(description="a table [demand]")
    option: tuple[OptionEntry, ...] = Field(min_length=1, max_length=20, strict=False, description="a table [[option]] for each")
    error: tuple[ErrorClass, ...] = Field((), max_length=60, strict=False, description="a table [[error]] for each class")

    @model_validator(mode="after")
    def _goes_together(self) -> CaseFile:
        return _refuse(self, casechecks.of_file(self))


def _refuse(checked: Any, problems: Iterator[str]) -> Any:
    """What was checked, or ValueError with the first problem."""
    for problem in problems:
        raise ValueError(problem)
    return checked


def read_case(path: Path) -> CaseFile:
    """A case file. Raises UserError for a missing, overlong or malformed file, unknown keys and what does not go together."""
    return parse_case(_text(path))


def _text(path: Path) -> str:
    """The file's text, read no further than MAX_BYTES."""
    try:
        if not path.is_file():
            what = "is not there" if not path.exists() else "is no file"
            raise UserError(f"case file: {str(path)!r} {what}; name a TOML file.")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UserError(f"case file: {str(path)!r} cannot be read ({error}); name a TOML file.") from None
    if len(raw) > MAX_BYTES:
        raise UserError(f"case file: {str(path)!r} is larger than 1 MB; a case is a page of text.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"case file: {str(path)!r} is not UTF-8 text (byte {error.start:,}); save it as UTF-8.") from None


def parse_case(text: str) -> CaseFile:
    """The text of a case file, checked. Raises UserError."""
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise UserError("case file: its tables are nested too deeply; see docs/case-file.md for the few that there are.") from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"case file: it is not TOML ({error}); see docs/case-file.md.") from None
    except ValueError:
        raise UserError("case file: one of its numbers has thousands of digits; write a shorter one.") from None
    return parse(CaseFile, data)

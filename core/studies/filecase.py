"""A checked case file as options, figures and a ruling: what the command line computes without a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from core import checklist
from core.case import CASE_DEFAULTS
from core.figures import Figure, assumed, in_currency, not_measured
from core.roi.case import evaluate
from core.roi.compare import compare
from core.roi.fields import NEEDED, UNITS
from core.roi.information import Information, value_of_information
from core.roi.inputs import from_range, with_spread
from core.roi.options import Activity, Case, Option, Part
from core.roi.profile import peak_of
from core.roi.results import Comparison
from core.roi.sensitivity import Bar, tornado
from core.roi.simulate import MANY, outlook, simulate
from core.roi.spread import Spread
from core.studies.casechecks import BASIS_KEYS, OWNED_KEYS, TOKEN_KEYS
from core.studies.casefile import CaseFile, OptionEntry, Upfront
from core.studies.quantity import Quantity, bounds_of
from core.studies.ruling import Candidate, Facts, Ruling, choose, walk
from core.units import BYTES_IN_MB

IN_OPTION = ("months_to_go_live", "parallel_months", "monitoring_usd_per_month", "storage_usd_per_month", "committed_until_month")


@dataclass(frozen=True)
class FileDecision:
    """What a case file says: its ruling, all comparisons, and what moves the answer."""

    file: CaseFile
    ruling: Ruling
    comparisons: tuple[Comparison, ...]
    bars: tuple[Bar, ...] = ()
    information: tuple[Information, ...] = ()


def decide_file(file: CaseFile, today: date, draws: int = MANY) -> FileDecision:
    """The decision on a case file; draws 0: the plain values alone. Raises UserError for an unknown API model."""
    case = build_case(file, today)
    facts = Facts(today, not_measured("h", "no option has a student"), file.case.redistil_owner, file.case.redistil_trigger,
                  file.case.variant)
    ruling = choose(case, _candidates(file, case), evaluate(case), facts)
    ruling = replace(ruling, facts=replace(facts, hours=_hours(file, ruling.best)))
    ruling = replace(ruling, verdict=walk(ruling))
    decision = FileDecision(file, ruling, _comparisons(ruling))
    return _with_draws(decision, ruling.best, ruling.other, draws) if draws and ruling.best and ruling.other else decision


def _with_draws(decision: FileDecision, best: str, other: str, draws: int) -> FileDecision:
    """The decision with its uncertainty, as studies.decide.with_draws has it; what a measurement costs is not in a file."""
    ruling, case = decision.ruling, decision.ruling.case
    found = simulate(case, draws)
    seen = outlook(found, best, other)
    if seen is None:
        return decision
    knowing = value_of_information(found, list(dict.fromkeys((case.status_quo.name, other, best))))
    ruling = replace(ruling, simulated=found, outlook=seen, largest_evppi_usd=max((row.evppi_usd for row in knowing), default=None))
    return replace(decision, ruling=replace(ruling, verdict=walk(ruling)), bars=tornado(case, best, other), information=knowing)


def _comparisons(ruling: Ruling) -> tuple[Comparison, ...]:
    case, today = ruling.case, ruling.case.status_quo.name
    found = [compare(case, option.name, today) for option in case.options if option.name != today]
    return (*found, *([ruling.against] if ruling.against and ruling.other != today else []))


def build_case(file: CaseFile, today: date) -> Case:
    """The case in figures, money in its currency. Raises UserError for an unknown API model."""
    spreads: dict[str, Spread] = {}
    terms = {**_demand(file, spreads), "horizon_months": _said(file, "horizon_months", "months"),
             "discount_rate": _said(file, "discount_rate", "share")}
    parts = {entry.name: _part(entry, today, spreads) for entry in file.option if entry.basis is not None}
    options = tuple(_in(file.case.currency, _option(entry, file, parts, spreads)) for entry in file.option)
    return Case(terms, options, spreads, {}, file.demand.hourly_profile, file.case.currency)


def _in(currency: str, option: Option) -> Option:
    """The option with all its money in that currency: keys say USD, the file's currency says what it is."""
    return replace(in_currency(option, currency), parts=tuple(in_currency(part, currency) for part in option.parts),
                   work=tuple(in_currency(task, currency) for task in option.work))


def _demand(file: CaseFile, spreads: dict[str, Spread]) -> dict[str, Figure]:
    demand, given = file.demand, file.demand.model_fields_set
    growth = _figure("monthly_growth", demand.monthly_growth, spreads, by="user" if "monthly_growth" in given else "default")
    if demand.hourly_profile is not None:
        peak = assumed(peak_of(demand.hourly_profile), "ratio", by="user", source="busiest hour of hourly_profile")
    elif demand.peak_to_mean is not None:
        peak = _figure("peak_to_mean", demand.peak_to_mean, spreads)
    else:
        peak = assumed(CASE_DEFAULTS["peak_to_mean"], "ratio", by="default")
    return {"predictions_per_day": _figure("predictions_per_day", demand.predictions_per_day, spreads), "monthly_growth": growth,
            "peak_to_mean": peak}


def _said(file: CaseFile, key: str, unit: str) -> Figure:
    by = "user" if key in file.case.model_fields_set else "default"
    return assumed(float(getattr(file.case, key)), unit, by=by)


def _figure(key: str, said: Quantity, spreads: dict[str, Spread], owner: str = "", by: str = "user", source: str = "") -> Figure:
    """A number of the file as a figure, its range among the spreads."""
    figure = assumed(said.value, UNITS.get(key, ""), by=by, source=source)
    if said.range is None:
        return figure
    spread = from_range(said.range, bounds_of(key), "")
    spreads[f"{key} of {owner}" if owner else key] = spread
    return with_spread(figure, spread)


def _of(entry: OptionEntry, key: str, spreads: dict[str, Spread]) -> Figure:
    """One number of an option: stated by the user or left at its default, with the source that the file names."""
    value = getattr(entry, key)
    said = value if isinstance(value, Quantity) else Quantity(value=float(value))
    by = "user" if key in entry.model_fields_set else "default"
    return _figure(key, said, spreads, entry.name, by, entry.sources.get(key, ""))


def _part(entry: OptionEntry, today: date, spreads: dict[str, Spread]) -> Part:
    basis = entry.basis
    assert basis is not None, "cascades have parts of other options"
    figures = {key: _needed(entry, key, today, spreads) for key in NEEDED[basis]}
    said = (key for key in BASIS_KEYS[basis] if key in entry.model_fields_set and key not in (*NEEDED[basis], *TOKEN_KEYS))
    figures |= {key: _of(entry, key, spreads) for key in said}
    if entry.hardware_usd is not None:
        figures |= {key: _needed(entry, key, today, spreads) for key in OWNED_KEYS}
    return Part(entry.name, basis, figures)


def _needed(entry: OptionEntry, key: str, today: date, spreads: dict[str, Spread]) -> Figure:
    if key == "min_instances" and entry.min_instances is None:
        return assumed(1.0 if entry.basis == "batch" else 2.0, "count", by="default")
    if key == "usd_per_hour" and entry.hardware_usd is not None:
        return assumed(0.0, "USD/h", by="user", source="the machine is owned")
    if key == "usd_per_call" and entry.model is not None:
        return _priced(entry, today)
    if getattr(entry, key) is None:
        return not_measured(UNITS[key], f"{key} of {entry.name} is not stated")
    return _of(entry, key, spreads)


def _priced(entry: OptionEntry, today: date) -> Figure:
    """One call of an API model by its tokens."""
    from core.pricing import tokens  # its price list takes long to load, and few cases have an API

    counts = tokens.TokenCounts(input=entry.input_tokens or 0, output=entry.output_tokens or 0, cached=entry.cached_tokens,
                                cache_write=entry.cache_write_tokens, reasoning=entry.reasoning_tokens)
    return tokens.api_call(entry.provider or "", entry.model or "", counts, datetime.combine(today, time(12), UTC))


def _option(entry: OptionEntry, file: CaseFile, parts: Mapping[str, Part], spreads: dict[str, Spread]) -> Option:
    figures = {key: _of(entry, key, spreads) for key in IN_OPTION if getattr(entry, key) is not None and key in entry.model_fields_set}
    if entry.upfront_usd.value or entry.upfront_usd.range:
        figures["upfront_usd"] = _of(entry, "upfront_usd", spreads)
    figures |= _updates(entry, spreads) | _errors(entry, file, spreads)
    work = tuple(_activity(entry.name, done, spreads) for done in entry.upfront)
    own = _cascade(entry, parts, spreads) if entry.role == "cascade" else (parts[entry.name],)
    return Option(entry.name, entry.role, own, work, figures)


def _activity(owner: str, done: Upfront, spreads: dict[str, Spread]) -> Activity:
    key = f"hours for {done.activity} of {owner}"
    figure = assumed(done.hours.value, "h", by="user")
    if done.hours.range is not None:
        spreads[key] = from_range(done.hours.range, bounds_of("hours"), "")
        figure = with_spread(figure, spreads[key])
    return Activity(key, figure, assumed(done.usd_per_hour, "USD/h", by="user"))


def _updates(entry: OptionEntry, spreads: dict[str, Spread]) -> dict[str, Figure]:
    if entry.redistil_every_months is None:
        return {}
    if not entry.redistil_every_months:
        return {"redistil_every_months": assumed(0.0, "months", by="user", source="never, as the file says")}
    return {"redistil_every_months": _of(entry, "redistil_every_months", spreads), "redistil_usd": _of(entry, "redistil_usd", spreads)}


def _errors(entry: OptionEntry, file: CaseFile, spreads: dict[str, Spread]) -> dict[str, Figure]:
    if entry.role == "status_quo":
        return {}
    if entry.usd_per_error is not None:
        difference = not_measured("points", f"accuracy_difference_points of {entry.name} is not stated")
        if entry.accuracy_difference_points is not None:
            difference = _of(entry, "accuracy_difference_points", spreads)
        return {"accuracy_difference_points": difference, "usd_per_error": _of(entry, "usd_per_error", spreads)}
    return {"error_usd_per_prediction": _by_class(entry, file)} if file.error else {}


def _by_class(entry: OptionEntry, file: CaseFile) -> Figure:
    """Sum over classes of share x (error rate - the status quo's) x cost of an error, in USD a prediction."""
    before = next((other.error_rates for other in file.option if other.role == "status_quo"), {})
    missing = [row.name for row in file.error if row.name not in entry.error_rates or row.name not in before]
    if missing:
        return not_measured("USD/prediction", f"the error rate of class {missing[0]} is not stated for {entry.name} or for the status quo")
    value = sum(row.share * (entry.error_rates[row.name] - before[row.name]) * row.usd_per_error for row in file.error)
    return assumed(value, "USD/prediction", by="user", source="error rates and costs by class of the case file")


def _cascade(entry: OptionEntry, parts: Mapping[str, Part], spreads: dict[str, Spread]) -> tuple[Part, ...]:
    behind = parts[str(entry.teacher)]
    return parts[str(entry.student)], replace(behind, figures={**behind.figures, "share": _of(entry, "share", spreads)})


def _hours(file: CaseFile, best: str | None) -> Figure:
    """Hours of the best option's work; not measured where the file states neither hours nor an upfront cost."""
    entry = next((entry for entry in file.option if entry.name == best), None)
    if entry is None or not (entry.upfront or "upfront_usd" in entry.model_fields_set):
        return not_measured("h", f"no upfront cost of {best} is stated" if best else "no option has a student")
    return assumed(sum(done.hours.value for done in entry.upfront), "h", by="user")


def _candidates(file: CaseFile, case: Case) -> tuple[Candidate, ...]:
    limit, margin = _stated(file.case.latency_limit_ms, "ms"), _stated(file.case.accuracy_margin_points, "points")
    return tuple(_candidate(entry, case.option(entry.name), limit, margin, file) for entry in file.option)


def _stated(value: float | None, unit: str) -> Figure:
    return not_measured(unit, "nobody has said it") if value is None else assumed(value, unit, by="user")


def _candidate(entry: OptionEntry, option: Option, limit: Figure, margin: Figure, file: CaseFile) -> Candidate:
    nothing: dict[str, Spread] = {}
    p99 = not_measured("ms", f"latency_p99_ms of {entry.name} is not stated")
    if entry.latency_p99_ms is not None:
        p99 = _of(entry, "latency_p99_ms", nothing)
        p99 = replace(p99, unit="ms")
    difference = not_measured("points", f"accuracy_difference_points of {entry.name} is not stated")
    if entry.role == "status_quo":
        difference = replace(assumed(0.0, "points", by="user", source="the status quo is what is compared with"), low=0.0, high=0.0)
    elif entry.accuracy_difference_points is not None:
        difference = _of(entry, "accuracy_difference_points", nothing)
    agreement = not_measured("share", f"reload_agreement of {entry.name} is not stated")
    if entry.reload_agreement is not None:
        agreement = assumed(entry.reload_agreement, "share", by="user", source=entry.sources.get("reload_agreement", ""))
    return Candidate(option, checklist.Latency(p99, limit, entry.latency_queries, entry.latency_under_load),
                     checklist.Accuracy(difference, margin, errors_are_priced=entry.usd_per_error is not None or bool(file.error)),
                     checklist.Tooling(agreement, file.case.teacher_terms_allow, file.case.target_is_this_machine, _memory(entry, file),
                                       _stated(file.case.memory_limit_mb, "MB")))


def _memory(entry: OptionEntry, file: CaseFile) -> dict[str, Figure]:
    """Bytes that the option needs on the target: a cascade's are its student's, an API or a bill needs none."""
    found = next((each for each in file.option if each.name == entry.student), entry)
    if found.basis in ("api", "bill"):
        return {}
    if found.peak_memory_mb is None:
        return {"peak_memory_bytes": not_measured("bytes", f"peak_memory_mb of {found.name} is not stated")}
    figure = _of(found, "peak_memory_mb", {})
    ends = [None if end is None else end * BYTES_IN_MB for end in (figure.value, figure.low, figure.high)]
    return {"peak_memory_bytes": Figure(ends[0], "bytes", figure.provenance, *ends[1:])}

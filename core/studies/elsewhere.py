"""Measurements made on other machines: brought into the study whose model they are of, and matched to the price list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core import pricing, quality
from core.errors import UserError
from core.figures import Figure, Provenance, compute, not_measured
from core.formats import show
from core.machine import device_name
from core.manifest import form, weights_digest
from core.records import ModelRecord, StudyRecord
from core.sealed import CHECKSUM, seal
from core.store import measurements, models
from core.store.measurements import Measurement
from core.studies import read
from core.studies.measurement_file import MeasurementFile, Row, Settings, read_file
from core.studies.options import option_name
from core.studies.prices import matched
from core.units import SERVER

COUNTED = ("parameters", "latency_queries")
RATE = "server_rate_per_s"
CLOCKS_DIFFER = timedelta(days=1)
BENCH = "usd_per_million_bench"


@dataclass(frozen=True)
class Elsewhere:
    """A measurement with what follows from its machine.

    model: its name, with the way it was served where that is not as it was trained. instance: key of the price list or None.
    match: how it was matched. figures: its own and, where machine and rate have a price, what a million predictions cost on a
    machine that is never idle.
    """

    id: int
    model: str
    device: str
    measured_at: datetime
    instance: str | None
    match: str
    usd_per_hour: Figure
    figures: Mapping[str, Figure]
    settings: Mapping[str, Any]
    machine: Mapping[str, Any]
    on_gpu: bool = False


def bring(study_id: str, data: bytes) -> Elsewhere:
    """Keep a measurement with the model or variant of the study that has its weights. Raises UserError, and then keeps nothing."""
    study = read.get(study_id)
    if study.recorded:
        raise UserError(f"study: {study.id!r} is recorded and stays as it is; import into a study of your own.")
    now = datetime.now(UTC)
    found = read_file(data, now)
    machine = found.machine.model_dump(mode="json")
    if found.measured_at < study.created_at - CLOCKS_DIFFER:
        raise UserError(f"file: it says that it was measured on {found.measured_at:%Y-%m-%d %H:%M} UTC, before study {study.id!r} was "
                        "started; set the target's clock and measure again.")
    model = _owner(study, found)
    said = found.settings.model_dump() | {"runtime": found.runtime, "precision": found.precision, "noise": list(found.noise)}
    kept = measurements.add(study.id, model, measured_at=found.measured_at, device=found.device, machine=machine,
                            settings=said, figures=_figures(found, machine), checksum=_checksum(found))
    return next(row for row in listed(study.id) if row.id == kept)


def listed(study_id: str) -> list[Elsewhere]:
    """The study's measurements from elsewhere, oldest import first."""
    return [] if study_id == read.EXAMPLE else [_priced(row) for row in measurements.of_study(study_id)]


def remove(study_id: str, measurement_id: int) -> None:
    """Delete one of them. Raises UserError if the study has no such one."""
    measurements.remove(study_id, measurement_id)


def to_json(row: Elsewhere) -> dict[str, Any]:
    """A measurement as JSON values; every number is a figure object."""
    return {"id": row.id, "model": row.model, "device": row.device, "measured_at": row.measured_at.isoformat(),
            "instance": row.instance, "match": row.match, "usd_per_hour": row.usd_per_hour.to_dict(),
            "figures": {name: figure.to_dict() for name, figure in row.figures.items()},
            "settings": dict(row.settings), "machine": dict(row.machine)}


def _owner(study: StudyRecord, found: MeasurementFile) -> ModelRecord:
    """The study's model or variant with these weights; of several the one that is served so, then the one that the file names."""
    def differs(model: ModelRecord) -> tuple[bool, bool]:
        return (model.runtime, model.precision) != (found.runtime, found.precision), option_name(model) != found.model

    seen, other = 0, None
    for model in sorted((*study.models, *study.variants), key=differs):
        try:
            folder = models.artifact_path(study.id, model.name, model.role, model)
        except UserError:
            continue
        if (folder / "config.json").is_file():
            seen += 1
            if weights_digest(folder) == found.weights_sha256:
                if _can_be_served(form(folder), model, found):
                    return model
                other = model
    if other:
        raise UserError(f"file: it says {found.runtime!r} in {found.precision!r}, and its weights are those of {option_name(other)!r}, "
                        "which cannot be served so; measure again.")
    if not seen:
        raise UserError(f"study: the model files of {study.id!r} are gone, so nothing shows whose measurement this is; run it again.")
    named = f"it names study {found.study!r}" if found.study != study.id else f"it names {found.model!r}"
    raise UserError(f"file: its weights are those of no model of study {study.id!r} ({named}); import it where it belongs.")


def _can_be_served(kept_in: str, model: ModelRecord, found: MeasurementFile) -> bool:
    """Whether files of that form and precision can have been measured as the file says; a plain export has an ONNX file beside."""
    return model.precision == found.precision and not (kept_in == "onnx" and found.runtime in ("torch", "torch.compile"))


def _checksum(found: MeasurementFile) -> str:
    """The same for the same measurement, however its file is laid out."""
    return str(seal(found.model_dump(mode="json"))[CHECKSUM])


def _figures(found: MeasurementFile, machine: Mapping[str, Any]) -> dict[str, Figure]:
    device = device_name(machine, found.device)
    as_of = found.measured_at.isoformat(timespec="seconds")
    return {name: _figure(name, row, found, device, as_of) for name, row in found.figures.items()}


def _figure(name: str, row: Row, found: MeasurementFile, device: str, as_of: str) -> Figure:
    values = [value for value in row.values if value is not None]
    if not values and name in SERVER and found.server_reason:
        return not_measured(row.unit, found.server_reason)
    if len(values) < len(row.values):
        return not_measured(row.unit, f"{len(row.values) - len(values)} of {len(row.values)} processes on {device} gave no value")
    over = quality.over_invocations(values)
    low, high = (None, None) if name in COUNTED else (over.low, over.high)
    why = f"; {found.server_reason}" if name == RATE and found.server_reason else ""
    source = f"imported: {_method(name, found.settings)}{why}, {len(values)} process{'es' if len(values) > 1 else ''}"
    return Figure(over.value, row.unit, Provenance("measured", source, device, as_of), low, high)


def _method(name: str, settings: Settings) -> str:
    if name in COUNTED:
        return "counted"
    if name in SERVER:
        return f"LoadGen Server, Poisson arrivals, p99 within {settings.server_limit_ms:g} ms, dynamic batching, " \
               "not MLPerf-compliant (shortened)"
    if name.startswith("latency"):
        return f"LoadGen SingleStream, {settings.queries:,} queries, not MLPerf-compliant (shortened)"
    if name.startswith(("throughput", "energy")):
        return f"LoadGen Offline, {settings.offline_seconds:g} s, not MLPerf-compliant (shortened)"
    return "measured in the serving process"


def _priced(row: Measurement) -> Elsewhere:
    match = matched(row.machine, row.device)
    price = pricing.price(match)
    rate = row.figures.get("throughput_per_s", not_measured("1/s", "no throughput was measured"))
    bench = compute(lambda price, rate: price / (rate * 3600) * 1e6, "USD/1e6", "hourly price / (throughput x 3600) x 1e6",
                    price=price, rate=rate)
    served = {key: row.settings.get(key, getattr(row.model, key)) for key in ("runtime", "precision")}
    return Elsewhere(row.id, option_name(replace(row.model, **served)), device_name(row.machine, row.device), row.measured_at,
                     match.instance.key if match.instance else None, f"{match.how}: {match.reason}", price,
                     {**row.figures, BENCH: bench}, row.settings, row.machine, row.device != "cpu")


def line(row: Elsewhere) -> str:
    """A measurement in one line of text."""
    known = [f"{word} {show(row.figures[name])}" for word, name in (("p50", "latency_p50_ms"), ("p99", "latency_p99_ms"),
                                                                    ("throughput", "throughput_per_s")) if name in row.figures]
    if RATE in row.figures:
        known.append(f"p99 within {row.settings['server_limit_ms']:g} ms up to {show(row.figures[RATE])}")
    place = f"{row.instance}, {show(row.usd_per_hour)}" if row.instance else "no instance of the price list"
    return f"{row.id}  {row.measured_at:%Y-%m-%d}  {row.model} on {row.device} ({place}): {', '.join(known)}"

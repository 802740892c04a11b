"""The file that `python -m core measure` writes, checked: its form, and whether its values can all be true. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from core.errors import UserError
from core.refusals import sentence
from core.sealed import unseal
from core.spec import Precision, Runtime
from core.units import SERVER, unit_of

MAX_BYTES = 1_000_000
FORMAT = "distill-roi measurement"
NET, GROSS = "energy_net_j_per_prediction", "energy_j_per_prediction"
LATENCIES = ("latency_p50_ms", "latency_p90_ms", "latency_p95_ms", "latency_p99_ms")
# Least queries for LoadGen's early stopping to guarantee the percentile, as in core.measure.loadgen.
QUERIES = {"latency_p50_ms": 11, "latency_p90_ms": 64, "latency_p95_ms": 130, "latency_p99_ms": 662}
SPEED = ("latency_p50_ms", "throughput_per_s")
RATE, SERVER_P99, SERVER_QUERIES, LIMIT = "server_rate_per_s", "server_p99_ms", "server_queries", "server_limit_ms"
SAME = ("parameters", "latency_queries")  # counts that every process agrees on

Word = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(max_length=500)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Value = Annotated[float, Field(ge=0, le=1e18)]


class _Part(BaseModel):
    """Immutable; keys that a later version adds are passed over."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, extra="ignore")


class Row(_Part):
    """One figure: its unit, and the value of each process, None where it has none; of the Server scenario the one value that there is."""

    unit: Word
    values: list[Value | None] = Field(min_length=1, max_length=20)


class Gpu(_Part):
    """A GPU of the target."""

    model_config = ConfigDict(frozen=True, extra="allow")
    name: Word
    memory_bytes: Annotated[int, Field(gt=0)] | None = None


class Machine(_Part):
    """The fingerprint of the target; what else it says is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")
    cpu: Word
    cores: int = Field(ge=1, le=100_000)
    threads: int = Field(ge=1, le=100_000)
    memory_bytes: int = Field(gt=0)
    gpus: list[Gpu] = Field(max_length=64)
    packages: dict[Word, Word] = {}


class Settings(_Part):
    """How it was measured; server_limit_ms and server_seconds are missing where the Server scenario was left out."""

    invocations: int = Field(ge=1, le=20)
    queries: int = Field(ge=1)
    offline_seconds: float = Field(gt=0)
    threads: int = Field(ge=1)
    texts: int = Field(ge=1)
    texts_from: Literal["reference", "file"]
    server_limit_ms: float | None = Field(None, gt=0, le=1e6)
    server_seconds: float | None = Field(None, gt=0, le=1e5)


class MeasurementFile(_Part):
    """The whole file without its checksum. Version 1 measured everything in eager torch in fp32, and said so."""

    format: Literal["distill-roi measurement"]
    version: Literal[1, 2]
    measured_at: AwareDatetime
    study: Word
    model: Word
    runtime: Runtime = "torch"
    precision: Precision = "fp32"
    weights_sha256: Digest
    manifest_sha256: Digest
    device: Annotated[str, StringConstraints(pattern=r"^(cpu|cuda:\d{1,3})$")]
    machine: Machine
    settings: Settings
    figures: dict[Word, Row] = Field(min_length=1, max_length=200)
    noise: list[Reason] = Field(default=[], max_length=50)
    server_reason: Reason = ""

    @model_validator(mode="after")
    def _can_be_true(self) -> MeasurementFile:
        if reason := _contradiction(self):
            raise ValueError(reason)
        return self


def read_file(data: bytes, now: datetime) -> MeasurementFile:
    """The checked file. Raises UserError with the reason, in one sentence, for any other."""
    content = unseal(data, MAX_BYTES)
    if content.get("format") != FORMAT:
        raise UserError("file: it is no measurement; give a file that `python -m core measure` wrote.")
    try:
        found = MeasurementFile.model_validate(content)
    except ValidationError as error:
        raise UserError(f"file: {sentence(error, MeasurementFile, content)}") from None
    if (found.measured_at - now).total_seconds() > 86_400:
        raise UserError(f"file: it says that it was measured on {found.measured_at:%Y-%m-%d}, which is yet to come; set the "
                        "target's clock and measure again.")
    return found


def _contradiction(found: MeasurementFile) -> str:
    """Why the values cannot all be true, or ""."""
    if found.device != "cpu" and int(found.device.partition(":")[2]) >= len(found.machine.gpus):
        return f"device: {found.device!r} is none of the machine's {len(found.machine.gpus)} GPUs; measure again"
    if not any(value for name in SPEED if name in found.figures for value in found.figures[name].values):
        return "figures: neither a latency nor a throughput is among them; measure again"
    return next((reason for name, row in found.figures.items() if (reason := _of_figure(name, row, found.settings))), "") \
        or _of_latencies(found) or _of_energy(found) or _of_server(found)


def _of_figure(name: str, row: Row, settings: Settings) -> str:
    if not re.fullmatch(r"[a-z0-9_]+", name) or not unit_of(name) or unit_of(name) != row.unit:
        return f"figures: {name[:40]!r} in {row.unit[:20]!r} is no figure of a measurement; measure again"
    wanted = 1 if name in SERVER else settings.invocations
    if len(row.values) != wanted:
        return f"figures: {name!r} has {len(row.values)} values for {wanted} process{'es' if wanted > 1 else ''}; measure again"
    known = [value for value in row.values if value is not None]
    if row.unit == "share" and any(value > 1 for value in known):
        return f"figures: {name!r} is a share and above 1; measure again"
    if name in (*SPEED, RATE) and 0 in known:
        return f"figures: {name!r} is 0, and nothing is answered in no time; measure again"
    if name in SAME and len(set(known)) > 1:
        return f"figures: {name!r} differs between processes of one model; measure again"
    if known and settings.queries < QUERIES.get(name, 0):
        return f"figures: {name!r} has values, and {settings.queries} queries are too few for it; measure again"
    return ""


def _of_latencies(found: MeasurementFile) -> str:
    """Whether a higher percentile is below a lower one, in any process."""
    for number in range(found.settings.invocations):
        row = [(name, value) for name in LATENCIES if name in found.figures
               and (value := found.figures[name].values[number]) is not None]
        for (lower, low), (higher, high) in pairwise(row):
            if high < low:
                return f"figures: {higher!r} is {high:g} and below {lower!r} with {low:g}, which cannot be; measure again"
    return ""


def _of_energy(found: MeasurementFile) -> str:
    """Whether taking the idle power off adds energy, in any process."""
    rows = [found.figures[name].values if name in found.figures else [] for name in (NET, GROSS)]
    if any(net is not None and gross is not None and net > gross for net, gross in zip(*rows, strict=False)):
        return f"figures: {NET!r} is above {GROSS!r}, which cannot be; measure again"
    return ""


def _of_server(found: MeasurementFile) -> str:
    """Whether the Server scenario says what a valid run of LoadGen cannot: no limit, too few queries, a p99 beyond the limit."""
    known = {name: found.figures[name].values[0] for name in SERVER if name in found.figures}
    limit = found.settings.server_limit_ms
    if known and limit is None:
        return f"figures: {next(iter(known))!r} is of the Server scenario, and the file states no latency limit for it; measure again"
    if known.get(LIMIT) not in (None, limit):
        return f"figures: {LIMIT!r} is {known[LIMIT]:g}, and the settings say {limit:g}; measure again"
    if known.get(RATE) is None or limit is None:
        return ""
    p99, queries = known.get(SERVER_P99), known.get(SERVER_QUERIES)
    if queries is None or queries < QUERIES["latency_p99_ms"]:
        return f"figures: {RATE!r} has a value, and its run has too few queries for a p99; measure again"
    if p99 is None or p99 > limit:
        return f"figures: {SERVER_P99!r} is not within the limit of {limit:g} ms at which {RATE!r} is said to hold; measure again"
    return ""

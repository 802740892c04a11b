"""Roofline estimates of a study's models on instances where nobody has measured them; no verdict rests on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from core import pricing, tasks
from core.errors import UserError
from core.figures import Figure, assumed, catalogue, compute, derived, measured, not_measured
from core.pricing import Gpu, Instance
from core.pricing.roofline import EFFICIENCY, Rate, Roof, Shape, Work, rate, work
from core.records import API, ModelRecord, StudyRecord
from core.store import models
from core.studies import elsewhere, price_files, prices
from core.studies.elsewhere import BENCH, Elsewhere
from core.studies.expected import TOKENS_PER_WORD, tokens_of_a_text
from core.studies.export import find_model
from core.studies.options import option_name
from core.studies.shape import shape_of

Precision = Literal["fp32", "fp16", "bf16"]
PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "bf16")
RATE, PRICE = "throughput_per_s", "usd_per_hour"
SHARES = "{:g} % to {:g} %".format(*(100 * share for share in EFFICIENCY))
FORMULA = f"roofline: GPUs / (tokenising + max(FLOP / (peak x e), bytes / (bandwidth x e))), e from {SHARES}"
CAVEAT = (f"Derived, not measured: what the peaks of the GPU allow at {SHARES} of them, which is an assumption, and the geometric middle "
          "between. No verdict, cost or report rests on it; measure there before you decide.")
UNTIMED = "Tokenising was not timed in this study and is left out; with it, small models are much slower on a GPU than this."


@dataclass(frozen=True)
class Estimate:
    """What a model may do on an instance. gpus: "4 x T4", "" without. figures: usd_per_hour, throughput_per_s and
    usd_per_million_bench, the last two derived with low and high, or unknown with the reason."""

    instance: str
    region: str
    gpus: str
    figures: dict[str, Figure]

    @property
    def why_not(self) -> str:
        """Why there is no estimate; "" where there is one."""
        return self.figures[RATE].provenance.reason


@dataclass(frozen=True)
class _Asked:
    """A model in a precision: its shape, the work of a text of so many tokens, and tokenising as measured (ms)."""

    shape: Shape
    tokens: float
    text: Work
    tokenise: Figure
    precision: str


def estimable(study: StudyRecord) -> list[str]:
    """Names of the models that have a shape of their own; a control has its student's."""
    return [option_name(model) for model in study.models if model.role != "control" and model.runtime != API]


def estimates(study: StudyRecord, name: str, precision: str = "fp32") -> list[Estimate]:
    """The model, served by eager PyTorch in that precision, on every instance of the price list: the cheapest for its work first, those
    without an estimate last. Raises UserError for an unknown model or precision, or one whose files are gone."""
    if precision not in PRECISIONS:
        raise UserError(f"precision: {precision!r} is not estimated; choose one of {', '.join(PRECISIONS)}.")
    model = find_model(study, name)
    if study.recorded:
        raise UserError(f"study: {study.id!r} is recorded without model files; estimate a model of a study of your own.")
    asked = _asked(study, model, precision)
    there = [row for row in elsewhere.listed(study.id) if row.model == option_name(replace(model, precision=precision))]
    cheapest: dict[str, Instance] = {}
    for each in sorted(prices.instances(), key=lambda row: row.usd_per_hour):
        cheapest.setdefault(each.key, each)
    return sorted((_estimate(asked, each, _measured_on(study, there, each, precision)) for each in cheapest.values()), key=_rank)


def _rank(row: Estimate) -> tuple[bool, float, str]:
    cost = row.figures[BENCH].value
    return cost is None, cost or 0.0, row.instance


def _asked(study: StudyRecord, model: ModelRecord, precision: str) -> _Asked:
    shape = shape_of(models.artifact_path(study.id, model.name, model.role))
    tokens = tokens_of_a_text(tasks.info(study.spec.task), study.spec.training.max_length)
    unknown = not_measured("ms", "tokenising was not timed")
    return _Asked(shape, tokens, work(shape, tokens, precision), model.figures.get("tokenise_ms", unknown), precision)


def _measured_on(study: StudyRecord, there: Sequence[Elsewhere], instance: Instance, precision: str) -> str:
    """What was measured on the instance's kind and number of GPUs, in words; "" for nothing."""
    if not instance.gpu:
        return ""
    if precision == "fp32" and study.job and study.job.device != "cpu" and pricing.same_shape(study.machine, instance):
        return "the study itself measured it on this GPU"
    found = next((row for row in there if row.on_gpu and pricing.same_shape(row.machine, instance)), None)
    return f"measurement {found.id} measured it on this GPU" if found else ""


def _estimate(asked: _Asked, instance: Instance, known: str) -> Estimate:
    price = pricing.price(instance)
    speed = not_measured("1/s", known) if known else _speed(asked, instance)
    cost = compute(_cost, "USD/1e6", "hourly price / (throughput x 3600) x 1e6", price=price, rate=speed)
    if price.value is not None and speed.low and speed.high:
        cost = replace(cost, low=_cost(price.value, speed.high), high=_cost(price.value, speed.low))
    if cost.value is None:
        cost = not_measured("USD/1e6", speed.provenance.reason)
    gpus = f"{instance.gpu_count} x {instance.gpu}" if instance.gpu else ""
    return Estimate(instance.key, instance.region, gpus, {PRICE: price, RATE: speed, BENCH: cost})


def _cost(price: float, rate: float) -> float:
    return price / (rate * 3600) * 1e6


def _speed(asked: _Asked, instance: Instance) -> Figure:
    if not instance.gpu:
        return not_measured("1/s", "it has no GPU, and the table of peaks holds GPUs alone")
    gpu = pricing.find_gpu(price_files.gpus(), instance.gpu)
    if gpu is None:
        return not_measured("1/s", f"the table of GPUs has no figures of {instance.gpu}")
    if asked.precision not in gpu.flops_per_s:
        return not_measured("1/s", f"the table of GPUs has no peak of {gpu.name} in {asked.precision}")
    roof = Roof(gpu.flops_per_s[asked.precision], gpu.bytes_per_s, instance.gpu_count, instance.vcpus)
    found = rate(asked.text, roof, (asked.tokenise.value or 0.0) / 1000)
    made = derived(found.middle, "1/s", _told(asked, gpu, found), _inputs(asked, gpu))
    return replace(made, low=found.low, high=found.high)


def _inputs(asked: _Asked, gpu: Gpu) -> dict[str, Figure]:
    tokens = assumed(asked.tokens, "tokens", by="default", source=f"words x {TOKENS_PER_WORD} + 2")
    found = {"weights outside embeddings": measured(asked.shape.weights, "count", source="counted", device="", as_of=""),
             "tokens of a text": tokens, "peaks of the GPU": catalogue(gpu.bytes_per_s, "bytes/s", source=gpu.source, as_of=""),
             "share of the peaks that is reached": assumed(EFFICIENCY[0], "share", by="default")}
    return found if asked.tokenise.value is None else found | {"tokenising a text": asked.tokenise}


def _told(asked: _Asked, gpu: Gpu, found: Rate) -> str:
    tokenised = "not known and left out" if asked.tokenise.value is None else f"{asked.tokenise.value:.3g} ms of one core, as measured here"
    peak = gpu.flops_per_s[asked.precision] / 1e12
    return (f"{FORMULA}; {asked.text.flop / 1e6:.3g} MFLOP and {asked.text.moved_bytes / 1e6:.3g} MB a text of "
            f"{asked.tokens:.0f} tokens; {gpu.name} in {asked.precision}: {peak:g} TFLOP/s and {gpu.bytes_per_s / 1e9:g} GB/s, "
            f"bound by {found.bound}; tokenising {tokenised}")


def caveat(study: StudyRecord, name: str) -> str:
    """What has to be said beside the estimates of a model."""
    timed = "tokenise_ms" in find_model(study, name).figures
    return CAVEAT if timed else f"{CAVEAT} {UNTIMED}"


def without(found: Sequence[Estimate]) -> dict[str, list[str]]:
    """The instances that have no estimate, by the reason why."""
    told: dict[str, list[str]] = {}
    for row in found:
        if row.why_not:
            told.setdefault(row.why_not, []).append(row.instance)
    return told


def to_json(row: Estimate) -> dict[str, Any]:
    """An estimate as JSON values; every number is a figure object."""
    return {"instance": row.instance, "region": row.region, "gpus": row.gpus,
            "figures": {name: figure.to_dict() for name, figure in row.figures.items()}}

"""Which instance of the price list a machine is, and what an hour of it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.figures import Figure, Provenance, assumed, catalogue, not_measured
from core.pricing.catalogue import Instance

How = Literal["identical GPU", "nearest CPU, assumed", "none"]

GIB = 2**30

# The driver's name of a GPU (without maker and brand) and the price list's names of the very same model.
# Price lists that say only "H100" or "A100" mean the SXM module; a PCIe card is slower and is never taken for it.
SAME_GPU: dict[str, tuple[str, ...]] = {
    "T4": ("T4",),
    "L4": ("L4",),
    "L40S": ("L40S",),
    "A10": ("A10",),
    "A10G": ("A10G",),
    "V100-SXM2-16GB": ("V100",),
    "A100-SXM4-40GB": ("A100",),
    "A100-SXM4-80GB": ("A100-80GB",),
    "A100 80GB PCIE": ("A100-80GB-PCIe",),
    "H100 80GB HBM3": ("H100", "H100-SXM"),
    "H100 PCIE": ("H100-PCIe",),
    "H200": ("H200",),
}


@dataclass(frozen=True)
class Match:
    """What the price list says about a machine. A nearest CPU is only a proposal, to be confirmed by a person."""

    instance: Instance | None
    how: How
    reason: str


def catalogue_names(driver_name: str) -> tuple[str, ...]:
    """The price list's names of the GPU that its driver calls `driver_name`; empty if it is not known for certain."""
    words = driver_name.upper().split()
    return SAME_GPU.get(" ".join(word for word in words if word not in ("NVIDIA", "TESLA")), ())


def match(machine: Mapping[str, Any], catalogue: Sequence[Instance]) -> Match:
    """The instance that the machine is, or stands nearest to.

    machine: `gpus` (a list of {"name", "memory_bytes"}), `cores` (count) and `memory_bytes`. A GPU matches only the
    identical model and count; without a GPU, the nearest by vCPUs and then by memory is proposed.
    """
    gpus = machine.get("gpus") or []
    return _match_gpus([gpu["name"] for gpu in gpus], catalogue) if gpus else _nearest_cpu(machine, catalogue)


def same_shape(machine: Mapping[str, Any], instance: Instance) -> bool:
    """Whether an instance could be this machine: the same GPUs in number and model, or without any the same processors."""
    gpus = machine.get("gpus") or []
    if gpus or instance.gpu:
        models = {gpu["name"] for gpu in gpus}
        return len(models) == 1 and len(gpus) == instance.gpu_count and instance.gpu in catalogue_names(models.pop())
    return instance.vcpus in (machine.get("cores"), machine.get("threads"))


def _match_gpus(names: Sequence[str], catalogue: Sequence[Instance]) -> Match:
    title = f"{len(names)} x {' and '.join(sorted(set(names)))}"
    wanted = catalogue_names(names[0]) if len(set(names)) == 1 else ()
    same_model = [instance for instance in catalogue if instance.gpu in wanted]
    identical = [instance for instance in same_model if instance.gpu_count == len(names)]
    if identical:
        best = min(identical, key=lambda instance: instance.usd_per_hour)
        rank = f"the cheapest of {len(identical)}" if len(identical) > 1 else "the only one"
        return Match(best, "identical GPU", f"{best.key} is {rank} with {title}.")
    others = ", ".join(f"{instance.key} has {instance.gpu_count}" for instance in same_model)
    reason = f"the price list has no instance with {title}" + (f" ({others})" if others else "")
    return Match(None, "none", reason + "; choose an instance or type the hourly price.")


def _nearest_cpu(machine: Mapping[str, Any], catalogue: Sequence[Instance]) -> Match:
    cores, memory_gib = machine.get("cores"), (machine.get("memory_bytes") or 0) / GIB
    without_gpu = [instance for instance in catalogue if instance.gpu is None]
    if not cores or not without_gpu:
        return Match(None, "none", "the machine's cores are unknown; choose an instance or type the hourly price."
                     if not cores else "the price list has no instance without a GPU; type the hourly price.")

    def distance(instance: Instance) -> tuple[float, float, float]:
        gap = abs(instance.memory_gib - memory_gib) if instance.memory_gib is not None else float("inf")
        return abs(instance.vcpus - cores), gap, instance.usd_per_hour

    best = min(without_gpu, key=distance)
    has = f"{best.vcpus} vCPUs" + (f" and {best.memory_gib:g} GiB" if best.memory_gib is not None else "")
    return Match(best, "nearest CPU, assumed", f"{best.key} ({has}) is nearest to this machine's {cores} cores "
                 f"and {memory_gib:.3g} GiB; confirm it or choose another.")


def price(choice: Match | Instance | float) -> Figure:
    """The price of an hour, in USD/h, with its origin.

    A number is a price that the user typed, an Instance one that the user chose; a Match is the program's own: an
    identical GPU carries the list's price, a nearest CPU only an assumption that names the instance and its source.
    """
    if isinstance(choice, Instance):
        as_of = choice.as_of.isoformat() if choice.as_of else ""
        return catalogue(choice.usd_per_hour, "USD/h", source=_origin(choice), as_of=as_of)
    if not isinstance(choice, Match):
        return assumed(float(choice), "USD/h", by="user", source="hourly price typed by hand")
    if choice.instance is None:
        return not_measured("USD/h", choice.reason)
    listed = price(choice.instance)
    if choice.how == "identical GPU":
        return listed
    origin = Provenance("assumed", f"nearest instance {listed.provenance.source}", as_of=listed.provenance.as_of, by="default")
    return Figure(listed.value, "USD/h", origin)


def _origin(instance: Instance) -> str:
    said = "" if instance.source.startswith("on-demand:") else ", on demand"
    return f"{instance.key} in {instance.region}{said}; {instance.source}"

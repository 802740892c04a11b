"""From gpuhunt's offers to instances of the price list: names, regions and GPUs as this list writes them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.errors import UserError
from core.pricing.catalogue import Instance
from core.pricing.table import MAX_USD_PER_HOUR, dump, parse

# This list's name of a provider, and gpuhunt's. These are the providers whose lists gpuhunt publishes for all.
PROVIDERS = {"aws": "aws", "azure": "azure", "gcp": "gcp", "lambda": "lambdalabs", "nebius": "nebius", "oci": "oci",
             "runpod": "runpod", "verda": "verda", "cloudrift": "cloudrift"}
OURS = {theirs: ours for ours, theirs in PROVIDERS.items()}
# Of these GPUs there are several forms, with SXM or PCIe or NVLink; gpuhunt does not say which, so none matches by itself.
SEVERAL_FORMS = ("A100", "H100", "H200", "V100")
FULL_MEMORY_GIB = {"A10": 24}  # providers rent out fractions of these
LAMBDA_GB_PER_GIB = 1.074  # gpuhunt turns this provider's GiB into GB


@dataclass(frozen=True)
class Offer:
    """One row of gpuhunt's catalogue: its own names, USD an hour, memory in GB as gpuhunt has it; spot or on demand."""

    provider: str
    instance_name: str
    location: str
    price: float
    cpu: int
    memory: float
    gpu_count: int
    gpu_name: str | None
    gpu_memory: float | None
    spot: bool


def catalogue_name(key: str) -> tuple[str, str] | None:
    """gpuhunt's provider and instance name for a key of this list; None where gpuhunt publishes no list of the provider."""
    provider, _, name = key.partition("/")
    if provider not in PROVIDERS:
        return None
    return PROVIDERS[provider], re.sub(r"\+\d+x.+$", "", name) if provider == "gcp" else name


def instances(offers: Iterable[Offer], shapes: Sequence[Instance], source: Mapping[str, str],
              as_of: Mapping[str, date]) -> tuple[Instance, ...]:
    """One instance for each key and region on demand, the cheapest zone's, with the cheapest spot price beside it.

    shapes: the present list, whose processors, memory and GPU are kept where it knows the instance. source and as_of: of each
    of gpuhunt's providers. What the list would refuse, such as a price of 0, is left out.
    """
    known = {row.place: row for row in shapes}
    on_demand: dict[tuple[str, str], Offer] = {}
    spot: dict[tuple[str, str], float] = {}
    for offer in offers:
        place = _key(offer), _region(offer)
        if offer.provider not in OURS or not 0 < offer.price <= MAX_USD_PER_HOUR:
            continue
        if offer.spot:
            spot[place] = min(offer.price, spot.get(place, offer.price))
        elif place not in on_demand or offer.price < on_demand[place].price:
            on_demand[place] = offer
    made = (replace(known.get(place) or _shape(offer), usd_per_hour=offer.price, spot_usd_per_hour=spot.get(place),
                    source=source[offer.provider], as_of=as_of[offer.provider]) for place, offer in on_demand.items())
    return tuple(row for row in made if _is_sound(row))


def _is_sound(row: Instance) -> bool:
    try:
        return parse(dump([row])) == (row,)
    except UserError:
        return False


def _key(offer: Offer) -> str:
    attached = offer.provider == "gcp" and offer.instance_name.startswith("n1-") and offer.gpu_count
    return f"{OURS.get(offer.provider, offer.provider)}/{offer.instance_name}" + (
        f"+{offer.gpu_count}x{offer.gpu_name}" if attached else "")


def _region(offer: Offer) -> str:
    """The region; Google's prices are by zone, whose letter is dropped."""
    return re.sub(r"-[a-z]$", "", offer.location) if offer.provider == "gcp" else offer.location


def _shape(offer: Offer) -> Instance:
    """An instance that the present list does not know, without its price."""
    gibibytes = offer.memory / LAMBDA_GB_PER_GIB if offer.provider == "lambdalabs" else offer.memory
    has_gpu = offer.gpu_count > 0 and bool(offer.gpu_name)
    provider, _, name = _key(offer).partition("/")
    return Instance(provider, name, _region(offer), offer.cpu, round(gibibytes, 2) or None, _gpu(offer) if has_gpu else None,
                    offer.gpu_count if has_gpu else 0, (offer.gpu_memory or None) if has_gpu else None, 0.0, None, "", None)


def _gpu(offer: Offer) -> str:
    """The GPU's name; with its memory where the name alone could be taken for a GPU of another form or for a whole one."""
    name, memory = str(offer.gpu_name), offer.gpu_memory
    if name in SEVERAL_FORMS or (memory and memory < FULL_MEMORY_GIB.get(name, 0)):
        return f"{name}, {f'{memory:g} GB' if memory else 'memory unknown'}"
    return name

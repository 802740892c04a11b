"""What one machine answers, and how much of that is planned for: under load within the latency limit, or many texts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.case import UNDER_LOAD_UTILISATION
from core.figures import Figure, assumed, derived, not_measured
from core.records import ModelRecord
from core.roi.serving import Basis

ONLINE: tuple[Basis, ...] = ("provisioned", "autoscaled")
OFFLINE, SERVER = "throughput_per_s", "server_rate_per_s"
PLANNED = assumed(UNDER_LOAD_UTILISATION, "share", by="default", source="of a rate measured under load within the latency limit")


def capacity(model: ModelRecord, inputs: Mapping[str, Figure], basis: Basis, elsewhere: str = "") -> dict[str, Figure]:
    """Figures of a part: `rate_per_s`, by which machines are counted. Where machines answer as requests come and the rate was
    measured under load, it is that one, with `offline_rate_per_s` beside it for the bench cost and its own default share
    to plan for. elsewhere: the machine that the rates are taken over to, "" for none."""
    offline = rate_of(model, OFFLINE, elsewhere)
    if basis not in ONLINE or not held(model, inputs["latency_limit_ms"]):
        return {"rate_per_s": offline}
    found = {"rate_per_s": rate_of(model, SERVER, elsewhere), "offline_rate_per_s": offline}
    nobody_said = inputs["target_utilisation"].provenance.evidence == "default"
    return found | ({"target_utilisation": PLANNED} if nobody_said else {})


def held(model: ModelRecord, limit: Figure) -> bool:
    """Whether a rate was measured at which the p99 latency surely keeps the limit (ms): a tighter one was asked for, or the same."""
    rate, asked = model.figures.get(SERVER), model.figures.get("server_limit_ms")
    if rate is None or asked is None or not rate.value or not asked.value or limit.value is None:
        return False
    return asked.value <= limit.value


def rate_of(model: ModelRecord, name: str, elsewhere: str = "") -> Figure:
    """A measured rate in 1/s; on another machine it is derived."""
    rate = model.figures.get(name, not_measured("1/s", "the speed of this model is not measured yet"))
    if not elsewhere:
        return rate
    made = derived(rate.value, "1/s", f"measured here, taken over for {elsewhere}", {"throughput": rate})
    return replace(made, low=rate.low, high=rate.high)

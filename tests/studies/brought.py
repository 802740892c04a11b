"""Files as `python -m core measure` writes them, with figures that a test chooses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from core import settings
from core.manifest import weights_digest
from core.sealed import seal

TARGET = {"cpu": "Target *CPU*", "cores": 4, "threads": 8, "memory_bytes": 16 * 2**30, "features": ["avx2"], "gpus": [],
          "os": "Linux 6.1 x86_64", "python": "3.11.9", "packages": {"torch": "2.13.0"}}
P50 = [2.0, 2.1, 1.9, 2.0, 2.0]


def content(study_id: str, **changes: Any) -> dict[str, Any]:
    """What the file of the study's depth-1 says, unsealed."""
    figures = {"latency_p50_ms": ("ms", P50), "latency_p99_ms": ("ms", [4.0, 4.2, 3.8, 4.0, 4.0]),
               "throughput_per_s": ("1/s", [500.0, 510.0, 490.0, 500.0, 500.0]), "parameters": ("count", [1000] * 5),
               "energy_j_per_prediction": ("J", [None] * 5), "reload_agreement": ("share", [1.0] * 5)}
    return {
        "format": "distill-roi measurement", "version": 1, "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "study": study_id, "model": "depth-1", "runtime": "torch", "precision": "fp32",
        "weights_sha256": weights_digest(settings.folder("models", study_id) / "depth-1-student"), "manifest_sha256": "0" * 64,
        "device": "cpu", "machine": TARGET,
        "settings": {"invocations": 5, "queries": 662, "offline_seconds": 5.0, "threads": 4, "texts": 256, "texts_from": "reference"},
        "figures": {name: {"unit": unit, "values": values} for name, (unit, values) in figures.items()}, "noise": [], **changes}


def with_server(made: dict[str, Any], reason: str = "", limit_ms: float | None = 50.0, **changes: float | None) -> dict[str, Any]:
    """The file's content with a Server scenario; changes: figures' values."""
    found = {"server_rate_per_s": 120.0, "server_p99_ms": 41.0, "server_batch_size": 8.0, "server_wait_ms": 2.5, "server_queries": 700.0}
    units = {"server_rate_per_s": "1/s", "server_p99_ms": "ms", "server_wait_ms": "ms"}
    rows = {name: {"unit": units.get(name, "count"), "values": [value]} for name, value in (found | changes).items()}
    settings = made["settings"] | ({"server_limit_ms": limit_ms, "server_seconds": 120.0} if limit_ms else {})
    return {**made, "version": 2, "figures": made["figures"] | rows, "settings": settings, "server_reason": reason}


def written(made: dict[str, Any]) -> bytes:
    """The sealed file."""
    return json.dumps(seal(made), indent=1).encode()

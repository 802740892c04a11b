"""The unit that a figure's name carries. Free of the rest of the product, like core.manifest."""

from __future__ import annotations

SERVER = ("server_rate_per_s", "server_p99_ms", "server_batch_size", "server_wait_ms", "server_queries",  # of one process alone
          "server_limit_ms")
COUNTS = ("parameters", "latency_queries", "server_batch_size", "server_queries")
BYTES_IN_MB = 1e6
ENDS = {"_ms": "ms", "_j_per_prediction": "J", "_per_s": "1/s", "_bytes": "bytes", "_watts": "W", "_s": "s", "_agreement": "share"}


def unit_of(name: str) -> str:
    """"ms" of "latency_p50_ms"; "" where a name carries no unit that is known."""
    if name in COUNTS:
        return "count"
    return next((unit for end, unit in ENDS.items() if name.endswith(end)), "")

"""Peak memory of this process as it tells itself; memory.py reads it from outside."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import torch


def peak_memory_bytes(device: str) -> int:
    """Peak of GPU memory reserved by torch on a GPU, else the process's peak resident set."""
    if device.startswith("cuda"):
        return int(torch.cuda.max_memory_reserved(device))
    status = Path("/proc/self/status")  # ru_maxrss would include the parent's peak, inherited when the process was started
    if status.exists():
        line = next(row for row in status.read_text(encoding="utf-8").splitlines() if row.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024

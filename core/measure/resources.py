"""Memory and energy of this process; what has no counter here answers None."""

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


class EnergyCounter:
    """NVML's total energy counter of one GPU, in joules since the driver was loaded."""

    def __init__(self, device: str) -> None:
        self.handle = _handle(device)

    def joules(self) -> float | None:
        """The counter, or None where there is none (no GPU, or one older than Volta)."""
        import pynvml

        if self.handle is None:
            return None
        try:
            return pynvml.nvmlDeviceGetTotalEnergyConsumption(self.handle) / 1000
        except pynvml.NVMLError:
            return None


def _handle(device: str) -> object | None:
    if not device.startswith("cuda"):
        return None
    import pynvml

    # torch and NVML count GPUs differently once CUDA_VISIBLE_DEVICES is set; the UUID names the same card.
    uuid = f"GPU-{torch.cuda.get_device_properties(device).uuid}"
    try:
        pynvml.nvmlInit()
        return pynvml.nvmlDeviceGetHandleByUUID(uuid)
    except pynvml.NVMLError:  # part of a card (MIG) has no counter of its own
        return None

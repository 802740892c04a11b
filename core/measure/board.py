"""One GPU board as NVML tells it. Where there is none, or it does not say, every answer is None."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

# NVML's policies that hold the clock down, with the words for it; violation times are in nanoseconds.
POLICIES = {"heat": "NVML_PERF_POLICY_THERMAL", "its power limit": "NVML_PERF_POLICY_POWER"}
# NVML's reasons why the clock is below its highest, told only while they hold. The power cap is left to POLICIES.
EVENTS = {
    "heat": ("nvmlClocksEventReasonHwThermalSlowdown", "nvmlClocksEventReasonSwThermalSlowdown"),
    "a power brake": ("nvmlClocksEventReasonHwPowerBrakeSlowdown",),
}


class Board:
    """A board that cannot be asked: `reason` says why, and `uuid` is empty."""

    def __init__(self, reason: str, uuid: str = "") -> None:
        self.reason, self.uuid = reason, uuid

    def energy_j(self) -> float | None:
        """Joules since the driver was loaded."""
        return None

    def memory_bytes(self) -> int | None:
        """Memory in use on the board, whoever uses it."""
        return None

    def process_bytes(self, pid: int) -> int | None:
        """Memory that one process holds on the board; None if NVML does not list it (containers may hide it)."""
        return None

    def other_processes(self, own: Collection[int]) -> int | None:
        """How many processes compute on the board besides `own`."""
        return None

    def held_back_s(self) -> dict[str, float]:
        """Seconds since the driver was loaded in which a cause held the clock down, by cause; those that are told."""
        return {}

    def holding_back(self) -> tuple[str, ...]:
        """What holds the clock down at this moment."""
        return ()


class NvmlBoard(Board):
    """A board, or with MIG a part of one, by its NVML handle."""

    def __init__(self, handle: Any, uuid: str) -> None:
        super().__init__("", uuid)
        self.handle = handle

    def energy_j(self) -> float | None:
        millijoules = self._ask("nvmlDeviceGetTotalEnergyConsumption")
        return None if millijoules is None else millijoules / 1000

    def memory_bytes(self) -> int | None:
        memory = self._ask("nvmlDeviceGetMemoryInfo")
        return None if memory is None else int(memory.used)

    def process_bytes(self, pid: int) -> int | None:
        found = [row.usedGpuMemory for row in self._processes() or () if row.pid == pid]
        return int(found[0]) if found and found[0] is not None else None

    def other_processes(self, own: Collection[int]) -> int | None:
        listed = self._processes()
        if listed is None:
            return None
        others = sum(row.pid not in own for row in listed)
        # In a container NVML may list the host's numbers: then one of them is this process, which computes there too.
        return others if others < len(listed) else max(others - 1, 0)

    def held_back_s(self) -> dict[str, float]:
        import pynvml

        found = {cause: self._ask("nvmlDeviceGetViolationStatus", getattr(pynvml, policy)) for cause, policy in POLICIES.items()}
        return {cause: status.violationTime / 1e9 for cause, status in found.items() if status is not None}

    def holding_back(self) -> tuple[str, ...]:
        import pynvml

        bits = self._ask("nvmlDeviceGetCurrentClocksEventReasons") or 0
        return tuple(cause for cause, names in EVENTS.items() if any(bits & getattr(pynvml, name) for name in names))

    def _processes(self) -> list[Any] | None:
        return self._ask("nvmlDeviceGetComputeRunningProcesses")

    def _ask(self, name: str, *given: Any) -> Any:
        """NVML's answer, or None where this board or this driver has none."""
        import pynvml

        try:
            question: Callable[..., Any] = getattr(pynvml, name)
            return question(self.handle, *given)
        except pynvml.NVMLError:
            return None


def of_device(device: str) -> Board:
    """The board of torch's device, e.g. "cuda:0"; for "cpu" one that cannot be asked.

    torch and NVML count GPUs differently once CUDA_VISIBLE_DEVICES is set; the UUID names the same card in both.
    """
    if not device.startswith("cuda"):
        return Board("the device is a CPU")
    import torch

    return of_uuid(str(torch.cuda.get_device_properties(device).uuid))


def of_uuid(uuid: str) -> Board:
    """The board, or with MIG the part of one, of this UUID, with or without NVML's prefix."""
    import pynvml

    bare = uuid.removeprefix("GPU-").removeprefix("MIG-")
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        return Board(f"NVML cannot be used ({error})")
    for prefix in ("GPU-", "MIG-"):
        try:
            return NvmlBoard(pynvml.nvmlDeviceGetHandleByUUID(prefix + bare), prefix + bare)
        except pynvml.NVMLError:
            continue
    return Board(f"NVML knows no GPU {bare}")

"""A simulated NVML: boards with memory, processes, clocks and an energy counter that grows with a clock of its own."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class NVMLError(Exception):
    """What the real binding raises."""


class SimulatedNvml(ModuleType):
    """One board. Set `power_w`, move `now`; put names of calls that this board lacks into `lacks`."""

    NVMLError = NVMLError
    NVML_PERF_POLICY_POWER, NVML_PERF_POLICY_THERMAL = 0, 1
    NVML_CLOCK_SM, NVML_CLOCK_MEM = 1, 2
    nvmlClocksEventReasonHwThermalSlowdown, nvmlClocksEventReasonSwThermalSlowdown = 0x40, 0x20
    nvmlClocksEventReasonHwPowerBrakeSlowdown, nvmlClocksEventReasonSwPowerCap = 0x80, 0x4

    def __init__(self, uuid: str = "GPU-1234", update_s: float = 0.1) -> None:
        super().__init__("pynvml")
        self.uuid, self.update_s = uuid, update_s
        self.now, self.power_w, self.used_j = 0.0, 100.0, 5_000.0
        self.memory_used, self.memory_total = 3_000, 80_000
        self.running: list[tuple[int, int | None]] = []
        self.violations_ns = {0: 0, 1: 0}
        self.event_bits = 0
        self.mig: list[int] | None = [0, 0]
        self.lacks: set[str] = set()

    def pass_time(self, seconds: float) -> None:
        """The board draws its power for so long."""
        self.now += seconds
        self.used_j += seconds * self.power_w

    def _told(self, name: str, answer: Any) -> Any:
        if name in self.lacks:
            raise NVMLError(f"{name}: not supported")
        return answer

    def nvmlInit(self) -> None:
        self._told("nvmlInit", None)

    def nvmlShutdown(self) -> None:
        pass

    def nvmlSystemGetDriverVersion(self) -> str:
        return self._told("nvmlSystemGetDriverVersion", "580.65.06")

    def nvmlSystemGetCudaDriverVersion(self) -> int:
        return self._told("nvmlSystemGetCudaDriverVersion", 13_010)

    def nvmlDeviceGetCount(self) -> int:
        return self._told("nvmlDeviceGetCount", 1)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> str:
        return self.uuid

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> str:
        if uuid != self.uuid:
            raise NVMLError("not found")
        return uuid

    def nvmlDeviceGetName(self, handle: str) -> str:
        return self._told("nvmlDeviceGetName", "NVIDIA H100 80GB HBM3")

    def nvmlDeviceGetMemoryInfo(self, handle: str) -> SimpleNamespace:
        return self._told("nvmlDeviceGetMemoryInfo", SimpleNamespace(total=self.memory_total, used=self.memory_used))

    def nvmlDeviceGetMaxClockInfo(self, handle: str, kind: int) -> int:
        return self._told("nvmlDeviceGetMaxClockInfo", {self.NVML_CLOCK_SM: 1980, self.NVML_CLOCK_MEM: 2619}[kind])

    def nvmlDeviceGetPowerManagementLimit(self, handle: str) -> int:
        return self._told("nvmlDeviceGetPowerManagementLimit", 700_000)

    def nvmlDeviceGetMigMode(self, handle: str) -> list[int]:
        if self.mig is None:
            raise NVMLError("not supported")
        return self.mig

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: str) -> int:
        """In mJ; it steps every `update_s` seconds, as real counters do."""
        stale = self.now - int(self.now / self.update_s + 1e-6) * self.update_s
        return self._told("nvmlDeviceGetTotalEnergyConsumption", round((self.used_j - stale * self.power_w) * 1000))

    def nvmlDeviceGetComputeRunningProcesses(self, handle: str) -> list[SimpleNamespace]:
        found = [SimpleNamespace(pid=pid, usedGpuMemory=memory) for pid, memory in self.running]
        return self._told("nvmlDeviceGetComputeRunningProcesses", found)

    def nvmlDeviceGetViolationStatus(self, handle: str, policy: int) -> SimpleNamespace:
        return self._told("nvmlDeviceGetViolationStatus", SimpleNamespace(violationTime=self.violations_ns[policy]))

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle: str) -> int:
        return self._told("nvmlDeviceGetCurrentClocksEventReasons", self.event_bits)


def install(monkeypatch: Any, **options: Any) -> SimulatedNvml:
    """The simulated library in place of pynvml, for one test."""
    library = SimulatedNvml(**options)
    monkeypatch.setitem(sys.modules, "pynvml", library)
    return library

"""What the system tells of its hardware: processor, clocks, limits of the container, GPUs, energy counters. Unreadable is None."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

FIRST_FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "asimd")  # what the first studies stored
FEATURES = (*FIRST_FEATURES, "avx_vnni", "avx512_fp16", "amx_fp16", "asimddp", "i8mm", "bf16")
CPUS = Path("/sys/devices/system/cpu")
CGROUPS = Path("/sys/fs/cgroup")
POWERCAP = Path("/sys/class/powercap")


def cpu_name() -> str:
    """The processor's name as it tells it."""
    return _cpu_lines("model name") or platform.processor() or platform.machine()


def cpu_features() -> list[str]:
    """Those of FEATURES that the processor has."""
    flags = _flags()
    return [name for name in FEATURES if name in flags]


def is_virtual() -> bool:
    """Whether the processor says that it is a virtual machine's."""
    return "hypervisor" in _flags()


def _flags() -> set[str]:
    return set((_cpu_lines("flags") or _cpu_lines("Features")).split())


def _cpu_lines(key: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def clock(cpus: Path = CPUS) -> dict[str, Any]:
    """governor, min_mhz, max_mhz (what the governor may choose) and boost of the processors; None where the kernel does not say.

    Where processors differ: every governor, the lowest and the highest clock.
    """
    policies = sorted((cpus / "cpufreq").glob("policy*"))
    lowest, highest = ([int(text) // 1000 for policy in policies if (text := _text(policy / name)).isdigit()]
                       for name in ("scaling_min_freq", "scaling_max_freq"))
    return {
        "governor": ", ".join(sorted({text for policy in policies if (text := _text(policy / "scaling_governor"))})) or None,
        "min_mhz": min(lowest, default=None), "max_mhz": max(highest, default=None), "boost": _boost(cpus),
    }


def _boost(cpus: Path) -> bool | None:
    told = {"0": False, "1": True}
    boost, no_turbo = told.get(_text(cpus / "cpufreq" / "boost")), told.get(_text(cpus / "intel_pstate" / "no_turbo"))
    return boost if no_turbo is None else not no_turbo


def limits(groups: Path = CGROUPS, own: Path = Path("/proc/self/cgroup")) -> dict[str, Any]:
    """What the container leaves: cpus (processors' worth of time) and memory_bytes; None where it sets no limit.

    The tightest limit of this process's control group and of those above it, in version 2 and version 1 of the interface.
    """
    cpus, memory = [], []
    for folder in _groups(groups, own):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        quota, period = (quota, period) if quota else (_text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us"))
        if quota.isdigit() and period.isdigit():
            cpus.append(int(quota) / int(period))
        memory += [int(text) for name in ("memory.max", "memory.limit_in_bytes") if (text := _text(folder / name)).isdigit()]
    # Version 1 writes "no limit" as a number larger than any memory.
    return {"cpus": min(cpus, default=None), "memory_bytes": min((m for m in memory if m < psutil.virtual_memory().total), default=None)}


def _groups(groups: Path, own: Path) -> Iterator[Path]:
    """The folders of this process's control groups up to their roots; a container may show only the roots."""
    yield from (groups, groups / "cpu", groups / "memory")
    for line in _text(own).splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        for name in controllers.split(",") if controllers else [""]:
            parts = Path(path.lstrip("/")).parts
            yield from (groups.joinpath(name, *parts[:depth]) for depth in range(1, len(parts) + 1) if ".." not in parts)


def usable_threads() -> int:
    """Processors that this process may run on, within its affinity and its container's quota."""
    allowed = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else psutil.cpu_count() or 1
    quota = limits()["cpus"]
    return allowed if quota is None else max(1, min(allowed, round(quota)))


@lru_cache(maxsize=1)
def gpus() -> list[dict[str, Any]]:
    """The NVIDIA GPUs that this process may use. Empty without a driver.

    name, memory_bytes, driver, cuda (the driver's version of it), clock_mhz and memory_clock_mhz (highest), power_limit_w, mig.
    """
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        return [_gpu(pynvml.nvmlDeviceGetHandleByIndex(i)) for i in visible(pynvml.nvmlDeviceGetCount())]
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def _gpu(handle: Any) -> dict[str, Any]:
    import pynvml

    memory, cuda = _asked("nvmlDeviceGetMemoryInfo", handle), _asked("nvmlSystemGetCudaDriverVersion")
    power, mig = _asked("nvmlDeviceGetPowerManagementLimit", handle), _asked("nvmlDeviceGetMigMode", handle)
    return {
        "name": pynvml.nvmlDeviceGetName(handle),
        "memory_bytes": None if memory is None else int(memory.total),  # GPUs that share the host's memory do not say
        "driver": pynvml.nvmlSystemGetDriverVersion(), "cuda": None if cuda is None else f"{cuda // 1000}.{cuda % 1000 // 10}",
        "clock_mhz": _asked("nvmlDeviceGetMaxClockInfo", handle, pynvml.NVML_CLOCK_SM),
        "memory_clock_mhz": _asked("nvmlDeviceGetMaxClockInfo", handle, pynvml.NVML_CLOCK_MEM),
        "power_limit_w": None if power is None else power / 1000, "mig": None if mig is None else bool(mig[0]),
    }


def _asked(name: str, *given: Any) -> Any:
    """NVML's answer, None where this GPU has none."""
    import pynvml

    try:
        return getattr(pynvml, name)(*given)
    except pynvml.NVMLError:
        return None


def visible(count: int) -> list[int]:
    """NVML's numbers of the GPUs that CUDA_VISIBLE_DEVICES leaves; its other forms (UUIDs) count as all."""
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None or not re.fullmatch(r"[-\d,\s]*", wanted):
        return list(range(count))
    return [int(part) for part in wanted.split(",") if part.strip().isdigit() and int(part) < count]


def energy_domains(root: Path = POWERCAP) -> tuple[list[Path], str]:
    """The folders of the processor packages' energy counters (RAPL), and why there are none that can be used, or ""."""
    packages = [path for path in sorted(root.glob("intel-rapl:*")) if _text(path / "name").startswith("package")]
    if not packages:
        return [], "this system shows no energy counter of the processor (RAPL); virtual machines seldom do"
    locked = [path for path in packages if not (_text(path / "energy_uj").isdigit() and _text(path / "max_energy_range_uj").isdigit())]
    if locked:
        return [], f"{locked[0] / 'energy_uj'} cannot be read by this user; its owner can allow it with chmod a+r"
    return packages, ""


def _text(path: Path) -> str:
    """What the file says, "" where it is missing or locked."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""

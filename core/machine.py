"""What this machine is, told without importing torch: processor, memory, GPUs, software."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

from core.errors import UserError
from core.settings import ROOT

FEATURES = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16", "asimd")
PACKAGES = ("torch", "transformers", "tokenizers", "mlcommons_loadgen", "streamlit")


@lru_cache(maxsize=1)
def fingerprint() -> dict[str, Any]:
    """The hardware and software that measurements depend on; memory in bytes, cores are physical where known."""
    return {
        "cpu": _cpu_name(),
        "cores": min(psutil.cpu_count(logical=False) or 1, _usable_threads()),
        "threads": _usable_threads(),
        "memory_bytes": psutil.virtual_memory().total,
        "features": _cpu_features(),
        "gpus": gpus(),
        "os": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


@lru_cache(maxsize=1)
def gpus() -> list[dict[str, Any]]:
    """The NVIDIA GPUs that this process may use: name, memory_bytes (None if unknown), driver. Empty without a driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return []
    try:
        driver = pynvml.nvmlSystemGetDriverVersion()
        handles = [pynvml.nvmlDeviceGetHandleByIndex(i) for i in _visible(pynvml.nvmlDeviceGetCount())]
        return [{"name": pynvml.nvmlDeviceGetName(h), "memory_bytes": _gpu_memory(h), "driver": driver} for h in handles]
    except pynvml.NVMLError:
        return []
    finally:
        pynvml.nvmlShutdown()


def _visible(count: int) -> list[int]:
    """NVML's numbers of the GPUs that CUDA_VISIBLE_DEVICES leaves; its other forms (UUIDs) count as all."""
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None or not re.fullmatch(r"[-\d,\s]*", wanted):
        return list(range(count))
    return [int(part) for part in wanted.split(",") if part.strip().isdigit() and int(part) < count]


def _gpu_memory(handle: Any) -> int | None:
    import pynvml

    try:
        return int(pynvml.nvmlDeviceGetMemoryInfo(handle).total)
    except pynvml.NVMLError:  # GPUs that share the host's memory do not say
        return None


def _usable_threads() -> int:
    """Processors that this process may run on, within its affinity and its container's quota."""
    allowed = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else psutil.cpu_count() or 1
    quota = Path("/sys/fs/cgroup/cpu.max")
    limit, _, period = (quota.read_text().strip() if quota.exists() else "max").partition(" ")
    return max(1, min(allowed, round(int(limit) / int(period)))) if limit != "max" else allowed


def choose_device(wanted: str) -> str:
    """The device of a run: "cpu" or "cuda:0". Raises UserError if cuda is asked for and cannot be used."""
    usable = bool(gpus()) and "+cpu" not in (_version("torch") or "+cpu")
    if wanted == "cuda" and not usable:
        raise UserError("device: 'cuda' cannot be used here, no GPU with a CUDA build of torch was found; choose auto or cpu.")
    return "cuda:0" if usable and wanted != "cpu" else "cpu"


def device_name(machine: dict[str, Any] | Any, device: str) -> str:
    """The device in words, e.g. "AMD EPYC, 2 cores" or "NVIDIA H200"."""
    if device.startswith("cuda") and machine.get("gpus"):
        return str(machine["gpus"][int(device.partition(":")[2] or 0)]["name"])
    cores = machine.get("cores", 1)
    return f"{machine.get('cpu', 'CPU')}, {cores} core{'s' if cores != 1 else ''}"


def commit() -> str:
    """The commit of this checkout, with "+" if files are changed; "" outside a checkout."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=10, check=True)  # noqa: S607
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cpu_lines(key: str) -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")


def _cpu_name() -> str:
    return _cpu_lines("model name") or platform.processor() or platform.machine()


def _cpu_features() -> list[str]:
    flags = set((_cpu_lines("flags") or _cpu_lines("Features")).split())
    return [name for name in FEATURES if name in flags]

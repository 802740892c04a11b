"""What this machine is, told without importing torch: its fingerprint, and how two of them differ."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

from core import hardware
from core.errors import UserError
from core.hardware import gpus
from core.settings import ROOT

PACKAGES = ("torch", "transformers", "tokenizers", "onnxruntime", "onnxruntime-gpu", "openvino", "tensorrt", "mlcommons_loadgen",
            "streamlit")
WITHOUT_EFFECT = ("streamlit",)  # not loaded where anything is measured


@lru_cache(maxsize=1)
def fingerprint() -> dict[str, Any]:
    """The hardware and software that measurements depend on; memory in bytes, cores are physical where known.

    clock, limits and gpus are those of core.hardware. Studies stored before these were read lack clock, limits, virtual and all of a
    GPU but name, memory_bytes and driver.
    """
    return {
        "cpu": hardware.cpu_name(),
        "cores": min(psutil.cpu_count(logical=False) or 1, hardware.usable_threads()),
        "threads": hardware.usable_threads(),
        "memory_bytes": psutil.virtual_memory().total,
        "features": hardware.cpu_features(),
        "virtual": hardware.is_virtual(),
        "clock": hardware.clock(),
        "limits": hardware.limits(),
        "gpus": gpus(),
        "os": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def digest(machine: Mapping[str, Any]) -> str:
    """Twelve hex digits of all facts that decide speed; two fingerprints with the same digest have no differences.

    Neither the machine's name nor its free memory is among them.
    """
    return hashlib.sha256(json.dumps(facts(machine)).encode()).hexdigest()[:12]


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[str, ...]:
    """What decides speed and differs, e.g. "CPU: AMD EPYC against Intel Xeon"; empty if figures may be compared as they are.

    A fact that either of them lacks is not a difference: older fingerprints know fewer, and a system may hide some.
    """
    among = hardware.FEATURES if "limits" in first and "limits" in second else hardware.FIRST_FEATURES
    one, other = _facts(first, among), _facts(second, among)
    return tuple(f"{name}: {one[name]} against {other[name]}" for name in one if name in other and one[name] != other[name])


def facts(machine: Mapping[str, Any]) -> dict[str, str]:
    """The facts that decide speed, in words, by name; what the fingerprint does not know is left out."""
    return _facts(machine, hardware.FEATURES)


def _facts(machine: Mapping[str, Any], features: tuple[str, ...]) -> dict[str, str]:
    found = {
        "CPU": machine.get("cpu"), "Cores": machine.get("cores"), "Threads": machine.get("threads"),
        "Instruction sets": _features(machine, features), **dict(_clock(machine.get("clock") or {})),
        "Virtual machine": {True: "yes", False: "no"}.get(machine["virtual"]) if "virtual" in machine else None,
        "Container limits": _limits(machine["limits"]) if "limits" in machine else None,
        **(_gpu_facts(machine["gpus"]) if "gpus" in machine else {}), "System": machine.get("os"), "Python": machine.get("python"),
        **{name: told for name, told in (machine.get("packages") or {}).items() if name in PACKAGES and name not in WITHOUT_EFFECT},
    }
    return {name: str(told) for name, told in found.items() if told is not None}


def _features(machine: Mapping[str, Any], among: tuple[str, ...]) -> str | None:
    if "features" not in machine:
        return None
    return ", ".join(name for name in machine["features"] if name in among) or "none of those that matter here"


def _clock(clock: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    boost = {True: ", boost on", False: ", boost off"}.get(clock.get("boost"), "")  # type: ignore[arg-type]
    yield "Clock governor", clock.get("governor")
    yield "Clock", f"{clock.get('min_mhz') or '?'} to {clock['max_mhz']} MHz{boost}" if clock.get("max_mhz") else None


def _limits(limits: Mapping[str, Any]) -> str:
    cpus, memory = limits.get("cpus"), limits.get("memory_bytes")
    return ", ".join([*([f"{cpus:.3g} processors"] if cpus else []), *([f"{memory / 1e9:.3g} GB of memory"] if memory else [])]) or "none"


def _gpu_facts(found: list[dict[str, Any]]) -> dict[str, str | None]:
    if not found:
        return {"GPU": "none"}
    names = sorted({gpu["name"] for gpu in found})
    told = {
        "GPU memory": [f"{size / 1e9:.3g} GB" for gpu in found if (size := gpu.get("memory_bytes"))],
        "GPU clock": [f"{gpu['clock_mhz']} MHz" for gpu in found if gpu.get("clock_mhz")],
        "GPU memory clock": [f"{gpu['memory_clock_mhz']} MHz" for gpu in found if gpu.get("memory_clock_mhz")],
        "GPU power limit": [f"{gpu['power_limit_w']:.0f} W" for gpu in found if gpu.get("power_limit_w")],
        "MIG": ["on" if gpu["mig"] else "off" for gpu in found if gpu.get("mig") is not None],
        "GPU driver": [gpu["driver"] for gpu in found if gpu.get("driver")],
        "CUDA of the driver": [gpu["cuda"] for gpu in found if gpu.get("cuda")],
    }
    count = f"{len(found)} x " if len(found) > 1 else ""
    return {"GPU": count + " and ".join(names), **{name: " and ".join(dict.fromkeys(each)) or None for name, each in told.items()}}


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

"""What this machine is, told without importing torch: its fingerprint, and how two of them differ."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
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
    """The facts that decide speed, in words, by name; what the fingerprint does not know, or says in another form, is left out."""
    return _facts(machine, hardware.FEATURES)


def _facts(machine: Mapping[str, Any], features: tuple[str, ...]) -> dict[str, str]:
    found = {
        "CPU": machine.get("cpu"), "Cores": machine.get("cores"), "Threads": machine.get("threads"),
        "Instruction sets": _features(machine.get("features"), features), **_clock(_part(machine, "clock")),
        "Virtual machine": "yes" if machine.get("virtual") is True else "no" if machine.get("virtual") is False else None,
        "Container limits": _limits(_part(machine, "limits")) if "limits" in machine else None,
        **_gpu_facts(machine.get("gpus")), "System": machine.get("os"), "Python": machine.get("python"),
        **{name: told for name, told in _part(machine, "packages").items() if name in PACKAGES and name not in WITHOUT_EFFECT},
    }
    return {name: str(told) for name, told in found.items() if told is not None}


def _part(machine: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = machine.get(name)
    return part if isinstance(part, Mapping) else {}


def _features(found: Any, among: tuple[str, ...]) -> str | None:
    if not isinstance(found, list | tuple):
        return None
    return ", ".join(name for name in among if name in found) or "none of those that matter here"


def _clock(clock: Mapping[str, Any]) -> dict[str, str | None]:
    boost = ", boost on" if clock.get("boost") is True else ", boost off" if clock.get("boost") is False else ""
    lowest, highest = _number(clock.get("min_mhz"), "MHz"), _number(clock.get("max_mhz"), "MHz")
    told = f"{f'{lowest} to ' if lowest else 'up to '}{highest}{boost}" if highest else None
    return {"Clock governor": clock.get("governor"), "Clock": told}


def _limits(limits: Mapping[str, Any]) -> str:
    told = (_number(limits.get("cpus"), "processors"), _number(limits.get("memory_bytes"), "GB of memory", 1e9))
    return ", ".join(each for each in told if each) or "none"


def _gpu_facts(found: Any) -> dict[str, str | None]:
    if not isinstance(found, list | tuple):
        return {}
    gpus = [gpu for gpu in found if isinstance(gpu, Mapping)]
    count = f"{len(gpus)} x " if len(gpus) > 1 else ""
    told: dict[str, list[Any]] = {
        "GPU memory": [_number(gpu.get("memory_bytes"), "GB", 1e9) for gpu in gpus],
        "GPU clock": [_number(gpu.get("clock_mhz"), "MHz") for gpu in gpus],
        "GPU memory clock": [_number(gpu.get("memory_clock_mhz"), "MHz") for gpu in gpus],
        "GPU power limit": [_number(gpu.get("power_limit_w"), "W") for gpu in gpus],
        "MIG": [{True: "on", False: "off"}[gpu["mig"]] for gpu in gpus if isinstance(gpu.get("mig"), bool)],
        "GPU driver": [gpu.get("driver") for gpu in gpus], "CUDA of the driver": [gpu.get("cuda") for gpu in gpus],
    }
    return {"GPU": count + _listed([gpu.get("name") for gpu in gpus]) if gpus else "none",
            **{name: _listed(each) or None for name, each in told.items()}}


def _listed(found: Sequence[Any]) -> str:
    """Each different one once, in a fixed order."""
    return " and ".join(sorted({str(each) for each in found if each is not None}))


def _number(value: Any, unit: str, scale: float = 1.0) -> str | None:
    """The number with its unit, three digits at least: "1,980 MHz", "85.5 GB"; None for what is no positive number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e18:
        return None
    size = value / scale
    return f"{size:,.0f} {unit}" if size >= 1000 else f"{size:.3g} {unit}"


def choose_device(wanted: str, package: str = "torch") -> str:
    """The device of a run: "cpu" or "cuda:0". package: whose CUDA build serves. Raises UserError if cuda cannot be used."""
    usable = bool(gpus()) and "+cpu" not in (_version(package) or "+cpu")
    if wanted == "cuda" and not usable:
        raise UserError(f"device: 'cuda' cannot be used here, no GPU with a CUDA build of {package} was found; choose auto or cpu.")
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

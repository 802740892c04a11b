"""What the kernel's files tell of clocks, container limits and energy counters."""

import psutil
import pytest

from core import hardware


def write(root, **files):
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")


def test_clocks_of_all_processors(tmp_path):
    assert hardware.clock(tmp_path) == {"governor": None, "min_mhz": None, "max_mhz": None, "boost": None}
    for number, governor, low, high in ((0, "powersave", 800_000, 3_500_000), (1, "performance", 1_200_000, 4_100_000)):
        folder = tmp_path / "cpufreq" / f"policy{number}"
        write(folder, scaling_governor=governor, scaling_min_freq=low, scaling_max_freq=high)
    write(tmp_path / "cpufreq", boost=0)
    assert hardware.clock(tmp_path) == {"governor": "performance, powersave", "min_mhz": 800, "max_mhz": 4100, "boost": False}
    write(tmp_path / "intel_pstate", no_turbo=0)
    assert hardware.clock(tmp_path)["boost"] is True


GIB = 2**30


@pytest.mark.parametrize(("own", "files", "found"), [
    ("0::/", {}, (None, None)),
    ("0::/", {"cpu.max": "150000 100000", "memory.max": GIB}, (1.5, GIB)),  # a container sees itself as the root
    ("0::/", {"cpu.max": "max 100000", "memory.max": "max"}, (None, None)),
    ("0::/a/b", {"a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000", "a/b/memory.max": GIB, "a/memory.max": 2 * GIB}, (2.0, GIB)),
    ("4:memory:/c\n1:cpu,cpuacct:/", {"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000",
                                      "memory/c/memory.limit_in_bytes": GIB}, (0.5, GIB)),
    ("1:cpu:/", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000",
                 "memory/memory.limit_in_bytes": 9_223_372_036_854_771_712}, (None, None)),
    ("0::/../x", {"cpu.max": "100000 100000"}, (1.0, None)),
    ("nonsense", {}, (None, None)),
])
def test_limits_of_the_container_in_both_versions(tmp_path, own, files, found):
    write(tmp_path / "groups", **{name.replace("/", "__"): text for name, text in files.items()})
    write(tmp_path, own=own)
    cpus, memory = found
    assert hardware.limits(tmp_path / "groups", tmp_path / "own") == {"cpus": cpus, "memory_bytes": memory}


def test_threads_stay_within_the_quota(monkeypatch):
    monkeypatch.setattr(hardware, "limits", lambda: {"cpus": 1.2})
    assert hardware.usable_threads() == 1
    monkeypatch.setattr(hardware, "limits", lambda: {"cpus": 0.2})
    assert hardware.usable_threads() == 1
    monkeypatch.setattr(hardware, "limits", lambda: {"cpus": None})
    assert hardware.usable_threads() == len(psutil.Process().cpu_affinity())


def test_energy_counters_are_the_packages_or_a_reason(tmp_path):
    assert hardware.energy_domains(tmp_path)[0] == [] and "RAPL" in hardware.energy_domains(tmp_path)[1]
    write(tmp_path / "intel-rapl:0", name="package-0", energy_uj=1, max_energy_range_uj=2)
    write(tmp_path / "intel-rapl:0:0", name="core", energy_uj=1, max_energy_range_uj=2)
    assert hardware.energy_domains(tmp_path) == ([tmp_path / "intel-rapl:0"], "")
    (tmp_path / "intel-rapl:0" / "energy_uj").unlink()
    assert "cannot be read by this user" in hardware.energy_domains(tmp_path)[1]

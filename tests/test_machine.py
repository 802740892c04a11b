"""What is told of this machine, and which device a run gets."""

import copy
import socket

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import hardware, machine
from core.errors import UserError
from core.settings import ROOT
from tests.measure.simulated_nvml import install


def test_the_fingerprint_is_this_machines():
    found = machine.fingerprint()
    assert found["memory_bytes"] == psutil.virtual_memory().total
    assert 1 <= found["cores"] <= found["threads"] <= (psutil.cpu_count() or 1)
    assert found["packages"]["torch"].startswith("2.13.0")
    assert machine.device_name(found, "cpu").startswith(found["cpu"])


@pytest.mark.parametrize(("said", "left"), [(None, [0, 1, 2]), ("", []), ("-1", []), ("1", [1]), ("2, 0,9", [2, 0]),
                                            ("GPU-1234", [0, 1, 2])])
def test_hidden_gpus_are_not_counted(monkeypatch, said, left):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if said is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", said)
    assert hardware.visible(3) == left


@pytest.mark.skipif(bool(machine.gpus()), reason="this machine has a GPU")
def test_without_a_gpu_cuda_is_refused_with_the_remedy():
    assert machine.choose_device("auto") == machine.choose_device("cpu") == "cpu"
    with pytest.raises(UserError, match=r"'cuda' cannot be used here.*choose auto or cpu"):
        machine.choose_device("cuda")


def test_the_gpu_of_a_run_is_named():
    assert machine.device_name({"gpus": [{"name": "A"}, {"name": "B"}]}, "cuda:1") == "B"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_the_commit_is_told():
    assert len(machine.commit().rstrip("+")) == 12


# As the first studies stored it, and the same machine as it is read today.
OLD = {"cpu": "AMD EPYC", "cores": 2, "threads": 2, "memory_bytes": 25_000_000_000, "features": ["avx2"], "gpus": [],
       "os": "Linux 6.18 x86_64", "python": "3.11.7", "packages": {"torch": "2.13.0+cpu", "streamlit": "1.67.0"}}
GPU = {"name": "NVIDIA H100 80GB HBM3", "memory_bytes": 85_520_809_984, "driver": "580.65.06", "cuda": "13.1", "clock_mhz": 1980,
       "memory_clock_mhz": 2619, "power_limit_w": 700.0, "mig": False}
NEW = {**OLD, "features": ["avx2", "avx_vnni"], "virtual": True, "gpus": [GPU],
       "clock": {"governor": "performance", "min_mhz": 1500, "max_mhz": 3500, "boost": True},
       "limits": {"cpus": 2.5, "memory_bytes": 8_000_000_000}, "packages": {"torch": "2.13.0+cu130", "openvino": "2026.4.1"}}


def changed(path, value):
    """NEW with one fact changed; a path like "gpus.0.mig"."""
    found = copy.deepcopy(NEW)
    *way, last = path.split(".")
    inner = found
    for step in way:
        inner = inner[int(step) if step.isdigit() else step]
    inner[last] = value
    return found


def test_a_fingerprint_has_no_differences_to_itself_and_keeps_its_digest():
    found = machine.fingerprint()
    assert machine.differences(found, found) == machine.differences(NEW, copy.deepcopy(NEW)) == ()
    assert machine.digest(found) == machine.digest(copy.deepcopy(found)) != machine.digest(NEW) and len(machine.digest(found)) == 12
    assert machine.digest(NEW) == "7fd8f618842b", "stored digests stay valid only as long as this one does"


@pytest.mark.parametrize(("path", "value", "said"), [
    ("cpu", "Intel Xeon", "CPU: AMD EPYC against Intel Xeon"), ("cores", 4, "Cores: 2 against 4"), ("threads", 4, "Threads: 2 against 4"),
    ("features", ["avx2"], "Instruction sets: avx2, avx_vnni against avx2"), ("virtual", False, "Virtual machine: yes against no"),
    ("clock.governor", "powersave", "Clock governor: performance against powersave"),
    ("clock.max_mhz", 3000, "Clock: 1,500 MHz to 3,500 MHz, boost on against 1,500 MHz to 3,000 MHz, boost on"),
    ("clock.boost", False, "Clock: 1,500 MHz to 3,500 MHz, boost on against 1,500 MHz to 3,500 MHz, boost off"),
    ("limits", {"cpus": None, "memory_bytes": None}, "Container limits: 2.5 processors, 8 GB of memory against none"),
    ("gpus.0.name", "NVIDIA L4", "GPU: NVIDIA H100 80GB HBM3 against NVIDIA L4"), ("gpus", [], "GPU: NVIDIA H100 80GB HBM3 against none"),
    ("gpus", [GPU, GPU], "GPU: NVIDIA H100 80GB HBM3 against 2 x NVIDIA H100 80GB HBM3"),
    ("gpus.0.power_limit_w", 350.0, "GPU power limit: 700 W against 350 W"), ("gpus.0.mig", True, "MIG: off against on"),
    ("gpus.0.clock_mhz", 1755, "GPU clock: 1,980 MHz against 1,755 MHz"), ("gpus.0.driver", "570.1", "GPU driver: 580.65.06 against 570.1"),
    ("packages.torch", "2.14.0", "torch: 2.13.0+cu130 against 2.14.0"), ("python", "3.13.1", "Python: 3.11.7 against 3.13.1"),
])
def test_each_fact_that_decides_speed_is_told_and_changes_the_digest(path, value, said):
    other = changed(path, value)
    assert machine.differences(NEW, other) == (said,) and machine.digest(other) != machine.digest(NEW)


@pytest.mark.parametrize(("path", "value"), [("memory_bytes", 1), ("packages.streamlit", "9.9")])
def test_what_does_not_decide_speed_leaves_the_digest(path, value):
    assert machine.digest(changed(path, value)) == machine.digest(NEW) and not machine.differences(NEW, changed(path, value))


def test_the_machines_name_is_not_in_its_fingerprint():
    assert len(socket.gethostname()) < 4 or socket.gethostname() not in str(machine.fingerprint())


def test_an_older_fingerprint_is_compared_in_what_it_knows():
    same_with_more = {**NEW, "gpus": [], "packages": {"torch": "2.13.0+cpu", "openvino": "2026.4.1"}}
    assert machine.differences(OLD, same_with_more) == machine.differences(same_with_more, OLD) == ()
    assert machine.differences(OLD, {**same_with_more, "features": ["avx2", "avx512f"]}) == (
        "Instruction sets: avx2 against avx2, avx512f",)
    assert machine.facts({}) == {} and machine.differences({}, NEW) == ()


def test_a_foreign_package_cannot_pass_for_a_fact():
    assert machine.facts(changed("packages.CPU", "forged")) == machine.facts(NEW)


def test_facts_that_a_system_hides_are_left_out():
    found = machine.facts(changed("clock", {"governor": None, "min_mhz": None, "max_mhz": None, "boost": None}))
    assert "Clock" not in found and "Clock governor" not in found and "None" not in str(found)
    assert machine.differences(NEW, changed("gpus.0.power_limit_w", None)) == ()


def test_gpus_tell_what_decides_their_speed(monkeypatch):
    nvml = install(monkeypatch)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert hardware.gpus.__wrapped__() == [{**GPU, "memory_bytes": 80_000}]
    nvml.lacks, nvml.mig = {"nvmlDeviceGetMemoryInfo", "nvmlDeviceGetPowerManagementLimit", "nvmlSystemGetCudaDriverVersion"}, None
    assert hardware.gpus.__wrapped__() == [{**GPU, "memory_bytes": None, "power_limit_w": None, "cuda": None, "mig": None}]
    nvml.lacks = {"nvmlInit"}
    assert hardware.gpus.__wrapped__() == []


ANYTHING = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GPU, *NEW["clock"], "cpus"]), inner))


@given(st.dictionaries(st.sampled_from([*NEW]), ANYTHING))
def test_a_fingerprint_of_any_form_can_be_compared(foreign):
    assert all(" against " in sentence for sentence in machine.differences(NEW, foreign))
    assert len(machine.digest(foreign)) == 12 and machine.differences(foreign, foreign) == ()

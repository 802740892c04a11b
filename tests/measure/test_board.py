"""What a board tells through a simulated NVML, and that silence is None."""

import pynvml
import pytest
import torch

from core.measure import board
from tests.measure.simulated_nvml import SimulatedNvml, install


@pytest.fixture
def nvml(monkeypatch):
    return install(monkeypatch)


def test_a_cpu_has_no_board_and_says_so():
    none = board.of_device("cpu")
    assert none.reason == "the device is a CPU" and not none.uuid
    assert none.energy_j() is none.memory_bytes() is none.process_bytes(1) is none.other_processes({1}) is None
    assert none.held_back_s() == {} and none.holding_back() == ()


def test_the_simulation_has_the_names_of_the_real_binding():
    names = [name for name in dir(SimulatedNvml) if name.lower().startswith("nvml")]
    assert len(names) > 15 and all(hasattr(pynvml, name) for name in names)
    for name in ("NVML_PERF_POLICY_POWER", "NVML_PERF_POLICY_THERMAL", "nvmlClocksEventReasonHwThermalSlowdown",
                 "nvmlClocksEventReasonSwThermalSlowdown", "nvmlClocksEventReasonHwPowerBrakeSlowdown", "NVML_CLOCK_SM", "NVML_CLOCK_MEM"):
        assert getattr(SimulatedNvml, name) == getattr(pynvml, name)


@pytest.mark.parametrize(("uuid", "asked"), [("GPU-1234", "1234"), ("GPU-1234", "GPU-1234"), ("MIG-1234", "1234")])
def test_a_board_is_found_by_its_uuid_also_a_part_of_one(monkeypatch, uuid, asked):
    install(monkeypatch, uuid=uuid)
    assert board.of_uuid(asked).uuid == uuid


def test_an_unknown_board_and_a_missing_driver_say_why(nvml):
    assert "knows no GPU 99" in board.of_uuid("GPU-99").reason
    nvml.lacks.add("nvmlInit")
    assert "NVML cannot be used" in board.of_uuid("GPU-1234").reason


def test_memory_and_energy(nvml):
    nvml.running = [(7, 500), (8, None)]
    found = board.of_uuid("1234")
    assert (found.memory_bytes(), found.process_bytes(7), found.process_bytes(8), found.process_bytes(9)) == (3_000, 500, None, None)
    assert found.energy_j() == 5_000.0
    nvml.pass_time(2.0)
    assert found.energy_j() == pytest.approx(5_200.0)


@pytest.mark.parametrize(("running", "own", "others"), [
    ([], {7}, 0), ([7], {7}, 0), ([7, 8, 9], {7}, 2), ([7, 8], {7, 8}, 0),
    ([4001], {7}, 0), ([4001, 4002], {7}, 1),  # a container that sees the host's numbers
])
def test_other_processes_are_those_that_are_not_its_own(nvml, running, own, others):
    nvml.running = [(pid, 1) for pid in running]
    assert board.of_uuid("1234").other_processes(own) == others


def test_what_holds_the_clock_down(nvml):
    nvml.violations_ns = {0: 3_000_000_000, 1: 500_000_000}
    nvml.event_bits = 0x20 | 0x4
    found = board.of_uuid("1234")
    assert found.held_back_s() == {"heat": 0.5, "its power limit": 3.0}
    assert found.holding_back() == ("heat",)


def test_what_a_driver_does_not_answer_is_none(nvml):
    nvml.lacks = {"nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetComputeRunningProcesses",
                  "nvmlDeviceGetViolationStatus", "nvmlDeviceGetCurrentClocksEventReasons"}
    found = board.of_uuid("1234")
    assert found.energy_j() is found.memory_bytes() is found.process_bytes(7) is found.other_processes({7}) is None
    assert found.held_back_s() == {} and found.holding_back() == ()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_real_board_answers():
    ballast = torch.zeros(1 << 28, dtype=torch.uint8, device="cuda:0")
    found = board.of_device("cuda:0")
    assert found.uuid and not found.reason and found.memory_bytes() >= ballast.numel()
    assert found.other_processes({1}) is not None

"""Energy over a window, on a simulated NVML and on the kernel's RAPL files."""

import pytest
import torch

from core.measure import board
from core.measure.energy import Counter, Idle, NvmlCounter, RaplCounter, counter, idle, window
from tests.measure.simulated_nvml import install

CPU = board.of_device("cpu")


@pytest.fixture
def nvml(monkeypatch):
    return install(monkeypatch)


@pytest.fixture
def gpu(nvml):
    return counter(board.of_uuid("1234"))


@pytest.fixture
def rapl(tmp_path):
    """Two packages with a part each, the whole platform, and the same package once more over another interface."""
    for folder, name in (("intel-rapl:0", "package-0"), ("intel-rapl:1", "package-1"), ("intel-rapl:0:0", "core"),
                         ("intel-rapl:2", "psys"), ("intel-rapl-mmio:0", "package-0")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "name").write_text(f"{name}\n")
        say(tmp_path, folder, 1_000_000)
        (tmp_path / folder / "max_energy_range_uj").write_text("262143328850\n")
    return tmp_path


def say(root, folder, microjoules):
    (root / folder / "energy_uj").write_text(f"{microjoules}\n")


def spend(nvml, source, seconds, watts, before):
    with window(source, before, clock=lambda: nvml.now) as spent:
        nvml.power_w = watts
        nvml.pass_time(seconds)
    return spent


def test_gross_and_net_of_a_prediction(nvml, gpu):
    assert isinstance(gpu, NvmlCounter) and not gpu.reason
    before = idle(gpu, 3.0, clock=lambda: nvml.now, sleep=nvml.pass_time)
    assert before.watts == pytest.approx(100.0) and before.update_s == pytest.approx(0.1) and before.least_s == pytest.approx(2.0)
    found = spend(nvml, gpu, 10.0, 400.0, before).figures(8_000)
    assert found == {"energy_j_per_prediction": pytest.approx(0.5, rel=0.02), "energy_net_j_per_prediction": pytest.approx(0.375, rel=0.02)}


def test_idle_power_is_taken_between_updates_so_that_a_coarse_counter_does_not_bend_it(nvml, gpu):
    nvml.update_s = 0.7
    before = idle(gpu, 3.0, clock=lambda: nvml.now, sleep=nvml.pass_time)
    assert before.watts == pytest.approx(100.0, rel=0.01) and before.update_s == pytest.approx(0.7, rel=0.02)
    assert before.least_s == pytest.approx(14.0, rel=0.02), "twenty updates"


@pytest.mark.parametrize(("seconds", "update_s", "said"), [
    (1.9, 0.1, "the window of 1.9 s is shorter than the 2.0 s that the counter needs"), (2.1, 0.1, ""),
    (5.0, 0.3, "the window of 5.0 s is shorter than the 6.0 s that the counter needs"),
])
def test_a_window_too_short_for_the_counter_has_no_energy(nvml, gpu, seconds, update_s, said):
    spent = spend(nvml, gpu, seconds, 400.0, Idle(100.0, update_s))
    assert spent.why_not(100) == said
    assert all((value is None) is bool(said) for value in spent.figures(100).values())


def test_without_idle_power_only_gross_is_known(nvml, gpu):
    found = spend(nvml, gpu, 4.0, 300.0, Idle()).figures(100)
    assert found["energy_j_per_prediction"] == pytest.approx(12.0, rel=0.03) and found["energy_net_j_per_prediction"] is None


def test_nothing_left_above_idle_is_unknown_and_never_negative(nvml, gpu):
    found = spend(nvml, gpu, 4.0, 99.0, Idle(120.0, 0.1)).figures(100)
    assert found["energy_j_per_prediction"] > 0 and found["energy_net_j_per_prediction"] is None


def test_no_predictions_no_energy(nvml, gpu):
    spent = spend(nvml, gpu, 4.0, 300.0, Idle(100.0, 0.1))
    assert spent.figures(0)["energy_j_per_prediction"] is None and spent.why_not(0) == "nothing was answered in the window"


def test_a_counter_that_stands_still_has_no_idle_power(nvml, gpu):
    nvml.power_w = 0.0
    assert idle(gpu, 3.0, clock=lambda: nvml.now, sleep=nvml.pass_time) == Idle(None, None)


def test_a_part_of_a_card_says_why_it_has_no_counter(nvml):
    nvml.lacks.add("nvmlDeviceGetTotalEnergyConsumption")
    none = counter(board.of_uuid("1234"))
    assert none.joules() is None and "MIG" in none.reason


def test_a_counter_lost_in_between_is_unknown(nvml, gpu):
    with window(gpu, Idle(), clock=lambda: nvml.now) as spent:
        nvml.pass_time(5)
        nvml.lacks.add("nvmlDeviceGetTotalEnergyConsumption")
    assert spent.figures(10)["energy_j_per_prediction"] is None and spent.why_not(10) == "the energy counter could not be read"


def test_rapl_adds_up_packages_and_nothing_twice(rapl):
    found = counter(CPU, rapl)
    assert isinstance(found, RaplCounter)
    for folder in ("intel-rapl:0", "intel-rapl:1", "intel-rapl:0:0", "intel-rapl:2", "intel-rapl-mmio:0"):
        say(rapl, folder, 4_000_000)
    assert found.joules() == 6.0


def test_rapl_goes_round(rapl):
    say(rapl, "intel-rapl:0", 262_143_000_000)
    found = counter(CPU, rapl)
    say(rapl, "intel-rapl:0", 500_000)
    assert found.joules() == pytest.approx(0.32885 + 0.5)
    say(rapl, "intel-rapl:0", 1_500_000)
    assert found.joules() == pytest.approx(1.82885), "it keeps counting"


def test_rapl_that_cannot_be_read_says_how_to_allow_it(rapl):
    (rapl / "intel-rapl:1" / "energy_uj").unlink()  # root may read any file, so a locked one is simulated by a missing one
    none = counter(CPU, rapl)
    assert none.joules() is None and "intel-rapl:1/energy_uj cannot be read" in none.reason and "chmod" in none.reason


def test_missing_hardware_answers_none_and_costs_no_time(tmp_path):
    none = counter(CPU, tmp_path)
    assert type(none) is Counter and none.joules() is None and "no energy counter" in none.reason
    assert idle(none, 1_000.0) == Idle(None, None)
    with window(none, Idle()) as spent:
        pass
    assert spent.figures(10) == {"energy_j_per_prediction": None, "energy_net_j_per_prediction": None}
    assert spent.why_not(10) == none.reason


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_real_gpu_draws_more_while_it_works():
    a = torch.randn(8_192, 8_192, device="cuda:0")
    source = counter(board.of_device("cuda:0"))
    before = idle(source)
    with window(source, before) as spent:
        for _ in range(400):
            a = torch.tanh(a @ a)
        torch.cuda.synchronize()
    assert before.watts and spent.joules and spent.joules > before.watts * spent.seconds

"""Memory and energy counters; what this machine lacks answers None."""

import subprocess
import sys

import pytest
import torch

from core.measure.resources import EnergyCounter, peak_memory_bytes

MEASURE = "from core.measure.resources import peak_memory_bytes as p; " \
          "a = p('cpu'); b = b'x' * 300_000_000; print(a, p('cpu'))"


def test_peak_memory_is_this_processes_own_and_grows_with_what_it_takes():
    ballast = b"x" * 600_000_000  # a child must not inherit this process's peak
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after - before > 250e6
    assert before < 600e6 < peak_memory_bytes("cpu")
    assert len(ballast) == 600_000_000


def test_there_is_no_energy_counter_on_a_cpu():
    assert EnergyCounter("cpu").joules() is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_energy_grows_while_the_gpu_works():
    counter = EnergyCounter("cuda:0")
    before = counter.joules()
    a = torch.randn(8_192, 8_192, device="cuda:0")
    for _ in range(200):
        a = torch.tanh(a @ a)
    torch.cuda.synchronize()
    assert before is not None and counter.joules() > before and peak_memory_bytes("cuda:0") > 2e8

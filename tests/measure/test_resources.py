"""Peak memory as the process tells it itself."""

import subprocess
import sys

import pytest
import torch

from core.measure.resources import peak_memory_bytes

MEASURE = "from core.measure.resources import peak_memory_bytes as p; " \
          "a = p('cpu'); b = b'x' * 300_000_000; print(a, p('cpu'))"


def test_peak_memory_is_this_processes_own_and_grows_with_what_it_takes():
    ballast = b"x" * 600_000_000  # a child must not inherit this process's peak
    done = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after - before > 250e6
    assert before < 600e6 < peak_memory_bytes("cpu")
    assert len(ballast) == 600_000_000


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_peak_memory_on_a_gpu_is_what_torch_has_reserved():
    ballast = torch.zeros(1 << 28, dtype=torch.uint8, device="cuda:0")
    assert peak_memory_bytes("cuda:0") >= ballast.numel()

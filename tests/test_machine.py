"""What is told of this machine, and which device a run gets."""

import psutil
import pytest

from core import machine
from core.errors import UserError
from core.settings import ROOT


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
    assert machine._visible(3) == left


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

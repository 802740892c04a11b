"""This machine: the facts that decide speed, and what cannot be measured."""

from __future__ import annotations

from typing import Any

import pytest

from core import hardware, machine
from tests.pages.conftest import Opener, texts

GPU = {"name": "NVIDIA *T4*", "memory_bytes": 16_000_000_000, "driver": "580.1", "cuda": "13.1", "clock_mhz": 1590,
       "memory_clock_mhz": 5001, "power_limit_w": 70.0, "mig": None}


def cells(app: Any) -> dict[str, str]:
    """All rows of the page's two tables."""
    return {row.What: row.Here.replace("\\", "") for table in app.table for row in table.value.itertuples()}


def on(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    found = {**machine.fingerprint(), **changes}
    monkeypatch.setattr(machine, "fingerprint", lambda: found)
    monkeypatch.setattr(machine, "gpus", lambda: found["gpus"])


def test_the_page_tells_the_fingerprint_with_its_digest(page: Opener) -> None:
    app = page("machine")
    shown, found = cells(app), machine.fingerprint()
    assert shown["Processor"] == found["cpu"] and shown["Fingerprint"] == machine.digest(found)
    details = set(machine.facts(found)) - {"CPU", "Cores", "Threads", "GPU", "Python", *found["packages"]}
    assert {"Container limits", *details} <= shown.keys()
    assert "Figures of different fingerprints are not compared without saying so." in texts(app)


def test_a_gpu_with_its_clocks_and_limits_is_told(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, gpus=[GPU], clock={"governor": "performance", "min_mhz": 800, "max_mhz": 3500, "boost": False},
       limits={"cpus": 1.5, "memory_bytes": 4_000_000_000})
    app = page("machine")
    shown = cells(app)
    assert (shown["GPUs"], shown["GPU power limit"], shown["CUDA of the driver"]) == ("NVIDIA *T4*", "70 W", "13.1")
    assert (shown["Clock"], shown["Clock governor"]) == ("800 MHz to 3,500 MHz, boost off", "performance")
    assert shown["Container limits"] == "1.5 processors, 4 GB of memory" and "MIG" not in shown
    assert "There is a GPU, but the installed torch has no CUDA build" in texts(app)


def test_what_cannot_be_measured_has_its_reason(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, gpus=[], clock={"governor": None, "min_mhz": None, "max_mhz": None, "boost": None})
    monkeypatch.setattr(hardware, "energy_domains", lambda: ([], "the counter is locked"))
    said = texts(page("machine"))
    assert "Energy a prediction is not measured: the counter is locked." in said and "clock cannot be read" in said
    monkeypatch.setattr(hardware, "energy_domains", lambda: (["package"], ""))
    assert "Energy a prediction is not measured" not in texts(page("machine"))


def test_a_machine_that_measures_all_says_so(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, gpus=[GPU])
    monkeypatch.setattr(machine, "choose_device", lambda _: "cuda:0")
    assert "Everything that a study measures can be measured here." in texts(page("machine"))

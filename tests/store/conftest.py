"""A fresh data folder with its own database for each test."""

from pathlib import Path

import pytest

from core.case import CaseInputs
from core.spec import StudySpec
from core.store import studies
from core.store.engine import engine


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DISTILL_ROI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DISTILL_ROI_DATABASE", raising=False)
    yield Path(tmp_path / "home")
    engine().dispose()


@pytest.fixture
def study() -> str:
    studies.create("first", StudySpec(task="r8"), CaseInputs(predictions_per_day=5e6), {"cpu": "two cores"}, "abc123")
    return "first"

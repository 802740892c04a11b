"""Studies made with the real store, and the pages run over them in a data folder of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from core.jobs import supervisor
from core.settings import ROOT
from tests.pages.made import make_study

PAGES = ("decision", "overview", "checklist", "what_if", "new_study", "study", "frontier", "learning", "playground", "prices", "claims",
         "machine")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data folder in which a supervisor seems to be at work already, so that pages start none."""
    monkeypatch.setenv("DISTILL_ROI_HOME", str(tmp_path))
    st.cache_data.clear()
    st.cache_resource.clear()
    at_work: FileLock = supervisor.lock()
    with at_work.acquire(timeout=0):
        yield tmp_path


Opener = Callable[..., AppTest]


@pytest.fixture
def page() -> Opener:
    """Opens a page as a browser would: through app.py. Fails on any exception that it shows."""

    def open_page(name: str, study: str | None = None) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
        if study:
            app.query_params["study"] = study
        app.run()
        if name != "overview":
            app.switch_page(f"pages/{name}.py").run()
        assert not app.exception, [box.message for box in app.exception]
        return app

    return open_page


def texts(app: AppTest) -> str:
    """All words of a page that are drawn as text."""
    kinds = ("title", "subheader", "markdown", "caption", "metric", "error", "warning", "info", "success", "text")
    parts = [getattr(item, "label", "") + " " + str(item.value) for kind in kinds for item in app.get(kind)]
    return "\n".join(part.replace("\\", "") for part in parts)


__all__ = ["PAGES", "make_study", "texts"]

"""How soon the page What-if answers a slider: the plain answer, and the same after 1,024 draws; the real page, on the server.

Each move goes to a volume that was not computed before. Counted from the call of the run to the drawn answer, so that the
handling of the slider's message, its callback and the header are in it; the way to the browser and back is not.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from time import perf_counter
from typing import Any
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from core.settings import ROOT
from core.studies.cases import shipped
from core.studies.read import EXAMPLE
from pages.ui import what_if_answer, what_if_inputs
from tests.benchmarks.rows import Row

WARM, MOVES = 3, 15
SLIDER = f"what-{EXAMPLE}-volume"


def targets() -> list[Row]:
    """Rows of the benchmark: name, unit, target, reached."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, {"DISTILL_ROI_HOME": home}), _watched() as moments:
        app = _opened()
        took = [_move(app, volume, moments) for volume in _volumes()][WARM:]
    first, drawn = (1_000 * statistics.median(times) for times in zip(*took, strict=True))
    return [Row(f"a slider's plain answer, median of {MOVES}", "ms", 150.0, first, at_least=False),
            Row(f"1,024 draws after a slider, median of {MOVES}", "ms", 1_000.0, drawn, at_least=False)]


def _opened() -> AppTest:
    """The page on one of the example's cases."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["study"], app.query_params["case"] = EXAMPLE, shipped()[1].id
    app.run()
    return app.switch_page("pages/what_if.py").run()


def _volumes() -> list[float]:
    """Different stops of the slider around a hundred million a day."""
    around = [stop for stop in what_if_inputs.STOPS if 5e6 <= stop < 1e9]
    return around[:WARM + MOVES]


@contextmanager
def _watched() -> Iterator[dict[bool, float]]:
    """The moments at which the last run had drawn the plain answer (True) and the one after the draws (False)."""
    moments: dict[bool, float] = {}
    show = what_if_answer.show_answer

    @wraps(show)
    def watched(*arguments: Any, waiting: bool) -> None:
        show(*arguments, waiting=waiting)
        moments[waiting] = perf_counter()

    with patch.object(what_if_answer, "show_answer", watched):
        yield moments


def _move(app: AppTest, volume: float, moments: dict[bool, float]) -> tuple[float, float]:
    """Seconds from the move to both answers. Raises if the page met an exception."""
    moments.clear()
    app.select_slider(key=SLIDER).set_value(volume)
    started = perf_counter()
    app.run()
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    return moments[True] - started, moments[False] - started

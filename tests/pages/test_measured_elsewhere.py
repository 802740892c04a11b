"""The Study page's measurements from other machines: brought by a file, shown beside the study's own, refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import folder
from core.store import models
from core.studies import elsewhere, read
from pages.ui import measured_elsewhere, tables
from tests.pages.conftest import Opener, texts
from tests.pages.made import make_study
from tests.studies.brought import content, with_server, written
from tests.studies.exported import study_with_files


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """This part is drawn open, which AppTest cannot do; the others stay closed."""
    monkeypatch.setattr(tables, "folded", lambda label, icon, key, draw: (measured_elsewhere.st.subheader(label), draw())
                        if key in ("elsewhere", "roofline", "roofline-without") else None)


def bring(app: AppTest, name: str, data: bytes) -> str:
    app.file_uploader(key="measurement").upload(name, data).run()
    app.button(key="import-measurement").click().run()
    assert not app.exception, [box.message for box in app.exception]
    return texts(app)


def test_a_file_is_brought_shown_beside_the_own_figures_and_deleted(page: Opener, tiny_model: Path) -> None:
    study_with_files("mine", tiny_model)
    app = page("study", study="mine")
    assert "Nothing was measured on another machine yet." in texts(app)
    said = bring(app, "m.json", written(content("mine", noise=["5 % of the time was stolen."])))
    assert "Kept: 1" in said and "Measured elsewhere: 1" in said
    assert "are not compared" in said and "depth-1 on Target *CPU*, 4 cores" in said and "nearest CPU, assumed" in said
    assert "Noisy: 5 % of the time was stolen." in said
    (table,) = (frame.value for frame in app.dataframe if "Latency p50" in frame.value and "Cost per million, never idle" in frame.value)
    assert table["Model"].tolist() == ["depth-1, here: Test CPU, 2 cores", "depth-1, on Target *CPU*, 4 cores (1)"]
    assert table["Latency p50"].tolist()[0] == "2.5 ms" and table["Latency p50"].tolist()[1].startswith("2 ms (1.91 to 2.09")
    app.button(key="delete-measurement-1").click().run()
    assert "Measurement 1 is deleted." in texts(app) and elsewhere.listed("mine") == []


def test_a_variants_measurement_stands_under_the_variants_own_figures(page: Opener, tiny_model: Path) -> None:
    study = read.get(study_with_files("mine", tiny_model))
    base = study.model("depth-1", "student")
    models.save_model("mine", replace(base, variant="uncompressed", runtime="torch.compile"), folder("models", "mine") / "depth-1-student")
    app = page("study", study="mine")
    said = bring(app, "m.json", written(content("mine", version=2, runtime="torch.compile")))
    assert "Kept: 1" in said and "depth-1, PyTorch, compiled fp32 on Target" in said
    (table,) = (frame.value for frame in app.dataframe if "Latency p50" in frame.value and "Cost per million, never idle" in frame.value)
    assert table["Model"].tolist() == ["depth-1, PyTorch, compiled fp32, here: Test CPU, 2 cores",
                                       "depth-1, PyTorch, compiled fp32, on Target *CPU*, 4 cores (1)"]


def test_the_highest_rate_within_the_limit_has_its_columns(page: Opener, tiny_model: Path) -> None:
    study_with_files("mine", tiny_model)
    app = page("study", study="mine")
    bring(app, "m.json", written(with_server(content("mine"))))
    (table,) = (frame.value for frame in app.dataframe if "Latency p50" in frame.value and "Cost per million, never idle" in frame.value)
    assert table["Highest rate within the latency limit"].tolist()[-1] == "120 predictions/s"
    assert table["Latency p99 at that rate"].tolist()[-1] == "41 ms"


def test_a_forged_file_is_refused_with_the_reason_and_nothing_is_kept(page: Opener, tiny_model: Path) -> None:
    study_with_files("mine", tiny_model)
    made = content("mine")
    made["figures"]["latency_p99_ms"]["values"] = [1.0] * 5
    said = bring(page("study", study="mine"), "m.json", written(made))
    assert "'latency_p99_ms' is 1 and below 'latency_p50_ms' with 2" in said and "Kept" not in said
    assert elsewhere.listed("mine") == []


def test_instances_where_nothing_was_measured_have_an_estimate_or_the_reason(page: Opener, tiny_model: Path) -> None:
    study_with_files("mine", tiny_model)
    app = page("study", study="mine")
    app.selectbox(key="roofline-model").select("depth-1").run()
    said = texts(app)
    assert "Not measured there: roofline estimates" in said and "Derived, not measured" in said and "max(FLOP / (peak x e)" in said
    assert "aws/c6i.xlarge" in said and "it has no GPU, and the table of peaks holds GPUs alone" in said
    (table,) = (frame.value for frame in app.dataframe if "Instance" in frame.value and "Hourly price" in frame.value)
    row = table[table["Instance"] == "aws/g4dn.xlarge, 1 x T4"].iloc[0]
    assert row["Hourly price"] == "$0.526 per hour" and " to " in row["Throughput"] and " to " in row["Cost per million, never idle"]
    app.selectbox(key="roofline-precision").select("bf16").run()
    assert "the table of GPUs has no peak of T4 in bf16" in texts(app)
    app.selectbox(key="roofline-model").select("depth-3").run()
    assert "has no files; run the study again" in texts(app) and not app.exception


def test_the_example_and_a_study_without_models_have_no_such_part(page: Opener) -> None:
    make_study("mine", "queued")
    assert "Measured elsewhere" not in texts(page("study", study="mine"))
    assert "Measured elsewhere" not in texts(page("study", study="example"))

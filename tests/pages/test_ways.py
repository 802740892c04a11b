"""Other ways to serve: what was tried, what it gains, which option follows, what is noisy."""

from __future__ import annotations

from dataclasses import replace

from core.store import models
from core.studies import read, tooling
from core.studies.decide import decide
from core.studies.options import best_variants
from core.studies.report import of_study
from pages.ui import decision_charts, reads
from tests.pages.conftest import Opener, texts
from tests.pages.made import make_study


def variants(study_id: str = "mine") -> None:
    """Each model four times as fast in ONNX Runtime; OpenVINO answers otherwise; TensorRT is missing."""
    study = read.get(study_id)
    for model in study.models:
        figures = dict(model.figures)
        for name, factor in (("throughput_per_s", 4.0), ("throughput_speedup", 4.0), ("latency_p99_ms", 0.25)):
            if (figure := figures.get(name)) is not None and figure.value is not None:
                figures[name] = replace(figure, value=factor * figure.value, low=None, high=None)
        share = figures["accuracy"]
        if model.role == "teacher":
            figures["accuracy_difference"] = replace(share, value=-0.2, unit="points", low=-0.6, high=0.2)
        as_before = {"variant_agreement": replace(share, value=0.99, low=0.97, high=1.0)}
        row = replace(model, variant="uncompressed", runtime="onnxruntime", precision="int8", figures=figures | as_before)
        models.save_model(study_id, row)
        unlike = {"variant_agreement": replace(share, value=0.8), "throughput_per_s": replace(figures["throughput_per_s"], value=1e6)}
        models.save_model(study_id, replace(row, runtime="openvino", precision="fp32", figures=figures | unlike))
        missing = "TensorRT is not installed; run `pip install onnxruntime-gpu`."
        models.save_model(study_id, replace(row, runtime="tensorrt", precision="fp32", figures={}, details={"failed": missing}))
        models.save_model(study_id, replace(model, details={**model.details, "noise": ["Other processes used 40 % of the processors."]}))


def test_the_study_page_says_which_way_is_fastest_and_what_could_not_be_made(page: Opener) -> None:
    make_study("mine")
    variants()
    app = page("study", study="mine")
    said = texts(app)
    assert "depth-1, OpenVINO fp32 reaches" in said or "depth-1, ONNX Runtime int8 reaches" in said
    assert "the throughput of the teacher in eager PyTorch, and" in said and "noisy measurement" in said
    for part in ("ways-table", "ways-failed", "noise", "instrument-table"):
        app.session_state[part] = True
    app.run()
    assert not app.exception
    assert "depth-3, TensorRT, through ONNX Runtime fp32: TensorRT is not installed" in texts(app)
    assert "Other processes used 40 % of the processors. (" in texts(app)
    assert any("teacher, ONNX Runtime int8" in list(box.value.iloc[:, 0]) for box in app.dataframe)


def test_a_study_without_variants_shows_none_of_it(page: Opener) -> None:
    make_study("mine")
    said = texts(page("study", study="mine"))
    assert "Other ways to serve" not in said and "noisy" not in said


def test_the_best_variant_whose_answers_agree_is_an_option(page: Opener) -> None:
    make_study("mine")
    variants()
    best = best_variants(read.get("mine"))
    assert {model.runtime for model in best.values()} == {"onnxruntime"}, "the faster one answers otherwise"
    app = page("decision")
    assert not app.exception
    options = next(box.value for box in app.dataframe if "Qualifies" in box.value)
    names = list(options["Option"])
    assert {"teacher, ONNX Runtime int8", "depth-3, ONNX Runtime int8", "control of depth-3, ONNX Runtime int8"} <= set(names)
    roles = dict(zip(names, options["Role"], strict=True))
    assert roles["teacher, ONNX Runtime int8"] == "optimised teacher" and roles["depth-3, ONNX Runtime int8"] == "student"
    assert "OpenVINO" not in " ".join(names)
    rows = decision_charts.accuracy_rows(decide(read.get("mine"), reads.today(), draws=0))
    assert ("teacher, ONNX Runtime int8", "optimised_teacher", -0.2) in [(name, role, figure.value) for name, role, figure in rows]


def test_item_5_lists_what_was_tried(page: Opener) -> None:
    make_study("mine")
    variants()
    found = {each.way: each for each in tooling.attempts(read.get("mine"), "depth-3")}
    assert found["ONNX Runtime int8"].outcome == "works" and "99 % of its answers as before" in found["ONNX Runtime int8"].told
    assert found["TensorRT, through ONNX Runtime fp32"].outcome == "not installed"
    assert found["PyTorch, compiled"].outcome == "not tried"
    assert found[""].outcome == "does not apply" and "Keras" in found[""].told
    app = page("checklist")
    app.session_state["walk-step"] = 5
    app.run()
    assert not app.exception and "What serves this student here" in texts(app)
    (table,) = [box.value for box in app.table if "Here" in box.value]
    assert list(table["Here"]).count(":green-badge[:material/check_circle: works]") == 3


def test_the_report_says_that_a_measurement_is_noisy() -> None:
    make_study("mine")
    quiet = of_study(decide(read.get("mine"), reads.today(), draws=0), reads.today())
    variants()
    noisy = of_study(decide(read.get("mine"), reads.today(), draws=0), reads.today())
    told = [said for said in noisy.assumptions if said.startswith("Noisy measurement: Other processes used 40 %")]
    assert len(told) == 1 and not any("Noisy" in said for said in quiet.assumptions)

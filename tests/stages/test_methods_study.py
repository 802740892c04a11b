"""A whole study whose students learn by every method, with real processes."""

from __future__ import annotations

from core.case import CaseInputs
from core.jobs import api as jobs
from core.store import studies
from core.studies import submit
from tests.stages.test_whole_study import small_spec, wait

METHODS = {"logits": "logits", "states": "hidden states", "relations": "relations", "born": "self", "box": "black box"}


def test_every_method_runs_through_every_stage(tiny_model, small_task):
    students = [{"name": name, "layers": 2, "method": method, "control": name == "born"} for name, method in METHODS.items()]
    study_id = submit.submit(small_spec(small_task, tiny_model, students=students), CaseInputs())
    job = wait(study_id)
    assert job.state == "done", jobs.log_tail(job.id)
    assert [step.key for step in job.steps][2:5] == ["distil:logits+states+relations+box", "distil:born", "control:born"]
    found = studies.get(study_id)
    for name, method in METHODS.items():
        model = found.model(name, "student")
        assert model.method == ("self, 2 generations" if method == "self" else method)
        assert model.figures["accuracy"].provenance.kind == "measured", "that they can learn is tested on 32 texts"
        assert model.figures["throughput_per_s"].value > 0 and model.figures["reload_agreement"].value == 1.0
    assert found.model("born", "control").method == "hard labels"
    log = jobs.log_tail(job.id, 1_000)
    assert log.count("GB on disk, computed in") == 1 and log.count("generation 1 of born") == 1

"""Roofline estimates of a study's models: from their files and the price list, never where something was measured."""

import json

import pytest
from typer.testing import CliRunner

from core import settings
from core.cli.root import app
from core.errors import UserError
from core.figures import measured
from core.models.build import classifier
from core.pricing.roofline import Shape, work
from core.records import ModelRecord
from core.store import models, studies
from core.studies import elsewhere, estimates
from core.studies.decide import decide
from core.studies.document import to_document
from core.studies.shape import shape_of
from tests.studies.brought import TARGET, content, written
from tests.studies.exported import study_with_files

BENCH = "usd_per_million_bench"


@pytest.fixture
def study(tiny_model):
    return studies.get(study_with_files("mine", tiny_model))


def by_instance(study, name="depth-1", precision="fp32"):
    return {row.instance: row for row in estimates.estimates(study, name, precision)}


def test_the_shape_is_what_the_files_hold(study):
    folder = settings.folder("models", "mine") / "depth-1-student"
    network = classifier(folder, ("a", "b"))
    outside = sum(weight.numel() for name, weight in network.named_parameters() if "embeddings" not in name)
    assert shape_of(folder) == Shape(outside, 1, 48, 96)


def test_an_instance_has_price_rate_and_cost_derived_with_a_wide_range_and_the_formula(study):
    row = by_instance(study)["aws/g4dn.xlarge"]
    rate, cost = row.figures["throughput_per_s"], row.figures[BENCH]
    text = work(shape_of(settings.folder("models", "mine") / "depth-1-student"), 18.5 * 1.35 + 2, "fp32")
    least_s = max(text.flop / 8.1e12, text.moved_bytes / 320e9)
    assert (rate.low, rate.high) == (pytest.approx(0.1 / least_s), pytest.approx(0.6 / least_s))
    assert rate.value == pytest.approx((rate.low * rate.high) ** 0.5)
    assert rate.provenance.kind == "derived" and rate.provenance.evidence == "default", "the shares of the peaks are assumed"
    told = rate.provenance.source
    assert "max(FLOP / (peak x e), bytes / (bandwidth x e))), e from 10 % to 60 %" in told
    assert "T4 in fp32: 8.1 TFLOP/s and 320 GB/s" in told and "tokenising not known and left out" in told
    assert row.gpus == "1 x T4" and row.figures["usd_per_hour"].value == 0.526
    assert cost.value == pytest.approx(0.526 / (rate.value * 3600) * 1e6)
    assert (cost.low, cost.high) == (pytest.approx(0.526 / rate.high / 3600 * 1e6), pytest.approx(0.526 / rate.low / 3600 * 1e6))


def test_several_gpus_are_so_many_times_as_fast_at_the_whole_price(study):
    rows = by_instance(study)
    one, four = (rows[name].figures for name in ("aws/g4dn.xlarge", "aws/g4dn.12xlarge"))
    assert four["throughput_per_s"].low == pytest.approx(4 * one["throughput_per_s"].low)
    assert four["usd_per_hour"].value == 3.912


def test_tokenising_as_it_was_measured_slows_the_estimate(study):
    before = by_instance(study)["aws/g4dn.xlarge"].figures["throughput_per_s"]
    base = study.model("depth-1", "student")
    row = ModelRecord(**{**vars(base), "figures": {"tokenise_ms": measured(0.5, "ms", source="a test", device="", as_of="2026-11-20")}})
    models.save_model("mine", row)
    after = by_instance(studies.get("mine"))["aws/g4dn.xlarge"].figures["throughput_per_s"]
    assert after.low == pytest.approx(1 / (1 / before.low + 0.0005))
    assert after.high == pytest.approx(1 / (1 / before.high + 0.0005 / 4)), "four vCPUs"
    assert "tokenising 0.5 ms of one core, as measured here" in after.provenance.source
    assert "left out" in estimates.caveat(study, "depth-1") and "left out" not in estimates.caveat(studies.get("mine"), "depth-1")


@pytest.mark.parametrize(("instance", "precision", "reason"), [
    ("aws/c6i.xlarge", "fp32", "it has no GPU, and the table of peaks holds GPUs alone"),
    ("aws/inf2.xlarge", "fp32", "the table of GPUs has no figures of Inferentia2"),
    ("azure/Standard_NC40ads_H100_v5", "fp16", "the table of GPUs has no figures of H100-NVL"),
    ("aws/g4dn.xlarge", "bf16", "the table of GPUs has no peak of T4 in bf16"),
])
def test_without_figures_of_the_gpu_there_is_no_estimate_but_the_reason(study, instance, precision, reason):
    row = by_instance(study, precision=precision)[instance]
    assert row.why_not == reason and row.figures["throughput_per_s"].value is None and row.figures[BENCH].value is None
    assert row.figures[BENCH].provenance.reason == reason and row.figures["usd_per_hour"].value > 0


def test_where_it_was_measured_nothing_is_estimated(study):
    gpu = {**TARGET, "gpus": [{"name": "Tesla T4", "memory_bytes": 16 * 2**30}]}
    kept = elsewhere.bring("mine", written(content("mine", device="cuda:0", machine=gpu)))
    rows = by_instance(study)
    assert rows["aws/g4dn.xlarge"].why_not == f"measurement {kept.id} measured it on this GPU" == rows["azure/Standard_NC4as_T4_v3"].why_not
    assert not rows["aws/g4dn.12xlarge"].why_not, "one GPU says nothing measured of four"
    assert not by_instance(study, precision="fp16")["aws/g4dn.xlarge"].why_not, "in fp32 it was measured"
    assert not by_instance(study, "teacher")["aws/g4dn.xlarge"].why_not, "another model"
    elsewhere.bring("mine", written(content("mine", machine=gpu)))
    assert not by_instance(study, "teacher")["aws/g4dn.xlarge"].why_not


def test_the_cheapest_comes_first_and_those_without_come_last(study):
    rows = estimates.estimates(study, "depth-1")
    costs = [row.figures[BENCH].value for row in rows]
    known = [cost for cost in costs if cost is not None]
    assert known == sorted(known) and costs[:len(known)] == known and len(known) > 20
    assert len({row.instance for row in rows}) == len(rows)


def test_no_estimate_enters_the_verdict(study):
    from datetime import date

    estimates.estimates(study, "depth-1")
    assert "roofline" not in json.dumps(to_document(decide(studies.get("mine"), date(2026, 11, 28))))


@pytest.mark.parametrize(("name", "precision", "message"), [
    ("depth-9", "fp32", "has no 'depth-9'"), ("depth-1", "int8", "'int8' is not estimated; choose one of fp32, fp16, bf16"),
    ("depth-3", "fp32", "has no files; run the study again"),
])
def test_what_cannot_be_estimated_is_refused(study, name, precision, message):
    with pytest.raises(UserError, match=message):
        estimates.estimates(study, name, precision)


@pytest.mark.parametrize(("change", "message"), [
    ({"num_hidden_layers": None}, "do not state"), ({"num_hidden_layers": 4, "num_hidden_groups": 1}, "layers share their weights"),
])
def test_a_model_whose_work_its_files_do_not_tell_is_refused(study, change, message):
    folder = settings.folder("models", "mine") / "depth-1-student"
    config = json.loads((folder / "config.json").read_text()) | change
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UserError, match=message):
        shape_of(folder)
    (folder / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 1, "num_hidden_groups": 1}))
    (folder / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(UserError, match="do not state"):
        shape_of(folder)


def test_the_command_prints_estimates_and_reasons(study, tmp_path):
    done = CliRunner().invoke(app, ["study", "estimate", "mine", "depth-1", "--json", str(tmp_path / "e.json")])
    assert done.exit_code == 0, done.exception
    assert "aws/g4dn.xlarge" in done.stdout and "1 x T4" in done.stdout and "Derived, not measured" in done.stdout
    assert "aws/c6i.xlarge" in done.stdout and ": it has no GPU, and the table" in done.stdout
    rows = json.loads((tmp_path / "e.json").read_text())
    assert rows[0]["figures"]["throughput_per_s"]["provenance"]["kind"] == "derived"
    recorded = CliRunner().invoke(app, ["study", "estimate", "example", "teacher"])
    assert "is recorded without model files" in str(recorded.exception)

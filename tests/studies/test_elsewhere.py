"""Measurements from other machines: joined to the right model, priced by their own machine, and refused when they cannot be true."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from core import quality
from core.cli.root import app
from core.errors import UserError
from core.machine import fingerprint
from core.sealed import seal
from core.settings import ROOT
from core.store import measurements, studies, tables
from core.store.engine import read as reading
from core.studies import elsewhere, submit
from core.studies.prices import matched
from tests.studies.brought import P50, TARGET, content, with_server, written
from tests.studies.exported import study_with_files


@pytest.fixture
def study(tiny_model):
    return study_with_files("mine", tiny_model)


def kept():
    with reading() as connection:
        return connection.scalar(select(func.count()).select_from(tables.measurements))


def test_it_joins_the_model_with_its_own_fingerprint_interval_and_price(study):
    found = elsewhere.bring(study, written(content(study)))
    p50, interval = found.figures["latency_p50_ms"], quality.over_invocations(P50)
    assert (found.model, found.device) == ("depth-1", "Target *CPU*, 4 cores")
    assert (p50.value, p50.low, p50.high) == (interval.value, interval.low, interval.high)
    assert p50.provenance.kind == "measured" and p50.provenance.device == "Target *CPU*, 4 cores"
    assert p50.provenance.source == "imported: LoadGen SingleStream, 662 queries, not MLPerf-compliant (shortened), 5 processes"
    match = matched(TARGET, "cpu")
    assert found.instance == match.instance.key
    bench = found.figures["usd_per_million_bench"]
    assert bench.value == pytest.approx(match.instance.usd_per_hour / (500 * 3600) * 1e6) and bench.provenance.kind == "derived"
    assert found.figures["energy_j_per_prediction"].value is None
    assert "gave no value" in found.figures["energy_j_per_prediction"].provenance.reason
    assert found.machine["cpu"] == "Target *CPU*"
    own = studies.get(study).model("depth-1", "student").figures["latency_p50_ms"]
    assert own.value == 2.5, "the study's own figures stay"


def test_a_gpu_is_matched_by_its_name_and_without_a_match_nothing_is_priced(study):
    gpu = {**TARGET, "gpus": [{"name": "Tesla T4", "memory_bytes": 16 * 2**30, "driver": "550"}]}
    found = elsewhere.bring(study, written(content(study, device="cuda:0", machine=gpu)))
    assert found.instance and "T4" in found.match and found.device == "Tesla T4"
    other = {**gpu, "gpus": [{"name": "Unheard Of 9000"}]}
    found = elsewhere.bring(study, written(content(study, device="cuda:0", machine=other)))
    assert found.instance is None and found.figures["usd_per_million_bench"].value is None


def test_weights_decide_whose_it_is_not_the_name_in_the_file(study):
    assert elsewhere.bring(study, written(content(study, model="teacher"))).model == "depth-1"


def test_another_studys_weights_are_foreign(study, tiny_model):
    study_with_files("other", tiny_model, layers=(2, 1))
    study_with_files("third", tiny_model, layers=(2, 2))
    with pytest.raises(UserError, match=r"weights are those of no model of study 'third' \(it names study 'mine'\)"):
        elsewhere.bring("third", written(content(study)))
    with pytest.raises(UserError, match="recorded and stays as it is"):
        elsewhere.bring("example", written(content(study)))
    assert elsewhere.bring("other", written(content(study))).model == "teacher", "the same weights, there the teacher's"
    assert kept() == 1


def changed(figure, values, unit=None):
    def change(made):
        row = made["figures"].setdefault(figure, {"unit": unit, "values": values})
        return {**made, "figures": {**made["figures"], figure: {"unit": unit or row["unit"], "values": values}}}

    return change


IN_TWO_DAYS = (datetime.now(UTC) + timedelta(days=2)).isoformat()
FORGED = {
    "negative": (changed("latency_p50_ms", [-1.0, 2, 2, 2, 2]), "latency_p50_ms.values, number 1: -1.0 is not accepted"),
    "not a number": (changed("latency_p50_ms", ["fast", 2, 2, 2, 2]), "'fast' is not accepted"),
    "p99 below p50": (changed("latency_p99_ms", [4.0, 4, 1.5, 4, 4]), "'latency_p99_ms' is 1.5 and below 'latency_p50_ms' with 1.9"),
    "too few values": (changed("latency_p50_ms", [2.0]), "has 1 values for 5 processes"),
    "no time at all": (changed("latency_p50_ms", [0, 2, 2, 2, 2]), "is 0, and nothing is answered in no time"),
    "a share above 1": (changed("reload_agreement", [1.5] * 5), "is a share and above 1"),
    "another unit": (changed("latency_p50_ms", P50, "s"), "'latency_p50_ms' in 's' is no figure"),
    "an unknown figure": (changed("<script>", P50, "ms"), "is no figure of a measurement"),
    "weights that change": (changed("parameters", [1, 1, 1, 1, 2]), "'parameters' differs between processes"),
    "net above gross": (lambda m: changed("energy_net_j_per_prediction", [3.0] * 5, "J")(
        changed("energy_j_per_prediction", [2.0] * 5)(m)), "is above 'energy_j_per_prediction'"),
    "p99 of too few": (lambda m: {**m, "settings": {**m["settings"], "queries": 100}}, "100 queries are too few for it"),
    "no speed": (lambda m: {**m, "figures": {"parameters": m["figures"]["parameters"]}}, "neither a latency nor a throughput"),
    "no such GPU": (lambda m: {**m, "device": "cuda:0"}, "'cuda:0' is none of the machine's 0 GPUs"),
    "from the future": (lambda m: {**m, "measured_at": IN_TWO_DAYS}, "which is yet to come"),
    "before the study": (lambda m: {**m, "measured_at": "2020-01-01T00:00:00+00:00"}, "before study 'mine' was started"),
    "without a zone": (lambda m: {**m, "measured_at": "2026-11-25T10:00:00"}, "measured_at: .* is not accepted"),
    "no machine": (lambda m: {**m, "machine": {}}, "machine.cpu: it is missing"),
    "no processor": (lambda m: {**m, "machine": {**TARGET, "cores": 0}}, "machine.cores: 0 is not accepted"),
    "another file": (lambda m: {"format": "shopping list"}, "it is no measurement"),
    "a later version": (lambda m: {**m, "version": 3}, "version: 3 is not accepted"),
    "no digest": (lambda m: {**m, "weights_sha256": "../../etc"}, "weights_sha256: .* is not accepted"),
}


def test_the_server_scenario_is_of_one_process_and_says_its_limit_and_what_limits_it(study):
    said = "the time for the search ended before a rate shortly above was tried"
    found = elsewhere.bring(study, written(with_server(content(study), said)))
    rate = found.figures["server_rate_per_s"]
    assert (rate.value, rate.low, rate.unit) == (120.0, None, "1/s")
    assert rate.provenance.source == ("imported: LoadGen Server, Poisson arrivals, p99 within 50 ms, dynamic batching, "
                                      f"not MLPerf-compliant (shortened); {said}, 1 process")
    assert said not in found.figures["server_p99_ms"].provenance.source and found.figures["server_queries"].value == 700
    assert "p99 within 50 ms up to 120 predictions/s" in elsewhere.line(found) and found.settings["server_seconds"] == 120


def test_a_server_scenario_without_a_rate_says_why(study):
    nothing = dict.fromkeys(("server_rate_per_s", "server_p99_ms", "server_queries"))
    found = elsewhere.bring(study, written(with_server(content(study), "invalid: too few queries", **nothing))).figures
    for name in nothing:
        assert found[name].value is None and found[name].provenance.reason == "invalid: too few queries"
    assert found["server_batch_size"].value == 8, "how texts were batched is known all the same"


SERVER_FORGED = {
    "no limit": ({"limit_ms": None}, "'server_rate_per_s' is of the Server scenario, and the file states no latency limit"),
    "beyond the limit": ({"server_p99_ms": 51.0}, "'server_p99_ms' is not within the limit of 50 ms"),
    "without a p99": ({"server_p99_ms": None}, "'server_p99_ms' is not within the limit"),
    "too few queries": ({"server_queries": 661.0}, "its run has too few queries for a p99"),
    "no queries": ({"server_queries": None}, "its run has too few queries for a p99"),
    "no rate at all": ({"server_rate_per_s": 0.0}, "is 0, and nothing is answered in no time"),
}


@pytest.mark.parametrize("name", SERVER_FORGED)
def test_a_server_scenario_that_cannot_be_true_is_refused(study, name):
    change, message = SERVER_FORGED[name]
    with pytest.raises(UserError, match=message):
        elsewhere.bring(study, written(with_server(content(study), **change)))
    assert kept() == 0


def test_a_server_figure_of_every_process_is_refused(study):
    made = with_server(content(study))
    made["figures"]["server_wait_ms"]["values"] = [2.5] * 5
    with pytest.raises(UserError, match="'server_wait_ms' has 5 values for 1 process;"):
        elsewhere.bring(study, written(made))


@pytest.mark.parametrize("name", FORGED)
def test_what_cannot_be_true_is_refused_in_one_sentence_and_nothing_is_kept(study, name):
    change, message = FORGED[name]
    with pytest.raises(UserError, match=message) as refusal:
        elsewhere.bring(study, written(change(content(study))))
    assert str(refusal.value).startswith("file: ") and "\n" not in str(refusal.value) and str(refusal.value).endswith(".")
    assert kept() == 0


def test_a_changed_cut_or_too_large_file_is_refused(study):
    good = written(content(study))
    edited = json.loads(good)
    edited["figures"]["latency_p50_ms"]["values"][0] = 0.5
    for data, message in ((json.dumps(edited).encode(), "does not fit its content"), (good[: len(good) // 2], "cut short"),
                          (good + b" " * 1_000_000, "are more than the 1,000,000"), (b"", "cut short"),
                          (good.replace(b"2.1", b"NaN"), "cut short")):
        with pytest.raises(UserError, match=message):
            elsewhere.bring(study, data)
    assert kept() == 0
    elsewhere.bring(study, good)
    with pytest.raises(UserError, match="is in the study already"):
        elsewhere.bring(study, json.dumps(json.loads(good)).encode())
    assert kept() == 1


def test_without_model_files_nothing_shows_whose_it_is(study):
    import shutil

    from core.settings import folder

    made = written(content(study))
    shutil.rmtree(folder("models", study))
    with pytest.raises(UserError, match="are gone, so nothing shows whose measurement this is"):
        elsewhere.bring(study, made)


def test_it_goes_with_its_study_or_alone(study):
    first, second = (elsewhere.bring(study, written(content(study, settings={**content(study)["settings"], "texts": n}))) for n in (9, 10))
    with pytest.raises(UserError, match="is none of study 'other'"):
        measurements.remove("other", first.id)
    elsewhere.remove(study, first.id)
    assert [row.id for row in elsewhere.listed(study)] == [second.id]
    submit.delete(study)
    assert kept() == 0


def test_a_study_holds_only_so_many(study, monkeypatch):
    monkeypatch.setattr(measurements, "MOST", 1)
    elsewhere.bring(study, written(content(study)))
    with pytest.raises(UserError, match="has 1 imported measurements already"):
        elsewhere.bring(study, written(content(study, noise=["somebody else used the GPU."])))


def test_the_commands_bring_list_and_delete(study, tmp_path):
    path = tmp_path / "m.json"
    path.write_bytes(written(content(study, noise=["5 % of the time was stolen."])))

    def run(*arguments):
        return CliRunner().invoke(app, ["study", *map(str, arguments)])

    done = run("import-measurement", study, path)
    assert done.exit_code == 0 and "depth-1 on Target *CPU*, 4 cores" in done.stdout and "p50 2 ms" in done.stdout
    data = json.loads(run("measurements", study, "--json", "-").stdout)
    assert data[0]["settings"]["noise"] == ["5 % of the time was stolen."] and data[0]["figures"]["latency_p50_ms"]["unit"] == "ms"
    assert run("measurements", study, "--delete", data[0]["id"]).exit_code == 0 and kept() == 0
    for arguments in (("import-measurement", study, tmp_path / "none.json"), ("import-measurement", "nobody", path),
                      ("measurements", "nobody"), ("measurements", study, "--delete", 7)):
        assert isinstance(run(*arguments).exception, UserError)


def test_keys_of_a_later_version_are_passed_over(study):
    made = content(study, extra={"more": 1}, machine={**TARGET, "clock": {"max_mhz": 3000}})
    assert elsewhere.bring(study, written(made)).machine["clock"] == {"max_mhz": 3000}
    assert seal({"a": 1})["checksum"] != seal({"a": 2})["checksum"]


def test_the_whole_way_export_measure_and_back(study, tmp_path):
    done = CliRunner().invoke(app, ["artifact", "export", study, "depth-1", str(tmp_path / "out")])
    assert done.exit_code == 0
    command = [sys.executable, "-m", "core", "measure", tmp_path / "out", "--json", tmp_path / "m.json", "--queries", "70",
               "--offline-seconds", "0.5", "--invocations", "2", "--threads", "1", "--device", "cpu",
               "--server-limit-ms", "100", "--server-seconds", "15"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    found = elsewhere.bring(study, (tmp_path / "m.json").read_bytes())
    assert found.model == "depth-1" and found.machine["cpu"] == fingerprint()["cpu"] and found.settings["queries"] == 70
    figures = found.figures
    assert figures["latency_p50_ms"].value > 0 and figures["latency_p50_ms"].low is None, "two processes give no interval"
    rate = figures["server_rate_per_s"]
    if rate.value is None:  # a busy machine
        assert rate.provenance.reason
    else:
        assert rate.value > 0 and figures["server_p99_ms"].value <= 100 and figures["server_queries"].value >= 662
        assert "p99 within 100 ms" in rate.provenance.source
    assert figures["server_batch_size"].value >= 1
    assert figures["latency_p99_ms"].value is None and figures["load_s"].value > 0
    assert figures["reload_agreement"].value == 1.0 and "artifact_bytes" not in figures

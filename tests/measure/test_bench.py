"""One artefact measured in a fresh process."""

import json
from dataclasses import replace

import pytest

from core.errors import Cancelled, UserError
from core.measure.bench import Request
from core.measure.invoke import invoke
from core.models.artifact import Card, bytes_on_disk, save
from core.models.build import classifier, parameters
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from tests.conftest import sentences


@pytest.fixture
def request_(tiny_model, tmp_path):
    texts, _ = sentences(100)
    model, tokeniser = classifier(tiny_model, ("good", "poor")), Tokeniser(tiny_model, 32)
    answers = logits(model, tokeniser(texts), tokeniser.pad_id).argmax(-1).tolist()
    answers[0] = 1 - answers[0]
    folder = save(model, tokeniser, Card(("good", "poor"), 32, tuple(texts), tuple(answers), {}), tmp_path / "artefact")
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    return Request(str(folder), str(tmp_path / "texts.json"), "cpu", 1, 70, 0.5)


def test_a_fresh_process_reports_speed_memory_size_and_the_reload_check(request_, tiny_model, tmp_path):
    ticks = []
    found = invoke(request_, lambda share, told: ticks.append((share, told)))
    assert found["latency_p50_ms"] > 0 and found["latency_p99_ms"] is None and found["throughput_per_s"] > 0
    assert found["parameters"] == parameters(classifier(tiny_model, ("good", "poor")))
    assert found["artifact_bytes"] == bytes_on_disk(tmp_path / "artefact")
    assert found["peak_memory_bytes"] > 50e6 and found["energy_j_per_prediction"] is None
    assert (found["reload_equal"], found["reload_texts"]) == (99, 100), "one reference answer was changed"
    assert ticks[0] == (0.0, "")


def test_a_search_under_load_tells_how_far_it_is_and_its_limit(request_):
    ticks = []
    found = invoke(replace(request_, server_limit_ms=200.0, server_seconds=12.0), lambda share, told: ticks.append((share, told)))
    assert found["server_limit_ms"] == 200.0 and (found["server_rate_per_s"] or found["server_reason"])
    shares = [share for share, _ in ticks]
    assert shares == sorted(shares) and 0 < shares[-1] <= 1 and "queries late" in ticks[-1][1]


def test_a_process_that_fails_is_one_sentence(request_, tmp_path):
    (tmp_path / "artefact" / "model.safetensors").unlink()
    with pytest.raises(UserError, match=r"'artefact' ended with code 1"):
        invoke(request_)


def test_cancelling_ends_the_process(request_):
    def stop(*_):
        raise Cancelled

    with pytest.raises(Cancelled):
        invoke(request_, stop)

"""Studies that differ by their seed alone are taken together; six of them say something about the method."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.stats import t

from core.figures import Figure, measured
from core.records import ModelRecord, StepPlan, StudyRecord
from core.spec import preset
from core.store import jobs, models, steps, studies
from core.studies import claims
from core.studies.decide import decide
from core.studies.seeds import gains, siblings, verdicts
from tests.pages.made import MACHINE, SAID

GAINS = (0.5, 1.0, 1.5, 0.8, 0.9, 1.3)


def figure(value: float, unit: str) -> Figure:
    return measured(value, unit, source="made for a test", device="Test CPU", as_of="2026-11-20", low=value - 0.5, high=value + 0.5)


def run(name: str, seed: int, gain: float, state: str = "done", **changes: object) -> StudyRecord:
    """A stored study with one student that has this gain over its control."""
    spec = preset("quick", "snippets", name=name, students=[{"name": "depth-2", "layers": 2}], **changes)
    spec = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})})
    studies.create(name, spec, SAID, MACHINE, "abc")
    job = jobs.enqueue(name, "cpu", [StepPlan("evaluate", "Evaluate", 1.0)])
    jobs.claim("cpu")
    steps.start(job, "evaluate")
    accuracy = {"teacher": 0.8, "student": 0.75 + gain / 100, "control": 0.75}
    for role, value in accuracy.items():
        against = {"gain_over_control": figure(gain, "points"), "accuracy_difference": figure(gain - 5, "points")}
        found = {"accuracy": figure(value, "share")} | (against if role == "student" else {})
        own = "minilm" if role == "teacher" else "depth-2"
        models.save_model(name, ModelRecord(own, role, "depth", "logits", "v", "torch", "fp32", "cpu", found))  # type: ignore[arg-type]
    jobs.finish(job, state, "")
    return studies.get(name)


def test_only_finished_studies_that_differ_by_their_seed_alone() -> None:
    first = run("s1", 1, 0.5)
    second, _, newest = run("s2", 2, 1.0), run("older-3", 3, 9.0), run("newer-3", 3, 1.5)
    run("failed", 4, 5.0, state="failed")
    run("larger", 5, 5.0, distil={"tokens": 12_345})
    run("same-seed", 1, 7.0)
    assert [found.id for found in siblings(first)] == [first.id, second.id, newest.id]


def test_gains_are_paired_by_seed_with_their_spread() -> None:
    records = [run(f"s{seed}", seed, gain) for seed, gain in enumerate(GAINS)]
    ((found, seeds),) = gains(records[0], records).values()
    assert seeds == 6 and found.value == pytest.approx(np.mean(GAINS))
    assert found.high - found.value == pytest.approx(t.ppf(0.975, 5) * np.std(GAINS, ddof=1) / np.sqrt(6))
    assert "standard deviation 0.358 points" in found.provenance.source and found.provenance.evidence == "measured"
    ((few, seeds),) = gains(records[0], records[:5]).values()
    assert seeds == 5 and few.low is None and "5 of at least 6 seeds" in few.provenance.source
    assert gains(records[0], records[:1]) == {}


@pytest.mark.parametrize(("count", "verdict"), [(5, "undecided"), (6, "holds")])
def test_claim_c11_is_decided_from_six_seeds_on(count: int, verdict: str) -> None:
    records = [run(f"s{seed}", seed, gain) for seed, gain in enumerate(GAINS[:count])]
    decision = decide(records[0], date(2026, 11, 25))
    found = next(each for each in claims.assess(decision) if each.claim.id == "C11")
    assert found.verdict == verdict and found.findings[0].words == f"seen with {count} seeds"
    assert (found.page == "pages/new_study.py") == (verdict == "undecided")
    no_gain = replace(records[0], spec=records[0].spec.model_copy(update={"task": "r8"}))
    assert len(siblings(no_gain)) == 1, "another task"


def with_seeds(study: StudyRecord, pairs: dict[int, float]) -> StudyRecord:
    """The study after its stage "seeds", in which the student gained so many points over its control."""
    for role, own in (("student", 1.0), ("control", 0.0)):
        made = [{"seed": seed, "accuracy": 0.75 + own * gain / 100, "texts": 2_561, "device": "Test CPU", "date": "2026-11-28"}
                for seed, gain in pairs.items()]
        models.save_details(study.id, "depth-2", role, {"seeds": made})  # type: ignore[arg-type]
    return studies.get(study.id)


def test_the_stages_seeds_and_whole_studies_join_and_a_whole_study_comes_first() -> None:
    study = with_seeds(run("s0", 0, GAINS[0], distil={"seeds": 5}), dict(enumerate(GAINS[1:5], 1)))
    ((found, seeds),) = gains(study, [study]).values()
    assert seeds == 5 and found.value == pytest.approx(np.mean(GAINS[:5])) and found.low is None
    (verdict,) = verdicts(study, siblings(study))
    assert (verdict.name, verdict.family, verdict.method) == ("depth-2", "depth", "logits")
    assert (verdict.word, verdict.missing) == ("inconclusive", 1)
    run("s1", 1, 4.0)
    run("s5", 5, GAINS[5])
    ((found, seeds),) = gains(study, siblings(study)).values()
    assert seeds == 6 and found.value == pytest.approx(np.mean([GAINS[0], 4.0, *GAINS[2:]]))
    assert found.low is not None and "accuracy of control depth-2, seed 2" in dict(found.provenance.inputs)


@pytest.mark.parametrize(("gains_of_seeds", "word"), [
    (GAINS, "beats"), ([-gain for gain in GAINS], "does not beat"), ((0.5, -0.5, 0.4, -0.4, 0.3, -0.2), "inconclusive"),
    ((0.0,) * 6, "does not beat"), ((1.0,) * 5, "inconclusive"), ((1.0,), "inconclusive")])
def test_a_verdict_needs_six_seeds_and_an_interval_on_one_side(gains_of_seeds: tuple[float, ...], word: str) -> None:
    study = with_seeds(run("s0", 0, gains_of_seeds[0]), dict(enumerate(gains_of_seeds[1:], 1)))
    (verdict,) = verdicts(study, [study])
    assert (verdict.word, verdict.seeds, verdict.missing) == (word, len(gains_of_seeds), max(0, 6 - len(gains_of_seeds)))
    assert verdict.gain.value == pytest.approx(np.mean(gains_of_seeds))

"""The sentences on whether distillation helps."""

from dataclasses import replace

from core.figures import measured
from core.studies.seeds import MethodVerdict
from pages.ui.seeds_words import helps


def verdict(name: str, gain: float, seeds: int, word: str, half: float | None = 0.5) -> MethodVerdict:
    low, high = (None, None) if half is None else (gain - half, gain + half)
    figure = measured(gain, "points", source="made for a test", device="Test CPU", as_of="2026-11-28", low=low, high=high)
    return MethodVerdict(name, name.partition("-")[0], "logits", figure, seeds, word)  # type: ignore[arg-type]


def test_each_outcome_has_its_sentence_and_families_are_counted() -> None:
    said = helps([verdict("depth-2", 1.0, 6, "beats"), verdict("depth-1", 2.0, 6, "beats"), verdict("static", 0.9, 7, "beats"),
                  verdict("linear", -1.0, 6, "does not beat"), verdict("width", 0.1, 6, "inconclusive"),
                  verdict("convolutional", 3.0, 2, "inconclusive", None), verdict("other", 3.0, 1, "inconclusive")])
    assert [sentence.partition(":")[0] for sentence in said] == [
        "Distillation beats its control beyond the interval for 2 families", "It does not beat its control for 1 family",
        "Not certain, since the interval holds 0, for 1 family", "Not known for convolutional (convolutional, logits)"]
    assert "depth-1 (depth, logits): 2 points (1.50 to 2.50 points)" in said[0]
    assert said[3].endswith("needs 6 seeds, 4 to 5 more than there are, so set distil.seeds to 6")


def test_many_unknown_students_are_named_without_their_gains_and_none_say_nothing() -> None:
    (said,) = helps([verdict(f"depth-{i}", 1.0, 1, "inconclusive") for i in range(1, 5)])
    assert said.startswith("Not known for 4 students (depth-1, depth-2, depth-3 and depth-4); a verdict") and "point" not in said
    assert helps([]) == []


def test_the_setting_that_gives_more_seeds_is_named() -> None:
    own, found = verdict("depth-2", 1.0, 1, "inconclusive"), replace(verdict("linear", 1.0, 1, "inconclusive"), setting="search.seeds")
    assert helps([found])[0].endswith("so set search.seeds to 6")
    assert helps([own, found])[0].endswith("so set distil.seeds and search.seeds to 6")

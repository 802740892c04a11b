"""Figures: the JSON round trip, and derived figures that never look stronger than what they rest on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.figures import (
    STRENGTH,
    Figure,
    Provenance,
    assumed,
    catalogue,
    compute,
    copied,
    derived,
    measured,
    not_measured,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(max_size=12)
provenances = st.builds(
    Provenance, kind=st.sampled_from(["measured", "catalogue", "published", "assumed", "derived"]), source=words, device=words,
    as_of=words, by=st.sampled_from(["", "user", "default"]),
    inputs=st.lists(st.tuples(words, st.sampled_from(STRENGTH[:-1])), max_size=3).map(tuple),
)
known = st.builds(Figure, value=finite, unit=words, provenance=provenances, low=st.none() | finite, high=st.none() | finite)
unknown = st.builds(not_measured, words, words)
BASICS = {
    "measured": measured(2.0, "ms", source="run 1", device="cpu", as_of="2026-11-22"),
    "catalogue": catalogue(0.75, "USD/h", source="list", as_of="2026-11-01"),
    "published": Figure(0.9, "share", Provenance("published", "a paper")),
    "assumed": assumed(5.0, "points", by="user"),
    "default": assumed(6.0, "points", by="default"),
    "not_measured": not_measured("J", "no counter"),
}


@given(known | unknown)
def test_json_round_trip(figure):
    assert Figure.from_dict(json.loads(json.dumps(figure.to_dict()))) == figure


def test_json_keys():
    data = BASICS["measured"].to_dict()
    assert list(data) == ["value", "low", "high", "unit", "provenance"]
    assert BASICS["not_measured"].to_dict()["value"] is None


@pytest.mark.parametrize("evidence", STRENGTH)
def test_evidence_of_what_is_not_derived(evidence):
    assert BASICS[evidence].provenance.evidence == evidence


@given(st.lists(st.sampled_from(STRENGTH[:-1]), min_size=1, max_size=5), st.integers(0, 4))
def test_derived_is_as_weak_as_its_weakest_input_at_any_depth(kinds, split):
    inputs = {f"input {i}": BASICS[kind] for i, kind in enumerate(kinds)}
    flat = derived(1.0, "ms", "all of them", inputs)
    names = list(inputs)
    part = derived(1.0, "ms", "some", {name: inputs[name] for name in names[: split + 1]})
    nested = derived(1.0, "ms", "the rest", {"part": part, **{name: inputs[name] for name in names[split + 1:]}})
    weakest = max(kinds, key=STRENGTH.index)
    assert flat.provenance.evidence == nested.provenance.evidence == weakest
    assert inputs[flat.provenance.weakest_input].provenance.evidence == weakest


@given(st.dictionaries(st.text(min_size=1, max_size=5), known | unknown, min_size=1, max_size=4))
def test_an_unknown_input_makes_the_result_unknown_and_is_named(inputs):
    result = derived(0.0, "ms", "a formula", inputs)
    missing = [name for name, figure in inputs.items() if figure.value is None]
    assert (result.value is None) == bool(missing)
    if missing:
        assert result.provenance.kind == "not_measured"
        assert all(name in result.provenance.reason for name in missing)


def test_compute_applies_the_function_only_to_known_values():
    known_inputs = {"hours": BASICS["default"], "price": BASICS["catalogue"]}
    product = compute(lambda hours, price: hours * price, "USD", "hours x price", **known_inputs)
    assert (product.value, product.provenance.source) == (4.5, "hours x price")
    assert compute(lambda joules: joules / 0, "J", "x", joules=BASICS["not_measured"]).provenance.reason == "needs joules"
    nothing = compute(lambda hours: None, "months", "payback", hours=BASICS["assumed"])
    assert nothing.value is None and "payback" in nothing.provenance.reason


@given(known)
def test_a_copied_figure_is_derived_and_keeps_its_number_and_evidence(figure):
    copy = copied(figure, "student", "same architecture")
    assert (copy.value, copy.low, copy.high, copy.unit) == (figure.value, figure.low, figure.high, figure.unit)
    assert copy.provenance.kind == "derived" and copy.provenance.evidence == figure.provenance.evidence
    assert "student" in copy.provenance.source


def test_an_unknown_figure_stays_unknown_when_copied():
    assert copied(BASICS["not_measured"], "student", "same architecture") == BASICS["not_measured"]

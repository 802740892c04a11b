"""Names of inputs and results in words."""

from __future__ import annotations

import pytest

from core.case import CaseInputs
from core.figures import Figure, Provenance, derived, not_measured
from core.formats import months, origin
from core.roi.fields import UNITS
from core.words import LABELS, SENTENCE, in_a_sentence, input_label, label, why_unknown


def test_every_input_of_a_case_has_a_label():
    assert not UNITS.keys() - LABELS.keys() - {"upfront_usd"}
    assert not SENTENCE.keys() - LABELS.keys()
    assert not [name for name in CaseInputs.model_fields if name in LABELS and "_" in LABELS[name]]


@pytest.mark.parametrize(("name", "said"), [
    ("usd_per_hour of teacher", "the hourly price of teacher"), ("npv_usd", "the NPV"),
    ("rate_per_s of depth-3", "the throughput of depth-3"),
    ("upfront_usd of depth-3", "the other upfront cost of depth-3"), ("hours for the release", "hours for the release"),
    ("throughput of the teacher", "throughput of the teacher"),
])
def test_an_input_in_a_sentence(name, said):
    assert in_a_sentence(name) == said


def test_labels_keep_what_follows_the_name():
    assert label("npv_usd at half the interval") == "NPV at half the interval" and label("upfront_usd at P90") == "Upfront cost at P90"
    assert input_label("upfront_usd of depth-3") == "Other upfront cost of depth-3" and label("speed_up") == "Speed up"


def test_why_a_figure_is_unknown_names_inputs_in_words():
    unknown = derived(None, "USD", "price x hours", {"usd_per_hour of teacher": not_measured("USD/h", "nobody has said it"),
                                                     "horizon_months": not_measured("months", "nobody has said it")})
    assert why_unknown(unknown) == "needs the hourly price of teacher and the horizon"
    assert origin(unknown) == "Not measured: needs the hourly price of teacher and the horizon."
    assert why_unknown(not_measured("USD", "does not pay back within 24 months")) == "does not pay back within 24 months"
    assert why_unknown(Figure(1.0, "USD", Provenance("assumed"))) == ""


def test_a_month_is_one():
    assert (months(1), months(24)) == ("1 month", "24 months")

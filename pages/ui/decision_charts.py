"""The charts of a decision with their findings, built once for each state of the study, case and look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from core.figures import Figure
from core.roi import views
from core.roi.months import Array
from core.roi.options import Case, value
from core.roi.sensitivity import Bar
from core.studies.decide import Decision
from core.studies.headline import EQUAL
from core.studies.ruling import Ruling
from core.words import in_a_sentence
from pages.ui import money_charts as money
from pages.ui import money_findings, present, reads
from pages.ui.money_charts import Look

Charts = Mapping[str, tuple[str, Any]]  # finding and Plotly figure by name; one that says nothing is left out

SHARES = np.linspace(0.1, 1.0, 46)
FACTORS = ((1.0, "at the case's volume"), (0.5, "at half of it"), (2.0, "at twice of it"))
COMPARED = ("student", "control", "cascade", "optimised_teacher")


def look(decision: Decision) -> Look:
    """How charts are drawn on the page as it is shown now."""
    return Look(present.is_dark(), present.is_on(), decision.roi.currency if decision.roi else "USD")


def known(decision: Decision) -> Ruling | None:
    """The ruling where the money of the comparison is known, else None."""
    ruling = decision.ruling
    return ruling if ruling and ruling.against and ruling.against.npv_usd.value is not None else None


def charts_of(decision: Decision) -> Charts:
    """The charts of a decision as the page is shown now: cash, margin, waterfall, tornado, volume, utilisation."""
    return _built(key_of(decision), look(decision), decision)


def key_of(decision: Decision) -> tuple[Any, ...]:
    """Changes whenever what a decision's charts show may have changed."""
    return (*reads.state_of(decision.study), decision.case.model_dump_json(), reads.today())


@st.cache_resource(max_entries=60, show_spinner=False)
def _built(key: tuple[Any, ...], look: Look, _decision: Decision) -> Charts:
    return build(_decision, look)


def build(decision: Decision, look: Look) -> Charts:
    """All charts that have something to say. Without a known NPV that is the accuracy alone; equal options have no money to chart."""
    found: dict[str, tuple[str, Any]] = {}
    rows, points = accuracy_rows(decision), decision.inputs["accuracy_margin_points"].value
    if rows:
        found["margin"] = money_findings.margin(rows, points), money.margin(rows, points, look)
    ruling = known(decision)
    if ruling is not None:
        if differs(ruling):
            found |= {"cash": _cash(ruling, look), "waterfall": _waterfall(ruling, look)} | _tornado(decision, ruling, look)
        found |= _break_even(decision, ruling, look)
    return found


def accuracy_rows(decision: Decision) -> list[tuple[str, str, Figure]]:
    """Each student, control, cascade and measured optimised teacher with its difference to the teacher in points."""
    found = decision.ruling.candidates if decision.ruling else ()
    return [(candidate.name, candidate.option.role, candidate.accuracy.difference) for candidate in found
            if candidate.option.role in COMPARED and candidate.accuracy.difference.value is not None
            and candidate.accuracy.difference.provenance.kind != "assumed"]


def pair(ruling: Ruling) -> tuple[Case, str, str]:
    """The case, the option that is decided on, and the one that it is compared with."""
    assert ruling.best and ruling.other, "known() looks first"
    return ruling.case, ruling.best, ruling.other


def differs(ruling: Ruling) -> bool:
    """Whether the comparison is about a unit of money or more: in some kind of cost, or in the draws."""
    steps = [step.saved for step in views.waterfall(*pair(ruling))]
    drawn = [figure.value or 0.0 for figure in ruling.outlook.npv_usd.values()] if ruling.outlook else []
    return any(abs(amount) >= EQUAL for amount in [*steps, *drawn])


def _cash(ruling: Ruling, look: Look) -> tuple[str, Any]:
    assert ruling.against is not None, "known() looks first"
    total, band = views.cumulative(*pair(ruling)), ruling.outlook.band if ruling.outlook else {}
    title = money_findings.cash(ruling.against, ruling.outlook, ruling.case.horizon, look.currency)
    return title, money.cash(total, band, ruling.against.payback_months.value, look)


def _waterfall(ruling: Ruling, look: Look) -> tuple[str, Any]:
    steps = views.waterfall(*pair(ruling))
    return money_findings.waterfall(steps, look.currency), money.waterfall(steps, look)


def _tornado(decision: Decision, ruling: Ruling, look: Look) -> dict[str, tuple[str, Any]]:
    moving = [bar for bar in decision.bars if bar.swing > 0]
    if not moving or ruling.against is None:
        return {}
    base = value(ruling.against.npv_usd)
    return {"tornado": (money_findings.tornado(moving), money.tornado(_labelled(ruling.case, moving), base, look))}


def _labelled(case: Case, bars: list[Bar]) -> list[tuple[str, Bar, str]]:
    found = [(bar, views.input_figure(case, bar.name)) for bar in bars]
    return [(in_a_sentence(bar.name), bar, figure.unit if figure else "") for bar, figure in found]


def _break_even(decision: Decision, ruling: Ruling, look: Look) -> dict[str, tuple[str, Any]]:
    """NPV over volume and over utilisation; nothing where both options cost the same at every volume."""
    assert ruling.against is not None, "known() looks first"
    against, volumes = ruling.against, views.volumes_around(ruling.case, ruling.against.crossings)
    npv = views.npv_over(*pair(ruling), "predictions_per_day", volumes)
    if np.abs(npv).max() < EQUAL:
        return {}
    now = value(ruling.case.terms["predictions_per_day"]), value(against.npv_usd)
    found = {"volume": (money_findings.volume(against), money.volume(volumes, npv, now, against.crossings, look))}
    if planned := views.utilisations(*pair(ruling)):
        curves = _over_utilisation(ruling, now[0])
        case = (planned[0], now[1]) if len(planned) == 1 else None
        found["utilisation"] = money_findings.utilisation(curves[FACTORS[0][1]]), money.utilisation(SHARES, curves, case, look)
    return found


def _over_utilisation(ruling: Ruling, volume: float) -> dict[str, Array]:
    """NPV over the target utilisation at the case's volume, at half and at twice of it."""
    npv = views.npv_map(*pair(ruling), volume * np.array([factor for factor, _ in FACTORS]), SHARES).T
    return {name: row for (_, name), row in zip(FACTORS, npv, strict=True)}

"""What the page What-if starts from, what is tried on it, and both decisions: at once without draws, then with some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from core.case import CaseInputs
from core.errors import UserError
from core.records import StudyRecord
from core.roi.simulate import FEW
from core.spec import parse
from core.studies import cases, frozen
from core.studies.cases import SavedCase
from core.studies.decide import Decision, with_draws
from core.studies.frozen import Basis
from pages.ui import reads, session
from pages.ui.text import plain

REFUSED, NOTE = "what_if_refused", "what_if_note"


@dataclass(frozen=True)
class Opened:
    """The base of a what-if: the study as it is now, or a saved case with the figures that it was saved with.

    key: changes whenever the base's measurements or prices may have changed.
    """

    study: StudyRecord
    case: SavedCase | None
    basis: Basis
    key: tuple[Any, ...]

    @property
    def inputs(self) -> CaseInputs:
        """The base's inputs, against which changes are listed."""
        return self.case.inputs if self.case else self.study.case

    @property
    def name(self) -> str:
        """The base in words."""
        return self.case.name if self.case else "the study's own case"

    @property
    def tried(self) -> CaseInputs:
        """The inputs that count now."""
        return session.what_if(self.study.id) or self.inputs


def opening(study: StudyRecord) -> Opened:
    """The case in the address, else the one opened before, else the study's own."""
    asked, before = st.query_params.get(session.CASE), session.opened(study.id)
    if before is not None and session.what_if(study.id) is None:  # another page went back to the study's own case
        show(study.id, None)
        return own(study)
    if asked is None and before is not None:
        asked = st.query_params[session.CASE] = before
    if asked is None:
        return own(study)
    try:
        case = cases.get(study.id, asked)
    except UserError:
        st.warning("The case in this address is not known here; the study's own case is shown.", icon=":material/warning:")
        show(study.id, None)
        return own(study)
    if asked != before:
        session.open_case(study.id, case.id, case.name, case.inputs)
    return Opened(study, case, basis(case), ("frozen", case.rests_on))


def own(study: StudyRecord) -> Opened:
    """The study's own case with its figures and the price list of now."""
    today = reads.today()
    now = frozen.as_now(study, today)
    return Opened(study, None, now, (*reads.state_of(study), today, now.earlier and now.earlier.id))


def show(study_id: str, case: SavedCase | None) -> None:
    """Opens a case, or the study's own for None; the address says which."""
    if case is None:
        session.open_case(study_id, None)
        st.query_params.pop(session.CASE, None)
    else:
        session.open_case(study_id, case.id, case.name, case.inputs)
        st.query_params[session.CASE] = case.id


def change(opened: Opened, **values: Any) -> None:
    """Tries other values, one step that can be undone; a refusal is told on the page, and then nothing is changed.

    An input that gets a plain value loses its range: the range was around another one.
    """
    now = opened.tried
    ranges = {key: said for key, said in now.ranges.items() if key not in values}
    _try(opened, {**now.model_dump(), "ranges": ranges, **values})


def take_back(opened: Opened, name: str) -> None:
    """One input as the base has it; "ranges.KEY" is the range of an input."""
    now, base, key = opened.tried.model_dump(), opened.inputs.model_dump(), name.removeprefix("ranges.")
    ranges = {**now["ranges"], key: base["ranges"].get(key)}
    values = {} if name.startswith("ranges.") else {key: base[key]}
    _try(opened, {**now, **values, "ranges": {of: said for of, said in ranges.items() if said is not None}})


def _try(opened: Opened, data: dict[str, Any]) -> None:
    try:
        made = parse(CaseInputs, data)
        point(opened, made)  # refuses what cannot be computed, an unknown instance for one, before it is tried
    except UserError as error:
        st.session_state[REFUSED] = str(error)
        return
    session.try_case(opened.study.id, None if opened.case is None and made == opened.inputs else made)


def point(opened: Opened, inputs: CaseInputs) -> Decision:
    """The decision at the plain values. Raises UserError."""
    return _point(opened.key, inputs.model_dump_json(), opened.basis, inputs)


def drawn(opened: Opened, inputs: CaseInputs) -> Decision:
    """The same decision after 1,024 draws."""
    return _drawn(opened.key, inputs.model_dump_json(), point(opened, inputs))


@st.cache_resource(max_entries=128, show_spinner=False)
def _point(key: tuple[Any, ...], inputs_json: str, _basis: Basis, _inputs: CaseInputs) -> Decision:
    return frozen.decide_on(_basis, _inputs, draws=0)


@st.cache_resource(max_entries=64, show_spinner=False)
def _drawn(key: tuple[Any, ...], inputs_json: str, _point: Decision) -> Decision:
    return reads.lean(with_draws(_point, FEW))


def basis(case: SavedCase) -> Basis:
    """What a saved case rests on; it never changes, so it is read once."""
    return _basis(case.rests_on, case)


@st.cache_resource(max_entries=16, show_spinner=False)
def _basis(rests_on: str, _case: SavedCase) -> Basis:
    return cases.basis_of(_case)


def newer(opened: Opened) -> tuple[str, ...]:
    """What the study knows otherwise by now than the opened case; nothing for its own."""
    if opened.case is None:
        return ()
    return cases.newer(opened.case, opened.basis, opened.study, today())


def today() -> date:
    """The day that new figures are of."""
    return reads.today()


def refused() -> None:
    """Says once what was refused last, or what was done."""
    if error := st.session_state.pop(REFUSED, ""):
        st.error(f"{plain(error)} Nothing was changed.", icon=":material/error:")
    elif note := st.session_state.pop(NOTE, ""):
        st.success(note, icon=":material/check_circle:")

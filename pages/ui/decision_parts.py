"""The first section of the Decision page, which is also what is printed: answer, three numbers, risk, next step, six items."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.checklist import ItemVerdict
from core.figures import STRENGTH
from core.formats import EVIDENCE, chip, origin, show_with_interval
from core.roi.information import Information
from core.roi.options import rests_on
from core.studies import narrative
from core.studies.actions import action_for
from core.studies.decide import Decision
from core.studies.headline import headline
from core.studies.report import of_study
from core.studies.ruling import Ruling
from core.words import input_label
from pages.ui import cards, present, reads, tables
from pages.ui.text import STATUS, plain

HTML, XLSX = "text/html", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BUTTONS = {"pages/new_study.py": ("Start a study", ":material/add_circle:"), "pages/prices.py": ("Open the prices", ":material/sell:"),
           "pages/checklist.py": ("Open the checklist", ":material/checklist:")}
# Items whose next step is to measure again once the input that they rest on is stated.
MEASURED_ITEMS = {2: "latency_limit_ms", 3: "accuracy_margin_points"}


def answer(decision: Decision) -> None:
    """The sentence, the verdict's badge, and the figures that both rest on."""
    said, ruling = narrative.answer(decision.ruling), decision.ruling
    if ruling is None or ruling.verdict is None:
        st.header(plain(said), anchor=False)
        return
    rests = narrative.rests(ruling)
    st.header(plain(said.removesuffix(rests).strip()), anchor=False)
    cards.status(ruling.verdict.overall)
    if told := narrative.choice(ruling):
        st.markdown(f":material/person_pin: {plain(told)}")
    tables.folded(rests, ":material/fact_check:", "rests-on", lambda: st.dataframe(rests_table(ruling), hide_index=True))


def rests_table(ruling: Ruling) -> pd.DataFrame:
    """Each figure that the comparison rests on, the strongest evidence first, with its origin in a word and in a sentence.

    A derived figure counts as the weakest evidence behind it.
    """
    options = [ruling.case.option(name) for name in (ruling.best, ruling.other) if name]
    found = narrative.shared(rests_on(ruling.case, *options)).items()
    return pd.DataFrame([
        {"Figure": input_label(key), "Of": ", ".join(owners) or "the case", "Value": show_with_interval(figure), "Origin": chip(figure),
         "Counts as": EVIDENCE[figure.provenance.evidence], "In words": origin(figure)}
        for (key, figure), owners in sorted(found, key=lambda row: STRENGTH.index(row[0][1].provenance.evidence))])


def numbers(decision: Decision) -> None:
    """The three numbers as cards, each with its origin."""
    found = headline(decision.ruling)
    if not found:
        return
    grid = st.grid(3, min_column_width=200, gap="small", border=True, key="printed-numbers")
    for i, number in enumerate(found):
        with grid.cell(), st.container(gap="xxsmall"):
            st.metric(number.label, plain(number.text))
            st.caption(plain(number.note))
            cards.provenance(number.figure, f"decision-{i}")


def risk_and_next(decision: Decision) -> None:
    """The largest risk, and the next step with the button to the page where it is done; a run that is not done says its own."""
    if decision.verdict is None and decision.study.job is not None and decision.study.job.state != "done":
        return
    grid = st.grid(2, min_column_width=300, gap="small", border=True, key="printed-risk")
    with grid.cell():
        st.markdown(f":material/warning: **Risk**  \n{plain(narrative.risk(decision.ruling, decision.bars))}")
    with grid.cell():
        st.markdown(f":material/arrow_forward: **Next step**  \n{plain(narrative.next_step(decision.ruling, decision.information))}")
        page = next_page(decision.ruling, decision.information)
        label, icon = BUTTONS[page]
        if st.button(label, icon=icon, key="decision-next"):
            st.switch_page(page)


def next_page(ruling: Ruling | None, information: tuple[Information, ...]) -> str:
    """The page on which narrative.next_step is done."""
    if ruling is None or ruling.verdict is None:
        return "pages/new_study.py"
    lacking = [item for item in ruling.verdict.items if item.status == "not enough evidence" and item.action]
    if ruling.verdict.overall == "not enough evidence" and lacking:
        return _page_of(lacking[0])
    best = narrative.worth_measuring(information)
    if best is not None:
        return action_for(best.name).page
    waiting = [item for item in ruling.verdict.items if item.status != "pass" and item.action]
    return _page_of(waiting[0]) if waiting and ruling.verdict.overall != "do not invest" else "pages/checklist.py"


def _page_of(item: ItemVerdict) -> str:
    stated = MEASURED_ITEMS.get(item.item)
    return "pages/new_study.py" if stated and item.figures[stated].value is not None else "pages/checklist.py"


def items(decision: Decision) -> None:
    """The six items in a compact table."""
    if decision.verdict is None:
        return
    rows = [{"Item": f"{item.item} {item.title}", "Verdict": _badge(item.status), "Why": plain(item.reason)}
            for item in decision.verdict.items]
    with st.container(key="printed-items"):
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt="The six items of the checklist")


def _badge(word: str) -> str:
    icon, color = STATUS[word]
    return f":{color}-badge[{icon} {word}]"


def buttons(decision: Decision) -> None:
    """Reports, made when they are asked for, and the switch of the presentation."""
    if decision.verdict is None:
        if present.is_on():
            present.switch()
        return
    name = f"decision-{decision.study.id}"
    with st.container(horizontal=True, key="screen-buttons"):
        st.download_button("Download report (HTML)", _html(decision), file_name=f"{name}.html", mime=HTML,
                           icon=":material/description:", on_click="ignore", help="One file with every figure and assumption.")
        st.download_button("Download workbook (XLSX)", _xlsx(decision), file_name=f"{name}.xlsx", mime=XLSX,
                           icon=":material/table_view:", on_click="ignore", help="The case with live formulas.")
        present.switch()
    with st.container(key="screen-hint"):
        st.caption("Printed, this page is one sheet: the answer with its numbers, its risk, the six items and two charts.")


def _html(decision: Decision) -> Callable[[], str]:
    def made() -> str:
        from core.reports.html import report

        return report(of_study(decision, reads.today()))

    return made


def _xlsx(decision: Decision) -> Callable[[], bytes]:
    def made() -> bytes:
        from core.reports.workbook import workbook

        return workbook(of_study(decision, reads.today()))

    return made

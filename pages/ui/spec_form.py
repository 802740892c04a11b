"""The defaults behind a preset, every one open to change, with its meaning; made from the specification itself."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.spec import StudentSpec, StudySpec, parse, preset
from pages.ui import fields
from pages.ui.text import plain

PARTS = {"teacher": "Teacher", "distil": "Distillation", "training": "Training", "measure": "Measurement",
         "evaluate": "Evaluation"}
LOSS = (r"L = w\,T^2\,\mathrm{KL}\!\left(p_{\mathrm{teacher}}^{(T)}\,\|\,p_{\mathrm{student}}^{(T)}\right)"
        r" + (1-w)\,\mathrm{CE}\!\left(y,\,p_{\mathrm{student}}\right)")


def review(base: StudySpec) -> StudySpec:
    """Draws every field of the specification and returns it as changed; "custom" where it is not the preset any more.

    Raises UserError for values that do not go together.
    """
    key = f"spec-{base.preset}"
    changes: dict[str, Any] = fields.draw(base, ["name", "device"], key)
    st.subheader("Students", anchor=False)
    changes["students"] = _students(base, key)
    for part, title in PARTS.items():
        model = getattr(base, part)
        st.subheader(title, anchor=False)
        if part == "distil":
            _loss()
        else:
            st.caption(plain(type(model).__doc__ or ""))
        changes[part] = fields.draw(model, list(type(model).model_fields), f"{key}-{part}")
    made = parse(StudySpec, {**base.model_dump(mode="json"), **changes})
    same = made.model_copy(update={"name": base.name, "device": base.device}) == base
    return made if same else made.model_copy(update={"preset": "custom"})


def _loss() -> None:
    st.latex(LOSS)
    st.markdown("The student learns from two things at once. The **soft targets** are the teacher's probabilities, softened by "
                "the temperature *T* so that its doubts show; the **true labels** *y* are those of the data. The weight *w* "
                "divides the attention: 1 listens to the teacher only, 0 to the labels only, which is what the control does. "
                "*T²* keeps both parts equally strong whatever the temperature.")


def _students(base: StudySpec, key: str) -> list[dict[str, Any]]:
    st.caption("One row a student. *depth* keeps some of the teacher's layers; *pretrained* starts from another model "
               "(a Hub id or a local folder as source). A control is the same student without the teacher.")
    table = pd.DataFrame([student.model_dump() for student in base.students]).astype({"layers": "Int64", "source": "object"})
    about = {name: info.description for name, info in StudentSpec.model_fields.items()}
    edited = st.data_editor(table, num_rows="dynamic", hide_index=True, key=f"{key}-students", column_config={
        "name": st.column_config.TextColumn("Name", help=about["name"], required=True),
        "family": st.column_config.SelectboxColumn("Family", options=["depth", "pretrained"], default="depth", required=True,
                                                   help=about["family"]),
        "layers": st.column_config.NumberColumn("Layers", min_value=1, max_value=48, step=1, help=about["layers"]),
        "source": st.column_config.TextColumn("Source", help=about["source"]),
        "control": st.column_config.CheckboxColumn("Control", default=True, help=about["control"])})
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in edited.to_dict("records")]


def presets_table(task: str, seconds: dict[str, str]) -> pd.DataFrame:
    """What each preset spends, and how long it should take here."""
    rows = []
    for name, takes in seconds.items():
        spec = preset(name, task)
        rows.append({"Preset": name, "Expected time": takes, "Teacher, tokens": f"{spec.teacher.tokens:,}",
                     "Each student, tokens": f"{spec.distil.tokens:,}", "Test, tokens": f"{spec.evaluate.test_tokens:,}",
                     "Speed": f"{spec.measure.invocations} process{'es' if spec.measure.invocations > 1 else ''}, "
                              f"{spec.measure.single_stream_queries:,} queries"})
    return pd.DataFrame(rows)

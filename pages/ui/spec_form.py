"""The defaults behind a preset, every one open to change, with its meaning; made from the specification itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import pandas as pd
import streamlit as st

from core import families, methods
from core.spec import COMPRESSIONS, Method, Precision, StudentSpec, StudySpec, VariantSpec, parse
from core.words import RUNTIMES
from pages.ui import fields, search_form
from pages.ui.text import duration, plain

PARTS = {"teacher": "Teacher", "distil": "Distillation", "training": "Training", "measure": "Measurement",
         "evaluate": "Evaluation", "curve": "Learning curve"}
LOSS = (r"L = w\,T^2\,\mathrm{KL}\!\left(p_{\mathrm{teacher}}^{(T)}\,\|\,p_{\mathrm{student}}^{(T)}\right)"
        r" + (1-w)\,\mathrm{CE}\!\left(y,\,p_{\mathrm{student}}\right)")


def review(base: StudySpec) -> StudySpec:
    """Draws every field of the specification and returns it as changed; "custom" where it is not the preset any more.

    Raises UserError for values that do not go together.
    """
    key = f"spec-{base.preset}{f'-{base.teacher.answers}' if base.teacher.answers else ''}"
    changes: dict[str, Any] = fields.draw(base, ["name", "device"], key)
    st.subheader("Students", anchor=False)
    changes["students"] = _students(base, key)
    st.subheader("Ways to serve", anchor=False)
    changes["variants"] = _variants(base, key)
    for part, title in PARTS.items():
        model = getattr(base, part)
        st.subheader(title, anchor=False)
        if part == "distil":
            _loss()
        else:
            st.caption(plain(type(model).__doc__ or ""))
        changes[part] = fields.draw(model, list(type(model).model_fields), f"{key}-{part}")
    changes["search"] = search_form.draw(base.search, f"{key}-search")
    made = parse(StudySpec, {**base.model_dump(mode="json"), **changes})
    same = made.model_copy(update={"name": base.name, "device": base.device}) == base
    return made if same else made.model_copy(update={"preset": "custom"})


def _loss() -> None:
    st.latex(LOSS)
    st.markdown("The student learns from two things at once. The **soft targets** are the teacher's probabilities, softened by "
                "the temperature *T* so that its doubts show; the **true labels** *y* are those of the data. The weight *w* "
                "divides the attention: 1 listens to the teacher only, 0 to the labels only, which is what the control does. "
                "*T²* keeps both parts equally strong whatever the temperature.")
    with st.popover("Methods", icon=":material/school:"):
        st.markdown("\n".join(f"- **{method}**: {methods.told(method)}" for method in get_args(Method)))
        st.caption("The field *Method* below is the study's; a row of *Students* may name another. Hidden states and relations compare "
                   f"layers, which only some families have: {', '.join(name for name, each in families.known().items() if each.layered)}. "
                   "A control learns from the labels alone, in as many passes.")


def _students(base: StudySpec, key: str) -> list[dict[str, Any]]:
    st.caption("One row a student. A control is the same student without the teacher.")
    with st.popover("Families", icon=":material/category:"):
        st.markdown("\n".join(f"- **{family.name}** {_needs(family)}: {plain(family.told)}" for family in families.known().values()))
    kinds = {"layers": "Int64", "dimensions": "Int64", "epochs": "Int64", "width": "Float64", "learning_rate": "Float64",
             "soft_weight": "Float64", "source": "object", "method": "object", "keep_layers": "object"}
    table = pd.DataFrame([student.model_dump() | {"keep_layers": _kept(student)} for student in base.students]).astype(kinds)
    about = {name: info.description for name, info in StudentSpec.model_fields.items()}
    edited = st.data_editor(table, num_rows="dynamic", hide_index=True, key=f"{key}-students", column_config={
        "name": st.column_config.TextColumn("Name", help=about["name"], required=True),
        "family": st.column_config.SelectboxColumn("Family", options=list(families.known()), default="depth", required=True,
                                                   help=about["family"]),
        "layers": st.column_config.NumberColumn("Layers", min_value=1, max_value=48, step=1, help=about["layers"]),
        "keep_layers": st.column_config.TextColumn("Keep layers", help=f"{about['keep_layers']}; for example 0, 2, 5"),
        "width": st.column_config.NumberColumn("Width", min_value=0.05, max_value=0.99, step=0.05, help=about["width"]),
        "dimensions": st.column_config.NumberColumn("Dimensions", min_value=8, step=1, help=about["dimensions"]),
        "source": st.column_config.TextColumn("Source", help=about["source"]),
        "method": st.column_config.SelectboxColumn("Method", options=list(get_args(Method)), help=about["method"]),
        "epochs": st.column_config.NumberColumn("Epochs", min_value=1, max_value=200, step=1, help=about["epochs"]),
        "learning_rate": st.column_config.NumberColumn("Learning rate", min_value=0.0, max_value=1.0, format="%g",
                                                       help=about["learning_rate"]),
        "soft_weight": st.column_config.NumberColumn("Soft weight", min_value=0.0, max_value=1.0, step=0.05, help=about["soft_weight"]),
        "control": st.column_config.CheckboxColumn("Control", default=True, help=about["control"])})
    rows = [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in edited.to_dict("records")]
    return [row | {"keep_layers": _numbers(row["keep_layers"])} for row in rows]


def _kept(student: StudentSpec) -> str | None:
    """The layers that it keeps, as its cell holds them."""
    return None if student.keep_layers is None else ", ".join(map(str, student.keep_layers))


def _numbers(said: str | None) -> list[str] | None:
    """The parts of a cell with layers, which the specification checks; None for an empty one."""
    parts = [part.strip() for part in (said or "").split(",")]
    return parts if any(parts) else None


def _variants(base: StudySpec, key: str) -> list[dict[str, Any]]:
    """The further ways to serve every model, a row each."""
    st.caption("One row for each further way to serve every model; PyTorch as trained is always measured. A runtime that is not "
               "installed is listed with the command that installs it.")
    rows = [{"runtime": way.runtime, "precision": way.precision, **{name: name in way.compression for name in COMPRESSIONS}}
            for way in base.variants]
    about = {name: info.description for name, info in VariantSpec.model_fields.items()}
    table = pd.DataFrame(rows, columns=["runtime", "precision", *COMPRESSIONS])
    columns: dict[str, Any] = {
        "runtime": st.column_config.SelectboxColumn("Runtime", options=list(RUNTIMES), format_func=lambda name: RUNTIMES[str(name)],
                                                    required=True, help=about["runtime"], width="medium"),
        "precision": st.column_config.SelectboxColumn("Precision", options=list(get_args(Precision)), default="fp32", required=True,
                                                      help=about["precision"]),
        **{name: st.column_config.CheckboxColumn(name.capitalize(), default=False, help=about["compression"]) for name in COMPRESSIONS}}
    edited = st.data_editor(table, num_rows="dynamic", hide_index=True, key=f"{key}-variants", column_config=columns)
    return [{"runtime": row["runtime"], "precision": row["precision"], "compression": [name for name in COMPRESSIONS if row[name] is True]}
            for row in edited.to_dict("records")]


def _needs(family: families.Family) -> str:
    """Which columns of the table size it."""
    return f"({', '.join(size if size in family.needs else f'{size} if wanted' for size in family.takes)})" if family.takes else ""


def presets_table(specs: Mapping[str, StudySpec], seconds: Mapping[str, str]) -> pd.DataFrame:
    """What each preset spends, and how long it should take here. A teacher without weights is not trained."""
    rows = []
    for name, spec in specs.items():
        teacher = {} if spec.teacher.answers else {"Teacher, tokens": f"{spec.teacher.tokens:,}"}
        rows.append({"Preset": name, "Expected time": seconds[name], **teacher,
                     "Each student, tokens": f"{spec.distil.tokens:,}", "Test, tokens": f"{spec.evaluate.test_tokens:,}",
                     "Search": duration(60 * spec.search.minutes) if spec.search.minutes else "none",
                     "Speed": f"{spec.measure.invocations} process{'es' if spec.measure.invocations > 1 else ''}, "
                              f"{spec.measure.single_stream_queries:,} queries"})
    return pd.DataFrame(rows)

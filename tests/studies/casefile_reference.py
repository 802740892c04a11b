"""The tables of docs/case-file.md, as the models of the case file give them: python -m tests.studies.casefile_reference prints them."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from core.formats import unit_label
from core.refusals import in_full
from core.roi.fields import UNITS
from core.studies.casefile import CaseTerms, Demand, ErrorClass, OptionEntry, Upfront
from core.studies.quantity import Quantity, bounds_of

TABLES = {"[case]": CaseTerms, "[demand]": Demand, "[[option]]": OptionEntry, "[[option.upfront]]": Upfront, "[[error]]": ErrorClass}
HEAD = ("| key | default | accepts | unit | what it is |", "|---|---|---|---|---|")
OTHER_UNITS = {"latency_limit_ms": "ms", "latency_p99_ms": "ms", "accuracy_margin_points": "accuracy points", "hours": "h",
               "memory_limit_mb": "MB", "peak_memory_mb": "MB",
               "reload_agreement": "share", "upfront": "", "retry_factor": "ratio", "peak_to_mean": "ratio"}


def rows(model: Any) -> list[str]:
    """A table's rows, one for each key."""
    return [f"| `{key}` | {default(field)} | {accepts(key, field)} | {unit(key)} | {field.description} |"
            for key, field in model.model_fields.items()]


def default(field: FieldInfo) -> str:
    """What holds if nothing is said."""
    if field.is_required():
        return "needed"
    value = field.default.value if isinstance(field.default, Quantity) else field.default
    if value in (None, "", (), {}):
        return "–"
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def accepts(key: str, field: FieldInfo) -> str:
    """The kind of value and its bounds."""
    kind: Any = field.annotation
    while get_origin(kind) not in (None, tuple, dict, Literal):  # X | None, and Annotated[X, ...]
        kind = get_args(kind)[0]
    if kind is Quantity:
        low, high = bounds_of(key)
        return f"number or range, {in_full(low)} to {in_full(high)}"
    if get_origin(kind) is Literal:
        return " ".join(get_args(kind))
    if get_origin(kind) in (tuple, dict):
        return {"hourly_profile": "24 numbers, 0 or more", "upfront": "tables", "sources": "table of texts"}.get(key, "table of shares")
    if key == "currency":
        return "three capitals"
    if kind in (bool, str):
        return "true or false" if kind is bool else f"text{_longest(field)}"
    return f"{'whole number' if kind is int else 'number'}{_bounds(field)}"


def unit(key: str) -> str:
    """The unit in words; money is in the file's currency."""
    if UNITS.get(key) == "share" or key == "share":
        return "share"
    if key.endswith("_tokens"):
        return "tokens"
    return OTHER_UNITS.get(key, unit_label(UNITS[key]).replace("USD", "money") if key in UNITS else "money" if "usd" in key else "")


def _longest(field: FieldInfo) -> str:
    most = next((rule.max_length for rule in field.metadata if getattr(rule, "max_length", None)), None)
    return f", up to {most} characters" if most else ""


def _bounds(field: FieldInfo) -> str:
    found = {name: getattr(rule, name) for rule in field.metadata for name in ("ge", "gt", "le") if hasattr(rule, name)}
    low = f"{in_full(found['ge'])} to" if "ge" in found else f"above {in_full(found['gt'])}, up to"
    return f", {low} {in_full(found['le'])}"


def tables() -> dict[str, list[str]]:
    """All tables by their name in the file."""
    return {name: [*HEAD, *rows(model)] for name, model in TABLES.items()}


if __name__ == "__main__":
    for name, lines in tables().items():
        print(f"\n### `{name}`\n", *lines, sep="\n")

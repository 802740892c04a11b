"""What is wrong with somebody's input, in one sentence: the key, its value and the remedy. Behind spec.parse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

Location = tuple[int | str, ...]
LONGEST = 60  # characters of a value that are repeated
OWN_KEY = re.compile(r"([\w.]+)(?=: |, )")
RULES = {"ge": "of at least", "gt": "above", "le": "at most", "lt": "below"}
NUMBERS = {"float_type": "a number", "float_parsing": "a number", "finite_number": "a finite number", "int_type": "a whole number",
           "int_parsing": "a whole number", "int_from_float": "a whole number", "int_parsing_size": "a smaller number"}
BOUNDS = {"greater_than_equal": "ge", "greater_than": "gt", "less_than_equal": "le", "less_than": "lt"}
FORMS = {"string_type": "text in quotes", "bool_type": "true or false", "bool_parsing": "true or false", "model_type": "a table of keys",
         "model_attributes_type": "a table of keys", "dict_type": "a table of keys", "tuple_type": "a list", "list_type": "a list"}


def sentence(error: ValidationError, model: type[BaseModel], data: object) -> str:
    """The first problem of `data` as `model`: "demand.predictions_per_day: -1 is not accepted; write a number above 0 (...)."."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "value_error":  # a sentence of our own
        return _own(str(first["ctx"]["error"]), first["loc"], data, model)
    where = place(first["loc"], data) or model.__name__
    if first["type"] == "extra_forbidden":
        return f"{where}: there is no such key (its value is {written(first['input'])}); {_meant(model, first['loc'])}."
    field = _field(model, first["loc"])
    about = f" ({field.description})" if field is not None and field.description else ""
    if first["type"] == "missing":
        return f"{where}: it is missing; write it{about}."
    return f"{where}: {written(first['input'])} is not accepted; {_remedy(first, field)}{about}."


def place(location: Location, data: object) -> str:
    """Where in the input: "demand.monthly_growth", "option 2 ('student'), rate_per_s", "hourly_profile, number 3"."""
    told = ""
    for part in location:
        below = _below(data, part)
        if isinstance(part, str):
            told += ("" if not told else ", " if isinstance(data, Mapping) and told.endswith((")", "]")) else ".") + part
        elif isinstance(below, Mapping):
            name = below.get("name", below.get("activity"))
            told += f" {part + 1} ({written(name)})" if isinstance(name, str) else f" {part + 1} [without a name]"
        else:
            told += f", number {part + 1}"
        data = below
    return told


def written(value: object) -> str:
    """A value in a few characters, about as it was written."""
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int) and value.bit_length() > 128:
        return "a number of over 38 digits"
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]!r}... ({len(value):,} characters)"
    return repr(value) if isinstance(value, str | int | float) else str(value)[:LONGEST]


def _own(message: str, location: Location, data: object, model: type[BaseModel]) -> str:
    """A sentence that begins with its key gets the place of that key before it; another one the place itself; the whole's none."""
    if not location:
        return f"{message}."
    names_key = OWN_KEY.match(message)
    if names_key is None:
        return f"{place(location, data) or model.__name__}: {message}."
    if location and location[-1] == names_key[1].partition(".")[0]:
        location = location[:-1]
    where = place(location, data)
    return f"{where}{'' if not where else ', ' if isinstance(location[-1], int) else '.'}{message}."


def _below(data: object, part: int | str) -> object:
    if isinstance(data, Mapping):
        return data.get(part)
    return data[part] if isinstance(data, list | tuple) and isinstance(part, int) and part < len(data) else None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models within an annotation such as tuple[Model, ...] or Model | None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _field(model: type[BaseModel], location: Location) -> FieldInfo | None:
    """The field at a place, or that of the list or table that holds it; None where no model has it."""
    field: FieldInfo | None = None
    for part in location:
        if isinstance(part, str):
            found = model.model_fields.get(part)
            if found is None:
                return field
            field, inner = found, _models(found.annotation)
            if not inner:
                return field
            model = inner[0]
    return field


def _meant(model: type[BaseModel], location: Location) -> str:
    """What to do about an unknown key: write the one that it may have meant, or remove it."""
    if len(location) > 1:
        held = _field(model, location[:-1])
        model = next(iter(_models(held.annotation)), model) if held is not None else model
    near = get_close_matches(str(location[-1]), model.model_fields, n=2, cutoff=0.6)
    return f"write {' or '.join(near)}, or remove it" if near else "remove it"


def _remedy(first: Mapping[str, Any], field: FieldInfo | None) -> str:
    kind, context = first["type"], first.get("ctx", {})
    bounds = _bounds(field)
    if kind in NUMBERS:
        return f"write {NUMBERS[kind]}{' ' + bounds if bounds else ''}"
    if kind in BOUNDS:
        rule = BOUNDS[kind]
        return f"write a number {bounds or f'{RULES[rule]} {in_full(context[rule])}'}"
    if kind in FORMS:
        return f"write {FORMS[kind]}"
    if kind == "literal_error":
        return f"write {context['expected']}"
    if kind in ("too_short", "too_long"):
        least, most = context.get("min_length"), context.get("max_length")
        return f"give at least {least} item{'s' * (least != 1)}" if kind == "too_short" else f"give at most {most} items"
    if kind in ("string_too_long", "string_too_short"):
        return f"write at most {context['max_length']} characters" if kind == "string_too_long" else "write some text"
    return "write it as described" if kind == "string_pattern_mismatch" else str(first["msg"]).lower()


def _bounds(field: FieldInfo | None) -> str:
    """"from 0 to 1", "above 0 and at most 10,000"; "" for none."""
    found = {rule: getattr(kept, rule) for kept in (field.metadata if field else ()) for rule in RULES if hasattr(kept, rule)}
    if {"ge", "le"} <= set(found):
        return f"from {in_full(found['ge'])} to {in_full(found['le'])}"
    return " and ".join(f"{RULES[rule]} {in_full(found[rule])}" for rule in RULES if rule in found)


def in_full(number: float) -> str:
    """A bound without an exponent: "0.000001", "10,000,000"."""
    return f"{Decimal(repr(number)).normalize():,f}"

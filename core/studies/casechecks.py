"""What does not go together in a case file: each contradiction as a sentence that begins with its key. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from core.refusals import written
from core.roi.fields import NEEDED

if TYPE_CHECKING:
    from core.studies.casefile import CaseFile, OptionEntry

OWNED_KEYS = ("hardware_usd", "hardware_life_months", "watts", "usd_per_kwh", "hosting_usd_per_month")
MACHINE_KEYS = ("usd_per_hour", "rate_per_s", "target_utilisation", "min_instances", "spare_instances", "yearly_price_change", *OWNED_KEYS)
ONLINE_KEYS = (*MACHINE_KEYS, "offline_rate_per_s")
TOKEN_KEYS = ("provider", "model", "input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")
BASIS_KEYS: dict[str, tuple[str, ...]] = {
    "bench": ("usd_per_hour", "rate_per_s", "yearly_price_change"), "provisioned": ONLINE_KEYS,
    "autoscaled": (*ONLINE_KEYS, "startup_minutes"), "batch": (*MACHINE_KEYS, "billing_step_h"),
    "api": ("usd_per_call", "retry_factor", "yearly_price_change", *TOKEN_KEYS),
    "bill": (*NEEDED["bill"], "yearly_price_change"),
}
PART_KEYS = ("student", "teacher", "share")
TRAINED = ("student", "control", "cascade")
SAID_BY_FILES = ("months_to_go_live", "parallel_months", "redistil_every_months")
# Today's system serves already, and the others are compared with it.
NOT_OF_TODAY = ("upfront_usd", "upfront", *SAID_BY_FILES, "redistil_usd", "accuracy_difference_points", "usd_per_error")


def of_option(entry: OptionEntry) -> Iterator[str]:
    """What is missing or contradictory within one option."""
    yield from _of_cascade(entry) if entry.role == "cascade" else _of_basis(entry)
    yield from _of_role(entry)
    doubled = _doubles(done.activity for done in entry.upfront)
    if doubled:
        yield f"upfront: the activity {written(doubled)} is given twice; add up its hours"
    alien = [key for key in entry.sources if key not in type(entry).model_fields]
    if alien:
        yield f"sources: {written(alien[0])} is not a key of an option; name one that is"


def _of_cascade(entry: OptionEntry) -> Iterator[str]:
    for key in PART_KEYS:
        if getattr(entry, key) is None:
            yield f"{key}: it is missing; a cascade names its student, its teacher and the share escalated"
    for key in ("basis", *dict.fromkeys(key for keys in BASIS_KEYS.values() for key in keys)):
        if key in entry.model_fields_set:
            yield f"{key}: {_said(entry, key)} does not belong to a cascade, which is paid for as its parts are; move it to one of them"
    if entry.student == entry.teacher:
        yield f"teacher: {written(entry.teacher)} is its student as well; name two different options"


def _of_basis(entry: OptionEntry) -> Iterator[str]:
    given, basis = entry.model_fields_set, entry.basis
    if basis is None:
        yield f"basis: it is missing; write one of {', '.join(BASIS_KEYS)}"
        return
    for key in PART_KEYS:
        if key in given:
            yield f"{key}: {_said(entry, key)} belongs to a cascade; write role = \"cascade\", or remove it"
    for key in dict.fromkeys(key for keys in BASIS_KEYS.values() for key in keys):
        if key in given and key not in BASIS_KEYS[basis]:
            yield f"{key}: {_said(entry, key)} does not go with basis {basis!r}; remove it or choose another basis"
    yield from _of_owned(entry, given)
    yield from _of_tokens(entry, given)
    for key in NEEDED[basis]:
        replaced = (key == "usd_per_hour" and entry.hardware_usd is not None) or (key == "usd_per_call" and entry.model is not None)
        if getattr(entry, key) is None and not replaced and key != "min_instances":
            yield f"{key}: it is missing; write it, as basis {basis!r} needs it ({type(entry).model_fields[key].description})"


def _of_owned(entry: OptionEntry, given: set[str]) -> Iterator[str]:
    if "hardware_usd" in given and "usd_per_hour" in given:
        yield f"usd_per_hour: {_said(entry, 'usd_per_hour')} stands beside hardware_usd; a machine is rented or owned, keep one of them"
    for key in OWNED_KEYS:
        if key in given and "hardware_usd" not in given:
            yield f"{key}: {_said(entry, key)} goes with owned machines; add hardware_usd, or remove it, as rent includes it"


def _of_tokens(entry: OptionEntry, given: set[str]) -> Iterator[str]:
    if entry.basis != "api":
        return
    if "model" in given and "usd_per_call" in given:
        yield f"usd_per_call: {_said(entry, 'usd_per_call')} stands beside a model; a call is priced by hand or by its model, keep one"
    for key in TOKEN_KEYS:
        if key in given and "model" not in given:
            yield f"{key}: {_said(entry, key)} goes with a model; add provider and model, or remove it and keep usd_per_call"
    for key in ("provider", "input_tokens", "output_tokens"):
        if "model" in given and getattr(entry, key) is None:
            yield f"{key}: it is missing; a model's call is priced by its provider and its tokens"
    if entry.input_tokens is not None and entry.cached_tokens > entry.input_tokens:
        yield f"cached_tokens: {entry.cached_tokens:,} are more than the {entry.input_tokens:,} input tokens that hold them; lower one"


def _of_role(entry: OptionEntry) -> Iterator[str]:
    if entry.role == "api" and entry.basis not in ("api", "bill"):
        yield f"basis: {entry.basis!r} does not go with role 'api'; write \"api\" or \"bill\", or choose another role"
    if entry.role in TRAINED:
        for key in SAID_BY_FILES:
            if getattr(entry, key) is None:
                yield f"{key}: it is missing; write a number of months, 0 for none"
    elif entry.redistil_every_months is None and "redistil_usd" in entry.model_fields_set:
        yield "redistil_every_months: it is missing beside redistil_usd; write a number of months, 0 for never"
    if entry.role != "status_quo":
        if entry.committed_until_month:
            yield f"committed_until_month: {entry.committed_until_month} belongs to the status quo; move it there"
        return
    for key in NOT_OF_TODAY:
        found = getattr(entry, key)
        if key in entry.model_fields_set and getattr(found, "value", found):
            yield f"{key}: {_said(entry, key)} does not belong to the status quo, which serves already; remove it"


def of_file(file: CaseFile) -> Iterator[str]:
    """What is missing or contradictory between the tables of a file."""
    names = [entry.name for entry in file.option]
    if doubled := _doubles(names):
        yield f"option: the name {written(doubled)} is given twice; each option needs its own"
    today = [entry.name for entry in file.option if entry.role == "status_quo"]
    if len(today) != 1:
        which = "no option has" if not today else f"{' and '.join(map(written, today))} have"
        yield f"role: {which} the role 'status_quo'; give it to the one option that serves today"
    paid = [entry.name for entry in file.option if entry.basis is not None]
    for where, entry in _placed(file):
        for key in PART_KEYS[:2] if entry.role == "cascade" else ():
            if getattr(entry, key) not in paid:
                yield (f"{where}, {key}: {_said(entry, key)} is no option of this file that has a basis; "
                       f"name one of {', '.join(map(written, paid)) or 'them'}")
        if entry.model is not None and file.case.currency != "USD":
            yield (f"{where}, model: {written(entry.model)} has a price in USD and the case is in "
                   f"{file.case.currency}; write usd_per_call in {file.case.currency} in its place")
    yield from _of_errors(file)


def _of_errors(file: CaseFile) -> Iterator[str]:
    names = [row.name for row in file.error]
    if doubled := _doubles(names):
        yield f"error: the name {written(doubled)} is given twice; each class needs its own"
    total = sum(row.share for row in file.error)
    if total > 1 + 1e-9:
        yield f"error: the shares add up to {total:g}; lower them to at most 1"
    for where, entry in _placed(file):
        if file.error and entry.usd_per_error is not None:
            yield (f"{where}, usd_per_error: {entry.usd_per_error:g} stands beside [[error]] classes, which have costs of their own; "
                   "keep one of them")
        for name in entry.error_rates:
            if name not in names:
                yield f"{where}, error_rates: {written(name)} is no [[error]] class of this file; name one that is"


def _placed(file: CaseFile) -> list[tuple[str, OptionEntry]]:
    return [(f"option {number} ({written(entry.name)})", entry) for number, entry in enumerate(file.option, start=1)]


def _doubles(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)


def _said(entry: OptionEntry, key: str) -> str:
    """The value of a key about as it was written."""
    found = getattr(entry, key)
    return f"{found.value:g}" if hasattr(found, "value") else written(found)

"""Every figure of a dossier, in groups, with where each comes from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from core.figures import STRENGTH, Figure
from core.formats import EVIDENCE, MINUS, chip, show, show_date, show_interval
from core.reports.dossier import Dossier
from core.reports.words import named
from core.roi.options import Option
from core.words import input_label, label


@dataclass(frozen=True)
class Entry:
    """One figure in words. exact: the unrounded value with its unit's code; source: the run, list, claim, formula or reason."""

    name: str
    value: str
    interval: str
    exact: str
    kind: str
    source: str
    device: str
    date: str


@dataclass(frozen=True)
class Group:
    """Figures that belong together. rests_on: what its computed figures rest on, by the evidence in words."""

    title: str
    entries: tuple[Entry, ...]
    rests_on: tuple[tuple[str, str], ...] = ()


def register(dossier: Dossier) -> tuple[Group, ...]:
    """All figures: the case, each option's inputs and results, comparisons, draws, the six items, and what was measured."""
    case = dossier.case
    groups = [group("The case", case.terms)]
    groups += [group(f"Inputs of {option.name}", _inputs(option)) for option in case.options]
    groups += [_results(f"Results of {row.name}", figures_of(row)) for row in dossier.options]
    groups += [_results(f"{row.option} over {row.against}", figures_of(row)) for row in dossier.comparisons]
    if dossier.outlook is not None:
        groups.append(_results(f"Draws of {dossier.outlook.option} over {dossier.outlook.against}", figures_of(dossier.outlook)))
    groups += [_results(f"Item {item.item}: {item.title}", item.figures) for item in (dossier.verdict.items if dossier.verdict else ())]
    groups += [group(f"Known of {model}", figures) for model, figures in dossier.evidence.items()]
    return tuple(found for found in groups if found.entries)


def group(title: str, figures: Mapping[str, Figure]) -> Group:
    """Figures by their names, as one group."""
    return Group(title, tuple(entry(input_label(name), figure) for name, figure in figures.items()), rests_on(figures))


def _results(title: str, figures: Mapping[str, Figure]) -> Group:
    return Group(title, tuple(entry(label(name), figure) for name, figure in figures.items()), rests_on(figures))


def entry(name: str, figure: Figure) -> Entry:
    """A figure in words."""
    known = figure.provenance
    source = known.reason if known.kind == "not_measured" else known.source
    when = show_date(known.as_of) if known.as_of else ""
    return Entry(name, show(figure), show_interval(figure), exact(figure), chip(figure), source, known.device, when)


def exact(figure: Figure) -> str:
    """The value to ten significant digits with its unit's code: "0.4999600032 USD/1e6"; "" where it is unknown or shown like that."""
    if figure.value is None:
        return ""
    digits, shown = f"{Decimal(f'{figure.value:.10g}'):,f}", show(figure)
    is_shown = re.fullmatch(rf"\$?{re.escape(digits)}(?! [BM%kg])( .*)?", shown.replace(MINUS, "-"))
    return "" if is_shown else f"{digits} {figure.unit}".rstrip()


def rests_on(figures: Mapping[str, Figure]) -> tuple[tuple[str, str], ...]:
    """The inputs of all computed figures, by evidence from the strongest to the weakest: ("measured", "rate (teacher, depth-3); ...")."""
    inputs = dict(pair for figure in figures.values() for pair in figure.provenance.inputs)
    by_kind = {kind: _with_owners(name for name, known in inputs.items() if known == kind) for kind in STRENGTH}
    return tuple((EVIDENCE[kind], told) for kind, told in by_kind.items() if told)


def _with_owners(names: Iterable[str]) -> str:
    """Names in words, each once, with all whose they are: "Throughput (teacher, depth-3); Horizon"."""
    owners: dict[str, list[str]] = {}
    for name in names:
        told, owner = named(name)
        owners.setdefault(told, []).extend([owner] if owner else [])
    return "; ".join(f"{told} ({', '.join(whose)})" if whose else told for told, whose in owners.items())


def figures_of(row: object) -> dict[str, Figure]:
    """The figures of a result by the names of its fields; quantiles as "npv_usd at P10"."""
    found: dict[str, Figure] = {}
    for part in fields(row):  # type: ignore[arg-type]
        value = getattr(row, part.name)
        if isinstance(value, Figure):
            found[part.name] = value
        elif isinstance(value, Mapping):
            found |= {f"{part.name} at {name.upper()}": each for name, each in value.items() if isinstance(each, Figure)}
    return found


def _inputs(option: Option) -> dict[str, Figure]:
    return dict(_named_inputs(option))


def _named_inputs(option: Option) -> Iterator[tuple[str, Figure]]:
    """What one option rests on; names say whose machine or price it is where that is another model's."""
    for part in option.parts:
        whose = "" if part.model == option.name else f" of {part.model}"
        yield from ((f"{name}{whose}", figure) for name, figure in part.figures.items())
    for task in option.work:
        name = task.key.removesuffix(f" of {option.name}")
        yield name, task.hours
        yield ("engineering_usd_per_hour" if name == "engineering_hours" else f"Cost of one of the {name}"), task.usd_per_hour
    yield from option.figures.items()

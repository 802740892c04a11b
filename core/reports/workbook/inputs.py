"""Every input of a case once, under a name that formulas use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, count

from core.figures import Figure
from core.reports.workbook.words import spread_in_words
from core.roi.options import Case, Option
from core.roi.profile import peak_of
from core.words import input_label

WHOLE_CASE, RATE, INTERVAL = "the whole case", "engineering_usd_per_hour", "redistil_every_months"


@dataclass(frozen=True)
class Input:
    """One cell. name: the defined name; key: the case's own name for it; label and whose say in words what it is."""

    name: str
    key: str
    field: str
    label: str
    whose: str
    figure: Figure
    spread: str = ""

    @property
    def known(self) -> bool:
        """Whether the case gives a value."""
        return self.figure.value is not None

    @property
    def told(self) -> str:
        """How a result that needs it names it."""
        return self.label if self.whose == WHOLE_CASE else f"{self.label} of {self.whose}"


class Inputs:
    """The inputs of a case in the order of their rows, and where each option finds its own."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.rows: dict[str, Input] = {}
        self._models: dict[str, int] = {}
        self._parts: dict[tuple[int, int, str], str] = {}
        self._options: dict[tuple[int, str], str] = {}
        self._work: dict[int, list[tuple[str, str]]] = {}
        for name, figure in case.terms.items():
            self._add(name, name, name, WHOLE_CASE, figure)
        for number, option in enumerate(case.options):
            self._add_option(number, option)

    def _add_option(self, number: int, option: Option) -> None:
        for k, part in enumerate(option.parts):
            model = self._models.setdefault(part.model, len(self._models) + 1)
            for name, figure in part.figures.items():
                whose = option.name if name == "share" else part.model
                found = self._add(f"m{model}_{name}", option.key(part, name), name, whose, figure)
                self._parts[number, k, name] = found
        for task in option.work:
            hours = self._add(f"work{len(self._work_names()) + 1}_hours", task.key, task.key, option.name, task.hours)
            rate = self._add(RATE, RATE, RATE, option.name, task.usd_per_hour, f" for {task.key}")
            self._work.setdefault(number, []).append((hours, rate))
        for name, figure in option.figures.items():
            key = f"{name} of {option.name}"
            self._options[number, name] = self._add(f"o{number + 1}_{name}", key, name, option.name, figure)

    def _work_names(self) -> set[str]:
        return {hours for pairs in self._work.values() for hours, _ in pairs}

    def _add(self, name: str, key: str, field: str, whose: str, figure: Figure, apart: str = "") -> str:
        """The name under which this figure stands; options that share it share its cell. apart: what tells another value of
        the same input from the first."""
        same = [row for row in self.rows.values() if row.key == key and row.figure.value == figure.value]
        if same:
            if whose != same[0].whose and whose not in same[0].whose.split(", "):
                self.rows[same[0].name] = replace(same[0], whose=f"{same[0].whose}, {whose}")
            return same[0].name
        free = next(n for n in chain([name], (f"{name}_{i}" for i in count(2))) if n not in self.rows)
        words = input_label(field) if free == name else f"{input_label(field)}{apart}"
        self.rows[free] = Input(free, key, field, words, whose, figure, self._spread(key, field, figure))
        return free

    def _spread(self, key: str, field: str, figure: Figure) -> str:
        told = spread_in_words(self.case.spreads.get(key) or self.case.spreads.get(field), figure.unit)
        leader = self.case.follows.get(key)
        return "; ".join(filter(None, (told, f"moves with {input_label(leader)}" if leader else "")))

    @property
    def has_profile(self) -> bool:
        """Whether the day is given by 24 weights."""
        return self.case.profile is not None

    @property
    def peak_follows_profile(self) -> bool:
        """Whether the peak is that of the 24 weights."""
        peak = self.case.terms["peak_to_mean"].value
        return self.case.profile is not None and peak is not None and abs(peak - peak_of(self.case.profile)) < 1e-12 * peak

    def part(self, option: int, part: int, field: str) -> str | None:
        """The name of a part's input; None where the case does not give it."""
        return self._parts.get((option, part, field))

    def option(self, option: int, field: str) -> str | None:
        """The name of an option's own input; None where the case does not give it."""
        return self._options.get((option, field))

    def work(self, option: int) -> list[tuple[str, str]]:
        """The names of hours and rate of each activity."""
        return self._work.get(option, [])

    def own(self, option: int) -> Iterator[str]:
        """Names of all that an option's cost rests on, its plan for re-distillation aside."""
        yield from (name for (number, _, _), name in self._parts.items() if number == option)
        yield from (name for pair in self.work(option) for name in pair)
        yield from (name for (number, field), name in self._options.items()
                    if number == option and not field.startswith("redistil"))

    def updates(self, option: int) -> list[str]:
        """Names of what re-distillation costs; they count only once an interval is given."""
        return [name for (number, field), name in self._options.items()
                if number == option and field.startswith("redistil") and field != INTERVAL]

    def needed(self, options: Iterable[int]) -> dict[str, str]:
        """Names of what the costs of these options rest on, in the order of the rows, each with the name of the interval
        without which it does not count ("" where it always does)."""
        always = {name for option in options for name in self.own(option)} | set(self.case.terms)
        planned = {name: self.option(option, INTERVAL) or "" for option in options for name in self.updates(option)}
        return {name: "" if name in always else planned[name] for name in self.rows if name in always or planned.get(name)}

    def missing(self, options: Iterable[int]) -> str:
        """What the costs of these options wait for, in words; "" for nothing. The cells of the workbook say the same."""
        told = [self.rows[name].told for name, interval in self.needed(list(options)).items()
                if not self.rows[name].known and (not interval or self.rows[interval].known)]
        return f"not known: needs {'; '.join(told)}" if told else ""

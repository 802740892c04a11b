"""From a study's figures and its business inputs to options, comparisons and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from core import checklist
from core.case import CaseInputs
from core.figures import Figure, assumed
from core.records import ModelRecord, StudyRecord
from core.roi.case import evaluate
from core.roi.compare import compare
from core.roi.information import Information, value_of_information
from core.roi.options import Case
from core.roi.results import Comparison, OptionResult
from core.roi.sensitivity import Bar, tornado
from core.roi.simulate import MANY, Outlook, outlook, simulate
from core.studies.actions import measuring_costs
from core.studies.api_teacher import inputs_of
from core.studies.candidates import candidates
from core.studies.cascades import Choice, choices
from core.studies.choice import chosen
from core.studies.earlier import Earlier, against
from core.studies.options import build, option_name, teacher_option
from core.studies.prices import machine_price
from core.studies.ruling import Facts, Ruling, choose, walk
from core.studies.spreads import option_spreads

__all__ = ["Decision", "decide", "option_name", "with_draws"]


@dataclass(frozen=True)
class Decision:
    """What a study says under a case.

    best: the student that the verdict is about; best_option: how it is served, alone or in a cascade. other: the option that
    needs no distillation and that it is compared with. cascades: the chosen threshold of each student. bars and information
    are empty before draws.
    """

    study: StudyRecord
    case: CaseInputs
    price: Figure
    inputs: Mapping[str, Figure]
    ruling: Ruling | None = None
    comparisons: tuple[Comparison, ...] = ()
    cascades: tuple[Choice, ...] = ()
    bars: tuple[Bar, ...] = ()
    information: tuple[Information, ...] = ()
    names: Mapping[str, ModelRecord] = field(default_factory=dict)

    @property
    def options(self) -> tuple[OptionResult, ...]:
        """All options with their costs."""
        return self.ruling.options if self.ruling else ()

    @property
    def roi(self) -> Case | None:
        """The case in figures."""
        return self.ruling.case if self.ruling else None

    @property
    def best_option(self) -> str | None:
        """The option that the verdict is about."""
        return self.ruling.best if self.ruling else None

    @property
    def best(self) -> ModelRecord | None:
        """Its student."""
        return self.names.get(self.best_option or "")

    @property
    def other(self) -> str | None:
        """The option that it is compared with."""
        return self.ruling.other if self.ruling else None

    @property
    def qualifies(self) -> bool:
        """Whether it meets items 2 and 3 and the limit of memory."""
        return bool(self.ruling and self.ruling.qualifies)

    @property
    def verdict(self) -> checklist.Verdict | None:
        """The six items and the decision, None before a student is measured."""
        return self.ruling.verdict if self.ruling else None

    @property
    def outlook(self) -> Outlook | None:
        """What the draws say, None before them."""
        return self.ruling.outlook if self.ruling else None

    @property
    def against(self) -> Comparison | None:
        """The best option with a student over the best other one."""
        return self.ruling.against if self.ruling else None

    def option(self, model: ModelRecord) -> OptionResult | None:
        """A model's result as an option of the case, or None before its speed is measured."""
        return next((option for option in self.options if option.name == teacher_option(model)), None)


def decide(study: StudyRecord, today: date, case: CaseInputs | None = None, draws: int = MANY, earlier: Earlier | None = None) -> Decision:
    """The decision under the study's own case, or under another one (a what-if). Pure but for the price list's file.

    draws 0: the plain values alone, which is what answers a slider at once. earlier: the previous study of the task (compare.earlier).
    """
    said = case or study.case
    device = study.models[0].device if study.models else "cpu"
    decision = Decision(study, said, machine_price(said, study.machine, device), inputs_of(study, said))
    built = build(study, said, today)
    if built is None:
        return decision
    found = choices(study, said, built, today)
    cascades = [choice.option for choice in found]
    facts = Facts(today, _hours(said, decision.inputs), said.redistil_owner or "", said.redistil_trigger or "",
                  chosen(study, said, found), against(earlier, study.id, decision.inputs["accuracy_margin_points"]))
    uncertain = {key: spread for option in cascades for key, spread in option_spreads(option).items()}
    built = replace(built, options=(*built.options, *cascades), spreads={**built.spreads, **uncertain})
    ruling = choose(built, candidates(study, said, built, decision.inputs, found), evaluate(built), facts)
    ruling = replace(ruling, verdict=walk(ruling))
    names = {option_name(m): m for m in (*study.models, *study.variants)} | {choice.option.name: choice.model for choice in found}
    decision = replace(decision, ruling=ruling, comparisons=_comparisons(ruling), cascades=found, names=names)
    return with_draws(decision, draws) if draws else decision


def _hours(said: CaseInputs, inputs: Mapping[str, Figure]) -> Figure:
    """Hours of engineering: those of the activities that were named, or all as one."""
    if not said.activities:
        return inputs["engineering_hours"]
    return assumed(sum(done.hours for done in said.activities), "h", by="user", source="hours of the activities that were named")


def _comparisons(ruling: Ruling) -> tuple[Comparison, ...]:
    """Each option against today's system, and the best one against the best other."""
    case, today = ruling.case, ruling.case.status_quo.name
    known = {(c.option, c.against): c for c in (ruling.against, ruling.over_status_quo) if c is not None}
    found = [known.get((o.name, today)) or compare(case, o.name, today, searched=False) for o in case.options if o.name != today]
    return (*found, *([ruling.against] if ruling.against and ruling.other != today else []))


def with_draws(decision: Decision, draws: int) -> Decision:
    """The decision with its uncertainty: outlook, tornado, value of information, and the verdict that rests on them."""
    ruling = decision.ruling
    if ruling is None or ruling.best is None or ruling.other is None:
        return decision
    found = simulate(ruling.case, draws)
    seen = outlook(found, ruling.best, ruling.other)
    rivals = list(dict.fromkeys((ruling.case.status_quo.name, ruling.other, ruling.best)))
    costs = measuring_costs(found.inputs, decision.inputs["engineering_usd_per_hour"])
    worth_knowing = value_of_information(found, rivals, costs) if seen else ()
    most = max((row.evppi_usd for row in worth_knowing), default=None)
    ruling = replace(ruling, simulated=found, outlook=seen, largest_evppi_usd=most)
    ruling = replace(ruling, verdict=walk(ruling))
    bars = tornado(ruling.case, ruling.best or "", ruling.other or "") if seen else ()
    return replace(decision, ruling=ruling, bars=bars, information=worth_knowing)

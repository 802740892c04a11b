"""What a report tells about a decision: of a study, or of a case file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core import machine
from core.figures import Figure
from core.formats import months, origin, show_date, show_with_interval
from core.reports.dossier import Cloud, Dossier, Spot
from core.roi.information import Information
from core.roi.options import own_figures
from core.studies import frontier_words, narrative
from core.studies.actions import action_for
from core.studies.api_teacher import told_of
from core.studies.decide import Decision
from core.studies.filecase import FileDecision
from core.studies.frontier import of_options
from core.studies.headline import headline
from core.studies.options import option_name
from core.studies.ruling import Ruling
from core.studies.tooling import noise, statements
from core.words import in_a_sentence


def of_study(decision: Decision, today: date) -> Dossier:
    """The dossier of a study's decision. Raises UserError before its teacher exists."""
    study, ruling = decision.study, decision.ruling
    assert ruling is not None, "pages offer reports once there are options"
    about = {"Study": f"{study.name} ({study.id})", "Task": study.spec.task,
             "Device": machine.device_name(study.machine, study.job.device if study.job else "cpu"),
             "Measured": show_date(study.created_at), "Commit": study.commit or "unknown"}
    if (told := told_of(study)):
        about["Teacher"] = told
    if study.recorded:
        about["Note"] = "a recorded example that ships with the product"
    return Dossier(study.name, today, about, narrative.answer(ruling), narrative.risk(ruling, decision.bars),
                   narrative.next_step(ruling, decision.information), ruling.case, decision.options, decision.comparisons,
                   ruling.best, ruling.other, ruling.verdict, ruling.outlook, decision.bars, decision.information,
                   (*assumptions(ruling, statements(decision.case)),
                    *(f"Noisy measurement: {reason}" for reason in noise([*study.models, *study.variants]))),
                   {option_name(model): dict(model.figures) for model in (*study.models, *study.variants)},
                   _actions(decision.information), headline(ruling), _cloud(decision))


def _cloud(decision: Decision) -> Cloud | None:
    """Accuracy against cost of the decision's options, with the answer; None before there are some."""
    found = of_options(decision)
    if found is None:
        return None
    spots = tuple(Spot(p.name, p.role, p.accuracy, p.cost, p.candidate.latency.p99, p.passes, frontier_words.verdict(p), p.on_front)
                  for p in found.points)
    return Cloud(frontier_words.answer(found), frontier_words.because(found), spots, found.least_accuracy, found.today.value)


def of_file(decision: FileDecision, today: date) -> Dossier:
    """The dossier of a case file's decision."""
    ruling, terms = decision.ruling, decision.file.case
    about = {"Computed from": "a case file, without a study", "Horizon": f"{months(terms.horizon_months)}", "Currency": terms.currency}
    return Dossier(terms.name, today, about, narrative.answer(ruling), narrative.risk(ruling, decision.bars),
                   narrative.next_step(ruling, decision.information), ruling.case,
                   ruling.options, decision.comparisons, ruling.best, ruling.other, ruling.verdict, ruling.outlook, decision.bars,
                   decision.information, assumptions(ruling), actions=_actions(decision.information),
                   numbers=headline(ruling))


def _actions(information: Sequence[Information]) -> dict[str, str]:
    return {row.name: action_for(row.name).sentence for row in information}


RATE = "engineering_usd_per_hour"


def assumptions(ruling: Ruling, stated: Sequence[str] = ()) -> tuple[str, ...]:
    """The variant that somebody chose, every assumed number of the case as a sentence, what else the user stated, then the conventions
    that all cases share."""
    found: dict[str, Figure] = dict(ruling.case.terms)
    for option in ruling.case.options:
        found |= {name: figure for name, figure in own_figures(option).items() if name != RATE}
        for task in option.work:
            apart = task.key.startswith("hours for ") and task.usd_per_hour != found.get(RATE)
            found[f"{RATE} of {task.key}" if apart else RATE] = task.usd_per_hour
    told = [f"{_whose(key, owners)}: {show_with_interval(figure)}. {origin(figure)}"
            for (key, figure), owners in narrative.shared(found).items()
            if figure.provenance.evidence in ("assumed", "default") and figure.value is not None]
    return (*filter(None, (narrative.choice(ruling),)), *told, *(f"{said} Assumed by the user." for said in stated), *CONVENTIONS)


def _whose(key: str, owners: tuple[str, ...]) -> str:
    told = in_a_sentence(key).removeprefix("the ")
    return f"{told[:1].upper()}{told[1:]}" + (f" ({', '.join(owners)})" if owners else "")


CONVENTIONS = (
    "A month has 730 hours, a twelfth of 365 days; upfront falls at month 0, running costs at the ends of months.",
    "Rates a year are effective; money is nominal, before tax, and nothing is rounded before it is shown.",
    "An instance is paid whether it is busy or idle; spot prices never enter the verdict.",
    "Distillation is credited only with what it is worth over the best other option that is fast and right enough.",
)

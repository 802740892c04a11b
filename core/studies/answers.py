"""What a case answers, as JSON values: options, comparisons, verdict and uncertainty, each number a figure object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.checklist import Verdict
from core.figures import Figure
from core.reports.words import unit_of
from core.roi.information import Information
from core.roi.results import Comparison, OptionResult
from core.roi.sensitivity import Bar
from core.roi.simulate import Outlook
from core.studies.ruling import Ruling


def answers(ruling: Ruling | None, comparisons: Sequence[Comparison], bars: Sequence[Bar], information: Sequence[Information]
            ) -> dict[str, Any]:
    """verdict, best_option, other, options, comparisons, uncertainty, sensitivity and information."""
    money = ruling.case.currency if ruling else "USD"
    return {
        "verdict": _verdict(ruling.verdict if ruling else None), "best_option": ruling.best if ruling else None,
        "other": ruling.other if ruling else None, "options": [_row(option) for option in (ruling.options if ruling else ())],
        "comparisons": [_row(comparison) for comparison in comparisons],
        "uncertainty": _uncertainty(ruling.outlook if ruling else None),
        "sensitivity": [asdict(bar) | {"unit": unit_of(bar.name, money), "npv_unit": money} for bar in bars],
        "information": [asdict(row) | {"net_usd": row.net_usd, "unit": money} for row in information],
    }


def figures_json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """Figures by name, as figure objects."""
    return {name: figure.to_dict() for name, figure in figures.items()}


def _uncertainty(seen: Outlook | None) -> dict[str, Any] | None:
    if seen is None:
        return None
    return {"option": seen.option, "against": seen.against, "draws": seen.draws, "expected_npv_usd": seen.expected_npv_usd.to_dict(),
            "probability_npv_above_0": seen.positive.to_dict(), "probability_pays_back": seen.pays_back.to_dict(),
            **{name: figures_json(getattr(seen, name)) for name in ("npv_usd", "discounted_payback_months", "upfront_usd")}}


def _row(row: OptionResult | Comparison) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    return {name: value.to_dict() if isinstance(value, Figure) else value for name, value in values.items()}


def _verdict(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    items = [{"item": item.item, "title": item.title, "status": item.status, "rule": item.rule, "reason": item.reason,
              "figures": figures_json(item.figures), "action": item.action} for item in verdict.items]
    return {"overall": verdict.overall, "reasons": list(verdict.reasons), "items": items}

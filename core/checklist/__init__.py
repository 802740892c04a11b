"""The six items of the evaluation checklist, their rules and the verdict. Pure: evidence in, verdict out."""

from core.checklist.evidence import Accuracy, Against, Cost, Evidence, Iteration, Latency, Spending, Tooling, Worth
from core.checklist.qualifying import qualifies, why_not
from core.checklist.thresholds import Thresholds
from core.checklist.verdict import ItemVerdict, Overall, Status, Verdict
from core.checklist.walk import walk

__all__ = [
    "Accuracy", "Against", "Cost", "Evidence", "ItemVerdict", "Iteration", "Latency", "Overall", "Spending", "Status", "Thresholds",
    "Tooling", "Verdict", "Worth", "qualifies", "walk", "why_not",
]

"""The decision as a workbook whose formulas go on computing when an input is changed."""

from core.reports.workbook.book import MONTHS, workbook

__all__ = ["MONTHS", "workbook"]

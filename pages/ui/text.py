"""Words and marks that pages share. All text that people or files gave goes through plain()."""

from __future__ import annotations

import re

from core.figures import Figure
from core.formats import show_interval

ICON = re.compile(r":(?=material/|streamlit:)")  # Streamlit draws these as icons even where the colon is escaped
MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])")

# Verdicts, states and origins as icon, word and colour: the word always stands beside the colour.
STATUS = {
    "pass": (":material/check_circle:", "green"), "warn": (":material/warning:", "orange"),
    "fail": (":material/cancel:", "red"), "not enough evidence": (":material/help:", "gray"),
    "invest": (":material/trending_up:", "green"), "pilot": (":material/science:", "blue"),
    "do not invest": (":material/block:", "red"),
    "holds": (":material/check_circle:", "green"), "does not hold": (":material/cancel:", "red"),
    "undecided": (":material/balance:", "orange"),
    "queued": (":material/hourglass_empty:", "gray"), "waiting": (":material/hourglass_empty:", "gray"),
    "running": (":material/progress_activity:", "blue"), "done": (":material/check_circle:", "green"),
    "failed": (":material/error:", "red"), "cancelled": (":material/stop_circle:", "orange"),
}
ORIGIN_ICONS = {
    "measured": ":material/straighten:", "catalogue": ":material/sell:", "published": ":material/menu_book:",
    "assumed": ":material/edit:", "derived": ":material/function:", "not_measured": ":material/help:",
}


def plain(text: object) -> str:
    """Text as it is, with every mark of Markdown escaped: nothing in it becomes a link, a formula, an icon or HTML."""
    return MARKDOWN.sub(r"\\\1", ICON.sub(":\u2060", " ".join(str(text).split())))


def interval_of(figure: Figure) -> str:
    """The interval in words, or an empty string."""
    interval = show_interval(figure)
    return plain(interval if interval in ("", "no interval") else f"interval {interval}")


def duration(seconds: float) -> str:
    """Seconds in words: "40 s", "3 min", "1 h 20 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"

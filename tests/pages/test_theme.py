"""Text of the theme reaches the contrast that WCAG AA asks for, in light and in dark."""

from __future__ import annotations

import tomllib

import pytest

from core.settings import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
COLOURS = ("red", "orange", "blue", "green", "violet", "gray")


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5))


def _luminance(rgb: tuple[float, ...]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    dark, light = sorted((_luminance(a), _luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_and_chips_can_be_read(mode: str) -> None:
    theme = CONFIG["theme"][mode]
    page, ink = _rgb(theme["backgroundColor"]), _rgb(theme["textColor"])
    faded = tuple(0.6 * t + 0.4 * p for t, p in zip(ink, page, strict=True))  # how Streamlit writes captions
    pairs = {"text": (ink, page), "captions": (faded, page), "links": (_rgb(theme["linkColor"]), page),
             "text in fields": (ink, _rgb(theme["secondaryBackgroundColor"])),
             "buttons": ((1.0, 1.0, 1.0), _rgb(theme["primaryColor"])),
             "table heads": (_rgb(theme["dataframeHeaderTextColor"]), _rgb(theme["dataframeHeaderBackgroundColor"]))}
    pairs |= {f"{c} chip": (_rgb(theme[f"{c}TextColor"]), _rgb(theme[f"{c}BackgroundColor"])) for c in COLOURS}
    assert {name: round(_contrast(*pair), 2) for name, pair in pairs.items() if _contrast(*pair) < 4.5} == {}


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_series_of_a_chart_stand_out_from_the_page(mode: str) -> None:
    theme = CONFIG["theme"][mode]
    palette = theme["chartCategoricalColors"]
    assert len(palette) == 10  # with fewer, Streamlit's frontend falls back to colours of its own
    assert all(_contrast(_rgb(colour), _rgb(theme["backgroundColor"])) >= 3 for colour in palette)


def test_the_server_answers_this_machine_only_and_reports_to_nobody() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1" and CONFIG["server"]["port"] == 8501
    assert CONFIG["browser"]["gatherUsageStats"] is False

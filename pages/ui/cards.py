"""Key figures as cards. Each carries a chip that says where its number comes from and opens by click or keyboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.figures import Figure
from core.formats import EVIDENCE, chip, origin, show
from core.words import input_label
from pages.ui.text import ORIGIN_ICONS, STATUS, interval_of, plain

LARGE = re.compile(r"((?:about )?\S*\d\S*(?: [BM](?= ))?) (.+)")


@dataclass(frozen=True)
class Card:
    """One key figure with its name and a few words below it. text: the figure in words, where not as figures are shown."""

    label: str
    figure: Figure
    note: str = ""
    text: str = ""


def cards(chosen: Sequence[Card], key: str, columns: int = 6) -> None:
    """The cards in a row that wraps; `key` tells this row from others on the page."""
    wide = 145 if columns > 3 else 170  # where few stand side by side there is room for "not measured"
    grid = st.grid(max(1, min(len(chosen), columns)), min_column_width=wide, gap="small", border=True)
    for number, card in enumerate(chosen):
        value, unit = in_two(card.text or show(card.figure))
        with grid.cell(), st.container(gap="xxsmall"):
            st.metric(card.label, plain(value))
            st.caption(" · ".join(filter(None, (plain(unit), plain(card.note), interval_of(card.figure)))) or " ")
            provenance(card.figure, f"{key}-{number}")


def in_two(text: str) -> tuple[str, str]:
    """A shown value and, where it is too long for one large line, its unit apart: "40 M", "predictions a day"."""
    number = LARGE.match(text)
    return (number[1], number[2]) if number and len(text) > 11 else (text, "")


def provenance(figure: Figure, key: str) -> None:
    """The provenance of a figure in a word, and in a sentence when it is opened."""
    with st.popover(chip(figure), icon=ORIGIN_ICONS[figure.provenance.kind], type="tertiary", key=f"chip-{key}"):
        st.markdown(plain(origin(figure)))
        if figure.provenance.inputs:
            st.markdown("Computed from:\n" + "\n".join(
                f"- {plain(input_label(name))}: {EVIDENCE[kind]}" for name, kind in figure.provenance.inputs))


def status(word: str) -> None:
    """A verdict or a state: icon and word."""
    icon, color = STATUS[word]
    st.badge(word, icon=icon, color=color)  # type: ignore[arg-type]

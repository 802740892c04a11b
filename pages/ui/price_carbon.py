"""How much a kilowatt-hour of a country's grid emits."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.figures import assumed
from core.pricing.carbon import emissions
from core.studies import carbon
from pages.ui import cards
from pages.ui.cards import Card
from pages.ui.text import plain


def draw() -> None:
    """A country and an energy; the grid's intensity and the emissions."""
    try:
        grids = carbon.grids()
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    grid = st.grid(2, min_column_width=220)
    code = grid.selectbox("Country", list(grids), index=None, format_func=lambda code: f"{grids[code][0]} ({code})",
                          key="grid-country", placeholder="choose a country")
    kwh = grid.number_input("Energy, kWh", min_value=0.0, max_value=1e12, value=1.0, format="%g", key="grid-kwh")
    if code is not None:
        intensity = carbon.intensity(code)
        energy = assumed(float(kwh), "kWh", by="user", source="energy typed by hand")
        emitted = emissions(energy, intensity)
        cards.cards([Card("Carbon intensity", intensity, "CO2e"), Card("Emissions", emitted, "CO2e")], "grid")
    st.caption(f"Yearly means of {len(grids)} countries' grids, as codecarbon publishes them; an hour or a contract may differ. "
               "Cloud prices include electricity: emissions are reported beside the money, never added to it.")

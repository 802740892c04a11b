"""What a call of a language model's API costs. The price data are loaded once this part is opened."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from core.errors import UserError
from core.figures import Figure, compute
from core.formats import show
from core.pricing import tokens
from pages.ui import cards
from pages.ui.cards import Card
from pages.ui.text import plain

KINDS = {"input": "Input", "cached": "Cached input", "cache_write": "Written to the cache", "output": "Output",
         "reasoning": "Reasoning", "request": "Each request"}
COUNTS = {"input": ("Input tokens", 400, "the prompt, cached tokens among them"),
          "output": ("Output tokens", 20, "the answer that is seen"),
          "cached": ("Of the input, cached", 0, "read from the provider's cache"),
          "cache_write": ("Written to the cache", 0, "beside the input"),
          "reasoning": ("Reasoning tokens", 0, "output that is not seen")}


def draw() -> None:
    """A provider and a model; their price of a token of each kind, and of one call with so many."""
    sellers = sorted({provider for provider, _ in tokens.models()})
    grid = st.grid(2, min_column_width=220)
    provider = grid.selectbox("Provider", sellers, index=sellers.index("openai"), key="api-provider")
    names = [name for seller, name in tokens.models() if seller == provider]
    model = grid.selectbox("Model", names, index=None, key=f"api-model-{provider}", placeholder="choose a model")
    if model is None:
        st.caption(f"{len(names)} models of {plain(provider)} are known; type a part of the name.")
        return
    counts, retries = _counts()
    when = datetime.now(UTC)
    try:
        call = tokens.api_call(provider, model, tokens.TokenCounts(**counts), when, retries)
        rates = tokens.rates(provider, model, when, counts["input"] + counts["cache_write"])
    except UserError as error:
        st.error(plain(error), icon=":material/error:")
        return
    million = compute(lambda call: call * 1e6, "USD/1e6", "price of one call × a million calls", call=call)
    cards.cards([Card("One call", call), Card("A million calls", million)], "api-call")
    st.markdown(_rates(rates))
    st.caption("Tokens are counted by the provider's own tokenizer, never by the student's. What has no price of its own costs "
               "what its kind costs: cached and written tokens as input, reasoning as output.")


def _counts() -> tuple[dict[str, float], float]:
    grid = st.grid(6, min_column_width=130, vertical_alignment="bottom")
    counts = {name: float(grid.number_input(label, min_value=0, max_value=10_000_000, value=value, step=10, key=f"api-{name}",
                                            help=about[:1].upper() + about[1:] + "."))
              for name, (label, value, about) in COUNTS.items()}
    retries = grid.number_input("Retry factor", min_value=1.0, max_value=100.0, value=1.0, step=0.1, format="%g",
                                key="api-retries", help="Calls made for each answer; 1 means that none is repeated.")
    return counts, float(retries)


def _rates(rates: dict[str, Figure]) -> str:
    """The price of a million tokens of each kind, in one line."""
    known = [f"{KINDS[kind].lower()} **{plain(show(figure).removesuffix(' per million'))}**" for kind, figure in rates.items()
             if figure.value is not None and (kind != "request" or figure.value)]
    return f"A million tokens: {', '.join(known)}."

"""What one call of a language model's API costs, from the price data of genai-prices, which works without a network.

genai-prices is imported once it is asked for: its data take 0.3 s to load, and most pages need none of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from core.errors import UserError
from core.figures import Figure, catalogue, not_measured

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, PriceCalculation, Provider, Usage

# The wheel carries no date: the newest day before its release that its own price data name.
DATA_DAYS = {"0.2.3": "2026-11-04"}
RATES = {"input": "input_mtok", "cached": "cache_read_mtok", "cache_write": "cache_write_mtok", "output": "output_mtok",
         "reasoning": "output_reasoning_mtok"}


@dataclass(frozen=True)
class TokenCounts:
    """Tokens of one call, by the provider's own tokenizer; means over calls may be fractions.

    input: the prompt, `cached` of which are read from the provider's cache. cache_write: tokens written to that cache, beside
    the input. output: the answer that is seen. reasoning: output tokens that are not. UserError for what cannot be.
    """

    input: float
    output: float
    cached: float = 0
    cache_write: float = 0
    reasoning: float = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            if not 0 <= getattr(self, field.name) < math.inf:
                raise UserError(f"{field.name}: {getattr(self, field.name)} is not a number of tokens; write 0 or more.")
        if self.cached > self.input:
            raise UserError(f"cached: {self.cached:g} tokens are more than the {self.input:g} of the input that holds them; "
                            "write at most as many.")


@cache
def models() -> tuple[tuple[str, str], ...]:
    """(provider, model) of all that have a price per input token today or had one, in order."""
    from genai_prices.data_snapshot import get_snapshot
    from genai_prices.types import ModelPrice

    def is_priced(prices: ModelPrice | list) -> bool:
        rows = [prices] if isinstance(prices, ModelPrice) else [row.prices for row in prices]
        return any(row.input_mtok is not None for row in rows)

    found = {(seller.id, model.id) for seller in get_snapshot().providers for model in seller.models if is_priced(model.prices)}
    return tuple(sorted(found))


def suggest(provider: str, model: str) -> tuple[str, ...]:
    """Up to three names that the unknown one may have meant: models of that provider, or providers if it is unknown too."""
    of_provider = [name for seller, name in models() if seller == provider]
    known = of_provider or sorted({seller for seller, _ in models()})
    return tuple(get_close_matches((model if of_provider else provider).lower(), known, n=3, cutoff=0.4))


def api_call(provider: str, model: str, tokens: TokenCounts, when: datetime, retry_factor: float = 1.0) -> Figure:
    """The price of one call at that time, in USD/call.

    ((input - cached) p_in + cached p_cached + cache_write p_write + (output + reasoning) p_out + p_request) x retry_factor, with
    the prices of the context tier that this one call reaches: a call with the mean number of tokens is not the mean call where
    tiers lie between. What the provider gives no price of its own costs what its kind costs: cached and written tokens as input,
    reasoning as output. when: without a time zone it is UTC. UserError for an unknown model or a price that is not known.
    """
    if not 1 <= retry_factor < math.inf:
        raise UserError(f"retry_factor: {retry_factor} is not accepted; write at least 1, which means that no call is repeated.")
    found = _priced(provider, model, tokens, when)
    return catalogue(float(found.total_price) * retry_factor, "USD/call", source=_source(found, when, retry_factor),
                     as_of=_as_of(when))


def rates(provider: str, model: str, when: datetime, input_tokens: float = 0) -> dict[str, Figure]:
    """USD per million tokens by kind (the fields of TokenCounts) for a call with so many input tokens; `request` in USD/call.

    Unknown where the provider has no price of its own for the kind. UserError for an unknown model.
    """
    found = _priced(provider, model, TokenCounts(input_tokens, 0), when)
    shown = {kind: _rate(found.model_price, key, input_tokens) for kind, key in RATES.items()}
    made = {kind: not_measured("USD/1e6", f"{found.provider.name} has no price of its own for it") if price is None
            else catalogue(price, "USD/1e6", source=_source(found, when), as_of=_as_of(when)) for kind, price in shown.items()}
    request = float(found.model_price.requests_kcount or 0) / 1000  # type: ignore[arg-type]
    return made | {"request": catalogue(request, "USD/call", source=_source(found, when), as_of=_as_of(when))}


def _priced(provider: str, model: str, tokens: TokenCounts, when: datetime) -> PriceCalculation:
    seller, found = _found(provider, model)
    priced = found.calc_price(_usage(tokens), seller, genai_request_timestamp=_utc(when))
    for kind, count in (("input", 1), ("output", tokens.output + tokens.reasoning)):
        if count and getattr(priced.model_price, RATES[kind]) is None:
            raise UserError(f"{kind}: {model!r} of {provider!r} has no price per {kind} token in genai-prices "
                            f"{version('genai-prices')}; " + ("choose another model." if kind == "input" else "write 0 tokens."))
    return priced


def _found(provider: str, model: str) -> tuple[Provider, ModelInfo]:
    """The model with that very id, else the one that the provider's rules take the name for."""
    from genai_prices.data_snapshot import get_snapshot

    try:
        seller = get_snapshot().find_provider(None, provider, None)
        exact = next((known for known in seller.models if known.id == model), None)
        return (seller, exact) if exact else get_snapshot().find_provider_model(model, seller, None, None)
    except LookupError:
        near = suggest(provider, model)
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else "choose one of its list."
        raise UserError(f"model: {model!r} of {provider!r} is not in genai-prices {version('genai-prices')}; {hint}") from None


def _usage(tokens: TokenCounts) -> Usage:
    """genai-prices counts cached and written tokens within the input, reasoning within the output."""
    from genai_prices import Usage

    return Usage(input_tokens=tokens.input + tokens.cache_write, cache_read_tokens=tokens.cached,
                 cache_write_tokens=tokens.cache_write, output_tokens=tokens.output + tokens.reasoning,
                 output_reasoning_tokens=tokens.reasoning)


def _rate(prices: ModelPrice, key: str, input_tokens: float) -> float | None:
    """The price of a kind, of the highest context tier that the input is beyond: it holds for all tokens of the call."""
    price = getattr(prices, key)
    if price is None:
        return None
    reached = [tier.price for tier in getattr(price, "tiers", ()) if input_tokens > tier.start]
    return float(reached[-1] if reached else getattr(price, "base", price))


def _utc(when: datetime) -> datetime:
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _as_of(when: datetime) -> str:
    """The day of the data, or of the call where that is earlier; empty for data of another version, whose day is not known."""
    known = DATA_DAYS.get(version("genai-prices"), "")
    return min(known, _utc(when).date().isoformat()) if known else ""


def _source(found: PriceCalculation, when: datetime, retry_factor: float = 1.0) -> str:
    retries = f", times {retry_factor:g} for retries" if retry_factor != 1 else ""
    return (f"{found.model.id} of {found.provider.name} for a call on {_utc(when).date().isoformat()}{retries}, "
            f"genai-prices {version('genai-prices')}")

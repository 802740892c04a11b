"""One API call: hand-worked prices, tiers, what is refused, and the same total as the package computes by itself."""

from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import version

import pytest
from genai_prices import Usage, calc_price
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.pricing.tokens import DATA_DAYS, TokenCounts, api_call, models, rates, suggest

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINI = ("openai", "gpt-4o-mini")  # USD per million: input 0.15, cached 0.075, output 0.60
GEMINI = ("google", "gemini-2.5-pro")  # input 1.25, output 10; beyond 200,000 tokens 2.50 and 15
SONNET = ("anthropic", "claude-sonnet-4-5")


def usd(model, *args, retry_factor=1.0, when=NOON, **tokens):
    return api_call(*model, TokenCounts(*args, **tokens), when, retry_factor).value


def test_a_hand_worked_call():
    assert usd(MINI, 1_000, 200) == pytest.approx(1_000 * 0.15e-6 + 200 * 0.60e-6, rel=1e-12)
    assert usd(MINI, 1_000, 200, cached=400, reasoning=100) == pytest.approx(600 * 0.15e-6 + 400 * 0.075e-6 + 300 * 0.60e-6, rel=1e-12)
    assert usd(MINI, 1_000, 200, retry_factor=1.25) == pytest.approx(1.25 * usd(MINI, 1_000, 200))
    assert usd(MINI, 412.5, 0) == pytest.approx(412.5 * 0.15e-6)


def test_cache_writes_come_beside_the_input_at_their_own_price():
    price = rates(*SONNET, NOON)
    made = usd(SONNET, 1_000, 10, cached=300, cache_write=2_000)
    by_hand = 700 * price["input"].value + 300 * price["cached"].value + 2_000 * price["cache_write"].value + 10 * price["output"].value
    assert price["cache_write"].value > price["input"].value
    assert made == pytest.approx(by_hand / 1e6)


def test_one_call_reaches_its_own_context_tier():
    assert usd(GEMINI, 200_000, 1_000) == pytest.approx(0.2 * 1.25 + 0.001 * 10)
    assert usd(GEMINI, 200_001, 1_000) == pytest.approx(0.200001 * 2.5 + 0.001 * 15)
    assert [rates(*GEMINI, NOON, tokens)["input"].value for tokens in (0, 200_000, 200_001)] == [1.25, 1.25, 2.5]


def test_a_fee_for_each_request_is_paid_once_a_call():
    price = rates("perplexity", "sonar-pro", NOON)
    assert price["request"].value == pytest.approx(0.014)
    assert usd(("perplexity", "sonar-pro"), 0, 0, retry_factor=2) == pytest.approx(0.028)


tokens = st.just(0) | st.integers(0, 300_000)


@settings(max_examples=60)
@given(tokens, tokens, st.sampled_from([0, 0.5, 1]), tokens, tokens,
       st.sampled_from([MINI, GEMINI, SONNET, ("perplexity", "sonar-deep-research"), ("deepseek", "deepseek-chat")]))
def test_the_rates_and_the_package_agree_on_the_total(asked, output, share, written, reasoning, model):
    counts = TokenCounts(asked, output, int(asked * share), written, reasoning)
    price = {kind: figure.value for kind, figure in rates(*model, NOON, asked + written).items()}
    plain = (counts.input - counts.cached) * price["input"] + output * price["output"]
    cached = counts.cached * (price["input"] if price["cached"] is None else price["cached"])
    wrote = written * (price["input"] if price["cache_write"] is None else price["cache_write"])
    thought = reasoning * (price["output"] if price["reasoning"] is None else price["reasoning"])
    total = (plain + cached + wrote + thought) / 1e6 + price["request"]
    made = api_call(*model, counts, NOON).value
    assert made == pytest.approx(total, rel=1e-9)
    usage = Usage(input_tokens=asked + written, cache_read_tokens=counts.cached, cache_write_tokens=written,
                  output_tokens=output + reasoning, output_reasoning_tokens=reasoning)
    again = calc_price(usage, model[1], provider_id=model[0], genai_request_timestamp=NOON)
    assert made == pytest.approx(float(again.total_price), rel=1e-12)


def test_the_provenance_names_version_model_and_day():
    known = api_call(*MINI, TokenCounts(100, 10), NOON, 1.5)
    assert (known.unit, known.provenance.kind) == ("USD/call", "catalogue")
    assert known.provenance.source == ("gpt-4o-mini of OpenAI for a call on 2026-11-20, times 1.5 for retries, "
                                       f"genai-prices {version('genai-prices')}")
    assert known.provenance.as_of == DATA_DAYS[version("genai-prices")]


def test_a_call_in_the_past_has_the_price_of_its_day():
    long_ago = datetime(2025, 1, 1, tzinfo=UTC)
    assert api_call(*MINI, TokenCounts(100, 10), long_ago).provenance.as_of == "2025-01-01"
    evening = datetime(2026, 11, 20, 23, tzinfo=timezone(timedelta(hours=-8)))
    assert "on 2026-11-21" in api_call(*MINI, TokenCounts(1, 1), evening).provenance.source
    assert "on 2026-11-20" in api_call(*MINI, TokenCounts(1, 1), datetime(2026, 11, 20, 23)).provenance.source


@pytest.mark.parametrize(("call", "told"), [
    (lambda: usd(("openai", "gpt-4o-minni-x"), 1, 1), "'gpt-4o-mini"), (lambda: usd(("opennai", "gpt-4o"), 1, 1), "'openai'"),
    (lambda: usd(("openai", "qqqq"), 1, 1), "choose one of its list"),
    (lambda: TokenCounts(10, 1, cached=11), "cached: 11 tokens are more than the 10 of the input"),
    (lambda: TokenCounts(-1, 1), "input: -1 is not a number of tokens"), (lambda: TokenCounts(1, float("nan")), "output: nan"),
    (lambda: TokenCounts(1, 1, reasoning=float("inf")), "reasoning: inf"),
    (lambda: usd(MINI, 1, 1, retry_factor=0.5), "retry_factor: 0.5 is not accepted"),
    (lambda: usd(("openai", "text-embedding-3-small"), 10, 1), "no price per output token"),
    (lambda: usd(("openai", "whisper-1"), 10, 1), "no price per input token"),
])
def test_what_cannot_be_priced_is_refused_in_one_sentence(call, told):
    with pytest.raises(UserError) as refused:
        call()
    assert told in str(refused.value)


def test_an_embedding_is_priced_by_its_input_alone():
    assert usd(("openai", "text-embedding-3-small"), 1_000_000, 0) == pytest.approx(0.02)
    assert rates("openai", "text-embedding-3-small", NOON)["output"].value is None


def test_every_listed_model_can_be_priced():
    listed = models()
    assert len(listed) > 2_000 and MINI in listed and ("openai", "whisper-1") not in listed
    for provider, model in listed[::40]:
        assert api_call(provider, model, TokenCounts(100, 0), NOON).value >= 0


def test_names_near_the_unknown_one():
    assert "gpt-4o-mini" in suggest("openai", "gpt4o-mini")
    assert suggest("antropic", "claude")[0] == "anthropic"
    assert suggest("openai", "§§§") == ()

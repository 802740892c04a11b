"""The roofline: worked by hand where arithmetic binds and where memory does, and the table that it reads."""

import pytest

from core.pricing import find_gpu, parse_gpus
from core.pricing.roofline import BATCH_TOKENS, EFFICIENCY, Rate, Roof, Shape, Work, rate, work
from core.settings import ASSETS

# One layer of width 10 with a feed-forward part of 40: 4 x 10 x 10 + 2 x 10 x 40 weights.
LAYER = Shape(weights=1_200, layers=1, width=10, inner=40)


@pytest.fixture(scope="module")
def gpus():
    return parse_gpus((ASSETS / "prices" / "gpus.csv").read_text(encoding="utf-8"))


def test_the_work_of_a_text_by_hand():
    text = work(LAYER, 20, "fp32")
    # 2 x 1,200 x 20 + 4 x 20 x 20 x 10 = 48,000 + 16,000
    assert text.flop == 64_000
    # numbers: 1,200 x 20 / 65,536 of the weights, and 2 x (5 x 10 + 40) x 20 = 3,600 written and read
    assert text.moved_bytes == pytest.approx(4 * (24_000 / 65_536 + 3_600))
    assert work(LAYER, 20, "fp16") == Work(64_000, text.moved_bytes / 2)
    assert work(Shape(2_400, 2, 10, 40), 20, "fp32").flop == 2 * text.flop, "two layers work twice as much"


def test_arithmetic_binds_by_hand():
    # 100 FLOP at 1,000 FLOP/s: 0.1 s at the peak; 10 bytes at 1,000 bytes/s: 0.01 s. At 10 %: 1 s; at 60 %: 1/6 s.
    found = rate(Work(100, 10), Roof(1_000, 1_000))
    assert found == Rate(pytest.approx(1.0), pytest.approx(6.0**0.5), pytest.approx(6.0), "arithmetic")


def test_memory_binds_by_hand():
    # 10 FLOP at 1,000 FLOP/s: 0.01 s; 200 bytes at 1,000 bytes/s: 0.2 s. At 10 %: 2 s; at 60 %: 1/3 s.
    found = rate(Work(10, 200), Roof(1_000, 1_000))
    assert found == Rate(pytest.approx(0.5), pytest.approx(1.5**0.5), pytest.approx(3.0), "memory")


def test_tokenising_comes_before_and_is_spread_over_the_cores_at_the_high_end():
    # 1 s and 1/6 s as above; tokenising 0.5 s on one core, or 0.5 / 6 s on six.
    found = rate(Work(100, 10), Roof(1_000, 1_000, cores=6), tokenise_s=0.5)
    assert (found.low, found.high) == (pytest.approx(1 / 1.5), pytest.approx(1 / (1 / 6 + 0.5 / 6)))


def test_several_gpus_answer_so_many_times_as_much_and_share_the_cores():
    one, four = rate(Work(100, 10), Roof(1_000, 1_000)), rate(Work(100, 10), Roof(1_000, 1_000, gpus=4))
    assert (four.low, four.high) == (pytest.approx(4 * one.low), pytest.approx(4 * one.high))
    shared = rate(Work(100, 10), Roof(1_000, 1_000, gpus=4, cores=8), tokenise_s=0.5)
    assert shared.high == pytest.approx(4 / (1 / 6 + 0.5 / 2)), "eight cores are two for each"
    few = rate(Work(100, 10), Roof(1_000, 1_000, gpus=4, cores=2), tokenise_s=0.5)
    assert few.high == pytest.approx(4 / (1 / 6 + 0.5)), "a text is on one core at a time"


def test_the_range_is_wide_and_the_batch_is_that_of_the_runtime():
    from core.runtimes.base import BATCH_TOKENS as SERVED

    assert EFFICIENCY == (0.1, 0.6) and SERVED["cuda"] == BATCH_TOKENS


def test_the_table_is_read_in_units_without_prefixes_and_a_blank_is_no_peak(gpus):
    t4 = find_gpu(gpus, "T4")
    assert (t4.flops_per_s["fp32"], t4.flops_per_s["fp16"], t4.bytes_per_s) == (8.1e12, 65e12, 320e9)
    assert "bf16" not in t4.flops_per_s and t4.source


def test_a_gpu_of_the_price_list_is_the_very_same_model_or_none(gpus):
    assert {name: find_gpu(gpus, name).name for name in ("A100", "A100-80GB", "H100", "H200", "V100", "H100-PCIe", "L40S")} == {
        "A100": "A100-40GB-SXM", "A100-80GB": "A100-80GB-SXM", "H100": "H100-SXM", "H200": "H200-SXM", "V100": "V100-SXM2-16GB",
        "H100-PCIe": "H100-PCIe", "L40S": "L40S"}
    assert find_gpu(gpus, "A100-80GB-PCIe") is None and find_gpu(gpus, "H100-NVL") is None and find_gpu(gpus, "Inferentia2") is None

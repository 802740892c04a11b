"""The benchmark of the frontier reads what the command writes."""

from datetime import date

from core.studies import read
from core.studies.decide import decide
from core.studies.frontier import frontier
from core.studies.frontier_words import to_json
from tests.benchmarks.frontier import DISTILS, cheapest

TODAY = date(2026, 11, 29)


def test_the_cheapest_point_that_keeps_enough_is_found_in_the_commands_json():
    points = to_json(frontier(decide(read.get("example"), TODAY, draws=0), TODAY))["points"]
    best = cheapest(points, 0.9, DISTILS)
    able = [p for p in points if p["role"] in DISTILS and p["figures"]["retention"]["value"] >= 0.9]
    assert best is not None and best["figures"]["usd_per_million_bench"]["value"] == min(
        p["figures"]["usd_per_million_bench"]["value"] for p in able)
    assert cheapest(points, 2.0, DISTILS) is None

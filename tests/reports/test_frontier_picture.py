"""The report's picture of accuracy against cost: one mark for each option, and the same answer as the page's."""

from __future__ import annotations

import re
from dataclasses import replace

from core.reports.frontier_svg import picture
from core.reports.html import report
from core.studies.frontier import of_options
from core.studies.frontier_words import answer, because
from core.studies.report import of_study
from tests.studies.test_options import DAY, decided


def test_the_report_draws_every_option_once_full_or_hollow() -> None:
    decision = decided()
    dossier, found = of_study(decision, DAY), of_options(decision)
    svg = picture(dossier.cloud).svg
    assert len(re.findall(r'class="spot', svg)) == len(found.points) == len(decision.options)
    assert svg.count('class="spot full"') == sum(point.passes for point in found.points) < len(found.points)
    assert all(point.name[:20] in svg for point in found.points if point.on_front)
    html = report(dossier)
    section = html[html.index('id="frontier"'):html.index('id="comparisons"')]
    for told in (answer(found), *because(found)):
        assert told.replace("'", "&#39;") in section


def test_it_rests_on_the_decisions_own_costs() -> None:
    decision = decided(usd_per_hour=9.6)
    costs = {option.name: option.usd_per_million_bench.value for option in decision.options}
    assert {spot.name: spot.cost.value for spot in of_study(decision, DAY).cloud.spots} == costs


def test_names_are_escaped_and_a_dossier_without_points_has_no_picture() -> None:
    cloud = of_study(decided(), DAY).cloud
    bad = replace(cloud, spots=tuple(replace(spot, name="<script>x</script>") for spot in cloud.spots))
    assert "<script" not in picture(bad).svg
    assert picture(None) is None and picture(replace(cloud, spots=())) is None

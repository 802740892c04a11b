"""The law of errors over texts: recovers what made the data, agrees with scipy, and its intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.stats import norm

from core.errors import UserError
from core.quality.laws import Seen, fit


def law(share, a, b, c):
    return a + b * share**-c


def exact(a, b, c, texts=(125, 250, 500, 1000, 2000), judged=1_000_000, seeds=1):
    return [Seen(n, seed, law(n / max(texts), a, b, c), judged) for n in texts for seed in range(seeds)]


def drawn(rng, a, b, c, points=5, seeds=2, judged=1_500, sd=0.006, alike=0.6):
    """As a study sees it: every training is judged on the same texts, hard ones are hard for all, and seeds differ."""
    hard = rng.standard_normal(judged)
    seen = []
    for i in range(points):
        for seed in range(seeds):
            error = np.clip(law(2.0**-i, a, b, c) + sd * rng.standard_normal(), 0.001, 0.999)
            own = np.sqrt(alike) * hard + np.sqrt(1 - alike) * rng.standard_normal(judged)
            seen.append(Seen(4096 >> i, seed, float(np.mean(own < norm.ppf(error))), judged))
    return seen


@pytest.mark.parametrize(("a", "b", "c"), [(0.15, 0.1, 0.5), (0.0, 0.2, 0.3), (0.2, 0.02, 1.2), (0.1, 0.1, 0.1)])
def test_exact_errors_give_back_their_law(a, b, c):
    found = fit(exact(a, b, c), draws=50)
    for times in (1, 2, 4):
        assert found.error(2000 * times).value == pytest.approx(law(times, a, b, c), abs=0.002)
    assert found.gain(2000, 4000).value == pytest.approx(100 * (law(1, a, b, c) - law(2, a, b, c)), abs=0.1)
    assert found.misfit < 1 and found.seed_sd is None


@pytest.mark.parametrize("seed", range(6))
def test_no_fit_of_scipy_is_closer(seed):
    rng = np.random.default_rng(seed)
    seen = drawn(rng, 0.15, 0.1, 0.5)
    found = fit(seen, draws=50)
    x, y = np.array([each.texts / found.unit for each in found.sizes]), np.array([each.error for each in found.sizes])
    spread = np.array([each.standard_error for each in found.sizes])
    theirs, _ = curve_fit(law, x, y, p0=(0.1, 0.1, 0.5), sigma=spread, bounds=([0, 0, 0], [1, 1, 3]), maxfev=20_000)

    def squares(numbers):
        return float(np.sum(((y - law(x, *numbers)) / spread) ** 2))

    assert squares((found.a, found.b, found.c)) <= squares(theirs) + 0.02


@pytest.mark.parametrize(("a", "b", "c"), [(0.15, 0.1, 0.5), (0.2, 0.0, 0.5)], ids=["falls", "flat"])
def test_intervals_hold_the_truth_in_nineteen_of_twenty_studies_or_more(a, b, c):
    """At twice and at eight times the largest size, over 250 studies: at least 93 % for the error, and for the gain, which is careful."""
    rng, repeats = np.random.default_rng(5), 250
    held = {"error": 0, "gain": 0, "far": 0}
    for seed in range(repeats):
        found = fit(drawn(rng, a, b, c), draws=200, seed=seed)
        true = {"error": law(2, a, b, c), "gain": 100 * (law(1, a, b, c) - law(2, a, b, c)), "far": law(8, a, b, c)}
        told = {"error": found.error(8192), "gain": found.gain(4096, 8192), "far": found.error(8 * 4096)}
        for name, value in true.items():
            held[name] += told[name].low - 1e-9 <= value <= told[name].high + 1e-9
    assert all(count >= 0.93 * repeats for count in held.values()), held


def test_a_flat_curve_says_that_more_texts_may_bring_nothing():
    found = fit(drawn(np.random.default_rng(1), 0.2, 0.0, 0.5))
    gain = found.gain(4096, 8192)
    assert gain.low == pytest.approx(0, abs=0.02) and gain.high > 0.1


def test_more_seeds_and_texts_narrow_the_interval():
    def width(**how):
        gain = fit(drawn(np.random.default_rng(3), 0.15, 0.1, 0.5, **how)).gain(4096, 8192)
        return gain.high - gain.low

    assert width(seeds=8, judged=20_000) < 0.6 * width()


def test_sizes_that_have_learnt_nothing_are_left_out():
    seen = [*exact(0.1, 0.05, 0.5, judged=2_000), Seen(60, 0, 0.499, 2_000), Seen(30, 0, 0.52, 2_000)]
    found = fit(seen, chance=0.5, draws=50)
    assert [each.texts for each in found.left_out] == [30, 60] and len(found.sizes) == 5


def test_too_few_sizes_are_refused_with_what_to_do():
    with pytest.raises(UserError, match=r"curve.points: a law needs 4 sizes.*and there are 3; take more points\."):
        fit(exact(0.1, 0.1, 0.5, texts=(500, 1000, 2000)))
    seen = [*exact(0.1, 0.1, 0.5, texts=(500, 1000, 2000), judged=2_000), Seen(30, 0, 0.5, 2_000)]
    with pytest.raises(UserError, match=r"1 of which had learnt no more than the most frequent label; take more points, a larger "
                                        "curve.share"):
        fit(seen, chance=0.5)


def test_a_curve_that_obeys_no_law_has_a_wider_interval():
    steps = [Seen(n, 0, error, 4_000) for n, error in zip((250, 500, 1000, 2000, 4000), (0.4, 0.39, 0.2, 0.19, 0.18), strict=True)]
    smooth = [Seen(n, 0, law(n / 4000, 0.1, 0.08, 0.6), 4_000) for n in (250, 500, 1000, 2000, 4000)]
    rough, fine = (fit(seen).gain(4000, 8000) for seen in (steps, smooth))
    assert fit(steps).misfit > 10 and rough.high - rough.low > 1.5 * (fine.high - fine.low)

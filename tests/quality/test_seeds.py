"""Spread over seeds: values by hand and scipy's paired t test as the oracle."""

import numpy as np
import pytest
from scipy.stats import ttest_rel

from core.errors import UserError
from core.quality import over_seeds, paired_by_seed

A = dict(enumerate([81.2, 80.9, 82.0, 81.1, 80.2, 81.7]))
B = dict(enumerate([80.1, 80.3, 81.5, 80.0, 80.4, 80.9]))


def test_spread_by_hand():
    found = over_seeds({1: 1.0, 2: 3.0})
    assert (found.mean.value, found.sd, found.seeds) == (2.0, pytest.approx(np.sqrt(2)), 2)
    assert found.mean.low is None and "2 of at least 6 seeds" in found.mean.note
    assert over_seeds({4: 5.0}).sd is None


def test_pairs_agree_with_the_paired_t_test():
    found = paired_by_seed(A, {**B, 99: 0.0})
    oracle = ttest_rel(list(A.values()), list(B.values())).confidence_interval(0.95)
    assert found.seeds == 6 and (found.mean.low, found.mean.high) == pytest.approx((oracle.low, oracle.high))


def test_pairs_are_made_by_seed_not_by_order():
    assert paired_by_seed({1: 5.0, 2: 7.0}, {2: 6.0, 1: 1.0}).mean.value == pytest.approx((4 + 1) / 2)


def test_no_common_seed_is_refused():
    with pytest.raises(UserError, match="share none"):
        paired_by_seed({1: 1.0}, {2: 1.0})
    with pytest.raises(UserError, match="no mean"):
        over_seeds({})

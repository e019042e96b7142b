"""Intervals of shares: against the equation that defines them, and published ones."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import fisher_exact

from custlab.stats import fisher_p, newcombe_interval, wilson_interval

Z = 1.959963984540054


def _by_definition(hits, n):
    """Solve Wilson's condition: limits are the shares p from which hits / n lies z errors away."""
    share = hits / n

    def away(p):
        return (share - p) ** 2 - Z**2 * p * (1 - p) / n

    edge = 1e-12  # at 0 and 1 the share itself is one of the two limits
    low = 0.0 if hits == 0 else brentq(away, edge, min(share, 1 - edge), xtol=1e-14)
    high = 1.0 if hits == n else brentq(away, max(share, edge), 1 - edge, xtol=1e-14)
    return low, high


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_s_limits_solve_the_equation_that_defines_them(counts):
    hits, n = counts
    assert wilson_interval(hits, n) == pytest.approx(_by_definition(hits, n), abs=1e-9)


def test_an_interval_ends_at_0_and_1_and_holds_the_share():
    hits, n = np.array([0, 3, 7]), np.array([9, 3, 9])
    low, high = wilson_interval(hits, n)
    assert low[0] == 0
    assert high[1] == 1
    assert ((low <= hits / n) & (hits / n <= high)).all()


@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
    ],
)
def test_newcombe_s_published_intervals(counts, limits):
    """Newcombe (1998), table II, method 10."""
    assert newcombe_interval(*counts) == pytest.approx(limits, abs=5e-5)


def test_ninety_five_of_a_hundred_intervals_hold_the_share():
    random = np.random.default_rng(0)
    for share, n in ((0.02, 300), (0.3, 40), (0.5, 100)):
        low, high = wilson_interval(random.binomial(n, share, 20_000), n)
        held = ((low <= share) & (share <= high)).mean()
        assert abs(held - 0.95) < 0.035, (share, n, sqrt(n))


@given(st.lists(st.tuples(*[st.integers(0, 60)] * 4), min_size=1, max_size=8))
def test_fishers_test_is_scipys_for_many_pairs_at_once(tables):
    tables = [(a, a + b + 1, c, c + d + 1) for a, b, c, d in tables]
    found = fisher_p(*np.transpose(tables))
    expected = [fisher_exact([[a, n - a], [c, m - c]]).pvalue for a, n, c, m in tables]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)

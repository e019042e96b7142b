"""Histories that no model can be fitted to: told in a sentence, never answered with a number."""

import numpy as np
import pandas as pd
import pytest

from custlab.errors import CustLabError, InputError
from custlab.value import (
    BGNBD,
    ConvergenceError,
    GammaGamma,
    ShiftedBetaGeometric,
    calibration_holdout,
    lifetime_value,
    simulate_histories,
    subscription_periods,
)


def histories(**columns):
    good = {"x": [0, 2, 1], "t_x": [0.0, 20.0, 5.0], "T": [30.0, 31.0, 28.0]}
    return pd.DataFrame(good | columns, index=["a", "b", "c"])


BAD = {
    "missing column": (histories().rename(columns={"t_x": "recency"}), "no column t_x"),
    "only one-timers": (histories(x=[0, 0, 0], t_x=[0, 0, 0]), "Nobody among these 3 customers"),
    "last after the end": (
        histories(t_x=[0, 40.0, 5]),
        r"t_x must lie between 0 and T; row 1 \(customer b\)",
    ),
    "negative": (histories(x=[0, -2, 1]), "x must be a whole number of 0 or more; row 1"),
    "half a purchase": (histories(x=[0, 2.5, 1]), "x must be a whole number"),
    "no time for a repeat": (histories(t_x=[0, 0.0, 5]), "above 0 when x is above 0; row 1"),
    "missing number": (histories(T=[30, np.nan, 28]), "must be finite numbers; row 1"),
    "text": (histories(T=["long", "31", "28"]), "must be numbers"),
    "empty": (histories().head(0), "histories are empty"),
    "no table": ([1, 2], "must be a DataFrame"),
}


@pytest.mark.parametrize("name", BAD)
def test_impossible_histories(name):
    table, message = BAD[name]
    with pytest.raises(InputError, match=message):
        BGNBD().fit(table)


def test_customers_all_alike_determine_nothing():
    alike = pd.DataFrame({"x": [3] * 50, "t_x": [20.0] * 50, "T": [30.0] * 50})
    with pytest.raises(ConvergenceError, match="too little"):
        BGNBD().fit(alike)


def test_a_limit_is_taken_only_when_asked_for():
    """Customers who all leave with the same probability: a and b run to infinity together."""
    rng = np.random.default_rng(3)
    bought = np.minimum(rng.geometric(0.3, 3000) - 1, 40)
    times = [np.cumsum(rng.exponential(2.0, n)) for n in bought]
    seen = [t[t < 50] for t in times]
    customers = pd.DataFrame(
        {"x": [len(t) for t in seen], "t_x": [t.max(initial=0.0) for t in seen], "T": 50.0}
    )
    with pytest.raises(ConvergenceError, match="boundary='accept'"):
        BGNBD().fit(customers)
    model = BGNBD(boundary="accept").fit(customers)
    assert model.standard_errors_[["a", "b"]].isna().all()
    a, b = model.params_[["a", "b"]]
    assert a / (a + b) == pytest.approx(0.3, abs=0.03)
    expected = model.expected_purchases(customers, 52)
    assert np.isfinite(expected).all()
    with pytest.raises(InputError, match="boundary must be one of refuse, accept"):
        BGNBD(boundary="maybe").fit(customers)


def test_a_fit_that_is_stopped_says_so():
    customers = simulate_histories(500, r=0.243, alpha=4.414, a=0.793, b=2.426, T=39, seed=1)
    with pytest.raises(ConvergenceError, match="stopped after 2 steps without settling"):
        BGNBD(max_iter=2).fit(customers)


def test_spend_that_cannot_be_modelled():
    table = histories(m_x=[np.nan, 10.0, 0.0])
    with pytest.raises(InputError, match=r"row 2 \(customer c\) has 0.0"):
        GammaGamma().fit(table)
    with pytest.raises(InputError, match="no variation in spend"):
        GammaGamma().fit(histories(m_x=[np.nan, 10.0, 10.0]))
    with pytest.raises(InputError, match="no repeat spend"):
        GammaGamma().fit(histories(x=[0, 0, 0], m_x=[np.nan] * 3))
    with pytest.raises(InputError, match="mean spend is infinite"):
        GammaGamma.with_parameters(p=6, q=0.9, gamma=15).mean_spend()


def test_contracts_that_cannot_be_modelled():
    with pytest.raises(InputError, match="Nobody has left yet"):
        ShiftedBetaGeometric().fit([1, 2, 3], [False] * 3)
    with pytest.raises(InputError, match="one period only"):
        ShiftedBetaGeometric().fit([1, 1, 1], [True, True, False])
    with pytest.raises(InputError, match="row 1 has 0"):
        ShiftedBetaGeometric().fit([1, 0, 1], [True, True, False])
    dates = pd.DataFrame({"started_on": pd.to_datetime(["2024-01-01", "2024-05-01"])})
    for ended, message in [
        (["2023-12-01", None], "ended_on lies before started_on in 1 rows, first in row 0"),
        (["soon", "later"], "ended_on holds"),
    ]:
        column = pd.to_datetime(ended) if ended[1] is None else ended
        with pytest.raises(InputError, match=message):
            subscription_periods(dates.assign(ended_on=column), as_of="2024-12-31")
    open_end = dates.assign(ended_on=pd.to_datetime([None, None]))
    with pytest.raises(InputError, match="started_on lies after the day of analysis"):
        subscription_periods(open_end, as_of="2024-03-01")


def test_parameters_out_of_range():
    model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    spend = pd.Series(10.0, index=histories().index)
    for options, message in [
        ({"margin": 30}, "margin must be a share"),
        ({"months": 0}, "whole number of months"),
        ({"discount": -0.1}, "discount must be 0 or more"),
        ({"unit": "fortnight"}, "unit must be one of"),
    ]:
        with pytest.raises(InputError, match=message):
            lifetime_value(model, spend, histories(), **options)
    with pytest.raises(InputError, match="time ahead must be 0 or more"):
        model.expected_purchases(histories(), -1)
    with pytest.raises(InputError, match="finite and above zero"):
        BGNBD.with_parameters(r=0.2, alpha=-1, a=1, b=2)
    orders = pd.DataFrame(
        {"customer_id": ["a"], "order_date": pd.to_datetime(["2024-01-01"]), "amount": [1.0]}
    )
    with pytest.raises(CustLabError, match="choose a day between the first and the last"):
        calibration_holdout(orders, "2024-06-30", as_of="2024-12-31")

"""Histories that no model can be fitted to: told in a sentence, never answered with a number."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import betaln, gammaln
from scipy.stats import beta as beta_law

from custlab import load_case
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


def _leave_alike(seed: int) -> pd.DataFrame:
    """Customers who buy at different rates, and all leave with the same probability."""
    rng = np.random.default_rng(seed)
    n, leaving = int(rng.integers(100, 1000)), rng.uniform(0.05, 0.4)
    T, rates = rng.uniform(20, 100, n), rng.gamma(rng.uniform(0.4, 3), 0.1, n)
    x, t_x = np.zeros(n, dtype=int), np.zeros(n)
    for customer in range(n):
        now = rng.exponential(1 / rates[customer])
        while now <= T[customer]:
            x[customer], t_x[customer] = x[customer] + 1, now
            now += rng.exponential(1 / rates[customer]) if rng.random() >= leaving else np.inf
    return pd.DataFrame({"x": x, "t_x": t_x, "T": T})


def test_homogeneous_customers_are_refused_or_predicted_by_the_limit():
    """Sixty data sets without differences in leaving: no fit near the limit passes as a fit."""
    limits = 0
    for seed in range(60):
        customers = _leave_alike(seed)
        model = BGNBD(boundary="accept").fit(customers)
        expected = model.expected_purchases(customers, 52)
        assert np.isfinite(expected).all()
        assert (expected >= 0).all()
        if not model.limit_:
            assert (model.standard_errors_ / model.params_ < 5).all()
            continue
        limits += 1
        with pytest.raises(ConvergenceError, match="The fit does not converge"):
            BGNBD().fit(customers)
        r, alpha, a, b = model.params_
        farther = BGNBD.with_parameters(r=r, alpha=alpha, a=100 * a, b=100 * b)
        np.testing.assert_allclose(expected, farther.expected_purchases(customers, 52), rtol=1e-3)
    assert limits > 20


@pytest.fixture(scope="module")
def appliances():
    """Lesson 10's hold-out on appliances, which ran to a = 55,747 on one machine."""
    case = load_case("appliances")
    return calibration_holdout(case.orders, case.as_of - pd.DateOffset(months=12), as_of=case.as_of)


def test_a_limit_is_the_same_whatever_the_rounding(appliances):
    """Rows in another order, times that differ in the ninth digit: the same limit, in words."""
    first = BGNBD(boundary="accept").fit(appliances)
    assert "everybody leaves after a repeat purchase with probability 0.0489" in first.limit_
    expected = first.expected_purchases(appliances, 52)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        other = appliances.sample(frac=1, random_state=seed)
        other[["t_x", "T"]] *= 1 + 1e-9 * rng.normal()
        model = BGNBD(boundary="accept").fit(other)
        assert model.limit_ == first.limit_
        again = model.expected_purchases(appliances, 52)
        np.testing.assert_allclose(again, expected, rtol=1e-5)
        with pytest.raises(ConvergenceError, match="runs to infinity"):
            BGNBD().fit(other)


def test_the_unit_of_time_does_not_move_a_limit(appliances):
    in_days = appliances.assign(t_x=appliances["t_x"] * 7, T=appliances["T"] * 7)
    weeks, days = (BGNBD(boundary="accept").fit(table) for table in (appliances, in_days))
    np.testing.assert_allclose(
        weeks.expected_purchases(appliances, 52), days.expected_purchases(in_days, 364), rtol=1e-5
    )


@pytest.mark.parametrize("leaving", [(20, 388.8), (1000, 19440), (1e6, 1.944e7)])
@pytest.mark.parametrize("x", [0, 3, 400])
def test_expected_purchases_where_customers_leave_nearly_alike(leaving, x):
    """Averaged by quadrature over the departure probability; the closed formula gave -inf."""
    (a, b), r, alpha, T, t = leaving, 0.72, 47.8, 60.0, 52.3
    model = BGNBD.with_parameters(r=r, alpha=alpha, a=a, b=b)
    law = beta_law(a, b + x)

    def bought(p):
        return -np.expm1(-(r + x) * np.log1p(p * t / (alpha + T))) / p * law.pdf(p)

    middle, width = law.mean(), law.std()
    ends = (max(0, middle - 12 * width), min(1, middle + 20 * width))
    ahead = quad(bought, *ends, points=[middle], limit=400, epsabs=0, epsrel=1e-10)[0]
    customer = pd.DataFrame({"x": [x], "t_x": [T if x else 0.0], "T": [T]})
    expected = model.expected_purchases(customer, t).item()
    alive = model.probability_alive(customer).item()
    assert expected == pytest.approx(ahead * alive, rel=1e-6)
    assert np.isfinite(model.expected_purchases_of_new(t))


@pytest.mark.parametrize("leaving", [(0.3, 0.7), (0.05, 0.1), (0.8, 2.4), (19, 300)])
@pytest.mark.parametrize(("r", "alpha"), [(5, 30.0), (1e5, 1e6)])
def test_expected_purchases_of_customers_who_buy_nearly_alike(leaving, r, alpha):
    """a + b = 1 stopped with "Eigenvalues did not converge"; long times came out 1 % wrong."""
    (a, b), t = leaving, 5000.0
    law = beta_law(a, b)

    def bought(share):
        p = max(law.ppf(share), 1e-300)
        return -np.expm1(-r * np.log1p(p * t / alpha)) / p

    expected = BGNBD.with_parameters(r=r, alpha=alpha, a=a, b=b).expected_purchases_of_new(t)
    assert expected == pytest.approx(quad(bought, 0, 1, limit=1000, epsrel=1e-10)[0], rel=1e-4)


def test_no_better_parameters_are_found_by_brute_force():
    """Ten firms of 10 to 100 customers, most at a limit: three other starts each do no better."""
    rng = np.random.default_rng(5)
    for seed in range(10):
        rate, r, a, b = np.exp(rng.uniform([-4, -3, -3, -2], [1, 4, 5, 6]))
        customers = simulate_histories(
            int(rng.choice([10, 100])), r=r, alpha=r / rate, a=a, b=b, T=40, seed=seed
        )
        if not customers["x"].any():
            continue
        model = BGNBD(boundary="accept").fit(customers)
        distinct = customers.groupby(["x", "t_x", "T"]).size().rename("n").reset_index()
        start = np.log([0.5, 0.5 / (customers["x"].sum() / customers["T"].sum()), 1, 2])
        for away in rng.normal(0, 1.5, (3, 4)):
            found = minimize(_minus_likelihood, start + away, (distinct,), method="L-BFGS-B",
                             bounds=np.column_stack([start - 13, start + 13]))  # fmt: skip
            assert model.log_likelihood_ > -found.fun - 1


def _minus_likelihood(log_params, distinct):
    """As in Fader, Hardie & Lee (2005), equation 6, customer by customer."""
    r, alpha, a, b = np.exp(log_params)
    x, t_x, T, n = distinct[["x", "t_x", "T", "n"]].to_numpy().T
    bought = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    return -n @ (bought + np.where(x > 0, np.logaddexp(stayed, left), stayed))


ALIKE = {
    "fifty the same": {"x": [3] * 50, "t_x": [20.0] * 50, "T": [30.0] * 50},
    "one customer": {"x": [3], "t_x": [20.0], "T": [30.0]},
    "bought on the last day": {"x": [1] * 9, "t_x": [5.0] * 9, "T": [5.0] * 9},
    "two": {"x": [0, 1], "t_x": [0.0, 3.0], "T": [5.0, 5.0]},
}


@pytest.mark.parametrize("name", ALIKE)
def test_customers_without_differences_at_their_limit(name):
    customers = pd.DataFrame(ALIKE[name])
    with pytest.raises(ConvergenceError, match="does not converge"):
        BGNBD().fit(customers)
    model = BGNBD(boundary="accept").fit(customers)
    assert model.limit_
    assert model.standard_errors_.isna().any()
    assert np.isfinite(model.expected_purchases(customers, [1, 52])).all(axis=None)
    assert np.isfinite(model.purchase_distribution(52, 5)).all()


def test_where_nobody_seems_to_leave_the_limit_says_so():
    """Fifty equal customers: one processor gave a probability of leaving of 1/3, others refused."""
    customers = pd.DataFrame(ALIKE["fifty the same"])
    model = BGNBD(boundary="accept").fit(customers)
    assert "everybody buys 0.1 times" in model.limit_
    assert "everybody stays" in model.limit_
    np.testing.assert_allclose(model.expected_purchases(customers, 52), 5.2, rtol=1e-3)


def test_spend_and_contracts_at_their_limit():
    """Customers whose means differ by chance only, and a churn that is the same for everybody."""
    rng = np.random.default_rng(2)
    x = rng.integers(1, 6, 300)
    spend = pd.DataFrame({"x": x, "m_x": 20 * rng.gamma(4 * x) / (4 * x)})
    with pytest.raises(ConvergenceError, match="does not converge"):
        GammaGamma().fit(spend)
    model = GammaGamma(boundary="accept").fit(spend)
    mean = np.average(spend["m_x"], weights=x)
    np.testing.assert_allclose(model.expected_spend(spend), mean, rtol=1e-3)
    assert "limit" in model.limit_

    periods, ended = np.repeat([1, 2, 3, 3], [500, 250, 125, 125]), np.arange(1000) < 875
    with pytest.raises(ConvergenceError, match="does not converge"):
        ShiftedBetaGeometric().fit(periods, ended)
    contracts = ShiftedBetaGeometric(boundary="accept").fit(periods, ended)
    np.testing.assert_allclose(contracts.retention([1, 2, 30]), 0.5, rtol=1e-4)
    np.testing.assert_allclose(contracts.survival([1, 2, 10]), [0.5, 0.25, 0.5**10], rtol=1e-3)
    assert "limit" in contracts.limit_


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

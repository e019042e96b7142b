"""The lifetime models against simulation, brute force and independent integration."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import check_grad
from scipy.special import beta as beta_function
from scipy.special import hyp2f1
from scipy.stats import gamma as gamma_law

from custlab.value import (
    BGNBD,
    GammaGamma,
    ShiftedBetaGeometric,
    bgnbd,
    constant_retention,
    counts_from_survivors,
    customers_by_frequency,
    discounted,
    distinct_histories,
    gamma_gamma,
    lifetime_value,
    monthly_purchases,
    retention_value,
    round_to_days,
    shifted_beta_geometric,
    simulate_histories,
    simulate_spend,
    subscription_periods,
    survival_curve,
)

TRUE = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}


@pytest.fixture(scope="module")
def customers():
    T = np.random.default_rng(5).uniform(27, 104, 60_000)
    return simulate_histories(60_000, **TRUE, T=T, seed=5)


def test_bgnbd_recovers_customers_simulated_in_continuous_time(customers):
    model = BGNBD().fit(customers)
    table = model.estimates()
    off = (table["estimate"] - pd.Series(TRUE)) / table["standard_error"]
    assert (off.abs() < 3).all(), table
    assert model.log_likelihood_ >= BGNBD.with_parameters(**TRUE).log_likelihood(customers)


def test_standard_errors_are_those_of_repeated_samples():
    """Fit 40 samples: the spread of the estimates must be what each fit claims."""
    fits = [BGNBD().fit(simulate_histories(4_000, **TRUE, T=78, seed=seed)) for seed in range(40)]
    spread = np.log(pd.DataFrame([fit.params_ for fit in fits])).std()
    claimed = pd.DataFrame([fit.standard_errors_ / fit.params_ for fit in fits]).median()
    ratio = spread / claimed
    assert ratio.between(0.6, 1.6).all(), ratio


def test_whole_days_bias_alpha(customers):
    """What the lesson shows: dates without hours push alpha up, and more data do not help."""
    exact = BGNBD().fit(customers)
    rounded = BGNBD().fit(round_to_days(customers))
    bias = rounded.params_["alpha"] - exact.params_["alpha"]
    error_of_a_million = exact.standard_errors_["alpha"] * np.sqrt(len(customers) / 1_000_000)
    assert bias > 2 * error_of_a_million


def test_probability_alive_is_calibrated(customers):
    model = BGNBD.with_parameters(**TRUE)
    claimed = model.probability_alive(customers)
    seen = customers["alive"].groupby(pd.cut(claimed, [-0.01, 0.2, 0.4, 0.6, 0.8, 0.999])).mean()
    expected = claimed.groupby(pd.cut(claimed, [-0.01, 0.2, 0.4, 0.6, 0.8, 0.999])).mean()
    np.testing.assert_allclose(seen, expected, atol=0.03)
    never = customers["x"] == 0
    assert (claimed[never] == 1).all()


def test_purchase_distribution_matches_simulation(customers):
    table = customers_by_frequency(customers.round({"T": 0}), BGNBD.with_parameters(**TRUE))
    chance = np.sqrt(table["expected"])
    assert ((table["actual"] - table["expected"]).abs() < 4 * chance).all(), table
    shares = BGNBD.with_parameters(**TRUE).purchase_distribution(39, 3000)
    mean = shares @ np.arange(3001)
    assert mean == pytest.approx(
        float(BGNBD.with_parameters(**TRUE).expected_purchases_of_new(39)), rel=1e-6
    )


def test_customers_of_today_are_no_trouble():
    """First bought on the last day: nothing observed yet, nothing bought again, for certain."""
    model = BGNBD.with_parameters(**TRUE)
    assert model.purchase_distribution(0, 3).tolist() == [1, 0, 0, 0]
    today = pd.DataFrame({"x": [0], "t_x": [0.0], "T": [0.0]})
    assert model.probability_alive(today).item() == 1
    assert model.expected_purchases(today, 52).item() == pytest.approx(
        float(model.expected_purchases_of_new(52))
    )


def brute_likelihood(x, t_x, T, r, alpha, a, b):
    """Average over rates and departures numerically, straight from the story of the model."""

    def given_rate(rate):
        stayed = beta_function(a, b + x) / beta_function(a, b)
        left = beta_function(a + 1, b + x - 1) / beta_function(a, b) if x else 0.0
        bought = rate**x * (stayed * np.exp(-rate * T) + left * np.exp(-rate * t_x))
        return bought * gamma_law.pdf(rate, r, scale=1 / alpha)

    return quad(given_rate, 0, np.inf, limit=200, epsabs=0, epsrel=1e-9)[0]


def test_likelihood_by_brute_force():
    histories = pd.DataFrame({"x": [0, 1, 4], "t_x": [0.0, 3.0, 20.0], "T": [10.0, 30.0, 26.0]})
    params = {"r": 1.3, "alpha": 7.0, "a": 0.9, "b": 2.0}
    brute = sum(np.log(brute_likelihood(*row, **params)) for row in histories.to_numpy())
    assert BGNBD.with_parameters(**params).log_likelihood(histories) == pytest.approx(brute)


@pytest.mark.parametrize("a", [0.4, 1.0, 1.7])
@pytest.mark.parametrize(("x", "t_x", "T"), [(0, 0, 20), (2, 15, 20), (300, 99, 100)])
def test_expected_purchases_by_integration(a, x, t_x, T):
    """Integrate over the departure probability instead of the closed form; a = 1 included."""
    r, alpha, b, t = 0.7, 6.0, 2.2, 52.0
    model = BGNBD.with_parameters(r=r, alpha=alpha, a=a, b=b)
    customer = pd.DataFrame({"x": [x], "t_x": [float(t_x)], "T": [float(T)]})

    def if_alive(u):
        p = u ** (1 / a)  # takes the pole of the beta density out of the integral
        bought = -np.expm1((r + x) * -np.log1p(p * t / (alpha + T)))
        return bought / p * (1 - p) ** (b + x - 1) / a

    ahead = quad(if_alive, 0, 1, limit=400, epsabs=0, epsrel=1e-9)[0] / beta_function(a, b + x)
    alive = model.probability_alive(customer).item()
    assert model.expected_purchases(customer, t).item() == pytest.approx(ahead * alive, rel=1e-5)


def test_gradients():
    histories = simulate_histories(300, **TRUE, T=50, seed=3)
    again = histories[histories["x"] > 0]
    spend = simulate_spend(again["x"], **SPEND, seed=3)
    left, stayed = np.array([0, 5, 3, 2]), np.array([1, 2, 0, 9])
    cases = [
        (bgnbd._LogLikelihood(distinct_histories(histories)), [0.5, 6.0, 0.7, 2.0]),
        (gamma_gamma._LogLikelihood(again["x"].to_numpy(float), spend), [4.0, 3.0, 20.0]),
        (lambda params: shifted_beta_geometric._log_likelihood(params, left, stayed), [0.8, 3.0]),
    ]
    for likelihood, at in cases:
        difference = check_grad(
            lambda v, f=likelihood: f(v)[0], lambda v, f=likelihood: f(v)[1], at
        )
        assert difference < 1e-3 * np.abs(likelihood(np.array(at))[1]).max() + 1e-3


def test_gamma_gamma_recovers_its_parameters(customers):
    spend = simulate_spend(customers["x"], **SPEND, seed=6)
    histories = customers.assign(m_x=spend)
    model = GammaGamma().fit(histories)
    table = model.estimates()
    off = (table["estimate"] - pd.Series(SPEND)) / table["standard_error"]
    assert (off.abs() < 3).all(), table
    own, expected = spend[(customers["x"] == 1)], model.expected_spend(histories)
    once = expected[customers["x"] == 1].to_numpy()
    average = model.mean_spend()
    assert (np.abs(once - average) <= np.abs(own - average) + 1e-9).all()  # pulled to the mean


def test_identical_histories_cost_nothing_and_change_nothing(customers):
    few = customers.head(500)
    many = pd.concat([few] * 20)
    one, twenty = BGNBD().fit(few), BGNBD().fit(many)
    pd.testing.assert_series_equal(one.params_, twenty.params_, rtol=1e-4)
    assert twenty.n_histories_ == one.n_histories_
    assert twenty.log_likelihood_ == pytest.approx(20 * one.log_likelihood_)
    assert twenty.standard_errors_["r"] == pytest.approx(
        one.standard_errors_["r"] / np.sqrt(20), rel=1e-3
    )


def test_huge_counts_do_not_overflow():
    """Customers with thousands of purchases: everything stays finite."""
    model = BGNBD.with_parameters(**TRUE)
    customer = pd.DataFrame({"x": [5000, 5000], "t_x": [99.0, 10.0], "T": [100.0, 100.0]})
    assert np.isfinite(model.log_likelihood(customer))
    assert model.probability_alive(customer).round(3).tolist() == [0.0, 0.0]
    assert np.isfinite(model.expected_purchases(customer, [1, 52])).all(axis=None)


def test_lifetime_value_adds_up_months():
    model = BGNBD.with_parameters(**TRUE)
    customers = pd.DataFrame({"x": [2, 0], "t_x": [30.43, 0.0], "T": [38.86, 38.86]})
    monthly = monthly_purchases(model, customers, months=12)
    year = model.expected_purchases(customers, 365.25 / 7)
    np.testing.assert_allclose(monthly.sum(axis=1), year)
    value = lifetime_value(model, pd.Series([50.0, 50.0]), customers, margin=0.4, discount=0)
    np.testing.assert_allclose(value, year * 20)
    later = discounted(monthly, 0.10)
    by_hand = sum(monthly[f"month {k}"] / 1.1 ** (k / 12) for k in range(1, 13))
    np.testing.assert_allclose(later, by_hand)


def test_survival_curve_by_hand():
    """Six customers: two leave in period 1, one censored after 1, one leaves in 3, two stay."""
    curve = survival_curve([1, 1, 1, 3, 4, 4], [True, True, False, True, False, False])
    np.testing.assert_allclose(curve["survival"], [1, 4 / 6, 4 / 6, 4 / 6 * 2 / 3, 4 / 6 * 2 / 3])
    assert curve["at_risk"].tolist() == [6, 6, 3, 3, 2]
    inside = (curve["low"] <= curve["survival"]) & (curve["survival"] <= curve["high"])
    assert inside.all()
    assert curve["retention"].iloc[3] == pytest.approx(2 / 3)


def test_shifted_beta_geometric_recovers_and_values():
    rng = np.random.default_rng(8)
    n, alpha, beta = 20_000, 0.8, 4.0
    leaving = rng.geometric(rng.beta(alpha, beta, n))
    watched = rng.integers(1, 13, n)
    periods, ended = np.minimum(leaving, watched), leaving <= watched
    model = ShiftedBetaGeometric().fit(periods, ended)
    table = model.estimates()
    off = (table["estimate"] - [alpha, beta]) / table["standard_error"]
    assert (off.abs() < 3).all()
    # Residual value in closed form: Fader & Hardie (2010), Marketing Science 29(1).
    known = ShiftedBetaGeometric.with_parameters(alpha, beta)
    n_done, d = 3, 0.15
    renewals = (beta + n_done) / (alpha + beta + n_done)
    closed = renewals * hyp2f1(1, beta + n_done + 1, alpha + beta + n_done + 1, 1 / (1 + d))
    value = known.lifetime_value(1.0, age=n_done, horizon=2000, discount=d)
    assert value == pytest.approx(closed / (1 + d), rel=1e-6)


def test_a_constant_churn_rate_undervalues_loyal_customers():
    """The lesson's point, on the published cohort."""
    periods, ended = counts_from_survivors([1000, 869, 743, 653, 593, 551, 517, 491])
    rate = constant_retention(periods, ended)
    model = ShiftedBetaGeometric().fit(periods, ended)
    assert rate**1 > 0.869
    assert rate**7 < 0.491
    constant = retention_value(100, rate, discount=0.1, first_now=False)
    assert model.lifetime_value(100, age=7, discount=0.1, horizon=500) > 1.3 * constant


def test_subscription_periods():
    table = pd.DataFrame(
        {
            "started_on": pd.to_datetime(["2023-01-01", "2023-01-01", "2024-11-20", "2024-02-01"]),
            "ended_on": pd.to_datetime(["2023-12-31", None, None, "2024-02-10"]),
        }
    )
    periods = subscription_periods(table, as_of="2024-12-31")
    assert periods["periods"].tolist() == [12, 24, 1, 1]
    assert periods["ended"].tolist() == [True, False, False, True]
    # Seen from an earlier day, the first had not left yet.
    earlier = subscription_periods(table.head(1), as_of="2023-06-30")
    assert earlier.iloc[0].tolist() == [5, False]

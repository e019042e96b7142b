"""Published numbers that the value models must reproduce.

The CDNOW data lie in the lifetimes wheel. They are read as files of that distribution; the
package itself is never imported.
"""

from importlib.metadata import distribution

import numpy as np
import pandas as pd
import pytest

from custlab.value import (
    BGNBD,
    GammaGamma,
    ShiftedBetaGeometric,
    calibration_holdout,
    counts_from_survivors,
    holdout_by_frequency,
    net_promoter_score,
    purchase_histories,
)


def cdnow(name, **options):
    path = distribution("lifetimes").locate_file(f"lifetimes/datasets/{name}")
    return pd.read_csv(path, **options)


@pytest.fixture(scope="module")
def summary():
    table = cdnow("cdnow_customers_summary.csv", index_col="ID")
    return table.rename(columns={"frequency": "x", "recency": "t_x"})


@pytest.fixture(scope="module")
def purchases():
    names = ["master_id", "customer_id", "order_date", "discs", "amount"]
    return cdnow("CDNOW_sample.txt", sep=r"\s+", names=names, parse_dates=["order_date"])


def test_bgnbd_on_cdnow(summary):
    """Fader, Hardie & Lee (2005), Marketing Science 24(2), table 2."""
    assert len(summary) == 2357
    model = BGNBD().fit(summary)
    assert model.params_.round(3).to_dict() == pytest.approx(
        {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=0.0011
    )
    assert model.log_likelihood_ == pytest.approx(-9582.4, abs=0.05)
    assert model.n_histories_ < model.n_customers_ == 2357
    assert model.log_likelihood(summary) == pytest.approx(model.log_likelihood_)


def test_bgnbd_expectations():
    """The same paper, and the authors' and BTYD's worked examples."""
    model = BGNBD.with_parameters(r=0.243, alpha=4.414, a=0.793, b=2.426)
    customer = pd.DataFrame({"x": [2], "t_x": [30.43], "T": [38.86]})
    assert model.expected_purchases(customer, 39).item() == pytest.approx(1.226, abs=5e-4)
    model = BGNBD.with_parameters(r=0.2425982, alpha=4.413684, a=0.7929899, b=2.426167)
    assert model.expected_purchases_of_new(52) == pytest.approx(1.444004, abs=2e-6)
    busy = pd.DataFrame({"x": [26], "t_x": [30.85714], "T": [31.0]}, index=[1516])
    assert model.expected_purchases(busy, 52)[1516] == pytest.approx(25.75659, abs=1e-4)
    assert model.probability_alive(busy)[1516] == pytest.approx(0.9688523, abs=1e-6)


def test_histories_from_raw_purchases(purchases, summary):
    """Same-day purchases are one: 6,696 remain of 6,919, and the summary is reproduced."""
    assert len(purchases) == 6919
    whole = purchase_histories(purchases, non_positive="net")
    days = purchases.groupby(["customer_id", "order_date"])["amount"].sum()
    assert len(days) == 6696
    # Days on which nothing was paid (promotional discs) are no purchases.
    assert (whole["x"] + 1).sum() == (days > 0).sum()
    ours = calibration_holdout(purchases, "1997-09-30", non_positive="keep_zero")
    np.testing.assert_array_equal(ours["x"], summary["x"])
    np.testing.assert_allclose(ours["t_x"], summary["t_x"], atol=0.006)
    np.testing.assert_allclose(ours["T"], summary["T"], atol=0.006)


def test_holdout_of_cdnow(purchases):
    """The 39 weeks held out, as the walk-through of the R package BTYD (2014) tabulates them.

    Its purchases include those for which nothing was paid, so zeros must count.
    """
    split = calibration_holdout(purchases, "1997-09-30", non_positive="keep_zero")
    assert split["holdout_T"].unique().tolist() == [39.0]
    assert split["holdout_x"].sum() == 1882
    table = holdout_by_frequency(split, BGNBD().fit(split))
    assert table["customers"].tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    published = [0.2367116, 0.6970387, 1.392523, 1.560000, 2.532258, 2.947368, 3.862069, 6.359375]
    np.testing.assert_allclose(table["actual"], published, atol=1e-6)


def test_gamma_gamma_on_cdnow(purchases):
    """Fader & Hardie (2013), note 25: 946 customers with repeat purchases."""
    split = calibration_holdout(purchases, "1997-09-30", non_positive="net")
    model = GammaGamma().fit(split)
    assert model.n_customers_ == 946
    assert model.params_.to_dict() == pytest.approx(
        {"p": 6.25, "q": 3.74, "gamma": 15.44}, abs=0.006
    )
    assert model.log_likelihood_ == pytest.approx(-4055.9, abs=0.05)


def test_shifted_beta_geometric():
    """Fader & Hardie (2007), Journal of Interactive Marketing 21(1), "High End" customers."""
    survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    model = ShiftedBetaGeometric().fit(*counts_from_survivors(survivors))
    assert model.params_.to_dict() == pytest.approx({"alpha": 0.668, "beta": 3.806}, abs=5e-4)
    assert model.log_likelihood_ == pytest.approx(-1611.158, abs=5e-4)
    np.testing.assert_allclose(model.survival(np.arange(1, 8)) * 1000, survivors[1:], atol=20)


def test_net_promoter_score():
    """50 promoters, 30 passives, 20 detractors: variance (p + d) - (p - d)^2, over n."""
    score = net_promoter_score(np.repeat([9, 7, 0], [50, 30, 20]))
    assert score["nps"] == pytest.approx(0.30)
    assert score["standard_error"] == pytest.approx(0.0781, abs=5e-5)
    assert score[["low", "high"]].tolist() == pytest.approx([0.147, 0.453], abs=5e-4)

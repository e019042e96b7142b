"""Does the persona say who responds? On customers whom neither card nor rates were made from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import chi2, norm, rankdata

from custlab.customer_types.campaign import response_by_type
from custlab.i18n import _

CLIP = 0.001


def campaign_rows(case, campaign_id) -> pd.DataFrame:
    """Give one campaign: who was contacted or held back, and who ordered.

    Parameters
    ----------
    case : Case
        The firm.
    campaign_id : str
        Which.

    Returns
    -------
    DataFrame
        By ``customer_id``: ``treated`` and ``responded`` (bool).
    """
    sent = case.campaign[case.campaign["campaign_id"] == campaign_id]
    sent = sent.set_index(sent["customer_id"].astype(object))
    return pd.DataFrame(
        {"treated": sent["treatment"] == "treated", "responded": sent["responded"].astype(bool)}
    )


def predicted(learn: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """Predict the response of some customers from the rates among others.

    Without personas the chance is the rate of all contacted customers, or of all held back. With
    personas the mean deviation of the persona's customers from that rate is added, drawn towards
    nothing as far as the deviations look like chance (DerSimonian & Laird 1986): personas that
    do not differ change nothing.

    Parameters
    ----------
    learn, test : DataFrame
        ``treated``, ``responded`` and ``persona``.

    Returns
    -------
    DataFrame
        Like ``test``, with the probabilities ``none`` and ``by_persona``.
    """
    rates = learn.groupby("treated")["responded"].mean()
    everybody = learn["responded"].mean()
    usual = learn["treated"].map(rates).astype(float)
    deviation = drawn_in(learn["responded"] - usual, usual * (1 - usual), learn["persona"])
    none = test["treated"].map(rates).astype(float).fillna(everybody)
    own = test["persona"].map(deviation).astype(float).fillna(0.0)
    # Added on the scale of log-odds, where no chance can leave 0 to 1.
    middle = none.clip(CLIP, 1 - CLIP)
    added = expit(logit(middle) + own / (middle * (1 - middle)))
    return test.assign(none=none, by_persona=added.where(own != 0, none))


def drawn_in(deviation: pd.Series, variance: pd.Series, group: pd.Series) -> pd.Series:
    """Average deviations by group, drawn towards 0 as far as the groups look alike.

    Parameters
    ----------
    deviation, variance : Series
        Deviation of each customer from what is usual, and its variance by chance.
    group : Series
        Group of each customer.

    Returns
    -------
    Series
        By group: mean times the share of its variance that is not chance.

    Examples
    --------
    >>> same = drawn_in(pd.Series([0.1, -0.1] * 50), pd.Series([0.2] * 100),
    ...                 pd.Series(["a"] * 50 + ["b"] * 50))
    >>> same.tolist()
    [0.0, 0.0]
    """
    cells = pd.DataFrame({"deviation": deviation, "variance": variance}).groupby(group)
    mean, size = cells["deviation"].mean(), cells.size()
    error = (cells["variance"].sum() / size**2).clip(lower=1e-6)
    weight = 1 / error
    q = float((weight * mean**2).sum())
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    between = max(0.0, (q - (len(mean) - 1)) / scale) if scale > 0 else 0.0
    return mean * between / (between + error)


def judged(rows: pd.DataFrame) -> dict:
    """Compare predictions with what customers did.

    Parameters
    ----------
    rows : DataFrame
        ``responded``, ``treated``, ``none``, ``by_persona``, ``fold`` (who was held out
        together).

    Returns
    -------
    dict
        Log loss and Brier score with and without personas, the gain (positive: personas are
        better) with its 95 % interval over customers, and the area under the ROC curve among
        the contacted with DeLong's interval.

    References
    ----------
    Brier, G. W. (1950). Monthly Weather Review 78(1), 1-3. DeLong, E. R., DeLong, D. M. &
    Clarke-Pearson, D. L. (1988). Biometrics 44(3), 837-845.
    """
    did = rows["responded"].to_numpy(dtype=float)
    losses = {way: _log_loss(did, rows[way].to_numpy()) for way in ("none", "by_persona")}
    squares = {way: (did - rows[way].to_numpy()) ** 2 for way in ("none", "by_persona")}
    gain, low, high = _mean_with_interval(losses["none"] - losses["by_persona"])
    brier = _mean_with_interval(squares["none"] - squares["by_persona"])
    contacted = rows["treated"].to_numpy(dtype=bool)
    area = area_under_curve(
        did[contacted], rows["by_persona"].to_numpy()[contacted], rows["fold"].to_numpy()[contacted]
    )
    if low > 0:
        verdict = _("personas predict better than none")
    elif high < 0:
        verdict = _("personas predict worse than none")
    else:
        verdict = _("no difference shown")
    return {
        "customers": len(rows), "rate": did.mean(),
        "log_loss_none": losses["none"].mean(), "log_loss_personas": losses["by_persona"].mean(),
        "gain": gain, "gain_low": low, "gain_high": high,
        "brier_gain": brier[0], "brier_low": brier[1], "brier_high": brier[2],
        "auc": area[0], "auc_low": area[1], "auc_high": area[2], "verdict": verdict,
    }  # fmt: skip


def _log_loss(did: np.ndarray, chance: np.ndarray) -> np.ndarray:
    chance = np.clip(chance, CLIP, 1 - CLIP)
    return -(did * np.log(chance) + (1 - did) * np.log(1 - chance))


def _mean_with_interval(values: np.ndarray) -> tuple[float, float, float]:
    mean = float(values.mean())
    half = norm.ppf(0.975) * float(values.std(ddof=1)) / np.sqrt(len(values))
    return mean, mean - half, mean + half


def area_under_curve(did, score, fold=None) -> tuple[float, float, float]:
    """Give the area under the ROC curve with DeLong's 95 % interval.

    Parameters
    ----------
    did : array of 0 and 1
        Who responded.
    score : array of float
        Predicted chance.
    fold : array, optional
        Who was held out together. Only customers of one fold are compared with each other: across
        folds the area leans below one half, because a fold of many responses leaves few to
        learn from (Parker, Guenter & Bedo 2007, BMC Bioinformatics 8, 326).

    Returns
    -------
    tuple of float
        Area, low, high; missing if fewer than two responded, or did not, in every fold.

    Examples
    --------
    >>> area_under_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])[0]
    0.75
    """
    did, score = np.asarray(did, dtype=bool), np.asarray(score, dtype=float)
    fold = np.zeros(len(did)) if fold is None else np.asarray(fold)
    parts = [_delong(did[fold == one], score[fold == one]) for one in np.unique(fold)]
    parts = np.array([part for part in parts if part is not None])
    if len(parts) == 0:
        return (float("nan"),) * 3
    area, variance, pairs = parts.T
    weight = pairs / pairs.sum()
    middle = float(weight @ area)
    half = float(norm.ppf(0.975) * np.sqrt(weight**2 @ variance))
    return middle, max(0.0, middle - half), min(1.0, middle + half)


def _delong(did: np.ndarray, score: np.ndarray) -> tuple[float, float, int] | None:
    """Give area, variance and number of pairs of one fold."""
    m, n = int(did.sum()), int((~did).sum())
    if min(m, n) < 2:
        return None
    everybody, yes, no = rankdata(score), rankdata(score[did]), rankdata(score[~did])
    above = (everybody[did] - yes) / n
    below = 1 - (everybody[~did] - no) / m
    return above.mean(), above.var(ddof=1) / m + below.var(ddof=1) / n, m * n


def uplift_by_persona(rows: pd.DataFrame) -> pd.DataFrame:
    """Compare contacted and held-back customers of each persona.

    Parameters
    ----------
    rows : DataFrame
        ``treated``, ``responded`` and ``persona`` by ``customer_id``.

    Returns
    -------
    DataFrame
        One row a persona: ``customers``, ``rate``, ``control_customers``, ``control_rate``,
        ``difference`` with Newcombe's interval ``low``, ``high``; and ``same_p``: the chance of
        effects that differ this much between personas if all were equal (Cochran 1954, Q).
    """
    sent = pd.DataFrame(
        {
            "customer_id": rows.index, "campaign_id": "one",
            "treatment": np.where(rows["treated"], "treated", "control"),
            "approach": np.where(rows["treated"], "treated", "none"),
            "responded": rows["responded"].to_numpy(),
        }
    )  # fmt: skip
    found = response_by_type(sent, rows["persona"].rename("persona"), "one")
    found = found.droplevel("approach").rename_axis("persona")
    return found.assign(same_p=_heterogeneity(found)).reset_index()


def _heterogeneity(found: pd.DataFrame) -> float:
    """Test whether differences of shares are the same in all groups."""
    # Half a customer more on both sides keeps groups without any response in the sum.
    rates = [
        ((found[c] * found[r]) + 0.5, found[c] + 1)
        for r, c in (("rate", "customers"), ("control_rate", "control_customers"))
    ]
    shares = [hits / n for hits, n in rates]
    variance = sum(p * (1 - p) / n for p, (_hits, n) in zip(shares, rates, strict=True))
    weight = 1 / variance
    difference = shares[0] - shares[1]
    middle = (weight * difference).sum() / weight.sum()
    q = float((weight * (difference - middle) ** 2).sum())
    return float(chi2.sf(q, len(found) - 1)) if len(found) > 1 else float("nan")

"""The survey: needs, lifestyle, satisfaction, recommendation, brand ratings, comments.

Answers are missing not at random: busy and displeased people skip more, a wallet share is an
awkward question, and nobody rates a brand that they do not know.
"""

import numpy as np
import pandas as pd

from .comments import make_comments
from .spec import ATTRIBUTES, LIFESTYLES, NEEDS

SATISFACTIONS = ("sat_product", "sat_delivery", "sat_service", "sat_price")
WEIGHTS = {  # what drives overall satisfaction, planted for importance-performance analysis
    "appliances": (0.40, 0.12, 0.33, 0.15),
    "ecommerce": (0.28, 0.34, 0.14, 0.24),
    "software": (0.34, 0.08, 0.42, 0.16),
}
LEVELS = {  # mean of each satisfaction; what matters most is not what is done best
    "appliances": (4.0, 3.9, 3.4, 3.5),
    "ecommerce": (3.9, 3.5, 3.7, 3.9),
    "software": (3.9, 4.1, 3.4, 3.4),
}


def make_survey(spec, streams, calendar, customers, latent, people, first, unhappy):
    """Draw the answers of the customers who took part.

    Parameters
    ----------
    first : array of shape (customers,)
        Day of the first order: who has never ordered cannot be satisfied with us.
    unhappy : array of shape (customers,)
        Returns and complaints in the last year, which lower satisfaction.

    Returns
    -------
    DataFrame
        One row per respondent; customer and person as row numbers.
    """
    rng = streams("survey")
    rows = _respondents(rng, spec, calendar, customers, latent)
    n = len(rows)
    answers = pd.DataFrame({"customer": rows, "person": _who(rng, people, rows)})
    since = customers["customer_since"].to_numpy()[rows]
    opens = calendar.day("2024-10-08")
    answers["day"] = np.maximum(opens + rng.integers(0, 42, n), since)

    style = rng.normal(0, 0.35, n)  # some people agree with everything
    for item in [f"need_{x}" for x in NEEDS] + [f"lifestyle_{x}" for x in LIFESTYLES]:
        answers[item] = _likert(latent[item].to_numpy()[rows] + style, 7)
    pleased = latent["pleased"].to_numpy()[rows] - 0.35 * np.minimum(unhappy[rows], 3)
    satisfaction = _satisfaction(rng, spec, pleased)
    overall = (satisfaction * np.array(WEIGHTS[spec.name])).sum(axis=1) + rng.normal(0, 0.35, n)
    answers["satisfaction"] = _likert(overall, 5)
    for number, name in enumerate(SATISFACTIONS):
        answers[name] = _likert(satisfaction[:, number], 5)
    answers["recommend"] = np.clip(np.round(2.35 * overall - 1.1 + rng.normal(0, 1.4, n)), 0, 10)
    wallet = 1 / (1 + np.exp(-(0.5 * pleased - 0.35 + rng.normal(0, 0.8, n))))
    answers["wallet_share"] = np.round(wallet, 2)
    for brand, values in _brand_ratings(rng, spec, latent, rows, pleased).items():
        answers[brand] = values
    answers["comment"] = make_comments(rng, spec, latent, rows, satisfaction)
    _leave_gaps(rng, answers, pleased)
    _clear_without_order(answers, first)
    return answers.sort_values(["day", "customer"], kind="stable", ignore_index=True)


def _respondents(rng, spec, calendar, customers, latent):
    """Draw who answers: strong feelings, consent and age help; the young and firms answer less."""
    chance = spec.survey_share * (0.85 + 0.12 * np.abs(latent["pleased"].to_numpy()))
    chance = chance * np.where(customers["marketing_consent"], 1.05, 0.8)
    age = customers["age"].astype("Float64").fillna(44).to_numpy(dtype=float)
    chance = chance * np.select([age < 26, age < 36, age > 60], [0.65, 0.85, 1.25], 1.0)
    chance = chance * np.where(customers["kind"] == "household", 1.0, 0.8)
    chance = chance * (customers["customer_since"] < calendar.day("2024-11-01"))
    return np.flatnonzero(rng.random(len(customers)) < chance)


def _who(rng, people, rows):
    """Draw which grown-up of the unit answered."""
    unit = people["customer"].to_numpy()
    start = np.searchsorted(unit, rows)
    size = np.searchsorted(unit, rows, side="right") - start
    grown = (people["true_age"] >= 16).to_numpy()
    chosen = start + np.floor(rng.random(len(rows)) * size).astype(int)
    return np.where(grown[chosen], chosen, start)


def _likert(values, top):
    return np.clip(np.round(values), 1, top)


def _satisfaction(rng, spec, pleased):
    level = np.array(LEVELS[spec.name])
    own = rng.normal(0, 0.6, (len(pleased), 4))
    return level + 0.55 * pleased[:, None] + own


def _brand_ratings(rng, spec, latent, rows, pleased):
    """Rate each brand on five attributes: its position, a halo, and the rater's noise."""
    columns = {}
    needs = latent[[f"need_{a}" for a in ATTRIBUTES]].to_numpy()[rows]
    for brand in spec.brands:
        ours = brand == spec.brands[0]
        known = rng.random(len(rows)) < spec.brand_awareness[brand]
        halo = rng.normal(0, 0.5, len(rows)) + (0.45 * pleased if ours else 0)
        for number, attribute in enumerate(ATTRIBUTES):
            strict = -0.12 * (needs[:, number] - 4.5)  # who cares more is harder to please
            mean = spec.brand_positions[brand][number] + halo + strict
            rating = _likert(mean + rng.normal(0, 0.9, len(rows)), 7)
            gap = ~known | (rng.random(len(rows)) < 0.03)
            columns[f"rate_{brand}_{attribute}"] = np.where(gap, np.nan, rating)
    return columns


def _leave_gaps(rng, answers, pleased):
    """Blank out answers, not at random."""
    n = len(answers)
    tired = rng.random(n) < 0.06  # stopped half-way
    for item in answers.columns[answers.columns.str.startswith(("need_", "lifestyle_"))]:
        answers.loc[rng.random(n) < 0.015, item] = np.nan
    late = answers.columns[answers.columns.str.startswith(("sat_", "rate_"))]
    answers.loc[tired, [*late, "recommend", "wallet_share", "comment"]] = np.nan
    answers.loc[rng.random(n) < 0.08 + 0.06 * (pleased < -0.5), "sat_service"] = np.nan
    answers.loc[rng.random(n) < 0.03 + 0.12 * (pleased < -0.7), "satisfaction"] = np.nan
    answers.loc[rng.random(n) < 0.06, "recommend"] = np.nan
    answers.loc[rng.random(n) < 0.38 + 0.12 * (pleased < 0), "wallet_share"] = np.nan


def _clear_without_order(answers, first):
    """Blank out what only a customer with an order can answer."""
    never = first[answers["customer"]] > answers["day"]
    columns = ["satisfaction", *SATISFACTIONS, "recommend", "wallet_share", "comment"]
    answers.loc[never, columns] = None


def unhappy_events(customers, lines, interactions, since_day):
    """Count returned lines and complaints of each customer in the last year."""
    n = len(customers)
    recent = lines[(lines["day"] >= since_day) & lines["returned"]]
    angry = interactions[
        (interactions["minute"] >= since_day * 1440)
        & interactions["action"].isin(["complains", "reports fault"])
    ]
    returned = np.bincount(recent["customer"], minlength=n)
    return returned + np.bincount(angry["customer"], minlength=n)

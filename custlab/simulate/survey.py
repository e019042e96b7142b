"""The survey: needs, lifestyle, satisfaction, recommendation, brand ratings, comments.

Answers are missing not at random: busy and displeased people skip more, a wallet share is an
awkward question, and nobody rates a brand that they do not know.
"""

import numpy as np
import pandas as pd

from .streams import pick

OPENS_ON, OPEN_DAYS = "2024-10-08", 42
ENDINGS = ("", "", "", "", "", ".", ".", "!", "...")  # of a comment


def make_survey(setting, population, units, sales, events):
    """Draw the answers of the customers who took part.

    Parameters
    ----------
    events : DataFrame
        The interactions: complaints lower satisfaction, as returns do.

    Returns
    -------
    DataFrame
        One row per respondent; customer and person as row numbers.
    """
    firm, rng = setting.firm, setting.streams("survey")
    rows = _respondents(rng, setting, population)
    n = len(rows)
    latent = population.latent.iloc[rows].reset_index(drop=True)
    answers = pd.DataFrame({"customer": rows, "person": _who(rng, units, rows)})
    day = setting.calendar.day(OPENS_ON) + rng.integers(0, OPEN_DAYS, n)
    answers["day"] = np.maximum(day, population.customers["customer_since"].to_numpy()[rows])

    style = rng.normal(0, 0.35, n)  # some people agree with everything
    for item in firm.attitude_items:
        answers[item] = _likert(latent[item].to_numpy() + style, 7)
    unhappy = _unhappy_events(setting, population, sales, events)[rows]
    pleased = latent["pleased"].to_numpy() - 0.35 * np.minimum(unhappy, 3)
    level = np.array(list(firm.satisfaction_levels.values()))
    satisfaction = level + 0.55 * pleased[:, None] + rng.normal(0, 0.6, (n, len(level)))
    weights = np.array(list(firm.satisfaction_weights.values()))
    overall = (satisfaction * weights).sum(axis=1) + rng.normal(0, 0.35, n)
    answers["satisfaction"] = _likert(overall, 5)
    for number, aspect in enumerate(firm.satisfaction_weights):
        answers[f"sat_{aspect}"] = _likert(satisfaction[:, number], 5)
    answers["recommend"] = np.clip(np.round(2.35 * overall - 1.1 + rng.normal(0, 1.4, n)), 0, 10)
    wallet = 1 / (1 + np.exp(-(0.5 * pleased - 0.35 + rng.normal(0, 0.8, n))))
    answers["wallet_share"] = np.round(wallet, 2)
    ratings = _brand_ratings(rng, firm, latent, pleased)
    comment = _make_comments(rng, firm, latent, satisfaction.mean(axis=1) - 3.6)
    answers = pd.concat([answers, ratings], axis=1).assign(comment=comment)
    _leave_gaps(rng, answers, pleased)
    _clear_without_order(answers, sales.first)
    return answers.sort_values(["day", "customer"], kind="stable", ignore_index=True)


def _respondents(rng, setting, population):
    """Draw who answers: strong feelings, consent and age help; the young and firms answer less."""
    customers = population.customers
    feeling = np.abs(population.latent["pleased"].to_numpy())
    chance = setting.firm.survey_share * (0.85 + 0.12 * feeling)
    chance = chance * np.where(customers["marketing_consent"], 1.05, 0.8)
    age = customers["age"].astype("Float64").fillna(44).to_numpy(dtype=float)
    chance = chance * np.select([age < 26, age < 36, age > 60], [0.65, 0.85, 1.25], 1.0)
    chance = chance * np.where(population.home, 1.0, 0.8)
    chance = chance * (customers["customer_since"] < setting.calendar.day("2024-11-01"))
    return np.flatnonzero(rng.random(len(customers)) < chance)


def _who(rng, units, rows):
    """Draw which grown-up of the unit answered."""
    start = np.searchsorted(units.unit, rows)
    size = np.searchsorted(units.unit, rows, side="right") - start
    chosen = start + np.floor(rng.random(len(rows)) * size).astype(int)
    return np.where(units.younger_than(16)[chosen], start, chosen)


def _likert(values, top):
    return np.clip(np.round(values), 1, top)


def _brand_ratings(rng, firm, latent, pleased):
    """Rate each brand on five attributes: its position, a halo, and the rater's noise."""
    n = len(latent)
    ratings = {}
    for number, brand in enumerate(firm.brands):
        known = rng.random(n) < brand.awareness
        halo = rng.normal(0, 0.5, n) + (0.45 * pleased if number == 0 else 0)
        for attribute, position in brand.position.items():
            strict = -0.12 * (
                latent[f"need_{attribute}"].to_numpy() - 4.5
            )  # who cares more is stricter
            rating = _likert(position + halo + strict + rng.normal(0, 0.9, n), 7)
            gap = ~known | (rng.random(n) < 0.03)
            ratings[f"rate_{brand.name}_{attribute}"] = np.where(gap, np.nan, rating)
    return pd.DataFrame(ratings)


def _make_comments(rng, firm, latent, mood):
    """Write a comment for those who left one (None for the others); strong feelings write more."""
    n = len(mood)
    topics = list(firm.comments["good"])
    needs = [f"need_{'quality' if topic == 'product' else topic}" for topic in topics]
    topic = pick(rng, np.exp(0.6 * (latent[needs].to_numpy() - 4)))
    good = rng.random(n) < 1 / (1 + np.exp(-2.2 * mood))
    choice = rng.integers(0, 3, n)
    ending = rng.integers(0, len(ENDINGS), n)
    writes = rng.random(n) < 0.16 + 0.14 * np.minimum(np.abs(mood), 2)
    texts = np.full(n, None, dtype=object)
    for i in np.flatnonzero(writes):
        phrases = firm.comments["good" if good[i] else "bad"][topics[topic[i]]]
        texts[i] = phrases[choice[i]] + ENDINGS[ending[i]]
    return texts


def _leave_gaps(rng, answers, pleased):
    """Blank out answers, not at random."""
    n = len(answers)
    tired = rng.random(n) < 0.06  # stopped half-way
    for item in answers.columns[answers.columns.str.startswith(("need_", "lifestyle_"))]:
        answers.loc[rng.random(n) < 0.015, item] = np.nan
    late = answers.columns[answers.columns.str.startswith(("sat_", "rate_"))]
    answers.loc[tired, [*late, "recommend", "wallet_share", "comment"]] = np.nan
    gaps = {
        "sat_service": 0.08 + 0.06 * (pleased < -0.5),
        "satisfaction": 0.03 + 0.12 * (pleased < -0.7),
        "recommend": 0.06,
        "wallet_share": 0.38 + 0.12 * (pleased < 0),
    }
    for column, chance in gaps.items():
        answers.loc[rng.random(n) < chance, column] = np.nan


def _clear_without_order(answers, first):
    """Blank out what only a customer with an order can answer."""
    never = first[answers["customer"]] > answers["day"]
    asked = answers.columns.str.startswith("sat")
    columns = [*answers.columns[asked], "recommend", "wallet_share", "comment"]
    answers.loc[never, columns] = None


def _unhappy_events(setting, population, sales, events):
    """Count returned lines and complaints of each customer in the last year."""
    since = setting.calendar.last - 365
    past = sales.until(setting.calendar.last)
    returned = past.loc[past["returned"] & (past["day"] >= since), "customer"]
    angry = events["action"].isin(["complains", "reports fault"])
    angry = events.loc[angry & (events["minute"] >= since * 1440), "customer"]
    n = len(population)
    return np.bincount(returned, minlength=n) + np.bincount(angry, minlength=n)

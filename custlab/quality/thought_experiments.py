"""Trying what data can hide: answers to expect, people in a list, dates as read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.quality.dirty import defect_log, read_dirty


def expected_answers(
    everyone: pd.Series, rates: np.ndarray, invited: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Give the answers to expect when the chance to answer depends on the answer.

    Parameters
    ----------
    everyone : Series
        Share of all people by score (index: score), adding up to 1.
    rates : array
        Chance to answer of the people with each score, 0 to 1.
    invited : int
        How many people are asked.

    Returns
    -------
    DataFrame
        Shares by score: ``everyone`` and ``answers``.
    Series
        ``truth``, ``mean``, ``n`` (answers), ``rate`` (response rate), and ``low``, ``high``: the
        95 % interval of the mean by the normal approximation, 1.96 standard errors each way.

    Examples
    --------
    >>> everyone = pd.Series([0.5, 0.5], index=[1, 5])
    >>> summary = expected_answers(everyone, np.array([0.1, 0.3]), 1000)[1]
    >>> summary[["truth", "mean", "n"]].round(6).tolist()
    [3.0, 4.0, 200.0]
    """
    scores = everyone.index.to_numpy(dtype=float)
    heard = everyone * rates
    answers = heard / heard.sum()
    n = invited * heard.sum()
    mean = float(answers @ scores)
    spread = np.sqrt(float(answers @ (scores - mean) ** 2) / n)
    summary = {
        "truth": float(everyone @ scores),
        "mean": mean,
        "n": float(n),
        "rate": float(heard.sum()),
        "low": mean - 1.96 * spread,
        "high": mean + 1.96 * spread,
    }
    return pd.DataFrame({"everyone": everyone, "answers": answers}), pd.Series(summary)


def listed_people(case) -> pd.DataFrame:
    """Give the customers who are natural persons, with what a neighbour may know about them.

    Parameters
    ----------
    case : Case
        The firm's tables.

    Returns
    -------
    DataFrame
        One row a customer whose age is on record (organisations have none): ``customer_id``,
        ``age`` (years), ``gender``, ``life_stage``, ``city``, ``province``, ``region``.

    Examples
    --------
    >>> from custlab import load_case
    >>> bool(listed_people(load_case("software"))["age"].notna().all())
    True
    """
    columns = ["customer_id", "age", "gender", "life_stage", "city", "province", "region"]
    return case.customers.loc[case.customers["age"].notna(), columns].reset_index(drop=True)


def coarsened(
    people: pd.DataFrame, age_step: int, place: str, gender: bool, family: bool
) -> pd.DataFrame:
    """Keep only what is to be told about people, as coarsely as asked.

    Parameters
    ----------
    people : DataFrame
        As made by `listed_people`.
    age_step : int
        Width of the age bands in years; 1 tells the age itself, 0 leaves it out.
    place : str
        ``city``, ``province`` or ``region``; empty leaves the place out.
    gender, family : bool
        Whether to tell the gender and the life stage.

    Returns
    -------
    DataFrame
        One row a person; the columns that are told. Age bands are named by their first year.

    Examples
    --------
    >>> one = pd.DataFrame({"age": [37], "gender": ["female"], "city": ["Wuhan"]})
    >>> coarsened(one, 10, "city", gender=True, family=False).to_dict("records")
    [{'age': 30, 'city': 'Wuhan', 'gender': 'female'}]
    """
    told = {}
    if age_step:
        told["age"] = people["age"] // age_step * age_step
    if place:
        told[place] = people[place]
    if gender:
        told["gender"] = people["gender"]
    if family:
        told["life_stage"] = people["life_stage"]
    return pd.DataFrame(told, index=people.index)


def written_dates(case) -> pd.DataFrame:
    """Give the order dates of the dirty export as written, with the day that is meant.

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    DataFrame
        One row an order line, those with an impossible date left out: ``text``, ``meant``
        (date), ``form`` (how the 31st of May 2024 would be written in this way).

    Examples
    --------
    >>> from custlab import load_case
    >>> bool(written_dates(load_case("appliances"))["meant"].notna().all())
    True
    """
    log = defect_log(case)
    log = log[(log["table"] == "orders") & (log["column"] == "order_date")]
    text = read_dirty(case)["orders"]["order_date"]
    text = text.drop(log.loc[log["kind"] == "impossible date", "row"]).dropna()
    true = log[log["kind"] == "mixed date format"].set_index("row")["true_value"]
    meant = pd.to_datetime(true.reindex(text.index).fillna(text), format="%Y-%m-%d")
    return pd.DataFrame({"text": text, "meant": meant, "form": text.map(_form_of)})


def _form_of(text: str) -> str:
    """Say how the 31st of May 2024 would be written in the form of this date."""
    if "年" in text:
        return "2024年5月31日"
    if text.isdigit():
        return "20240531" if len(text) == 8 else "45443 (Excel)"
    if text[:4].isdigit():
        return "2024/5/31" if "/" in text else "2024-05-31"
    return "31.05.2024" if text[0].isdigit() else "May 31, 2024"


def reading_fates(written: pd.DataFrame, read: pd.Series) -> pd.DataFrame:
    """Count for each way of writing what became of the dates.

    Parameters
    ----------
    written : DataFrame
        As made by `written_dates`.
    read : Series of datetime64
        The dates as a rule read them.

    Returns
    -------
    DataFrame
        One row a way of writing, most frequent first; columns ``right``, ``another day``,
        ``lost`` (counts).

    Examples
    --------
    >>> written = pd.DataFrame({"meant": pd.to_datetime(["2024-05-04"]), "form": ["31.05.2024"]})
    >>> reading_fates(written, pd.to_datetime(pd.Series(["2024-04-05"]))).to_dict("records")
    [{'right': 0, 'another day': 1, 'lost': 0}]
    """
    fate = pd.Series("another day", index=written.index)
    fate[read.to_numpy() == written["meant"].to_numpy()] = "right"
    fate[read.isna().to_numpy()] = "lost"
    counts = pd.crosstab(written["form"], fate)
    counts = counts.reindex(columns=["right", "another day", "lost"], fill_value=0)
    return counts.loc[written["form"].value_counts().index].rename_axis(columns=None)

"""Who is in a segment: size, share of value, what sets it apart, a name, rules of membership."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_features
from custlab.errors import InputError
from custlab.i18n import _


def segment_sizes(labels: pd.Series, value: pd.Series | None = None) -> pd.DataFrame:
    """Count the customers of each segment, and the money that they bring.

    Parameters
    ----------
    labels : Series
        Segment of each customer, by ``customer_id``.
    value : Series, optional
        Value of each customer (such as the amount bought, in the case's currency), by
        ``customer_id``; a customer without a value counts 0.

    Returns
    -------
    DataFrame
        One row a segment: ``customers``, ``share`` (of the customers) and, with a value,
        ``value``, ``value_share`` and ``per_customer``.

    Examples
    --------
    >>> labels = pd.Series([0, 0, 0, 1], index=list("abcd"), name="segment")
    >>> segment_sizes(labels, pd.Series({"a": 10, "b": 10, "d": 60}))
             customers  share  value  value_share  per_customer
    segment
    0                3   0.75   20.0         0.25      6.666667
    1                1   0.25   60.0         0.75     60.000000
    """
    sizes = labels.rename("segment").value_counts().sort_index().rename("customers").to_frame()
    sizes["share"] = sizes["customers"] / len(labels)
    if value is not None:
        known = value.reindex(labels.index).fillna(0).astype(float)
        sizes["value"] = known.groupby(labels.rename("segment")).sum()
        sizes["value_share"] = sizes["value"] / sizes["value"].sum()
        sizes["per_customer"] = sizes["value"] / sizes["customers"]
    return sizes


def profile(table: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Say what sets each segment apart from all other customers, by effect sizes.

    With thousands of customers every difference is "significant"; an effect size says whether
    it is large. For numbers it is Cohen's d (difference from the rest, in standard deviations),
    for each value of a category Cohen's h (difference of two shares). For both, .2 is small,
    .5 medium and .8 large (Cohen 1988).

    Parameters
    ----------
    table : DataFrame of shape (customers, features)
        Features in their own units, numbers and categories; missing values are left out.
    labels : Series
        Segment of each customer, with the same index.

    Returns
    -------
    DataFrame
        One row a segment and trait, largest effect first: ``segment``, ``feature``, ``value``
        (of a category), ``inside`` and ``outside`` (mean or share), ``effect``.

    Raises
    ------
    InputError
        If the labels are those of other customers, or the table cannot be used.

    References
    ----------
    Cohen, J. (1988). Statistical power analysis for the behavioral sciences (2nd ed.).

    Examples
    --------
    >>> table = pd.DataFrame({"age": [30, 32, 50, 52], "channel": ["app", "app", "app", "shop"]})
    >>> found = profile(table, pd.Series([0, 0, 1, 1]))
    >>> found.loc[[0], ["feature", "inside", "outside", "effect"]].round(1)
      feature  inside  outside  effect
    0     age    31.0     51.0   -14.1
    """
    check_features(table, categories=True, missing=True)
    if not labels.index.equals(table.index):
        raise InputError(
            _("The labels belong to other customers than the table: give both the same index, "
              "for example table.loc[labels.index].")
        )  # fmt: skip
    numbers = table.select_dtypes("number")
    categories = table.drop(columns=numbers.columns)
    parts = [_numeric_traits(numbers, labels)]
    parts += [_category_traits(categories[name], labels) for name in categories.columns]
    traits = pd.concat([part for part in parts if len(part)], ignore_index=True)
    traits["size"] = traits["effect"].abs()
    traits = traits.sort_values(["segment", "size"], ascending=[True, False], kind="stable")
    return traits.drop(columns="size").reset_index(drop=True)


def _numeric_traits(numbers: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Compute Cohen's d of every number and segment from sums, counts and squares."""
    values = numbers.astype(float)
    rows = []
    for segment in sorted(labels.unique()):
        inside, outside = values[labels == segment], values[labels != segment]
        n_in, n_out = inside.count(), outside.count()
        within = inside.var() * (n_in - 1) + outside.var() * (n_out - 1)
        pooled = np.sqrt(within / (n_in + n_out - 2))
        difference = inside.mean() - outside.mean()
        effect = (difference / pooled.where(pooled > 0)).fillna(0.0)
        rows.append(
            pd.DataFrame(
                {
                    "segment": segment,
                    "feature": values.columns,
                    "value": None,
                    "inside": inside.mean().to_numpy(),
                    "outside": outside.mean().to_numpy(),
                    "effect": effect.to_numpy(),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _category_traits(column: pd.Series, labels: pd.Series) -> pd.DataFrame:
    """Compute Cohen's h of every value of a category and segment."""
    known = column.notna()
    counts = pd.crosstab(labels[known], column[known].astype(str))
    inside = counts.div(counts.sum(axis=1), axis=0)
    rest = counts.sum() - counts
    outside = rest.div(rest.sum(axis=1), axis=0)
    effect = 2 * np.arcsin(np.sqrt(inside)) - 2 * np.arcsin(np.sqrt(outside))
    long = pd.DataFrame(
        {"inside": inside.stack(), "outside": outside.stack(), "effect": effect.stack()}
    )
    long = long.rename_axis(["segment", "value"]).reset_index()
    long.insert(1, "feature", column.name)
    return long


def propose_names(traits: pd.DataFrame, n_traits: int = 2, least: float = 0.5) -> dict:
    """Propose a name for each segment from its strongest traits; you edit it.

    Parameters
    ----------
    traits : DataFrame
        The result of :func:`profile`.
    n_traits : int
        How many traits go into a name.
    least : float
        The smallest effect size worth a word.

    Returns
    -------
    dict
        Segment to name, such as ``"high orders, channel app"``; change entries as you like and
        apply them with ``labels.map(names)``. No two segments share a name.

    Examples
    --------
    >>> traits = pd.DataFrame({"segment": [0, 0, 1], "feature": ["orders", "channel", "orders"],
    ...                        "value": [None, "app", None], "effect": [1.4, 0.9, 0.1]})
    >>> propose_names(traits)
    {0: 'high orders, channel app', 1: 'average customers'}
    """
    names: dict = {}
    for segment, own in traits.groupby("segment", sort=True):
        strong = own[own["effect"].abs() >= least].drop_duplicates("feature")
        words = [_trait_words(*row) for row in strong[["feature", "value", "effect"]].to_numpy()]
        name = ", ".join(words[:n_traits]) or _("average customers")
        for extra in words[n_traits:]:
            if name not in names.values():
                break
            name = f"{name}, {extra}"
        if name in names.values():
            name = _("{name} (segment {segment})").format(name=name, segment=segment)
        names[segment] = name
    return names


def _trait_words(feature, value, effect) -> str:
    # "factor 1: technology, innovation" becomes "technology and innovation".
    feature = str(feature).split(": ")[-1].replace("_", " ").replace(", ", _(" and "))
    if value is None or pd.isna(value):
        text = _("high {feature}") if effect > 0 else _("low {feature}")
        return text.format(feature=feature)
    text = _("{feature} {value}") if effect > 0 else _("seldom {feature} {value}")
    return text.format(feature=feature, value=value)

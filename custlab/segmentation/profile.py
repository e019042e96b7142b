"""Who is in a segment: size, share of value, what sets it apart, a name, rules of membership."""

from __future__ import annotations

import numpy as np
import pandas as pd

from custlab.checks import check_finite
from custlab.features import check_features
from custlab.i18n import _
from custlab.segmentation.factors import AGAINST
from custlab.segmentation.labels import check_labels, of_customers


def eta_squared(values: pd.Series, groups: pd.Series) -> float:
    """Say how much of the differences in a number lies between groups.

    Parameters
    ----------
    values, groups : Series
        A number and a group for each customer, with the same index.

    Returns
    -------
    float
        Share of the variance, 0 to 1.

    References
    ----------
    Cohen, J. (1988). Statistical power analysis for the behavioral sciences (2nd ed.), chapter 8.

    Examples
    --------
    >>> eta_squared(pd.Series([1.0, 3, 5, 7]), pd.Series(["a", "a", "b", "b"]))
    0.8
    """
    means = values.groupby(groups, observed=True).transform("mean")
    return float(means.var(ddof=0) / values.var(ddof=0))


def middle_halves_apart(values: pd.Series, groups: pd.Series) -> tuple[int, int]:
    """Count the pairs of groups whose middle halves of customers do not overlap.

    Parameters
    ----------
    values, groups : Series
        A number and a group for each customer, with the same index.

    Returns
    -------
    tuple of int
        How many pairs lie apart, and how many pairs there are.

    Examples
    --------
    >>> middle_halves_apart(pd.Series([1.0, 2, 8, 9]), pd.Series(["a", "a", "b", "b"]))
    (1, 1)
    """
    low, high = (values.groupby(groups, observed=True).quantile(q).to_numpy() for q in (0.25, 0.75))
    apart = int((low[:, None] > high[None, :]).sum())
    return apart, len(low) * (len(low) - 1) // 2


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

    Raises
    ------
    InputError
        If a customer has no segment, or an infinite value, or stands twice in the values.

    Examples
    --------
    >>> labels = pd.Series([0, 0, 0, 1], index=list("abcd"), name="segment")
    >>> segment_sizes(labels, pd.Series({"a": 10, "b": 10, "d": 60}))
             customers  share  value  value_share  per_customer
    segment
    0                3   0.75   20.0         0.25      6.666667
    1                1   0.25   60.0         0.75     60.000000
    """
    check_labels(labels)
    sizes = labels.rename("segment").value_counts().sort_index().rename("customers").to_frame()
    sizes["share"] = sizes["customers"] / len(labels)
    if value is not None:
        known = of_customers(value, labels).fillna(0)
        known = pd.Series(check_finite(known, str(value.name or "value")), labels.index)
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
        (of a category), ``inside`` and ``outside`` (mean or share), ``effect``: infinite where
        each side has one single value and the two differ, missing where a side knows none; and
        ``customers``, ``others``: of how many on each side the feature is known.

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
    check_labels(labels, table)
    numbers = table.select_dtypes("number")
    categories = table.drop(columns=numbers.columns)
    parts = [_numeric_traits(numbers, labels)]
    parts += [_category_traits(categories[name], labels) for name in categories.columns]
    traits = pd.concat([part for part in parts if len(part)], ignore_index=True)
    traits["size"] = traits["effect"].abs()
    traits = traits.sort_values(["segment", "size"], ascending=[True, False], kind="stable")
    return traits.drop(columns="size").reset_index(drop=True)


def _numeric_traits(numbers: pd.DataFrame, labels: pd.Series) -> pd.DataFrame:
    """Compute Cohen's d of every number, or h of every 0/1 column, from sums and squares."""
    values = numbers.astype(float)
    flags = values.isin([0, 1]).where(values.notna(), True).all()
    rows = []
    for segment in sorted(labels.unique()):
        inside, outside = values[labels == segment], values[labels != segment]
        n_in, n_out = inside.count(), outside.count()
        within = inside.var(ddof=0) * n_in + outside.var(ddof=0) * n_out
        # All alike on both sides: exactly no spread, whatever rounding has left of it.
        within = within.mask(inside.nunique().le(1) & outside.nunique().le(1), 0.0)
        difference = inside.mean() - outside.mean()
        with np.errstate(divide="ignore", invalid="ignore"):
            effect = difference / np.sqrt(within / (n_in + n_out - 2))
            effect = effect.mask(flags, _cohens_h(inside.mean(), outside.mean()))
        rows.append(
            pd.DataFrame(
                {
                    "segment": segment,
                    "feature": values.columns,
                    "value": None,
                    "inside": inside.mean().to_numpy(),
                    "outside": outside.mean().to_numpy(),
                    "effect": effect.mask(difference == 0, 0.0).to_numpy(),
                    "customers": n_in.to_numpy(),
                    "others": n_out.to_numpy(),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _cohens_h(inside, outside):
    return 2 * np.arcsin(np.sqrt(inside)) - 2 * np.arcsin(np.sqrt(outside))


def _category_traits(column: pd.Series, labels: pd.Series) -> pd.DataFrame:
    """Compute Cohen's h of every value of a category and segment."""
    known = column.notna()
    counts = pd.crosstab(labels[known], column[known].astype(str))
    inside = counts.div(counts.sum(axis=1), axis=0)
    rest = counts.sum() - counts
    outside = rest.div(rest.sum(axis=1), axis=0)
    effect = _cohens_h(inside, outside)
    long = pd.DataFrame(
        {"inside": inside.stack(), "outside": outside.stack(), "effect": effect.stack()}
    )
    of_segment = long.index.get_level_values(0)
    long["customers"] = of_segment.map(counts.sum(axis=1))
    long["others"] = of_segment.map(rest.sum(axis=1))
    long = long.rename_axis(["segment", "value"]).reset_index()
    long.insert(1, "feature", column.name)
    return long


def propose_names(traits: pd.DataFrame, n_traits: int = 2, least: float = 0.5) -> dict:
    """Propose a name for each segment from its strongest traits; you edit it.

    A trait that is known of less than half of the segment gives no name to all of it.

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
        strong = own[own["effect"].abs() >= least]
        if "customers" in own:
            strong = strong[strong["customers"] >= own["customers"].max() / 2]
        strong = strong.drop_duplicates("feature")
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
    if value is None or pd.isna(value):
        # "factor 1: price, −work" becomes "high price and low work".
        items = str(feature).split(": ")[-1].replace("_", " ").split(", ")
        high = [item for item in items if item.startswith(AGAINST) != (effect > 0)]
        low = [item for item in items if item not in high]
        said = [
            text.format(feature=_(" and ").join(item.removeprefix(AGAINST) for item in part))
            for text, part in ((_("high {feature}"), high), (_("low {feature}"), low))
            if part
        ]
        return _(" and ").join(said)
    feature = str(feature).replace("_", " ")
    text = _("{feature} {value}") if effect > 0 else _("seldom {feature} {value}")
    return text.format(feature=feature, value=value)

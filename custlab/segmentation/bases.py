"""The four classic bases of segmentation, each as a table of features: one row a customer."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from custlab.checks import check_case, check_choice, check_flags
from custlab.errors import InputError
from custlab.i18n import _
from custlab.segmentation.factors import FactorScores
from custlab.value.rfm import rfm_table

BATTERIES = ("need_", "lifestyle_")
LINE_COLUMNS = ("amount", "discount", "channel", "returned")


class _Base(TransformerMixin, BaseEstimator):
    """Turn a case into features; columns learned in ``fit`` stay the same for later data."""

    def fit(self, case, y=None):
        """Learn which columns there are.

        Parameters
        ----------
        case : Case
            The firm.
        y : None
            Ignored.

        Returns
        -------
        transformer
            Itself.

        Raises
        ------
        InputError
            If the case lacks what the base needs.
        """
        self._fit(case)
        return self

    def fit_transform(self, case, y=None):
        """Learn which columns there are, and give the features of the same case.

        Parameters
        ----------
        case : Case
            The firm.
        y : None
            Ignored.

        Returns
        -------
        DataFrame
            Features by ``customer_id``.
        """
        return self._fit(case)[self.columns_]

    def _fit(self, case) -> pd.DataFrame:
        self._learn(case)
        features = self._features(case)
        if features.empty:
            raise InputError(_("This case has no data for this base: its tables are empty."))
        # A column that nobody has, or that is the same for all, tells nothing about this case.
        varied = features.nunique() > 1
        self.columns_ = list(features.columns[varied])
        return features

    def transform(self, case):
        """Give the features of a case's customers.

        Parameters
        ----------
        case : Case
            The firm, with the tables that ``fit`` has seen.

        Returns
        -------
        DataFrame
            Features by ``customer_id``.
        """
        check_is_fitted(self)
        return self._features(case).reindex(columns=self.columns_)

    def get_feature_names_out(self, input_features=None):
        """Name the features.

        Parameters
        ----------
        input_features : None
            Ignored: the case decides.

        Returns
        -------
        ndarray of str
            Names.
        """
        check_is_fitted(self)
        return np.array(self.columns_, dtype=object)

    def _learn(self, case) -> None:
        """Learn from the case what the features need; most bases need nothing."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # a case, not a table of numbers
        return tags


class GeographicBase(_Base):
    """Where customers are: ``region`` and ``city_tier`` (1 = the four largest cities, to 4).

    Examples
    --------
    >>> from custlab import load_case
    >>> list(GeographicBase().fit_transform(load_case("ecommerce")).columns)
    ['region', 'city_tier']
    """

    def _features(self, case) -> pd.DataFrame:
        return _of_customers(case, ["region", "city_tier"])


class DemographicBase(_Base):
    """Who customers are: age, income, education, household; of firms, their trade and size.

    Columns that a kind of customer cannot have (the age of a firm) are missing.

    Examples
    --------
    >>> from custlab import load_case
    >>> "life_stage" in DemographicBase().fit_transform(load_case("ecommerce"))
    True
    """

    def _features(self, case) -> pd.DataFrame:
        return _of_customers(
            case,
            ["kind", "age", "gender", "income_band", "education", "household_size", "life_stage",
             "occupation", "industry", "employees"],
        )  # fmt: skip


class PsychographicBase(_Base):
    """What customers want and how they live: factor scores of the survey's two batteries.

    Only customers who answered the survey have a row.

    Parameters
    ----------
    n_factors : int, optional
        How many factors; by default as many as parallel analysis supports.

    Attributes
    ----------
    factors_ : FactorScores
        The fitted factors, with their ``loadings_``.

    Examples
    --------
    >>> from custlab import load_case
    >>> PsychographicBase(n_factors=3).fit_transform(load_case("ecommerce")).shape[1]
    3
    """

    def __init__(self, n_factors=None):
        self.n_factors = n_factors

    def _learn(self, case) -> None:
        items = likert_items(case)
        self.factors_ = FactorScores(self.n_factors).set_output(transform="pandas").fit(items)

    def _features(self, case) -> pd.DataFrame:
        return self.factors_.transform(likert_items(case))


class BehaviouralBase(_Base):
    """What customers do: recency, frequency, money, prices accepted, product lines, channels.

    Discounts, returns and channels are left out where the orders have no such column. Only
    customers with an order have a row. ``recency`` is in days, ``monetary`` and ``per_order`` in
    the case's currency; shares lie between 0 and 1.

    Examples
    --------
    >>> from custlab import load_case
    >>> list(BehaviouralBase().fit_transform(load_case("ecommerce")).columns[:4])
    ['recency', 'frequency', 'monetary', 'per_order']
    """

    def _features(self, case) -> pd.DataFrame:
        check_case(
            case, orders=["customer_id", "product_id"], products=["product_id", "line"], as_of=()
        )
        orders, products = case.orders, case.products.drop_duplicates("product_id")
        product = _rows(products["product_id"], orders["product_id"])
        features = rfm_table(orders, as_of=case.as_of)
        customer = _rows(features["customer_id"], orders["customer_id"])
        used = [name for name in LINE_COLUMNS if name in orders.columns]
        lines = orders[used].assign(customer=customer, product=product)
        lines = lines[(customer >= 0) & (product >= 0)]
        if "returned" in lines:
            lines = lines.assign(returned=check_flags(lines["returned"], "returned"))
        kept = lines[~lines["returned"]] if "returned" in lines else lines
        features["per_order"] = features["monetary"] / features["frequency"]
        if "discount" in lines:
            money = kept.groupby("customer")[["amount", "discount"]].sum()
            features["discount_share"] = money["discount"] / (money["amount"] + money["discount"])
        if "returned" in lines:
            features["return_share"] = lines.groupby("customer")["returned"].mean()
        shared = {"line": products["line"].iloc[kept["product"]]}
        if "channel" in lines:
            shared["channel"] = kept["channel"]
        for name, kinds in shared.items():
            features = features.join(_shares(kept["customer"], kinds, name, len(features)))
        return features.set_index("customer_id")


BASES = {
    "geographic": GeographicBase,
    "demographic": DemographicBase,
    "psychographic": PsychographicBase,
    "behavioural": BehaviouralBase,
}


def base_features(case, *names: str) -> pd.DataFrame:
    """Put the features of one or several bases side by side.

    Parameters
    ----------
    case : Case
        The firm.
    *names : {"geographic", "demographic", "psychographic", "behavioural"}
        Which bases; all four by default.

    Returns
    -------
    DataFrame
        Features by ``customer_id``, of the customers that every chosen base has.

    Raises
    ------
    InputError
        If a base does not exist, or no customer has all of them.

    Examples
    --------
    >>> from custlab import load_case
    >>> base_features(load_case("ecommerce"), "geographic").shape[1]
    2
    """
    for name in names:
        check_choice("base", name, BASES)
    tables = [BASES[name]().fit_transform(case) for name in names or BASES]
    joined = pd.concat(tables, axis=1, join="inner")
    if joined.empty:
        raise InputError(_("No customer has data for all of these bases: choose fewer."))
    return joined


def likert_items(case) -> pd.DataFrame:
    """Give the answers to the survey's two batteries of items, 1 (not at all) to 7 (fully).

    Parameters
    ----------
    case : Case
        The firm.

    Returns
    -------
    DataFrame
        Items by ``customer_id``: ``need_…`` and ``lifestyle_…``, missing where not answered. Who
        answered more than once counts with the latest answers.

    Raises
    ------
    InputError
        If the case has no survey, or no such items.

    Examples
    --------
    >>> from custlab import load_case
    >>> likert_items(load_case("ecommerce")).shape[1]
    16
    """
    check_case(case, survey=["customer_id", "survey_date"])
    survey = case.survey.sort_values("survey_date").drop_duplicates("customer_id", keep="last")
    items = [name for name in survey.columns if name.startswith(BATTERIES)]
    if not items:
        raise InputError(
            _("The survey has no items of needs or lifestyles (columns need_… or lifestyle_…), so "
              "there is no psychographic base.")
        )  # fmt: skip
    for name in items:
        if not pd.api.types.is_numeric_dtype(survey[name]):
            raise InputError(
                _("Survey item {column!r} holds {example!r}, not an answer from 1 to 7. Turn "
                  "answers in words into numbers first.").format(
                    column=name, example=survey[name].dropna().head(1).squeeze())
            )  # fmt: skip
    answers = survey.set_index("customer_id")[items].astype("Float64").astype(float)
    return answers.dropna(how="all")


def _of_customers(case, wanted: list[str]) -> pd.DataFrame:
    check_case(case, customers=["customer_id"])
    customers = case.customers.set_index("customer_id")
    known = [name for name in wanted if name in customers.columns]
    if not known:
        raise InputError(
            _("The table customers has none of the columns of this base: {wanted}.").format(
                wanted=", ".join(wanted)
            )
        )
    return customers[known]


def _rows(keys: pd.Series, found: pd.Series) -> np.ndarray:
    """Say in which row of unique keys each value stands; -1 if in none."""
    codes, values = pd.factorize(found)
    return np.append(pd.Index(keys).get_indexer(values), -1)[codes]


def _shares(customer: pd.Series, kinds: pd.Series, name: str, n_customers: int) -> pd.DataFrame:
    """Give the share of each customer's order lines that falls to each kind of line."""
    codes, labels = pd.factorize(kinds)
    cells = (customer.to_numpy() * len(labels) + codes)[codes >= 0]
    counts = np.bincount(cells, minlength=n_customers * len(labels))
    counts = counts.reshape(n_customers, len(labels))
    with np.errstate(invalid="ignore"):  # who has no line has no shares
        shares = counts / counts.sum(axis=1, keepdims=True)
    return pd.DataFrame(shares, columns=[f"{name} {label}" for label in labels]).sort_index(axis=1)

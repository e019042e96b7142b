"""RFM as scikit-learn transformers: the first steps of a clustering pipeline."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from custlab.value.orders import OrderColumns, checked_orders
from custlab.value.rfm import MEASURES, cuts_of, rfm_table


class RFM(TransformerMixin, BaseEstimator):
    """Turn orders into one row per customer: recency, frequency, monetary value.

    The first step of a pipeline such as ``make_pipeline(RFM(), StandardScaler(), KMeans(5))``.
    The number of rows changes (orders in, customers out); the customers are the index of the
    result and are kept in ``customers_``.

    Parameters
    ----------
    as_of : date or str, optional
        The day of analysis; the last day seen in ``fit`` by default, so that later customers
        are measured from the same day.
    customer, date, amount, order : str
        Names of the columns of the orders.
    monetary : {"sum", "mean"}
        Money in total, or per order.
    non_positive, returns, repeats : str
        As in :func:`rfm_table`.

    Attributes
    ----------
    as_of_ : datetime
        The day from which recency is counted.
    customers_ : ndarray
        The customers of the orders fitted, in the order of the result's rows.

    Examples
    --------
    >>> orders = pd.DataFrame({"customer_id": ["a", "b"], "amount": [20.0, 30.0],
    ...                        "order_date": pd.to_datetime(["2024-03-01", "2024-02-20"])})
    >>> RFM().fit_transform(orders)
                 recency  frequency  monetary
    customer_id
    a                  0          1      20.0
    b                 10          1      30.0
    """

    def __init__(
        self,
        as_of=None,
        customer="customer_id",
        date="order_date",
        amount="amount",
        order="order_id",
        monetary="sum",
        non_positive="refuse",
        returns="drop",
        repeats="refuse",
    ):
        self.as_of = as_of
        self.customer = customer
        self.date = date
        self.amount = amount
        self.order = order
        self.monetary = monetary
        self.non_positive = non_positive
        self.returns = returns
        self.repeats = repeats

    def fit(self, X, y=None):
        """Learn the day of analysis and who the customers are."""
        columns = OrderColumns(self.customer, self.date, self.amount, self.order)
        __, self.as_of_ = checked_orders(
            X,
            columns,
            as_of=self.as_of,
            non_positive=self.non_positive,
            returns=self.returns,
            repeats=self.repeats,
        )
        self.customers_ = self._table(X).index.to_numpy()
        return self

    def transform(self, X):
        """Give the RFM table of the orders, with the customers as index."""
        check_is_fitted(self)
        return self._table(X)

    def _table(self, X) -> pd.DataFrame:
        table = rfm_table(
            X,
            as_of=self.as_of_,
            customer=self.customer,
            date=self.date,
            amount=self.amount,
            order=self.order,
            monetary=self.monetary,
            non_positive=self.non_positive,
            returns=self.returns,
            repeats=self.repeats,
        )
        return (
            nw.from_native(table, eager_only=True).to_pandas().set_index(self.customer).sort_index()
        )

    def get_feature_names_out(self, input_features=None):
        """Name the three columns of the result."""
        return np.array(MEASURES, dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # a table of orders with named columns, not numbers
        return tags


class RFMScorer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Score columns of numbers by cuts that were learned once and then stay.

    Parameters
    ----------
    n_scores : int
        How many scores, at least 2.
    method : {"quantile", "equal_width"}
        How the cuts are found.
    reverse : tuple of str or int
        Columns in which a small value is good, by name or by position.

    Attributes
    ----------
    cuts_ : list of ndarray
        The cuts of each column.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [0, 40, 90, 200], "frequency": [9, 4, 2, 1]})
    >>> RFMScorer(n_scores=2).fit_transform(table)
    array([[2., 2.],
           [2., 2.],
           [1., 1.],
           [1., 1.]])
    """

    def __init__(self, n_scores=5, method="quantile", reverse=("recency",)):
        self.n_scores = n_scores
        self.method = method
        self.reverse = reverse

    def fit(self, X, y=None):
        """Find the cuts of each column."""
        X = validate_data(self, X, dtype="numeric", ensure_min_samples=2)
        names = getattr(self, "feature_names_in_", range(X.shape[1]))
        self.cuts_ = [
            cuts_of(column, str(name), self.method, self.n_scores)
            for name, column in zip(names, X.T, strict=True)
        ]
        return self

    def transform(self, X):
        """Give each value its score: the number of cuts below it, plus one."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype="numeric", reset=False)
        names = getattr(self, "feature_names_in_", [None] * X.shape[1])
        scores = np.empty(X.shape)
        for place, (name, cuts) in enumerate(zip(names, self.cuts_, strict=True)):
            passed = (X[:, place, None] > cuts).sum(axis=1)
            turned = name in self.reverse or place in self.reverse
            scores[:, place] = self.n_scores - passed if turned else passed + 1
        return scores

"""RFM: recency, frequency and monetary value of each customer, scored, named, ready to cluster.

Orders may come from pandas, Polars, DuckDB, Dask or PySpark. They are added up where they live;
only one row per customer is brought here.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import narwhals as nw
import numpy as np
import pandas as pd

from custlab.checks import check_choice, check_columns, check_finite, check_whole, pandas_table
from custlab.errors import InputError
from custlab.i18n import _
from custlab.value.orders import OrderColumns, checked_orders, collected

MEASURES = ("recency", "frequency", "monetary")
METHODS = ("quantile", "equal_width")
MILLISECONDS_A_DAY = 86_400_000
N_SCORES = "n_scores"  # where a pandas table of scores keeps how many there are


def rfm_table(
    orders,
    *,
    as_of=None,
    customer: str = "customer_id",
    date: str = "order_date",
    amount: str = "amount",
    order: str = "order_id",
    monetary: str = "sum",
    non_positive: str = "refuse",
    returns: str = "drop",
    repeats: str = "refuse",
):
    """Give each customer's recency, frequency and monetary value.

    Parameters
    ----------
    orders : pandas, Polars, DuckDB, Dask or PySpark frame
        One row per order or order line. If it has a column of order numbers, frequency counts
        different orders, otherwise rows.
    as_of : date or str, optional
        The day of analysis; the day of the last order by default.
    customer, date, amount, order : str
        Names of the columns.
    monetary : {"sum", "mean"}
        Money in total, or per order.
    non_positive : {"refuse", "net", "drop", "keep_zero"}
        Amounts of zero or less: refuse them; subtract them without calling them purchases; or
        leave them out. Customers who have nothing else are left out too. With "keep_zero" an
        amount of zero is a purchase, and only negative ones are refused.
    returns : {"drop", "keep"}
        Rows whose column ``returned`` is true (or 1): leave out (default) or count.
    repeats : {"refuse", "keep", "drop"}
        Rows that repeat another in every column, order number included: refuse them; count them,
        because the same article may stand in an order twice; or leave them out.

    Returns
    -------
    pandas or Polars DataFrame
        ``customer_id``, ``recency`` (whole days since the last order), ``frequency`` (orders),
        ``monetary`` (currency). From pandas, customers stand as they first appear; from Polars
        a Polars frame without a promised order; from other engines pandas, sorted by customer.

    Raises
    ------
    InputError
        For missing columns, text in place of dates or amounts, future dates, mixed currencies,
        repeated rows, and amounts of zero or less unless allowed.

    References
    ----------
    Hughes, A. M. (1994). Strategic Database Marketing.

    Examples
    --------
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["a", "a", "b"],
    ...     "order_date": pd.to_datetime(["2024-01-05", "2024-03-01", "2024-02-20"]),
    ...     "amount": [12.05, 7.95, 30.0],
    ... })
    >>> rfm_table(orders)
      customer_id  recency  frequency  monetary
    0           a        0          2      20.0
    1           b       10          1      30.0
    """
    check_choice("monetary", monetary, ("sum", "mean"))
    columns = OrderColumns(customer=customer, date=date, amount=amount, order=order)
    frame, as_of = checked_orders(
        orders,
        columns,
        as_of=as_of,
        non_positive=non_positive,
        returns=returns,
        repeats=repeats,
    )
    table = collected(_added_up(frame, columns, net=non_positive == "net"))
    # Whole days between dates, whatever the hour: count from the last moment of the day as_of.
    end = int((as_of + timedelta(days=1) - datetime(1970, 1, 1)).total_seconds() * 1000) - 1
    moment = nw.col("last").cast(nw.Datetime("us")).dt.timestamp("ms")
    money = nw.col("monetary") / nw.col("frequency") if monetary == "mean" else nw.col("monetary")
    table = table.select(
        nw.col(customer),
        ((end - moment) // MILLISECONDS_A_DAY).cast(nw.Int64).alias("recency"),
        nw.col("frequency").cast(nw.Int64),
        # Sums of the same amounts in another order differ in the last bit: equal stays equal.
        money.cast(nw.Float64).round(6).alias("monetary"),
    )
    if isinstance(frame, nw.LazyFrame) and not table.implementation.is_polars():
        table = table.sort(customer)  # engines that work in parallel give another order each time
    return nw.maybe_reset_index(table).to_native()


def _added_up(frame, columns: OrderColumns, net: bool):
    """Aggregate orders to customers inside their own engine."""
    if frame.implementation.is_polars():
        frame = frame.lazy()  # Polars plans the whole query before it starts
    purchases = frame.filter(nw.col(columns.amount) > 0) if net else frame
    schema = frame.collect_schema()
    orders = nw.col(columns.order).n_unique() if columns.order in schema else nw.len()
    aims = [nw.col(columns.date).max().alias("last"), orders.alias("frequency")]
    money = nw.col(columns.amount).sum().alias("monetary")
    if not net:
        return purchases.group_by(columns.customer).agg(*aims, money)
    # Refunds lower the money but are no purchases: two sums, joined for those who purchased.
    return (
        purchases.group_by(columns.customer)
        .agg(*aims)
        .join(frame.group_by(columns.customer).agg(money), on=columns.customer, how="inner")
    )


def cut_points(table, *, method: str = "quantile", n_scores: int = 5) -> dict[str, np.ndarray]:
    """Find where the scores of each measure change.

    Parameters
    ----------
    table : pandas or Polars DataFrame
        Columns ``recency``, ``frequency``, ``monetary``.
    method : {"quantile", "equal_width"}
        Cuts with equally many customers between them (as far as ties allow), or cuts at equal
        distances.
    n_scores : int
        How many scores, at least 2.

    Returns
    -------
    dict
        For each measure ``n_scores - 1`` ascending cuts. A value equal to a cut belongs below it;
        the highest value lies above all of them.

    Raises
    ------
    InputError
        If a measure is missing or has the same value for every customer.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [1, 9], "frequency": [1, 3], "monetary": [5.0, 7.0]})
    >>> cut_points(table, n_scores=2)["frequency"]
    array([2.])
    """
    return {
        name: cuts_of(values, name, method, n_scores) for name, values in _measures(table).items()
    }


def _measures(table) -> dict[str, np.ndarray]:
    """Give the three measures as numbers, all of them known and finite."""
    frame = _eager(table, MEASURES, "rfm", _("Make it with rfm_table(orders)."))
    if len(frame) == 0:
        raise InputError(_("The table is empty: there is no customer to score."))
    return {name: check_finite(frame[name].to_pandas(), name) for name in MEASURES}


def _eager(table, needed, name: str, remedy: str) -> nw.DataFrame:
    """Wrap a table that is here (a plan of Polars is carried out), once it has its columns."""
    table = table.collect() if hasattr(table, "collect") else table
    if isinstance(table, pd.DataFrame):
        pandas_table(table, needed, name, remedy)
    check_columns(table, needed, name, remedy)
    return nw.from_native(table, eager_only=True)


def cuts_of(values: np.ndarray, name: str, method: str, n_scores: int) -> np.ndarray:
    """Find the cuts of one measure.

    Parameters
    ----------
    values : ndarray
        One value per customer.
    name : str
        What the values are called, for messages.
    method, n_scores
        As in :func:`cut_points`.

    Returns
    -------
    ndarray
        ``n_scores - 1`` ascending cuts.

    Raises
    ------
    InputError
        If the values do not vary.

    Examples
    --------
    >>> cuts_of(np.array([1, 2, 3, 4]), "frequency", "quantile", 2)
    array([2.5])
    """
    check_choice("method", method, METHODS)
    check_whole("n_scores", n_scores, 2)
    low, high = values.min(), values.max()
    if low == high:
        raise InputError(
            _(
                "Column {column} is {value:g} for every customer: there is no variation to cut "
                "into {n} scores. Leave this measure out, or observe a longer period."
            ).format(column=name, value=low, n=n_scores)
        )
    shares = np.linspace(0, 1, n_scores + 1)[1:-1]
    if method == "equal_width":
        return low + shares * (high - low)
    cuts = np.quantile(values, shares)
    # However many share the highest value, it lies above every cut: no score better (or, of
    # recency, worse) than theirs stays empty.
    cuts[cuts == high] = values[values < high].max()
    return np.maximum.accumulate(cuts)


def rfm_scores(table, *, cuts="quantile", n_scores: int = 5):
    """Score each measure from 1 (worst) to ``n_scores`` (best).

    Customers with equal values always get equal scores: a score depends on the value alone,
    never on the order of the rows. The best value gets the best score and the worst value 1,
    however many customers share them.

    Parameters
    ----------
    table : pandas or Polars DataFrame
        The result of :func:`rfm_table`.
    cuts : {"quantile", "equal_width"} or dict
        The method of cuts, or the cuts themselves as from :func:`cut_points`.
    n_scores : int
        How many scores; ignored if the cuts themselves are given.

    Returns
    -------
    pandas or Polars DataFrame
        The table with ``r_score``, ``f_score``, ``m_score`` (integers) added.

    Raises
    ------
    InputError
        If a measure is missing, has gaps or infinite values, or does not vary.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [0, 40, 40, 90, 200], "frequency": [9, 4, 4, 2, 1],
    ...                       "monetary": [900.0, 80.0, 80.0, 75.0, 10.0]})
    >>> rfm_scores(table)[["r_score", "f_score", "m_score"]]
       r_score  f_score  m_score
    0        5        5        5
    1        4        3        3
    2        4        3        3
    3        2        2        2
    4        1        1        1
    """
    if isinstance(cuts, dict):
        _measures(table)
        _check_cuts(cuts)
    else:
        cuts = cut_points(table, method=cuts, n_scores=n_scores)
    scores = [
        _score(nw.col(name), cuts[name], descending=name == "recency").alias(f"{name[0]}_score")
        for name in MEASURES
    ]
    scored = _eager(table, MEASURES, "rfm", "").with_columns(*scores).to_native()
    if isinstance(scored, pd.DataFrame):
        scored.attrs[N_SCORES] = len(cuts["recency"]) + 1
    return scored


def _check_cuts(cuts: dict) -> None:
    check_columns(cuts, MEASURES, "cuts", _("Make it with cut_points(table)."))
    for name in MEASURES:
        if (np.diff(check_finite(cuts[name], name)) < 0).any():
            raise InputError(_("The cuts of {name} must ascend.").format(name=name))
    if len({len(cuts[name]) for name in MEASURES}) > 1:
        raise InputError(
            _("The three measures need equally many cuts, or their scores have different ends.")
        )


def _score(column, cuts: np.ndarray, descending: bool):
    """Count the cuts that lie below a value: one comparison each, no sorting, no ties broken."""
    passed = sum((column > float(cut)).cast(nw.Int8) for cut in cuts)
    return (len(cuts) + 1 - passed) if descending else (passed + 1)


def segment_grid() -> pd.DataFrame:
    """Give the course's grid of segments: ten names over recency by frequency scores.

    Books disagree on such grids, so this one has a name: the *CustLab RF grid*. It reads the
    two behavioural scores only; money is compared inside a segment. Change a cell by assigning
    to it: ``grid.loc[3, 3] = "wait and see"``.

    Returns
    -------
    DataFrame
        Index ``r_score`` 5 (recent) to 1, columns ``f_score`` 1 to 5 (frequent), names inside.

    Examples
    --------
    >>> grid = segment_grid()
    >>> grid.loc[5, 1], grid.loc[1, 5]
    ('new', 'must not lose')
    """
    new, promising, potential = _("new"), _("promising"), _("potential loyalists")
    loyal, champions, attention = _("loyal"), _("champions"), _("needs attention")
    sleepy, risk, keep = _("about to sleep"), _("at risk"), _("must not lose")
    hibernating = _("hibernating")
    return pd.DataFrame(
        [
            [new, potential, potential, champions, champions],
            [promising, potential, potential, loyal, loyal],
            [sleepy, sleepy, attention, loyal, loyal],
            [hibernating, hibernating, risk, risk, keep],
            [hibernating, hibernating, risk, risk, keep],
        ],
        index=pd.Index([5, 4, 3, 2, 1], name="r_score"),
        columns=pd.Index([1, 2, 3, 4, 5], name="f_score"),
        dtype=object,
    )


def rfm_segments(scores, grid: pd.DataFrame | None = None, *, n_scores: int | None = None):
    """Name the segment of each scored customer.

    Parameters
    ----------
    scores : pandas or Polars DataFrame
        The result of :func:`rfm_scores`.
    grid : DataFrame, optional
        Names by ``r_score`` (index) and ``f_score`` (columns); :func:`segment_grid` by default.
    n_scores : int, optional
        With how many steps the customers were scored. A pandas table from :func:`rfm_scores`
        knows this itself; of another table with five customers or more it is what the best
        recency score says.

    Returns
    -------
    pandas or Polars DataFrame
        The scores with a column ``segment`` added.

    Raises
    ------
    InputError
        If a customer's scores have no cell in the grid, the cell is empty, or the customers were
        scored with fewer steps than the grid has: the best would not be called the best.

    Examples
    --------
    >>> scores = pd.DataFrame({"r_score": [5, 1], "f_score": [1, 5]})
    >>> rfm_segments(scores)["segment"].tolist()
    ['new', 'must not lose']
    """
    grid = segment_grid() if grid is None else grid
    if not isinstance(grid, pd.DataFrame):
        raise InputError(_("grid must be a table like segment_grid(), with scores as its labels."))
    remedy = _("Make it with rfm_scores(table).")
    frame = _eager(scores, ("r_score", "f_score"), "scores", remedy)
    _check_steps(scores, frame, grid, n_scores)
    rows = grid.index.get_indexer(frame["r_score"].to_numpy())
    columns = grid.columns.get_indexer(frame["f_score"].to_numpy())
    names = grid.to_numpy(dtype=object)[rows, columns]
    nameless = (rows < 0) | (columns < 0) | pd.isna(names)
    if nameless.any():
        first = int(np.flatnonzero(nameless)[0])
        raise InputError(
            _(
                "The grid has no name for recency score {r} and frequency score {f} (row {row}). "
                "Fill this cell, or score with as many steps as the grid has."
            ).format(r=frame["r_score"][first], f=frame["f_score"][first], row=first)
        )
    segment = nw.new_series("segment", names, nw.String, backend=frame.implementation)
    return frame.with_columns(segment).to_native()


def _check_steps(scores, frame, grid: pd.DataFrame, n_scores: int | None) -> None:
    """Refuse a grid with more steps than the scores: its best cells could not be reached."""
    steps = max(len(grid.index), len(grid.columns))
    if n_scores is None:
        n_scores = getattr(scores, "attrs", {}).get(N_SCORES)
    if n_scores is None and len(frame) >= 5:
        n_scores = frame["r_score"].max()
    if n_scores is not None and n_scores < steps:
        raise InputError(
            _(
                "The customers were scored from 1 to {n}, but the grid has {steps} steps: the best "
                "customers would not be called the best. Score with n_scores={steps}, or give a "
                "grid of {n} steps. (If these are only some of the customers scored, say "
                "n_scores={steps} here.)"
            ).format(n=n_scores, steps=steps)
        )

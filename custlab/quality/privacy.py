"""Protect people in data: pseudonyms, k-anonymity, generalisation.

Pseudonymised data are still personal data, for whoever holds the secret or can single people
out; k-anonymity lowers the risk of singling out, and does not remove it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from custlab.cases.show import table_html
from custlab.checks import check_columns, check_whole
from custlab.errors import InputError
from custlab.i18n import _

SHORTEST_SECRET = 12
AGE_BANDS = (5, 10, 20)
PLACES = ("city", "province", "region")
ANY = "any"


def pseudonymise(data, secret, columns=None, length=16):
    """Replace keys by pseudonyms that only the holder of the secret can repeat.

    HMAC-SHA256: the same key gives the same pseudonym in every table, so tables still join;
    without the secret nobody can find the key by trying all keys.

    Parameters
    ----------
    data : Series, DataFrame or dict of DataFrame
        What to protect.
    secret : str
        At least 12 characters, kept apart from the data.
    columns : sequence of str, optional
        Columns to replace; by default the personal keys customer_id and person_id.
    length : int
        Hexadecimal digits of a pseudonym, 16 to 64.

    Returns
    -------
    Series, DataFrame or dict of DataFrame
        A copy with pseudonyms; missing keys stay missing.

    Raises
    ------
    InputError
        If the secret is empty, too short or as simple as one repeated sign.

    Examples
    --------
    >>> keys = pd.Series(["A-C00001", "A-C00002", "A-C00001"])
    >>> hidden = pseudonymise(keys, "kept in the safe, not here")
    >>> hidden.nunique(), bool(hidden[0] == hidden[2]), len(hidden[0])
    (2, True, 16)
    """
    _check_secret(secret)
    if not 16 <= length <= 64:
        raise InputError(_("length must be from 16 to 64 digits, not {n}.").format(n=length))
    if isinstance(data, pd.Series):
        return _pseudonyms(data, secret, length)
    if isinstance(data, Mapping):
        return {name: pseudonymise(table, secret, columns, length) for name, table in data.items()}
    wanted = ["customer_id", "person_id"] if columns is None else list(columns)
    hidden = data.copy()
    for column in [c for c in wanted if c in hidden]:
        hidden[column] = _pseudonyms(hidden[column], secret, length)
    return hidden


def _check_secret(secret):
    if not isinstance(secret, str) or len(secret.strip()) < SHORTEST_SECRET:
        raise InputError(
            _(
                "The secret needs at least {n} characters: whoever guesses it can undo the "
                "pseudonyms. Make one with: import secrets; secrets.token_urlsafe(24)"
            ).format(n=SHORTEST_SECRET)
        )
    if len(set(secret)) < 5:
        raise InputError(_("The secret repeats too few different signs. Choose a harder one."))


def _pseudonyms(column, secret, length):
    key = secret.encode("utf-8")
    table = {
        value: hmac.new(key, str(value).encode("utf-8"), hashlib.sha256).hexdigest()[:length]
        for value in column.dropna().unique()
    }
    return column.astype("object").map(table).astype("string")


def group_sizes(table, quasi_identifiers):
    """Count for each row how many rows share its quasi-identifiers (itself included).

    A missing value counts as a value of its own.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["Wuhan", "Wuhan", "Xi'an"], "age": [30, 30, 41]})
    >>> group_sizes(table, ["city", "age"]).tolist()
    [2, 2, 1]
    """
    names = _columns(table, quasi_identifiers)
    groups = table.groupby(names, dropna=False, observed=True, sort=False)
    return groups[names[0]].transform("size").astype("int64").rename("group_size")


def k_anonymity(table, quasi_identifiers):
    """Return k: the size of the smallest group that shares all quasi-identifiers.

    Parameters
    ----------
    table : DataFrame
        One row per person or customer.
    quasi_identifiers : sequence of str
        Columns that, put together, could tell somebody who a row is.

    Returns
    -------
    int
        0 for a table without rows.

    Notes
    -----
    Sweeney (2002), International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems
    10(5), 557-570.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["Wuhan", "Wuhan", "Xi'an"], "age": [30, 30, 41]})
    >>> k_anonymity(table, ["city", "age"])
    1
    """
    names = _columns(table, quasi_identifiers)
    return int(group_sizes(table, names).min()) if len(table) else 0


def small_groups(table, quasi_identifiers, k=5):
    """List the groups of fewer than k rows: these people can be singled out most easily.

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["Wuhan", "Wuhan", "Xi'an"], "age": [30, 30, 41]})
    >>> small_groups(table, ["city", "age"], k=2).to_numpy().tolist()
    [["Xi'an", 41, 1]]
    """
    names = _columns(table, quasi_identifiers)
    sizes = table.groupby(names, dropna=False, observed=True, sort=False).size()
    small = sizes[sizes < k].rename("group_size").reset_index()
    return small.sort_values("group_size", kind="stable", ignore_index=True)


def l_diversity(table, quasi_identifiers, sensitive):
    """Return l: the fewest different values of a sensitive column within one group.

    k equal rows protect nobody if all of them show the same illness or income
    (Machanavajjhala et al. 2007, ACM TKDD 1(1), 3).

    Examples
    --------
    >>> table = pd.DataFrame({"city": ["Wuhan", "Wuhan"], "income_band": ["low", "low"]})
    >>> l_diversity(table, ["city"], "income_band")
    1
    """
    names = _columns(table, quasi_identifiers)
    _columns(table, [sensitive])
    groups = table.groupby(names, dropna=False, observed=True, sort=False)[sensitive]
    return int(groups.nunique(dropna=False).min()) if len(table) else 0


@dataclass(frozen=True)
class Generalised:
    """A table made coarser until k was reached, and what that cost.

    Attributes
    ----------
    table : DataFrame
        The table; rows of groups that stayed too small are left out.
    k : int
        The k reached.
    levels : DataFrame
        By quasi-identifier: level (how it is written now), values before and after.
    suppressed : int
        Rows left out.
    """

    table: pd.DataFrame = field(repr=False)
    k: int
    levels: pd.DataFrame = field(repr=False)
    suppressed: int

    def __repr__(self):
        return f"{self._headline()}\n{self.levels.to_string(index=False)}"

    def _repr_html_(self):
        return f"<p><strong>{escape(self._headline())}</strong></p>{table_html(self.levels)}"

    def _headline(self):
        total = len(self.table) + self.suppressed
        return _("k = {k}: {kept} of {total} rows kept, {lost} left out.").format(
            k=self.k, kept=len(self.table), total=total, lost=self.suppressed
        )


def generalise(table, quasi_identifiers, k, ladders=None, max_suppressed=0.05):
    """Make quasi-identifiers coarser, step by step, until every group has k rows.

    As in Sweeney's Datafly: the column with the most different values goes up one step (ages to
    bands of 5, 10, 20 years, a city to its province and region, a date to month, quarter, year),
    until the rows in small groups are few enough to be left out. Columns that are not named stay
    as they are: leave those out yourself that could tell who somebody is, such as keys, or the
    province beside a city that was made coarser.

    Parameters
    ----------
    table : DataFrame
        One row per person or customer.
    quasi_identifiers : sequence of str
        Columns to make coarser.
    k : int
        Size that every group must have, at least 2.
    ladders : dict, optional
        Column -> list of functions from Series to Series, from fine to coarse, in place of the
        steps above. The last step of every column is "any".
    max_suppressed : float
        Largest share of rows that may be left out, from 0 to 1.

    Returns
    -------
    Generalised

    Raises
    ------
    InputError
        If the table has fewer than k rows, or a parameter makes no sense.

    Examples
    --------
    >>> table = pd.DataFrame({"age": [31, 32, 33, 34, 58, 59, 57, 56]})
    >>> result = generalise(table, ["age"], k=4)
    >>> result.k, sorted(result.table["age"].unique())
    (4, ['30-34', '55-59'])
    """
    names = _columns(table, quasi_identifiers)
    check_whole("k", k, 2)
    if not 0 <= max_suppressed <= 1:
        raise InputError(_("max_suppressed is a share from 0 to 1."))
    if len(table) < k:
        raise InputError(
            _("The table has {n} rows: no group of {k} can be made.").format(n=len(table), k=k)
        )
    ladders = {c: _ladder(table, c, (ladders or {}).get(c)) for c in names}
    at = dict.fromkeys(names, 0)
    now = table.copy()
    while True:
        small = group_sizes(now, names) < k
        if small.mean() <= max_suppressed and not small.all():
            break
        open_ = [c for c in names if at[c] < len(ladders[c])]
        if not open_:
            break
        column = max(open_, key=lambda c: now[c].nunique(dropna=False))
        now[column] = ladders[column][at[column]][1](table)
        at[column] += 1
    kept = now[~small]
    levels = pd.DataFrame(
        {
            "column": names,
            "level": [ladders[c][at[c] - 1][0] if at[c] else _("as it was") for c in names],
            "values before": [table[c].nunique(dropna=False) for c in names],
            "values after": [kept[c].nunique(dropna=False) for c in names],
        }
    )
    return Generalised(kept, k_anonymity(kept, names), levels, int(small.sum()))


def _ladder(table, column, own):
    """List the steps of one column as (word, function from the whole table to the column)."""
    last = (ANY, lambda t: pd.Series(ANY, index=t.index, dtype="string"))
    if own is not None:
        steps = [
            (_("step {n}").format(n=n), lambda t, f=f: f(t[column])) for n, f in enumerate(own, 1)
        ]
    elif pd.api.types.is_datetime64_any_dtype(table[column].dtype):
        words = {"M": _("month"), "Q": _("quarter"), "Y": _("year")}
        steps = [(w, lambda t, p=p: _periods(t[column], p)) for p, w in words.items()]
    elif pd.api.types.is_numeric_dtype(table[column].dtype) and not pd.api.types.is_bool_dtype(
        table[column].dtype
    ):
        steps = [
            (_("bands of {n}").format(n=n), lambda t, n=n: bands(t[column], n)) for n in AGE_BANDS
        ]
    elif column in PLACES:
        coarser = [c for c in PLACES[PLACES.index(column) + 1 :] if c in table]
        steps = [(c, lambda t, c=c: t[c].astype("string")) for c in coarser]
    else:
        steps = []
    return [*steps, last]


def bands(column, width):
    """Write numbers as bands, such as 30-34 for a width of 5.

    Examples
    --------
    >>> bands(pd.Series([34, 41, None]), 10).tolist()
    ['30-39', '40-49', <NA>]
    """
    low = (column.astype("Float64") // width * width).astype("Int64")
    return low.astype("string") + "-" + (low + width - 1).astype("string")


def _periods(column, period):
    return column.dt.to_period(period).astype("string").where(column.notna())


def _columns(table, names):
    """Return the columns as a list, or say which one is missing."""
    wanted = [names] if isinstance(names, str) else list(names)
    if not wanted:
        raise InputError(_("Name at least one column."))
    check_columns(table, wanted, "given")
    return wanted

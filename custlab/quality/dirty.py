"""The dirty export of a case, its answer key, and how to mark somebody's cleaning with it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from custlab.cases import Case, case_folder, check_case_name, load_case
from custlab.cases.read import read_table
from custlab.errors import InputError
from custlab.i18n import _

TABLES = ("customers", "orders")
KEYS = {"customers": ["customer_id"], "orders": ["order_id", "product_id"]}
# Nobody can know the true value: leaving the cell empty is the right cure.
NOT_RECOVERABLE = ("impossible age", "impossible date", "missing not at random",
                   "disguised missing")  # fmt: skip


def read_dirty(case):
    """Read the dirty export of a case as it stands: every cell as text.

    Parameters
    ----------
    case : str or Case
        The case.

    Returns
    -------
    dict of DataFrame
        customers and orders. The index holds row numbers as in a spreadsheet (first data row 2),
        as the answer key counts them; empty cells are missing.

    Examples
    --------
    >>> dirty = read_dirty("appliances")
    >>> sorted(dirty), dirty["orders"].index[0]
    (['customers', 'orders'], 2)
    """
    folder = case_folder(_name(case)) / "dirty"
    tables = {}
    for name in TABLES:
        path = folder / f"{name}.csv"
        _need_file(path)
        table = pd.read_csv(path, dtype="object", keep_default_na=False, na_values=[""])
        tables[name] = table.set_axis(pd.RangeIndex(2, len(table) + 2))
    return tables


def read_clean(case):
    """Read what the dirty export should have been: the same customers and their orders.

    Parameters
    ----------
    case : str or Case
        The case.

    Returns
    -------
    dict of DataFrame
        customers and orders with the dtypes of the case.

    Examples
    --------
    >>> clean = read_clean("appliances")
    >>> bool(clean["orders"]["customer_id"].isin(clean["customers"]["customer_id"]).all())
    True
    """
    name = _name(case)
    package = load_case(name).package
    whole = {
        r["name"]: read_table(case_folder(name), r)
        for r in package["resources"]
        if r["name"] in TABLES
    }
    there = set(read_dirty(name)["customers"]["customer_id"])
    return {t: f[f["customer_id"].isin(there)].reset_index(drop=True) for t, f in whole.items()}


def defect_log(case):
    """Read the answer key: every planted defect.

    Parameters
    ----------
    case : str or Case
        The case.

    Returns
    -------
    DataFrame
        defect_id, table, row, column (empty: the whole row), kind, key, true_value, dirty_value.

    Examples
    --------
    >>> len(defect_log("software")) >= 150
    True
    """
    path = case_folder(_name(case)) / "dirty" / "defects.csv"
    _need_file(path)
    log = pd.read_csv(path, dtype="object", keep_default_na=False, na_values=[""])
    log["column"] = log["column"].fillna("")
    return log.astype({"row": "int64"})


def score_findings(found, case):
    """Mark a list of suspected defects against the answer key.

    Parameters
    ----------
    found : DataFrame
        table, row (as in a spreadsheet), and if you like column and kind. Findings of
        `validate(...)` fit too: their file is taken as the table.
    case : str or Case
        The case.

    Returns
    -------
    DataFrame
        By kind and in total: planted, found, recall; claimed and precision (by kind only where
        `found` names kinds).

    Examples
    --------
    >>> log = defect_log("appliances")
    >>> marks = score_findings(log[log["kind"] == "impossible age"], "appliances")
    >>> marks.loc["impossible age", ["recall", "precision"]].tolist()
    [1.0, 1.0]
    """
    log = defect_log(case)
    claims = _as_claims(found)
    pairs = claims.reset_index(names="claim").merge(
        log, on=["table", "row"], suffixes=("", "_true")
    )
    same_cell = (
        (pairs["column"] == "")
        | (pairs["column_true"] == "")
        | (pairs["column"] == pairs["column_true"])
    )
    pairs = pairs[same_cell]
    hit = log["defect_id"].isin(pairs["defect_id"])
    marks = pd.DataFrame({"planted": log.groupby("kind").size()})
    marks["found"] = hit.groupby(log["kind"]).sum()
    good = claims.index.isin(pairs["claim"])
    if "kind" in found:
        right = pairs[pairs["kind"] == pairs["kind_true"]]
        claimed = claims.groupby("kind").size()
        correct = claims[claims.index.isin(right["claim"])].groupby("kind").size()
        marks["claimed"] = claimed.reindex(marks.index, fill_value=0)
        marks["precision"] = correct.reindex(marks.index, fill_value=0) / marks["claimed"].where(
            marks["claimed"] > 0
        )
    marks.insert(2, "recall", marks["found"] / marks["planted"])
    total = {
        "planted": len(log),
        "found": int(hit.sum()),
        "recall": hit.mean(),
        "claimed": len(claims),
        "precision": good.mean() if len(claims) else float("nan"),
    }
    return pd.concat([marks, pd.DataFrame(total, index=["total"])])


def _as_claims(found):
    """Bring a list of findings into one form."""
    claims = found.copy()
    if "table" not in claims and "file" in claims:
        claims["table"] = claims["file"].str.removesuffix(".csv")
    for column in ("table", "row"):
        if column not in claims:
            raise InputError(
                _(
                    "The list of findings needs the columns table and row (as in a spreadsheet: "
                    "the header is row 1); '{column}' is missing."
                ).format(column=column)
            )
    claims["column"] = claims["column"].fillna("") if "column" in claims else ""
    if "kind" not in claims:
        claims["kind"] = ""
    claims = claims[["table", "row", "column", "kind"]].dropna(subset=["row"])
    claims["row"] = claims["row"].astype("int64")
    return claims.drop_duplicates().reset_index(drop=True)


def score_cleaning(cleaned, case):
    """Mark cleaned tables: which defects are mended, which are still there, what was spoilt.

    A cell counts as mended when it holds the true value; where nobody can know it (an impossible
    age, an answer never given) leaving it empty is right. A duplicate is mended when it is gone;
    an orphan order when it is set aside or its key is cleared or restored.

    Parameters
    ----------
    cleaned : dict of DataFrame
        customers and orders after cleaning, with their key columns.
    case : str or Case
        The case.

    Returns
    -------
    DataFrame
        By kind: planted, mended, share; then the rows "clean cells" (planted = cells that were
        right, mended = cells still right) and "clean rows" (rows that should be there, and are).

    Examples
    --------
    >>> marks = score_cleaning(read_clean("ecommerce"), "ecommerce")
    >>> marks.loc[["unit slip", "clean cells"], "share"].tolist()
    [1.0, 1.0]
    """
    log, truth, dirty = defect_log(case), read_clean(case), read_dirty(case)
    parts = []
    counts = pd.DataFrame(0, index=["clean cells", "clean rows"], columns=["planted", "mended"])
    for name in TABLES:
        if name not in cleaned:
            raise InputError(
                _(
                    "The cleaned tables lack '{name}': give a dict with customers and orders."
                ).format(name=name)
            )
        own = log[log["table"] == name]
        mended, more = _mark_table(cleaned[name], truth[name], dirty[name], own, KEYS[name])
        parts.append(mended)
        counts += more
    mended = pd.concat(parts)
    marks = pd.DataFrame(
        {"planted": log.groupby("kind").size(), "mended": mended.groupby(log["kind"]).sum()}
    )
    marks = pd.concat([marks, counts])
    return marks.assign(share=marks["mended"] / marks["planted"])


def _mark_table(cleaned, truth, dirty, own, keys):
    """Mark one table: per defect whether it is mended, and how many right cells stayed right."""
    absent = [c for c in keys if c not in cleaned]
    if absent:
        raise InputError(
            _("A cleaned table lacks its key column {column}.").format(column=", ".join(absent))
        )
    true_keys, clean_keys = _key_index(truth, keys), _key_index(cleaned, keys)
    first = ~clean_keys.duplicated()
    place = clean_keys[first].get_indexer(true_keys)
    there = place >= 0
    aligned = cleaned[first].reset_index(drop=True).reindex(place)
    columns = [c for c in truth.columns if c in cleaned.columns]
    right = pd.DataFrame({c: _same(aligned[c], truth[c]) for c in columns})
    empty = aligned[columns].isna().reset_index(drop=True)

    dirty_keys = _key_index(dirty.loc[own["row"]], keys)
    row = true_keys.get_indexer(dirty_keys)
    copies = Counter(clean_keys)
    mended, touched = [], []
    for defect, key, at in zip(own.itertuples(), dirty_keys, row, strict=True):
        if defect.column == "":  # a whole row too many
            allowed = 1 if defect.kind == "duplicate row" else 0
            mended.append(copies[key] <= allowed)
            continue
        touched.append((at, defect.column))
        is_empty = defect.column in empty and (empty.at[at, defect.column] or not there[at])
        is_right = there[at] and defect.column in right and right.at[at, defect.column]
        if defect.kind == "orphan order":
            mended.append(is_right or is_empty)
        elif defect.kind in NOT_RECOVERABLE:
            mended.append(there[at] and (is_right or is_empty))
        else:
            mended.append(is_right)
    was_right = pd.DataFrame(True, index=right.index, columns=right.columns)
    for at, column in touched:
        if column in was_right:
            was_right.at[at, column] = False
    was_right &= there[:, None]
    wanted = ~np.isin(np.arange(len(truth)), row[(own["kind"] == "orphan order").to_numpy()])
    counts = {
        "planted": [int(was_right.to_numpy().sum()), int(wanted.sum())],
        "mended": [int((was_right & right).to_numpy().sum()), int((wanted & there).sum())],
    }
    return (
        pd.Series(mended, index=own.index, dtype=bool),
        pd.DataFrame(counts, index=["clean cells", "clean rows"]),
    )


def _key_index(table, keys):
    """Return the keys of a table as tuples of text."""
    return pd.MultiIndex.from_frame(table[keys].astype("object").astype(str))


def _same(cleaned, true):
    """Compare a cleaned column with the true one, whatever dtype the cleaned one has."""
    kind = true.dtype
    if pd.api.types.is_datetime64_any_dtype(kind):
        equal = cleaned.astype("object").astype(str).str[:10].to_numpy(
            dtype=object
        ) == true.dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
    elif pd.api.types.is_bool_dtype(kind):
        words = cleaned.astype("object").astype(str).str.lower().to_numpy(dtype=object)
        equal = words == true.astype(str).str.lower().to_numpy(dtype=object)
    elif pd.api.types.is_numeric_dtype(kind):
        number = pd.to_numeric(cleaned, errors="coerce").to_numpy(
            dtype=float, na_value=float("nan")
        )
        equal = abs(number - true.to_numpy(dtype=float, na_value=float("nan"))) < 0.006
    else:
        equal = cleaned.astype("object").to_numpy() == true.astype("object").to_numpy()
    both_missing = cleaned.isna().to_numpy() & true.isna().to_numpy()
    filled = pd.Series(equal).fillna(False).to_numpy(dtype=bool)
    return filled | both_missing


def _name(case):
    name = case.name if isinstance(case, Case) else case
    check_case_name(name)
    return name


def _need_file(path):
    if not path.is_file():
        raise InputError(
            _("The file {file} is missing. Get it again from the course's folder.").format(
                file=path
            )
        )

"""RFM of ten million orders: CustLab beside bare pandas or bare Polars."""

import json
import sys
import time

import numpy as np
from _measure import report

task, engine, path = sys.argv[1:]
ROUNDS = 5
SHARES = [0.2, 0.4, 0.6, 0.8]


def checksum(table):
    """Add up the scores, to show that both sides did the same work."""
    return [int(table[name].sum()) for name in ("r_score", "f_score", "m_score")]


if engine == "pandas":
    import pandas as pd

    orders = pd.read_parquet(path)
else:
    import polars as pl

    orders = pl.read_parquet(path)


def bare_pandas():
    """The fastest plain pandas that was found: grouped without sorting, cuts by searchsorted."""
    table = orders.groupby("customer_id", sort=False).agg(
        last=("order_date", "max"), frequency=("amount", "size"), monetary=("amount", "sum")
    )
    table["recency"] = (table["last"].max() - table["last"]).dt.days
    for name in ("recency", "frequency", "monetary"):
        cuts = table[name].quantile(SHARES).to_numpy()
        score = np.searchsorted(cuts, table[name].to_numpy()) + 1
        table[f"{name[0]}_score"] = 6 - score if name == "recency" else score
    return table


def bare_polars():
    """The same in Polars' lazy engine, with its own threads."""
    table = (
        orders.lazy()
        .group_by("customer_id")
        .agg(
            pl.col("order_date").max().alias("last"),
            pl.len().alias("frequency"),
            pl.col("amount").sum().alias("monetary"),
        )
        .with_columns((pl.col("last").max() - pl.col("last")).dt.total_days().alias("recency"))
        .collect()
    )
    scores = []
    for name in ("recency", "frequency", "monetary"):
        cuts = [table[name].quantile(share, "linear") for share in SHARES]
        passed = sum((pl.col(name) > cut).cast(pl.Int8) for cut in cuts)
        scores.append((5 - passed if name == "recency" else passed + 1).alias(f"{name[0]}_score"))
    return table.with_columns(scores)


def ours():
    """CustLab: checked, aggregated where the data live, scored."""
    from custlab.value import rfm_scores, rfm_table

    return rfm_scores(rfm_table(orders))


def seconds(work):
    """Time one call, and keep what it gave."""
    start = time.perf_counter()
    table = work()
    return time.perf_counter() - start, table


import custlab.value.rfm  # noqa: E402, F401  (imports are not part of the work on either side)

bare = bare_pandas if engine == "pandas" else bare_polars
if task == "memory-bare":
    report(bare, customers=len)
elif task == "memory-custlab":
    report(ours, customers=len)
else:
    # Pairs within a second of each other: on a busy machine both sides meet the same load.
    pairs, scores = [], {}
    for turn in range(ROUNDS):
        sides = [("bare", bare), ("custlab", ours)]
        for name, work in sides if turn % 2 else sides[::-1]:
            taken, table = seconds(work)
            pairs.append((turn, name, taken))
            scores[name] = checksum(table)
    print(json.dumps({"pairs": pairs, "scores": scores, "customers": len(table)}))

"""The rfm package: how long, how much memory, and what becomes of cents, repeats and ties."""

import sys
import warnings

import pandas as pd
from _measure import report

warnings.simplefilter("ignore")
from rfm import RFM  # noqa: E402

task, path = sys.argv[1:]
names = {"customer_id": "customer_id", "transaction_date": "order_date", "amount": "amount"}


def facts():
    """Three small tables, each with one thing that must survive."""
    day = pd.Timestamp("2024-05-01")
    cents = pd.DataFrame(
        {"customer_id": ["a", "b"], "order_date": [day, day], "amount": [12.05, 7.5]}
    )
    twice = pd.DataFrame(
        {"customer_id": ["a", "a"], "order_date": [day, day], "amount": [5.5, 5.5]}
    )
    rows = [(f"c{k:02d}", day - pd.Timedelta(days=10 * (k // 7)), 9.5 + k // 7) for k in range(42)]
    ties = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    manual = RFM(cents, **names, automated=False)
    money = manual.produce_rfm_dateset(cents.copy())["monetary_value"].tolist()
    count = manual.produce_rfm_dateset(twice.copy())["frequency"].tolist()
    table = RFM(ties, **names).rfm_table
    equal = table.groupby(["recency", "frequency", "monetary_value"])
    unequal = int((equal[["r", "f", "m"]].nunique() > 1).any(axis=1).sum())
    return {"money": money, "count": count, "unequal": unequal, "groups": int(equal.ngroups)}


if task == "facts":
    report(facts, facts=lambda found: found)
else:
    orders = pd.read_parquet(path)
    report(lambda: RFM(orders, **names).rfm_table, customers=len)

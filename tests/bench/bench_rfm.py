"""RFM of ten million orders, against the bare group-by it needs and against the rfm package."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import pandas as pd

from custlab.value import rfm_scores, rfm_table
from tests.bench._timing import (
    CACHE,
    environment,
    machine,
    run,
    table,
    write_page,
)

N_ORDERS, N_CUSTOMERS, SEED = 10_000_000, 1_000_000, 7
TENTH = 10  # the rfm package gets every tenth customer: on all of them it takes many minutes
RFM_PACKAGE = ["rfm==1.0.9", "pandas<3", "pyarrow", "setuptools<81"]
RFM_UNDER_PANDAS_3 = ["rfm==1.0.9", "pandas>=3,<4", "pyarrow", "setuptools<81"]


def orders() -> pd.DataFrame:
    """Ten million orders over two years, some customers far busier than others."""
    rng = np.random.default_rng(SEED)
    share = rng.gamma(0.7, size=N_CUSTOMERS)
    customer = rng.choice(N_CUSTOMERS, N_ORDERS, p=share / share.sum())
    days = rng.integers(0, 731, N_ORDERS).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "customer_id": customer,
            "order_date": np.datetime64("2023-01-01", "us") + days,
            "amount": rng.integers(100, 100_000, N_ORDERS) / 100,
        }
    )


def ours_on_facts() -> dict:
    """The same three questions that the rfm package is asked."""
    day = pd.Timestamp("2024-05-01")
    cents = pd.DataFrame(
        {"customer_id": ["a", "b"], "order_date": [day, day], "amount": [12.05, 7.5]}
    )
    twice = pd.DataFrame({"customer_id": ["a", "a"], "order_date": day, "amount": [5.5, 5.5]})
    rows = [(f"c{k:02d}", day - pd.Timedelta(days=10 * (k // 7)), 9.5 + k // 7) for k in range(42)]
    ties = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    extra = ties[ties["customer_id"] > "c19"].assign(amount=1.0)  # so that frequency varies
    scored = rfm_scores(rfm_table(pd.concat([ties, extra])))
    equal = scored.groupby(["recency", "frequency", "monetary"])
    unequal = (equal[["r_score", "f_score", "m_score"]].nunique() > 1).any(axis=1).sum()
    return {
        "money": rfm_table(cents)["monetary"].tolist(),
        "count": rfm_table(twice)["frequency"].tolist(),
        "unequal": int(unequal),
        "groups": int(equal.ngroups),
    }


def speed(path) -> str:
    """Time CustLab and the bare engine in turns; give the text."""
    rows, verdicts = [], []
    for engine in ("pandas", "polars"):
        found = run("rfm_sides.py", "pairs", engine, path)
        apart = [abs(a - b) for a, b in zip(*found["scores"].values(), strict=True)]
        if max(apart) > found["customers"] / 10_000:
            raise RuntimeError(f"{engine}: the two sides do not give the same scores")
        times = pd.DataFrame(found["pairs"], columns=["turn", "side", "seconds"])
        times = times.pivot(index="turn", columns="side", values="seconds")
        ratios = times["custlab"] / times["bare"]
        verdict = "reached" if ratios.median() <= 1.2 else "missed"
        for side, name in (("bare", f"bare {engine}"), ("custlab", f"CustLab on {engine}")):
            peak = run("rfm_sides.py", f"memory-{side}", engine, path)["peak"]
            rows.append(
                [name, f"{times[side].median():.2f}", f"{times[side].min():.2f}", f"{peak:.0f}"]
            )
        verdicts.append(
            f"- CustLab on {engine}: **{ratios.median():.2f} times** the bare time (median of "
            f"{len(times)} pairs, from {ratios.min():.2f} to {ratios.max():.2f}; best against best "
            f"{times['custlab'].min() / times['bare'].min():.2f}; goal at most 1.2, {verdict})."
        )
        print(verdicts[-1], flush=True)
    header = ["side", "seconds (median)", "best", "peak MiB"]
    return table(header, rows) + "\n\n" + "\n".join(verdicts)


def main() -> None:
    """Measure all sides and write the page."""
    CACHE.mkdir(exist_ok=True)
    path = CACHE / "orders.parquet"
    everything = orders()
    everything.to_parquet(path)
    tenth_path = CACHE / "orders-tenth.parquet"
    tenth = everything[everything["customer_id"] % TENTH == 0].reset_index(drop=True)
    tenth.to_parquet(tenth_path)
    del everything
    text = speed(path)
    python = environment("rfm", RFM_PACKAGE)
    package = run("rfm_package.py", "speed", tenth_path, python=python)
    facts = run("rfm_package.py", "facts", path, python=python)["facts"]
    under_3 = run(
        "rfm_package.py", "facts", path, python=environment("rfm-pandas-3", RFM_UNDER_PANDAS_3),
        fail_ok=True,
    )  # fmt: skip
    own = ours_on_facts()
    beside = run("rfm_sides.py", "memory-custlab", "pandas", tenth_path)
    times = package["seconds"] / beside["seconds"]
    rows = [
        ["seconds", f"{package['seconds']:.0f}", f"{beside['seconds']:.2f}"],
        ["peak MiB", f"{package['peak']:.0f}", f"{beside['peak']:.0f}"],
        ["amounts 12.05 and 7.50 become", facts["money"], own["money"]],
        ["two equal orders on one day count", facts["count"][0], own["count"][0]],
        [
            "groups of equal customers with unequal scores",
            f"{facts['unequal']} of {facts['groups']}",
            f"{own['unequal']} of {own['groups']}",
        ],
        ["under pandas 3", under_3.get("error", "works"), f"works ({version('pandas')})"],
    ]
    write_page(
        "rfm",
        f"""# RFM: results

Made by `python -m tests.bench rfm`; do not edit. {machine()}

{N_ORDERS:,} orders of {N_CUSTOMERS:,} possible customers over two years, whole numbers as keys, no
order numbers (seed {SEED}). pandas {version("pandas")}, Polars {version("polars")} (with its own
threads), narwhals {version("narwhals")}. "Bare" is the group-by and the quantile cuts alone,
written as fast as we could; CustLab also checks keys, dates, amounts and refunds.
Both sides work on the same table in one process, in turns, the first side changing; memory is
the peak of a process of its own that does the work once, orders included.

{text}

If the orders carry order numbers, CustLab also looks for repeated rows and counts different orders;
that is not part of this comparison, because the bare group-by does not do it.

## Beside the rfm package

The orders of every tenth customer ({len(tenth):,} orders) and some small tables,
`{RFM_PACKAGE[0]}` in an environment of its own with pandas 2. It takes **{times:.0f} times**
CustLab's time and {package["peak"] / beside["peak"]:.1f} times its memory:

{table(["", "rfm", "CustLab"], rows)}

rfm turns amounts into text and cuts ".0" off, with the digits that follow; it drops rows that are
equal in all columns as if they were copies; and its scores depend on the order of equal customers.
""",
    )


if __name__ == "__main__":
    main()

"""BG/NBD and Gamma-Gamma on a million simulated customers, against lifetimes 0.11.3."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import pandas as pd

from custlab.value import BGNBD, GammaGamma, round_to_days, simulate_histories, simulate_spend
from tests.bench._timing import (
    CACHE,
    environment,
    in_turns,
    machine,
    median,
    ratio,
    run,
    table,
    write_page,
)

N = 1_000_000
SEED = 20_241_231
PURCHASES = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}  # CDNOW, time in weeks
SPEND = {"p": 6.25, "q": 3.74, "gamma": 15.44}
LIFETIMES = ["lifetimes==0.11.3", "pandas<3", "numpy<2", "scipy<1.12", "setuptools<81"]
ROUNDS = 5


def customers() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate a million customers: as they are, and as a firm sees them, on whole days."""
    days = np.random.default_rng(SEED).integers(27 * 7, 39 * 7 + 1, N)
    exact = simulate_histories(N, **PURCHASES, T=days / 7, seed=SEED)
    seen = round_to_days(exact)
    seen["m_x"] = np.round(simulate_spend(seen["x"], **SPEND, seed=SEED), 2)
    return exact, seen


def recovery(exact: pd.DataFrame, seen: pd.DataFrame) -> str:
    """Parameters put in, and found again with and without the time of day."""
    fits = [BGNBD().fit(exact), BGNBD().fit(seen)]
    rows = []
    for name, true in PURCHASES.items():
        cells = [name, true]
        for fit in fits:
            value, error = fit.params_[name], fit.standard_errors_[name]
            cells += [f"{value:.4f} ± {error:.4f}", f"{(value - true) / error:+.1f}"]
        rows.append(cells)
    spend = GammaGamma().fit(seen)
    for name, true in SPEND.items():
        value, error = spend.params_[name], spend.standard_errors_[name]
        rows.append(
            [name, true, "", "", f"{value:.4f} ± {error:.4f}", f"{(value - true) / error:+.1f}"]
        )
    header = ["parameter", "put in", "continuous time", "off (s.e.)", "whole days", "off (s.e.)"]
    return table(header, rows)


def main() -> None:
    """Measure both sides in turns and write the page."""
    python = environment("lifetimes", LIFETIMES)
    CACHE.mkdir(exist_ok=True)
    exact, seen = customers()
    path = CACHE / "customers.npz"
    np.savez(path, **{name: seen[name].to_numpy() for name in ("x", "t_x", "T", "m_x")})
    sections, goals = [], {"bgnbd": 20, "gamma-gamma": 10}
    for model, estimator, rounds in [("bgnbd", BGNBD, 3), ("gamma-gamma", GammaGamma, ROUNDS)]:
        results = in_turns(
            {
                "lifetimes": lambda m=model: run("fit_lifetimes.py", m, path, python=python),
                "custlab": lambda m=model: run("fit_custlab.py", m, path),
            },
            rounds,
        )
        middle, low, high = ratio(results["lifetimes"], results["custlab"])
        likelihood = {
            side: estimator.with_parameters(**found[0]["params"]).log_likelihood(seen)
            for side, found in results.items()
        }
        rows = [
            [
                side,
                f"{median(found):.2f}",
                f"{median(found, 'peak'):.0f}",
                f"{likelihood[side]:,.4f}",
                ", ".join(f"{k} {v:.5f}" for k, v in found[0]["params"].items()),
            ]
            for side, found in results.items()
        ]
        header = ["side", "seconds (median)", "peak MiB", "log-likelihood", "parameters"]
        verdict = "reached" if middle >= goals[model] else "missed"
        better = round(likelihood["custlab"] - likelihood["lifetimes"], 4) + 0.0  # no minus zero
        sections.append(
            f"## {model}\n\n{table(header, rows)}\n\n"
            f"**{middle:.0f} times as fast** (pairs: {low:.0f} to {high:.0f}; {rounds} rounds; "
            f"goal {goals[model]}, {verdict}). Log-likelihood minus lifetimes': {better:+.4f}."
        )
        if results["custlab"][0]["histories"]:
            sections.append(
                f"{results['custlab'][0]['histories']:,} distinct histories among {N:,} customers; "
                "counting them and the standard errors are part of CustLab's time. lifetimes gets "
                "the arrays as they are and computes no more than its fit does as shipped."
            )
    write_page(
        "value",
        f"""# Value models: results

Made by `python -m tests.bench value`; do not edit. {machine()}

{N:,} customers simulated in continuous time with known parameters, then dated with whole days
(seed {SEED}). CustLab: pandas {version("pandas")}, NumPy {version("numpy")}, SciPy
{version("scipy")}. Rival: {", ".join(LIFETIMES)} in its own environment. Each run is a process of
its own; sides take turns. The log-likelihood of both is computed by the same function here,
because lifetimes reports one in rescaled time.

{chr(10).join(section + chr(10) for section in sections)}
## Parameters recovered

{recovery(exact, seen)}

Whole days bias the estimates: a purchase dated with its whole day seems later than it was, and two
on one day seem one. The bias of alpha stays the same however many customers there are, while the
standard error shrinks; with a million it shows, with a thousand it hides.
""",
    )


if __name__ == "__main__":
    main()

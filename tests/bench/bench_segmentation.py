"""How long ``choose_k`` takes, against the bare scikit-learn fits that it needs.

Both sides work on the same simulated data. The bare side makes the same number of fits (same
data, starts, and references and resamples drawn alike) and throws the models away; whatever
``choose_k`` takes longer is its own doing.
"""

from __future__ import annotations

from tests.bench._timing import in_turns, machine, median, ratio, run, table, write_page
from tests.bench.sides.segmentation import FEATURES, KS, REFERENCES, RESAMPLES, STARTS

CUSTOMERS = 100_000
GOAL = 2.0


def main(rounds: int = 2) -> None:
    """Time both sides in turns, and write the page of results."""
    sides = {
        "bare": lambda: run("segmentation.py", "bare", CUSTOMERS),
        "choose_k": lambda: run("segmentation.py", "choose_k", CUSTOMERS),
    }
    results = in_turns(sides, rounds)
    middle, low, high = ratio(results["choose_k"], results["bare"])
    verdict = "met" if middle <= GOAL else "missed"
    rows = [
        ["the bare scikit-learn fits", f"{median(results['bare']):.1f}"],
        ["`choose_k`: all five criteria, with stability", f"{median(results['choose_k']):.1f}"],
    ]
    found = results["choose_k"][0]
    said = ", ".join(f"{name} {k}" for name, k in found["suggestions"].items())
    write_page(
        "segmentation",
        f"""# Choosing the number of segments

{CUSTOMERS:,} simulated customers, {FEATURES} features, k = {KS[0]} to {KS[-1]}: inertia,
silhouette (on {found["silhouette_rows"]:,} sampled customers), gap statistic ({REFERENCES}
reference data sets), BIC, stability ({RESAMPLES} bootstrap resamples of all customers).
K-means with {STARTS} starts on the data, with one start on references and resamples; both sides
make the same {results["bare"][0]["fits"]} fits. Each run is a process of its own; sides take turns.

{table(["side", "processor seconds (median)"], rows)}

**{middle:.2f} times the time of the bare fits** (pairs: {low:.2f} to {high:.2f}; {rounds} rounds;
goal at most {GOAL:.0f}, {verdict}). Six segments were simulated; suggested: {said}.

{machine()}
""",
    )


if __name__ == "__main__":
    main()

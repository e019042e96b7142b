"""One side of the segmentation benchmark: ``bare`` or ``choose_k``. Prints one line of JSON."""

import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

from custlab.segmentation import choose_k
from custlab.segmentation.choose import mixture_from

FEATURES, KS = 20, range(2, 11)
STARTS, REFERENCES, RESAMPLES = 3, 10, 20


def customers(rows):
    """Simulate customers in six overlapping segments, standardised."""
    values, __ = make_blobs(rows, n_features=FEATURES, centers=6, cluster_std=4.0, random_state=0)
    return (values - values.mean(axis=0)) / values.std(axis=0)


def bare(values):
    """Make the fits that the five criteria need, and nothing else."""
    random = np.random.RandomState(0)
    fits = 0
    for k in KS:
        model = KMeans(k, n_init=STARTS, random_state=0).fit(values)
        mixture_from(values, model).fit(values)
        fits += 2
    axes = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)[2]
    turned = values @ axes.T
    for __ in range(REFERENCES):
        box = random.uniform(turned.min(axis=0), turned.max(axis=0), size=values.shape)
        for k in KS:
            KMeans(k, n_init=1, random_state=0).fit(box)
            fits += 1
    for __ in range(RESAMPLES):
        drawn = values[random.randint(len(values), size=len(values))]
        for k in KS:
            KMeans(k, n_init=1, random_state=0).fit(drawn)
            fits += 1
    return {"fits": fits}


def whole(values):
    """Let choose_k compare all five criteria."""
    choice = choose_k(values, KS, n_references=REFERENCES, n_boot=RESAMPLES)
    return {
        "silhouette_rows": choice.silhouette_rows,
        "suggestions": {name: int(k) for name, k in choice.suggestions["k"].dropna().items()},
    }


def main():
    """Time one side on so many customers."""
    side, rows = sys.argv[1], int(sys.argv[2])
    values = customers(rows)
    # The processor's time of this one-threaded process: other work on the machine does not count.
    start = time.process_time()
    found = {"bare": bare, "choose_k": whole}[side](values)
    print(json.dumps({"seconds": time.process_time() - start, **found}))


if __name__ == "__main__":
    main()

"""Random number streams: one per table, so that adding a table never shifts another."""

import zlib

import numpy as np


class Streams:
    """Independent, named random generators that all come from one seed.

    Parameters
    ----------
    seed : int
        Seed of the whole case.

    Examples
    --------
    >>> a = Streams(1)("orders").random()
    >>> b = Streams(1)("orders").random()
    >>> bool(a == b)
    True
    """

    def __init__(self, seed):
        self.seed = int(seed)

    def __call__(self, name):
        """Return a fresh generator for `name`; the same name gives the same numbers."""
        words = [self.seed, zlib.crc32(name.encode("utf-8"))]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def pick(rng, weights):
    """Draw one column index per row of a matrix of weights.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    weights : array of shape (rows, options)
        Weights that are not negative; a row need not add up to one.

    Returns
    -------
    array of int, shape (rows,)

    Examples
    --------
    >>> pick(np.random.default_rng(0), np.array([[0, 1.0], [1.0, 0]])).tolist()
    [1, 0]
    """
    weights = np.asarray(weights, dtype=float)
    total = np.cumsum(weights, axis=1)
    threshold = rng.random(len(weights)) * total[:, -1]
    return np.minimum((total <= threshold[:, None]).sum(axis=1), weights.shape[1] - 1)


def pick_from(rng, weighted, n):
    """Draw n keys from a dict of weights.

    Examples
    --------
    >>> pick_from(np.random.default_rng(0), {"never": 0, "always": 1}, 2).tolist()
    ['always', 'always']
    """
    names = np.array(list(weighted), dtype=object)
    return names[pick(rng, np.tile(list(weighted.values()), (n, 1)))]

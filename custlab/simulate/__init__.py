"""The simulator: three invented firms with planted truth.

Every number in ``datasets/`` comes from here; ``python -m custlab.simulate`` writes them anew.
"""

__all__ = ["simulate", "truth", "write_case"]


def simulate(name, n_customers=None, seed=None):
    """Simulate one case and return its tables and its truth (see `custlab.simulate.run`)."""
    from .run import simulate as run

    return run(name, n_customers, seed)


def truth(name, n_customers=None, seed=None):
    """Return the planted truth of a case: roles, segments, future value, uplift.

    Parameters
    ----------
    name : str
        Name of the case.
    n_customers, seed : int, optional
        As given to `make_case`; the shipped case by default.

    Returns
    -------
    Truth

    Examples
    --------
    >>> sorted(truth("software", n_customers=50).roles["main_role"].unique())
    ['buyer', 'decider', 'influencer', 'user']
    """
    return simulate(name, n_customers, seed).truth.copy()

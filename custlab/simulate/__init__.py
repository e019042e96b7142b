"""The simulator: three invented firms with planted truth.

Every number in ``datasets/`` comes from here; ``python -m custlab.simulate`` writes them anew.
What a firm is stands in ``firms/``, one file each; what all firms meet in ``market.toml``; the
columns of the tables in ``cases/tables.toml.jinja``. The code only draws.
"""

from .describe import describe_case
from .run import simulate

__all__ = ["describe_case", "simulate", "truth"]


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

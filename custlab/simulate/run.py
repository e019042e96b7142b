"""One run of the simulator: from a seed to the tables that learners see, and the truth beside."""

from dataclasses import dataclass, field
from functools import lru_cache

from .calendar import Calendar
from .firm import load_firm
from .people import make_units
from .planted import Truth, make_truth
from .population import make_population
from .sales import make_sales
from .setting import Setting
from .streams import Streams
from .tables import make_tables


@dataclass(frozen=True)
class Simulation:
    """Tables as the firm sees them, and the truth that only the generator knows."""

    name: str
    tables: dict = field(repr=False)
    truth: Truth = field(repr=False)


@lru_cache(maxsize=6)
def simulate(name, n_customers=None, seed=None):
    """Simulate one case.

    Parameters
    ----------
    name : str
        Name of the case, such as "appliances".
    n_customers : int, optional
        Number of customers; the shipped number by default.
    seed : int, optional
        Seed; the shipped one by default.

    Returns
    -------
    Simulation
    """
    firm = load_firm(name)
    setting = Setting(firm, Streams(firm.seed if seed is None else seed), Calendar(firm))
    population = make_population(setting, n_customers or firm.n_customers)
    units = make_units(setting, population)
    sales = make_sales(setting, population, units)
    tables = make_tables(setting, population, units, sales)
    return Simulation(name, tables, make_truth(setting, population, units, sales))

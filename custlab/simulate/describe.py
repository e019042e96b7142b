"""The description of a case as a Data Package."""

from copy import deepcopy

from .firm import load_firm


def describe_case(name, n_customers=None, seed=None):
    """Describe a case as a Data Package.

    Parameters
    ----------
    name : str
        Name of the case.
    n_customers, seed : int, optional
        What its tables were made with; as shipped by default.

    Returns
    -------
    dict
        Content of its datapackage.json.

    Examples
    --------
    >>> describe_case("software", seed=7)["custlab"]["seed"]
    7
    """
    firm = load_firm(name)
    return {
        "profile": "tabular-data-package",
        "name": f"custlab-{firm.name}",
        "title": firm.title,
        "description": f"{firm.description} Simulated: no real firm, brand or person is in it.",
        "licenses": [
            {
                "name": "CC0-1.0",
                "title": "Creative Commons Zero 1.0",
                "path": "https://creativecommons.org/publicdomain/zero/1.0/",
            }
        ],
        "sources": [{"title": "custlab.simulate", "path": "datasheet.md"}],
        "custlab": {
            "case": firm.name,
            "simulated": True,
            "firm": firm.firm,
            "currency": "CNY",
            "period": [str(firm.starts_on), str(firm.as_of)],
            "as_of": str(firm.as_of),
            "brands": [brand.name for brand in firm.brands],
            "n_customers": firm.n_customers if n_customers is None else int(n_customers),
            "seed": firm.seed if seed is None else int(seed),
        },
        "resources": deepcopy(firm.resources),
    }

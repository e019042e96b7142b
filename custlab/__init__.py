"""CustLab: find out who your customers are.

``import custlab`` costs next to nothing: each name below is imported from its module
the first time that it is used.

>>> import custlab
>>> sorted(custlab.__all__)
['Case', 'Sheet', '__version__', 'load_case', 'make_case', 'own_case']
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Case": "custlab.cases",
    "load_case": "custlab.cases",
    "make_case": "custlab.cases",
    "own_case": "custlab.cases",
    "Sheet": "custlab.exercises",
}

__all__ = ["Case", "Sheet", "__version__", "load_case", "make_case", "own_case"]


def __getattr__(name):
    """Import a public name from its home module on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'custlab' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    """List the lazy names too, so that completion finds them."""
    return sorted(__all__)

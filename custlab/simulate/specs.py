"""The three cases by name."""

from importlib import import_module

from custlab.cases.names import check_case_name


def get_spec(name):
    """Return the specification of a case.

    Raises
    ------
    InputError
        If there is no such case; the message suggests the nearest name.
    """
    check_case_name(name)
    return import_module(f"custlab.simulate.{name}").SPEC

"""The three cases by name."""

from difflib import get_close_matches
from importlib import import_module

from custlab.errors import InputError
from custlab.i18n import _

NAMES = ("appliances", "ecommerce", "software")


def get_spec(name):
    """Return the specification of a case.

    Raises
    ------
    InputError
        If there is no such case; the message suggests the nearest name.
    """
    if name in NAMES:
        return import_module(f"custlab.simulate.{name}").SPEC
    near = get_close_matches(str(name).lower().replace("-", "").replace(" ", ""), NAMES, n=1)
    hint = _(" Did you mean '{near}'?").format(near=near[0]) if near else ""
    raise InputError(
        _("There is no case called '{name}'. The cases are: {names}.{hint}").format(
            name=name, names=", ".join(NAMES), hint=hint
        )
    )

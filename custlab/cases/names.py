"""The names of the shipped cases: the one place that lists them."""

from __future__ import annotations

from difflib import get_close_matches

from custlab.errors import InputError
from custlab.i18n import _

CASE_NAMES = ("appliances", "ecommerce", "software")


def check_case_name(name) -> None:
    """Refuse a name that no shipped case has, and suggest the nearest one.

    Parameters
    ----------
    name : str
        The name, as somebody wrote it.

    Raises
    ------
    InputError
        If there is no such case.

    Examples
    --------
    >>> check_case_name("e-commerce")
    Traceback (most recent call last):
    custlab.errors.InputError: There is no case called 'e-commerce'. The cases are: ...
    """
    if name in CASE_NAMES:
        return
    plain = str(name).lower().replace("-", "").replace(" ", "")
    near = get_close_matches(plain, CASE_NAMES, n=1)
    hint = _(" Did you mean '{near}'?").format(near=near[0]) if near else ""
    raise InputError(
        _("There is no case called '{name}'. The cases are: {names}.{hint}").format(
            name=name, names=", ".join(CASE_NAMES), hint=hint
        )
    )

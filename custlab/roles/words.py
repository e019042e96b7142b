"""The names of roles and evidence as a learner reads them."""

from __future__ import annotations

from custlab.i18n import _

# A letter goes with every colour, so that nobody has to tell roles apart by colour alone.
LETTERS = {
    "decider": "D",
    "user": "U",
    "influencer": "I",
    "buyer": "B",
    "gatekeeper": "G",
    "initiator": "N",
}


def role_word(role: str) -> str:
    """Give a role's name in the learner's language.

    Parameters
    ----------
    role : str
        One of the six roles, or "not enough evidence".

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> role_word("decider")
    'decider'
    """
    return {
        "decider": _("decider"),
        "user": _("user"),
        "influencer": _("influencer"),
        "buyer": _("buyer"),
        "gatekeeper": _("gatekeeper"),
        "initiator": _("initiator"),
        "not enough evidence": _("not enough evidence"),
    }.get(role, role)


def kind_word(kind: str) -> str:
    """Give the name of a kind of evidence in the learner's language.

    Parameters
    ----------
    kind : str
        authority, usage, payment, advice, access or initiative.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> kind_word("access")
    'control of access'
    """
    return {
        "authority": _("authority"),
        "usage": _("usage"),
        "payment": _("payment and ordering"),
        "advice": _("advice and comparing"),
        "access": _("control of access"),
        "initiative": _("initiative"),
    }.get(kind, kind)


def strength_word(strength: str) -> str:
    """Give the strength of a finding in the learner's language.

    Parameters
    ----------
    strength : str
        As in `assign_roles`.

    Returns
    -------
    str
        The word.

    Examples
    --------
    >>> strength_word("moderate")
    'moderate'
    """
    return {
        "strong": _("strong"),
        "moderate": _("moderate"),
        "weak": _("weak"),
        "alone in the unit": _("alone in the unit"),
        "not enough evidence": _("not enough evidence"),
    }.get(strength, strength)


def method_word(method: str) -> str:
    """Give the name of a method in the learner's language.

    Parameters
    ----------
    method : str
        As in `compare_methods`.

    Returns
    -------
    str
        The name.

    Examples
    --------
    >>> method_word("rule")
    'rule'
    """
    return {
        "title alone": _("title alone"),
        "rule": _("rule"),
        "decision tree": _("decision tree"),
    }.get(method, method)


def listed(words: list[str]) -> str:
    """Write a list as people do.

    Parameters
    ----------
    words : list of str
        At least one.

    Returns
    -------
    str
        "a", "a and b" or "a, b and c".

    Examples
    --------
    >>> listed(["user", "buyer", "initiator"])
    'user, buyer and initiator'
    """
    if len(words) == 1:
        return words[0]
    return _("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])

"""What each role does, and where: shares of actions by stage and by channel."""

from __future__ import annotations

import pandas as pd

from custlab.checks import check_columns
from custlab.roles.evidence import STAGES
from custlab.roles.rules import CORE_ROLES


def stages_by_role(profile: pd.DataFrame, roles: pd.DataFrame) -> pd.DataFrame:
    """Average the stages at which the people of each main role are active.

    Parameters
    ----------
    profile : DataFrame
        From `role_profile`.
    roles : DataFrame
        ``person_id`` and ``main_role``, from the truth or from `assign_roles`.

    Returns
    -------
    DataFrame
        One row per core role, one column per stage; shares that add up to 1 in each row.

    Examples
    --------
    >>> from custlab.roles import role_profile
    >>> people = pd.DataFrame({"person_id": ["a"], "customer_id": "c", "title": "son"})
    >>> actions = pd.DataFrame({"person_id": ["a", "a"], "stage": ["need", "use"],
    ...                         "action": ["states need", "installs"]})
    >>> roles = people.assign(main_role="user")
    >>> stages_by_role(role_profile(actions, people), roles).loc["user", ["need", "use"]].tolist()
    [0.5, 0.5]
    """
    names = [f"stage_{stage}" for stage in STAGES]
    check_columns(profile, ("person_id", "actions", *names), "profile")
    check_columns(roles, ("person_id", "main_role"), "roles")
    active = profile[profile["actions"] > 0].merge(
        roles[["person_id", "main_role"]], on="person_id", suffixes=("_before", "")
    )
    means = active.groupby(active["main_role"].astype("object"))[names].mean()
    means.columns = list(STAGES)
    return means.reindex([role for role in CORE_ROLES if role in means.index])


def channels_by_role(interactions: pd.DataFrame, roles: pd.DataFrame) -> pd.DataFrame:
    """Count in which channels the people of each main role are met.

    Parameters
    ----------
    interactions : DataFrame
        ``person_id`` and ``channel``.
    roles : DataFrame
        ``person_id`` and ``main_role``, from the truth or from `assign_roles`.

    Returns
    -------
    DataFrame
        One row per core role, one column per channel; shares that add up to 1 in each row.

    Examples
    --------
    >>> actions = pd.DataFrame({"person_id": ["a", "a"], "channel": ["app", "store"]})
    >>> roles = pd.DataFrame({"person_id": ["a"], "main_role": ["user"]})
    >>> channels_by_role(actions, roles).loc["user"].to_dict()
    {'app': 0.5, 'store': 0.5}
    """
    check_columns(interactions, ("person_id", "channel"), "interactions")
    check_columns(roles, ("person_id", "main_role"), "roles")
    met = interactions.merge(roles[["person_id", "main_role"]], on="person_id")
    table = pd.crosstab(
        met["main_role"].astype("object"), met["channel"].astype("object"), normalize="index"
    )
    return table.reindex([role for role in CORE_ROLES if role in table.index])

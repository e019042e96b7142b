"""The people of each buying unit, and the roles that they truly play in its purchases."""

import numpy as np
import pandas as pd

from .spec import CORE_ROLES, ROLES

# Members of a household by life stage: titles (female, male), chance to be on record,
# and how much older they are than the main person (mean, sd).
MEMBERS = {
    "single": (
        ("self", "self", 1.0, 0, 0),
        ("flatmate", "flatmate", 0.42, 0, 3),
        ("mother", "father", 0.30, 27, 3),
    ),
    "couple": (
        ("wife", "husband", 1.0, 0, 0),
        ("husband", "wife", 1.0, 1, 3),
        ("mother", "father", 0.22, 27, 3),
    ),
    "young family": (
        ("mother", "father", 1.0, 0, 0),
        ("father", "mother", 0.97, 1, 3),
        ("daughter", "son", 0.55, -29, 3),
        ("grandmother", "grandfather", 0.40, 27, 3),
    ),
    "family with teenagers": (
        ("mother", "father", 1.0, 0, 0),
        ("father", "mother", 0.94, 1, 3),
        ("daughter", "son", 0.95, -28, 3),
        ("son", "daughter", 0.35, -30, 3),
        ("grandmother", "grandfather", 0.25, 26, 3),
    ),
    "empty nest": (
        ("mother", "father", 1.0, 0, 0),
        ("father", "mother", 0.92, 1, 3),
        ("daughter", "son", 0.62, -27, 3),
    ),
    "retired": (
        ("grandmother", "grandfather", 1.0, 0, 0),
        ("grandfather", "grandmother", 0.75, 1, 3),
        ("daughter", "son", 0.75, -27, 3),
        ("grandson", "granddaughter", 0.18, -52, 4),
    ),
}
GENDER = {
    "mother": "female", "father": "male", "wife": "female", "husband": "male",
    "daughter": "female", "son": "male", "grandmother": "female", "grandfather": "male",
    "grandson": "male", "granddaughter": "female",
}  # fmt: skip

# Titles in organisations: department, seniority, how common, kinds,
# and the pull towards each of the six roles (decider user influencer buyer gatekeeper initiator).
CONTACTS = (
    ("general manager", "management", "executive", 1.3, "E", (1.5, -0.6, 0.2, -0.4, -1.5, 0.2)),
    ("deputy general manager", "management", "executive", 0.6, "E", (1.1, -0.4, 0.4, -0.2, -1, 0.2)),  # noqa: E501
    ("owner", "management", "executive", 0.5, "E", (1.3, 0.3, -0.3, 0.7, -1.5, 0.3)),
    ("IT manager", "IT", "manager", 0.9, "EG", (0.5, 0.4, 0.9, -0.2, 0.3, 0.3)),
    ("operations manager", "operations", "manager", 1.0, "E", (0.4, 0.7, 0.5, -0.1, -0.5, 0.7)),
    ("purchasing manager", "purchasing", "manager", 1.1, "E", (0.6, -1.0, 0.2, 1.1, 0.9, -0.4)),
    ("purchasing officer", "purchasing", "staff", 0.9, "EG", (-0.7, -0.6, 0.1, 1.5, 0.9, -0.6)),
    ("finance director", "finance", "executive", 0.7, "E", (0.9, -0.6, 0.5, 0.4, 0.2, -0.6)),
    ("accountant", "finance", "staff", 0.6, "EG", (-0.8, 0.4, 0.1, 0.9, 0.2, -0.4)),
    ("office manager", "administration", "manager", 0.9, "EG", (0.0, 0.4, 0.2, 0.7, 0.8, 0.4)),
    ("secretary", "administration", "staff", 0.7, "EG", (-1.0, 0.5, 0.3, 0.5, 1.4, -0.3)),
    ("engineer", "technology", "staff", 1.1, "EG", (-0.9, 1.1, 0.8, -0.8, -0.4, 0.6)),
    ("sales manager", "sales", "manager", 0.8, "E", (0.1, 0.9, 0.5, -0.5, -0.7, 0.6)),
    ("clerk", "operations", "staff", 1.1, "EG", (-1.3, 1.3, 0.1, 0.0, -0.2, 0.3)),
    ("outside consultant", "outside", "adviser", 0.4, "EG", (-0.6, -0.8, 1.6, -0.8, 0.0, 0.2)),
    ("bureau director", "management", "executive", 1.2, "G", (1.5, -0.7, 0.0, -0.6, -1.5, 0.0)),
    ("deputy director", "management", "executive", 0.9, "G", (1.0, -0.4, 0.6, -0.2, -0.5, 0.2)),
    ("section chief", "operations", "manager", 1.1, "G", (0.2, 0.6, 0.7, 0.1, 0.1, 0.7)),
    ("procurement officer", "purchasing", "staff", 1.2, "G", (-0.4, -0.8, 0.1, 1.5, 0.9, -0.6)),
    ("budget officer", "finance", "manager", 0.7, "G", (0.5, -0.6, 0.4, 0.7, 0.8, -0.5)),
    ("head of logistics", "logistics", "manager", 0.8, "G", (0.2, 0.4, 0.3, 0.8, 0.2, 0.4)),
    ("teacher or doctor", "profession", "staff", 0.9, "G", (-0.9, 1.2, 0.6, -0.9, -0.9, 0.7)),
)  # fmt: skip
HOUSEHOLD_PULL = {
    "self": (0.9, 0.5, -0.4, 0.6, -1.5, 0.3),
    "wife": (0.4, 0.4, 0.3, 0.5, -1.0, 0.4),
    "husband": (0.5, 0.3, 0.3, 0.3, -1.2, 0.2),
    "mother": (0.6, 0.4, 0.2, 0.5, -0.5, 0.5),
    "father": (0.6, 0.2, 0.3, 0.3, -0.9, 0.1),
    "daughter": (-0.7, 0.8, 0.8, 0.0, -1.5, 0.4),
    "son": (-0.7, 0.8, 0.8, -0.1, -1.5, 0.3),
    "grandmother": (0.0, 0.8, 0.2, 0.1, -0.6, 0.3),
    "grandfather": (0.1, 0.6, 0.4, -0.1, -0.8, 0.0),
    "grandson": (-1.4, 1.0, 0.9, -0.8, -1.5, 0.3),
    "granddaughter": (-1.4, 1.0, 0.9, -0.8, -1.5, 0.3),
    "flatmate": (-0.5, 0.9, 0.6, -0.4, -1.5, 0.2),
}
LOOSENESS = 0.75  # how much of the pull of a title reaches the role; the rest is chance
SECOND_ROLE = 0.22  # a role whose strength comes this close to the main one is played too
CHILD = 12  # below this age nobody decides, pays or screens


def make_people(streams, customers):
    """Draw the people of every buying unit.

    Returns
    -------
    DataFrame
        One row per person, sorted by customer: customer (row number), title, department, age,
        gender, seniority, in the order in which the firm came to know them.
    """
    rng = streams("people")
    home = customers["kind"] == "household"
    people = pd.concat(
        [_members(rng, customers[home]), _contacts(rng, customers[~home])], ignore_index=True
    )
    people = people.sort_values(["customer", "slot"], kind="stable", ignore_index=True)
    # Half of the ages of contacts are unknown to the firm, as in most CRM systems.
    hidden = (people["department"].notna() & (rng.random(len(people)) < 0.5)).to_numpy()
    people["true_age"] = people["age"]
    people["age"] = pd.array(np.where(hidden, np.nan, people["age"]), dtype="Int64")
    return people.drop(columns="slot")


def _members(rng, households):
    """List the members of households, one slot of a life stage at a time."""
    parts = []
    for stage, slots in MEMBERS.items():
        group = households[households["life_stage"] == stage]
        for slot, (hers, his, chance, gap, spread) in enumerate(slots):
            n = len(group)
            main_age = group["age"].to_numpy(dtype=float)
            main_female = (group["gender"] == "female").to_numpy()
            female_line = main_female if slot < 2 else rng.random(n) < 0.5
            title = np.where(female_line, hers, his).astype(object)
            age = main_age + np.round(rng.normal(gap, spread, n)) * (slot > 0)
            floor = {0: 0, 1: 18}.get(slot, 2)
            part = pd.DataFrame(
                {
                    "customer": group.index,
                    "slot": slot,
                    "title": title,
                    "department": None,
                    "age": np.clip(age, floor, 92),
                    "gender": [GENDER.get(t) for t in title],
                    "seniority": None,
                }
            )
            drawn = np.where(rng.random(n) < 0.5, "female", "male")
            own = group["gender"].to_numpy(dtype=object) if slot == 0 else drawn
            part["gender"] = np.where(part["gender"].isna(), own, part["gender"])
            parts.append(part[rng.random(n) < chance])
    return pd.concat(parts, ignore_index=True)


def _contacts(rng, organisations):
    """List the contacts of organisations: more of them where there are more employees."""
    n = len(organisations)
    size = np.log(organisations["employees"].to_numpy(dtype=float))
    count = np.clip(1 + rng.poisson(np.clip(0.4 + 0.62 * size, 0.5, 4.6)), 1, 8).astype(int)
    letter = np.where(organisations["kind"] == "enterprise", "E", "G")
    common = np.array([c[3] for c in CONTACTS])
    fits = np.array([[code in c[4] for c in CONTACTS] for code in "EG"])
    weight = np.where(fits[(letter == "G").astype(int)], common, 1e-12)
    order = np.argsort(-(np.log(weight) + rng.gumbel(size=weight.shape)), axis=1)
    rows = np.repeat(np.arange(n), count)
    slot = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    chosen = order[rows, slot]
    table = pd.DataFrame(
        [c[:3] for c in CONTACTS], columns=["title", "department", "seniority"], dtype=object
    )
    people = table.iloc[chosen].reset_index(drop=True)
    people["customer"] = organisations.index.to_numpy()[rows]
    people["slot"] = slot
    middle = people["seniority"].map({"executive": 48, "manager": 41, "staff": 33, "adviser": 45})
    people["age"] = np.clip(np.round(rng.normal(middle.to_numpy(dtype=float), 7)), 21, 66)
    people["gender"] = np.where(rng.random(len(people)) < 0.44, "female", "male")
    return people


def make_roles(streams, people):
    """Draw the roles that people truly play.

    A title only pulls towards a role; chance does the rest. Then each unit is made coherent:
    somebody decides, somebody uses, somebody buys. A person alone plays all of the core roles.

    Returns
    -------
    DataFrame
        Aligned with `people`: six flags, `main_role` (one of the core four), and `strength`
        columns (how a person's events divide over the roles).
    """
    rng = streams("roles")
    pull = {c[0]: c[5] for c in CONTACTS} | HOUSEHOLD_PULL
    score = LOOSENESS * np.array([pull[t] for t in people["title"]])
    score = score + rng.gumbel(0, 0.8, score.shape)
    child = (people["true_age"] < CHILD).to_numpy()
    score[np.ix_(child, [0, 3, 4])] = -9.0
    unit = people["customer"].to_numpy()
    alone = np.bincount(unit)[unit] == 1

    core = _one_decider(score[:, :4].copy(), unit)
    main = core.argmax(axis=1)
    main[alone] = 0
    plays = np.zeros(score.shape, dtype=bool)
    plays[:, :4] = core >= core.max(axis=1, keepdims=True) - SECOND_ROLE
    plays[np.arange(len(main)), main] = True
    for role in (0, 1, 3):
        plays[_best_of_units_without(plays[:, role], core[:, role], unit), role] = True
    plays[alone, :4] = True
    plays[:, 4] = ~alone & (score[:, 4] > 1.45)
    plays[:, 5] = _is_best_of_unit(score[:, 5], unit)
    roles = pd.DataFrame(plays, columns=list(ROLES))
    roles["main_role"] = np.array(CORE_ROLES, dtype=object)[main]
    return roles, _strength(plays, main, alone)


def _one_decider(core, unit):
    """Leave one main decider in a unit: the others fall back to their second role."""
    wants = core.argmax(axis=1) == 0
    best = _is_best_of_unit(np.where(wants, core[:, 0], -np.inf), unit)
    demoted = wants & ~best
    core[demoted, 0] = core[demoted, 1:].max(axis=1) - 0.6
    return core


def _is_best_of_unit(score, unit):
    """Mark the highest score of each unit."""
    order = np.lexsort((-score, unit))
    first = np.concatenate([[True], unit[order][1:] != unit[order][:-1]])
    best = np.zeros(len(score), dtype=bool)
    best[order[first]] = True
    return best


def _best_of_units_without(played, score, unit):
    """Mark the best candidate in each unit where nobody plays a role yet."""
    missing = np.bincount(unit, weights=played, minlength=unit.max() + 1) == 0
    return _is_best_of_unit(score, unit) & missing[unit]


def _strength(plays, main, alone):
    """Divide each person's events over the roles: the main one weighs most."""
    strength = plays * np.array([0.17, 0.17, 0.17, 0.17, 0.28, 0.13])
    strength[np.arange(len(main)), main] = 1.0
    strength[alone, :4] = (0.8, 0.7, 0.4, 0.8)
    return strength / strength.sum(axis=1, keepdims=True)

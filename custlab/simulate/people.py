"""The people of each buying unit, and the roles that they truly play in its purchases."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .market import CONTACTS, CORE_ROLES, MARKET, MEMBERS, ROLES

LOOSENESS = 0.75  # how much of the pull of a title reaches the role; the rest is chance
SECOND_ROLE = 0.22  # a role whose strength comes this close to the main one is played too
CHILD = 12  # below this age nobody decides, pays or screens
DECIDER, USER, INFLUENCER, BUYER, GATEKEEPER, INITIATOR = range(6)


@dataclass(frozen=True)
class Units:
    """The people of all buying units, a row each, sorted by customer."""

    people: pd.DataFrame  # customer (row number) and what learners see; true_age
    roles: pd.DataFrame  # six flags, and main_role (one of the core four)
    strength: np.ndarray  # people x roles: how a person's events divide over the roles

    @property
    def unit(self):
        """The customer of each person."""
        return self.people["customer"].to_numpy()

    def younger_than(self, age):
        """Mark the people below an age."""
        return (self.people["true_age"] < age).to_numpy()

    def best(self, score):
        """Return the person with the highest score of each customer."""
        return best_of_units(score, self.unit)


def ranked(score, unit):
    """Sort the people of each unit by falling score, units one after another."""
    return np.lexsort((-score, unit))


def best_of_units(score, unit):
    """Return the row of the highest score of each unit (units are numbered and sorted)."""
    return ranked(score, unit)[np.searchsorted(unit, np.arange(unit.max() + 1))]


def make_units(setting, population):
    """Draw the people of every buying unit, and their roles.

    Returns
    -------
    Units
    """
    people = _make_people(setting.streams("people"), population)
    roles, strength = _make_roles(setting.streams("roles"), people)
    return Units(people, roles, strength)


def _make_people(rng, population):
    """Draw the people in the order in which the firm came to know them."""
    customers, home = population.customers, population.home
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
    for stage, slots in MEMBERS.groupby("life_stage", sort=False):
        group = households[households["life_stage"] == stage]
        n = len(group)
        own_gender = group["gender"].to_numpy(dtype=object)
        for slot, member in enumerate(slots.itertuples()):
            hers = own_gender == "female" if slot < 2 else rng.random(n) < 0.5
            title = np.where(hers, member.hers, member.his).astype(object)
            older = np.round(rng.normal(member.older, member.spread, n)) * (slot > 0)
            age = group["age"].to_numpy(dtype=float) + older
            drawn = np.where(rng.random(n) < 0.5, "female", "male")
            part = pd.DataFrame({"customer": group.index, "slot": slot, "title": title})
            part["department"] = None
            part["age"] = np.clip(age, {0: 0, 1: 18}.get(slot, 2), 92)
            told = part["title"].map(MARKET["gender_of_title"]).astype(object)
            part["gender"] = told.fillna(pd.Series(own_gender if slot == 0 else drawn))
            part["seniority"] = None
            parts.append(part[rng.random(n) < member.known])
    return pd.concat(parts, ignore_index=True)


def _contacts(rng, organisations):
    """List the contacts of organisations: more of them where there are more employees."""
    n = len(organisations)
    size = np.log(organisations["employees"].to_numpy(dtype=float))
    count = np.clip(1 + rng.poisson(np.clip(0.4 + 0.62 * size, 0.5, 4.6)), 1, 8).astype(int)
    public = (organisations["kind"] == "government").to_numpy()
    of_firms, of_public = (CONTACTS["kinds"].str.contains(letter).to_numpy() for letter in "EG")
    fits = np.where(public[:, None], of_public, of_firms)
    weight = np.where(fits, CONTACTS["common"].to_numpy(), 1e-12)
    order = np.argsort(-(np.log(weight) + rng.gumbel(size=weight.shape)), axis=1)
    rows = np.repeat(np.arange(n), count)
    slot = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    people = CONTACTS[["title", "department", "seniority"]].astype(object)
    people = people.iloc[order[rows, slot]].reset_index(drop=True)
    people["customer"] = organisations.index.to_numpy()[rows]
    people["slot"] = slot
    middle = people["seniority"].map(MARKET["age_of_seniority"]).to_numpy(dtype=float)
    people["age"] = np.clip(np.round(rng.normal(middle, 7)), 21, 66)
    people["gender"] = np.where(rng.random(len(people)) < 0.44, "female", "male")
    return people


def _make_roles(rng, people):
    """Draw the roles that people truly play, and how strongly.

    A title only pulls towards a role; chance does the rest. Then each unit is made coherent:
    somebody decides, somebody uses, somebody buys. A person alone plays all of the core roles.
    """
    pull = dict(zip(CONTACTS["title"], CONTACTS["pull"], strict=True)) | MARKET["household_pull"]
    score = LOOSENESS * np.array([pull[title] for title in people["title"]])
    score = score + rng.gumbel(0, 0.8, score.shape)
    child = (people["true_age"] < CHILD).to_numpy()
    score[np.ix_(child, [DECIDER, BUYER, GATEKEEPER])] = -9.0
    unit = people["customer"].to_numpy()
    alone = np.bincount(unit)[unit] == 1

    core = _one_decider(score[:, :4].copy(), unit)
    main = core.argmax(axis=1)
    main[alone] = DECIDER
    plays = np.zeros(score.shape, dtype=bool)
    plays[:, :4] = core >= core.max(axis=1, keepdims=True) - SECOND_ROLE
    plays[np.arange(len(main)), main] = True
    for role in (DECIDER, USER, BUYER):
        nobody = np.bincount(unit, weights=plays[:, role]) == 0
        plays[best_of_units(core[:, role], unit)[nobody], role] = True
    plays[alone, :4] = True
    plays[:, GATEKEEPER] = ~alone & (score[:, GATEKEEPER] > 1.45)
    plays[best_of_units(score[:, INITIATOR], unit), INITIATOR] = True
    roles = pd.DataFrame(plays, columns=list(ROLES))
    roles["main_role"] = np.array(CORE_ROLES, dtype=object)[main]
    return roles, _strength(plays, main, alone)


def _one_decider(core, unit):
    """Leave one main decider in a unit: the others fall back to their second role."""
    demoted = core.argmax(axis=1) == DECIDER
    demoted[best_of_units(np.where(demoted, core[:, DECIDER], -np.inf), unit)] = False
    core[demoted, DECIDER] = core[demoted, 1:].max(axis=1) - 0.6
    return core


def _strength(plays, main, alone):
    """Divide each person's events over the roles: the main one weighs most."""
    strength = plays * np.array([0.17, 0.17, 0.17, 0.17, 0.28, 0.13])
    strength[np.arange(len(main)), main] = 1.0
    strength[alone, :4] = (0.8, 0.7, 0.4, 0.8)
    return strength / strength.sum(axis=1, keepdims=True)

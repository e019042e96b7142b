"""What the generator knows and no file holds: roles, segments, future value, uplift."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .interactions import expected_calls


@dataclass(frozen=True)
class Truth:
    """The planted truth of one simulated case.

    Attributes
    ----------
    roles : DataFrame
        person_id, customer_id, one flag per role, main_role (decider, user, influencer, buyer).
    segments : DataFrame
        customer_id, segment.
    value : DataFrame
        customer_id, future_orders, future_amount, future_margin over the 12 months after the
        observation window, alive (has ordered and has not stopped at its end).
    uplift : DataFrame
        customer_id, uplift: planted difference in the probability to respond to the membership
        campaign, for those in it.
    responses : DataFrame
        campaign_id, customer_id, treatment, approach, base and uplift (probabilities), for all
        campaigns; for the control group the uplift of an approach drawn at random.
    """

    name: str
    roles: pd.DataFrame = field(repr=False)
    segments: pd.DataFrame = field(repr=False)
    value: pd.DataFrame = field(repr=False)
    uplift: pd.DataFrame = field(repr=False)
    responses: pd.DataFrame = field(repr=False)

    def copy(self):
        """Return a copy that may be changed without spoiling the next call of `truth`."""
        frames = (self.roles, self.segments, self.value, self.uplift, self.responses)
        return Truth(self.name, *(frame.copy() for frame in frames))


def make_truth(setting, population, units, sales):
    """Read the truth off a finished simulation."""
    firm = setting.firm
    customer_id = setting.customer_keys(range(len(population)))
    roles = units.roles.copy()
    roles.insert(0, "person_id", setting.keys("P", range(len(roles))))
    roles.insert(1, "customer_id", customer_id[units.unit])
    names = np.array([s.name for s in firm.segments], dtype=object)
    segments = pd.DataFrame(
        {"customer_id": customer_id, "segment": names[population.latent["segment"]]}
    )
    responses = sales.campaign[["campaign_id", "treatment", "approach"]].copy()
    responses.insert(1, "customer_id", customer_id[sales.campaign["customer"]])
    responses["base"] = sales.campaign["true_base"].round(4)
    responses["uplift"] = sales.campaign["true_uplift"].round(4)
    membership = next(c for c in firm.campaigns if c.effect == "membership_effect").campaign_id
    uplift = responses.loc[responses["campaign_id"] == membership, ["customer_id", "uplift"]]
    value = _value(setting, population, sales)
    value.insert(0, "customer_id", customer_id)
    frames = (roles, segments, value, uplift.reset_index(drop=True), responses)
    return Truth(firm.name, *map(_strings, frames))


def _strings(frame):
    """Store texts as pandas strings."""
    return frame.astype(dict.fromkeys(frame.select_dtypes(["object", "str"]), "string"))


def _value(setting, population, sales):
    """Add up the twelve months after the window, costs of service included."""
    n, last, costs = len(population), setting.calendar.last, setting.firm.costs
    future = sales.lines[sales.lines["day"] > last]
    orders = np.bincount(future.drop_duplicates("order")["customer"], minlength=n)
    amount = np.bincount(future["customer"], weights=future["amount"], minlength=n)
    margin = np.bincount(future["customer"], weights=future["margin"], minlength=n)
    per_order = expected_calls(setting, population, np.arange(n))
    calls = setting.streams("future service").poisson(per_order * orders)
    margin = margin - orders * costs["order_handling"] - calls * costs["service_contact"]
    return pd.DataFrame(
        {
            "future_orders": orders,
            "future_amount": amount.round(2),
            "future_margin": margin.round(2),
            "alive": (sales.first <= last) & (sales.stopped > last),
        }
    )

"""What the generator knows and no file holds: roles, segments, future value, uplift."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .interactions import CONTACTS_PER_ORDER, MOST_CONTACTS


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


def make_truth(world):
    """Read the truth off a finished simulation."""
    from .tables import keys

    spec = world.spec
    customer_id = keys(spec, "C", np.arange(len(world.customers)), 5)
    roles = world.roles.copy()
    roles.insert(0, "person_id", keys(spec, "P", np.arange(len(roles))))
    roles.insert(1, "customer_id", customer_id[world.people["customer"]])
    names = np.array([s.name for s in spec.segments], dtype=object)
    segments = pd.DataFrame({"customer_id": customer_id, "segment": names[world.latent["segment"]]})
    sheet = world.campaign
    responses = pd.DataFrame(
        {
            "campaign_id": sheet["campaign_id"],
            "customer_id": customer_id[sheet["customer"]],
            "treatment": sheet["treatment"],
            "approach": sheet["approach"],
            "base": sheet["true_base"].round(4),
            "uplift": sheet["true_uplift"].round(4),
        }
    )
    membership = next(c for c in spec.campaigns if c.effect == "membership_effect").campaign_id
    uplift = responses.loc[responses["campaign_id"] == membership, ["customer_id", "uplift"]]
    return Truth(
        spec.name,
        _strings(roles, ["person_id", "customer_id", "main_role"]),
        _strings(segments, ["customer_id", "segment"]),
        _strings(_value(world, customer_id), ["customer_id"]),
        _strings(uplift.reset_index(drop=True), ["customer_id"]),
        _strings(responses, ["campaign_id", "customer_id", "treatment", "approach"]),
    )


def _strings(frame, columns):
    return frame.astype(dict.fromkeys(columns, "string"))


def _value(world, customer_id):
    """Add up the twelve months after the window, costs of service included."""
    n = len(customer_id)
    calendar = world.calendar
    future = world.lines[world.lines["day"] > calendar.last]
    orders = future.drop_duplicates("order").groupby("customer").size()
    orders = orders.reindex(range(n), fill_value=0).to_numpy()
    amount = np.bincount(future["customer"], weights=future["amount"], minlength=n)
    margin = np.bincount(future["customer"], weights=future["margin"], minlength=n)
    calls = world.streams("future service").poisson(
        CONTACTS_PER_ORDER
        * np.minimum(world.latent["service"].to_numpy(), MOST_CONTACTS)
        * world.spec.journeys_per_order
        * orders
    )
    costs = world.spec.costs
    margin = margin - orders * costs["order_handling"] - calls * costs["service_contact"]
    alive = (world.first <= calendar.last) & (world.stopped > calendar.last)
    return pd.DataFrame(
        {
            "customer_id": customer_id,
            "future_orders": orders,
            "future_amount": amount.round(2),
            "future_margin": margin.round(2),
            "alive": alive,
        }
    )

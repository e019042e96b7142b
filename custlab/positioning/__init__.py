"""Customer positioning: simple groups, plans made from a trial, and the road to an order."""

from custlab.positioning.plans import (
    CONTROL,
    best_for_all,
    best_for_each,
    gain,
    gains_of_small_trials,
    response_rates,
    responses_per_1000,
)
from custlab.positioning.road import days_before_order, people_of_purchase, stages_of_road
from custlab.positioning.trial import group_by, trial

__all__ = [
    "CONTROL",
    "best_for_all",
    "best_for_each",
    "days_before_order",
    "gain",
    "gains_of_small_trials",
    "group_by",
    "people_of_purchase",
    "response_rates",
    "responses_per_1000",
    "stages_of_road",
    "trial",
]

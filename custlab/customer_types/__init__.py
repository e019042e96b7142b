"""Sort customers into types: by rules that anyone can read, and by a tree that learns them."""

from custlab.customer_types.campaign import clear_winners, response_by_type
from custlab.customer_types.evaluate import Evaluation, cheapest_type, error_costs, evaluate
from custlab.customer_types.facts import (
    early_facts,
    facts_of_today,
    first_value,
    split_in_time,
)
from custlab.customer_types.grid import customer_types, type_grid
from custlab.customer_types.rhythm import repurchase_rhythm, return_curve, still_coming
from custlab.customer_types.rules import apply_rules, behaviour_rules, need_rules, value_rules
from custlab.customer_types.tree import TypeTree, entropy, information_gain
from custlab.customer_types.tree_words import rules_in_words

__all__ = [
    "Evaluation",
    "TypeTree",
    "apply_rules",
    "behaviour_rules",
    "cheapest_type",
    "clear_winners",
    "customer_types",
    "early_facts",
    "entropy",
    "error_costs",
    "evaluate",
    "facts_of_today",
    "first_value",
    "information_gain",
    "need_rules",
    "repurchase_rhythm",
    "response_by_type",
    "return_curve",
    "rules_in_words",
    "split_in_time",
    "still_coming",
    "type_grid",
    "value_rules",
]

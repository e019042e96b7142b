"""Who plays which role in a purchase? Read it from what people do, not from their titles.

The way through: `role_profile` counts the evidence, `role_scores` weighs it, `assign_roles`
names roles or admits that evidence is missing; `accuracy` and `confusion` judge the result;
`learn_tree` is a learned rival. `buying_unit`, `key_contacts` and `explain` are what sales,
marketing and service work with.

References
----------
Webster, F. E. & Wind, Y. (1972). A general model for understanding organizational buying
behavior. Journal of Marketing, 36(2), 12-19.
"""

from custlab.roles.calls import calls_that_reach, first_calls
from custlab.roles.contacts import key_contacts
from custlab.roles.evidence import KINDS, STAGES, evidence_of, evidence_table, role_profile
from custlab.roles.explain import Explanation, explain, explain_unit
from custlab.roles.habits import channels_by_role, stages_by_role
from custlab.roles.judge import accuracy, confusion, role_report
from custlab.roles.rules import (
    CORE_ROLES,
    EXTENDED_ROLES,
    ROLES,
    assign_roles,
    default_weights,
    role_scores,
)
from custlab.roles.tree import (
    compare_methods,
    learn_titles,
    learn_tree,
    predict_roles,
    split_customers,
)
from custlab.roles.unit import (
    buying_unit,
    instructive_units,
    unit_actions,
    unit_tables,
)

__all__ = [
    "CORE_ROLES",
    "EXTENDED_ROLES",
    "KINDS",
    "ROLES",
    "STAGES",
    "Explanation",
    "accuracy",
    "assign_roles",
    "buying_unit",
    "calls_that_reach",
    "channels_by_role",
    "compare_methods",
    "confusion",
    "default_weights",
    "evidence_of",
    "evidence_table",
    "explain",
    "explain_unit",
    "first_calls",
    "instructive_units",
    "key_contacts",
    "learn_titles",
    "learn_tree",
    "predict_roles",
    "role_profile",
    "role_report",
    "role_scores",
    "split_customers",
    "stages_by_role",
    "unit_actions",
    "unit_tables",
]

"""Collecting what learners handed in: from nbgrader's exchange, a folder, or an LMS's zip file.

Reading order: ``disk`` and ``archive`` list files without unpacking or following links, ``names``
reads what they are called, ``roster`` finds the learner, ``plan`` decides, ``place`` writes;
``exchange`` finds what nbgrader's exchange holds.
"""

from custlab.grading.collect.exchange import collect_from_exchange, plan_exchange
from custlab.grading.collect.place import carry_out
from custlab.grading.collect.plan import Plan, make_plan

__all__ = ["Plan", "carry_out", "collect_from_exchange", "make_plan", "plan_exchange"]

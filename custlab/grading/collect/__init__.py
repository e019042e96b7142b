"""Collecting what learners handed in: from nbgrader's exchange, a folder, or an LMS's zip file.

Reading order: ``disk`` and ``archive`` list files without unpacking or following links, ``names``
reads what they are called, ``roster`` finds the learner, ``sorting`` gives each file to one and
makes a ``plan`` (``from_files``, ``exchange``: of what), and ``place`` carries it out.
"""

from custlab.grading.collect.exchange import collect_from_exchange, plan_exchange
from custlab.grading.collect.from_files import make_plan
from custlab.grading.collect.place import carry_out
from custlab.grading.collect.plan import Plan

__all__ = ["Plan", "carry_out", "collect_from_exchange", "make_plan", "plan_exchange"]

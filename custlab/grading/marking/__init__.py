"""Marking free texts by hand: all answers to one question on one page, beside its rubric.

``rubric`` reads criteria from the master, ``desk`` lays out answers and keeps marks, ``server``
shows the page on this machine only. Marks go into nbgrader's gradebook, where formgrader has them.
"""

from custlab.grading.marking.desk import Desk
from custlab.grading.marking.server import serve

__all__ = ["Desk", "serve"]

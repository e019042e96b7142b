"""Marks to rely on: warm kernels, a sandbox, an examiner that never runs learner code.

Where to start reading: ``run`` grades a class, ``job`` one submission, ``results`` documents the
results files that reports and exports are made from. What is contained and what is not stands in
``course/instructor/threat-model.md``.
"""

import sys

# Whatever reads a notebook's schema (nbformat, nbgrader) loads this package if it is there, and it
# compiles a grammar of web addresses, for half a second in every process. Notebooks need none.
sys.modules.setdefault("rfc3987_syntax", None)

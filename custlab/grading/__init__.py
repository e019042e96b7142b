"""Marks to rely on: warm kernels, a sandbox, an examiner that never runs learner code.

Where to start reading: ``run`` grades a class, ``job`` one submission, ``results`` documents the
results files that reports and exports are made from. What is contained and what is not stands in
``course/instructor/threat-model.md``.
"""

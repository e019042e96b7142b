"""The fields of a form: ``from custlab.exercises import fields``, then ``fields.text("Name")``."""

from custlab.exercises.kinds.form import amount, choice, long_text, text, ticks

__all__ = ["amount", "choice", "long_text", "text", "ticks"]

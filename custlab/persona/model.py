"""Personas: lines with the evidence that each rests on, and sets of personas.

Everything here is a frozen dataclass: an edit gives a new persona and leaves the old one as it
was. What a person adds or rewords without data is an assumption, and stays one.

``extra`` holds fields of a file that this version does not know; they are written back.
"""

from __future__ import annotations

from custlab.persona._figure import Persona
from custlab.persona._parts import (
    AREAS,
    DIMENSIONS,
    KINDS,
    SCHEMA_VERSION,
    STRENGTHS,
    Evidence,
    Quote,
    Suggestion,
    Trait,
    Value,
)
from custlab.persona._set import PersonaSet

__all__ = [
    "AREAS",
    "DIMENSIONS",
    "KINDS",
    "SCHEMA_VERSION",
    "STRENGTHS",
    "Evidence",
    "Persona",
    "PersonaSet",
    "Quote",
    "Suggestion",
    "Trait",
    "Value",
]

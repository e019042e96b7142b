"""Personas from evidence: each line of the card says what it rests on, and how sure that is.

Each name is imported from its module on first use.

>>> from custlab import persona
>>> "draft_set" in persona.__all__
True
"""

from importlib import import_module

_HOMES = {
    "card_parts": "AREAS DIMENSIONS KINDS SCHEMA_VERSION STRENGTHS Evidence Quote Suggestion Trait "
    "Value",
    "persona": "Persona",
    "persona_set": "PersonaSet",
    "evidence_rule": "RULE rule_table",
    "evidence": "MIN_MEMBERS trait_table",
    "drafting": "draft draft_set trait_of",
    "actions": "suggest",
    "check": "check_persona",
    "protected": "PROTECTED protected_words",
    "validation": "Validation validate",
    "validation_by_drift": "stability_index",
    "store": "load_persona load_personas save_persona save_personas",
    "assigning": "assign held_by persona_odds",
    "cards": "card side_by_side",
    "page": "write_page",
    "portraits": "portrait",
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    """Import a public name from its home module on first use (PEP 562)."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'custlab.persona' has no attribute '{name}'")
    found = getattr(import_module(f"custlab.persona.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__():
    """List the lazy names too, so that completion finds them."""
    return __all__

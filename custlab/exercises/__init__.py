"""Questions in notebooks: asked as widgets, saved, checked, and marked.

Lessons and exercises need ``Sheet``; hidden tests need ``mark`` and `custlab.exercises.code`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Loaded on first use: marking in a clean process needs no widgets.
_HOMES = {
    "Sheet": "sheet",
    "mark": "marking",
    "check": "kinds",
    "Result": "result",
    "Outcome": "result",
    "between": "expect",
    "about": "expect",
    "passes": "expect",
    "one_of": "expect",
    "several": "expect",
    "filled": "expect",
    "mentions": "expect",
}
_MODULES = ("fields", "code")

__all__ = [*_HOMES, *_MODULES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

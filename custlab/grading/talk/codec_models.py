"""Estimators and the library's own records as plain data, rebuilt from genuine classes."""

from __future__ import annotations

import dataclasses
import sys

MODEL_PACKAGES = ("sklearn", "custlab")
RECORD_PACKAGES = ("custlab",)


def encode(encoder, value, depth: int) -> dict | None:
    """Give the node for a scikit-learn estimator or a record of the library, else None."""
    package = type(value).__module__.partition(".")[0]
    if package in MODEL_PACKAGES and hasattr(value, "get_params") and hasattr(value, "fit"):
        kind, state = "estimator", dict(vars(value))
    elif package in RECORD_PACKAGES and dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        kind, state = "record", {field.name: getattr(value, field.name) for field in fields}
    else:
        return None
    parts = _parts(encoder, state, depth)
    if parts is None:
        return None
    return {"t": kind, "class": [type(value).__module__, type(value).__qualname__], "v": parts}


def _parts(encoder, state: dict, depth: int) -> dict | None:
    """Pass on what an object holds; None if that is not all data (then it stays a handle)."""
    handle, encoder.handle, known = encoder.handle, None, len(encoder.buffers)
    try:
        return {name: encoder.encode(part, depth + 1) for name, part in state.items()}
    except TypeError:
        del encoder.buffers[known:]
        return None
    finally:
        encoder.handle = handle


def _genuine_class(node, packages: tuple[str, ...]) -> type:
    """Find the class by name among the modules that are loaded here already."""
    module, name = node["class"]
    loaded = sys.modules.get(module)
    found = getattr(loaded, name, None) if module.partition(".")[0] in packages else None
    if not isinstance(found, type) or found.__module__ != module:
        raise ValueError(f"Not a class that tests can use: {str(name)[:40]!r}.")
    return found


def _estimator(decoder, node):
    """Build an unfitted or fitted estimator; its methods are the library's, never the learner's."""
    found = _genuine_class(node, MODEL_PACKAGES)
    if not hasattr(found, "get_params") or not hasattr(found, "fit"):
        raise ValueError("Not an estimator.")
    model = found.__new__(found)
    for name, part in node["v"].items():
        # A method of the class is never replaced by something that arrived.
        if name.isidentifier() and not name.startswith("__") and not hasattr(found, name):
            vars(model)[name] = decoder.decode(part)
    return model


def _record(decoder, node):
    found = _genuine_class(node, RECORD_PACKAGES)
    if not dataclasses.is_dataclass(found):
        raise ValueError("Not a record.")
    record = found.__new__(found)
    allowed = {field.name for field in dataclasses.fields(found)}
    for name, part in node["v"].items():
        if name in allowed:
            object.__setattr__(record, name, decoder.decode(part))
    return record


DECODERS = {"estimator": _estimator, "record": _record}

"""The learner's side of an examination: it hands over values and calls functions when asked.

It runs in the learner's kernel, so nothing it says is believed: whatever it answers is taken as
the learner's data and judged by the examiner, which never runs a line of the learner's. Learner
code that tampers with this module can only spoil its own answers.
"""

from __future__ import annotations

import socket

from custlab.grading.talk import wire
from custlab.grading.talk.codec import Decoder, Encoder, Unsendable


class Witness:
    """Answers questions about one namespace.

    Parameters
    ----------
    namespace : dict
        The learner's names and values.
    """

    def __init__(self, namespace: dict):
        self.namespace = namespace
        self.kept: list = []  # functions and other things passed on as handles

    def handle(self, value) -> dict:
        """Keep something that is not data and give the node that stands for it."""
        self.kept.append(value)
        kind = type(value)
        node = {"handle": len(self.kept) - 1, "class": f"{kind.__module__}.{kind.__qualname__}"}
        plain_function = callable(value) and not isinstance(value, type)
        return node | {"t": "function" if plain_function and not _is_rich(value) else "object"}

    def answer(self, question: dict, buffers: list[bytes]) -> tuple[dict, list[bytes]]:
        """Answer one question with a value, or with the exception that it led to."""
        encoder = Encoder(self.handle)
        try:
            decoder = Decoder(buffers, lambda node: self.kept[node["handle"]])
            if question["ask"] == "call":
                return self._call(question, decoder, encoder, buffers), encoder.buffers
            return {"value": encoder.encode(self._find(question, decoder))}, encoder.buffers
        except Unsendable as error:
            return {"unsendable": str(error)}, []
        except KeyboardInterrupt:
            return {"error": "TimeoutError", "message": "It took too long."}, []
        except Exception as error:
            kind = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
            return {"error": kind.__name__, "message": str(error)[:2000]}, []

    def _find(self, question: dict, decoder: Decoder):
        ask = question["ask"]
        if ask == "name":
            if question["name"] not in self.namespace:
                raise NameError(f"name {question['name']!r} is not defined")
            return self.namespace[question["name"]]
        subject = self.kept[question["handle"]]
        if ask == "attribute":
            return getattr(subject, question["name"])
        arguments = [decoder.decode(node) for node in question["arguments"]]
        if ask == "item":
            return subject[arguments[0]]
        return len(subject) if ask == "length" else list(subject)

    def _call(self, question: dict, decoder: Decoder, encoder: Encoder, buffers) -> dict:
        """Call a function; pass on its result, and the arguments that it changed."""
        arguments = [decoder.decode(node) for node in question["arguments"]]
        keywords = {name: decoder.decode(node) for name, node in question["keywords"].items()}
        value = self.kept[question["handle"]](*arguments, **keywords)
        changed = {}
        for position, (argument, sent) in enumerate(
            zip(arguments, question["arguments"], strict=True)
        ):
            if isinstance(sent, dict):  # numbers and texts cannot be changed
                after = Encoder(self.handle)
                node = after.encode(argument)
                if not _same_node(node, after.buffers, sent, buffers):
                    changed[str(position)] = encoder.encode(argument)
        return {"value": encoder.encode(value), "changed": changed}


def _same_node(node, contents: list[bytes], sent, sent_contents: list[bytes]) -> bool:
    """Compare two encoded values, whatever the numbers of their buffers are."""
    if isinstance(node, dict) and isinstance(sent, dict):
        if node.keys() != sent.keys():
            return False
        return all(
            contents[node[key]] == sent_contents[sent[key]]
            if key == "b"
            else _same_node(node[key], contents, sent[key], sent_contents)
            for key in node
        )
    if isinstance(node, list) and isinstance(sent, list):
        pairs = zip(node, sent, strict=False)
        return len(node) == len(sent) and all(
            _same_node(one, contents, other, sent_contents) for one, other in pairs
        )
    return type(node) is type(sent) and node == sent


def _is_rich(value) -> bool:
    """Tell an object that merely can be called (a fitted thing) from a function."""
    return not hasattr(value, "__name__") and not hasattr(value, "func")


def serve(connection: socket.socket, namespace: dict) -> None:
    """Answer questions until the examiner says that it is done.

    Parameters
    ----------
    connection : socket.socket
        The way to the examiner.
    namespace : dict
        The learner's names and values.
    """
    witness = Witness(namespace)
    while True:
        question, buffers = wire.receive(connection)
        if question.get("ask") == "done":
            return
        answer, contents = witness.answer(question, buffers)
        wire.send(connection, answer | {"number": question.get("number")}, contents)

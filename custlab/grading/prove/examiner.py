"""The examiner: runs the hidden tests, in a process that never runs learner code.

What a test needs of the learner's work it fetches from the learner's kernel as plain data at
that moment (see ``codec``); a function of the learner's is called over there. The points are
what this process says they are, so nothing that a learner prints, patches or forges changes them.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import marshal
import math
import os
import pickle
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from pathlib import Path

from custlab.exercises.attempt import NAME as ATTEMPT
from custlab.grading.isolate.unpacking import unpack
from custlab.grading.talk import wire
from custlab.grading.talk.codec import Decoder, Encoder

MAX_TEXT = 200_000
# Questions whose answer would be the verdict itself are never put to an object of the learner's.
VERDICTS = {"equals", "all", "any", "identical", "isclose", "allclose"}


class StandIn:
    """Something of the learner's that is not data: a figure, an object of a class of their own.

    Reading an attribute or an item gives plain data or another stand-in. It is neither true nor
    false and equal to nothing: the tests compare data, not what an object says of itself.
    """

    __slots__ = ("_ask", "_handle", "_kind")
    __hash__ = None

    def __init__(self, ask, node):
        self._ask, self._handle, self._kind = ask, int(node["handle"]), str(node["class"])[:200]

    def __getattr__(self, name):
        if name.startswith("__") or name in VERDICTS:
            raise AttributeError(f"{name!r} cannot be asked of a learner's {self._kind}.")
        return self._ask({"ask": "attribute", "handle": self._handle, "name": name})

    def __len__(self):
        return _whole(self._ask({"ask": "length", "handle": self._handle}))

    def __getitem__(self, key):
        return self._ask({"ask": "item", "handle": self._handle}, key)

    def __iter__(self):
        found = self._ask({"ask": "items", "handle": self._handle})
        return iter(found if type(found) is list else [])

    def __bool__(self):
        raise TypeError(f"A learner's {self._kind} cannot be judged as true or false.")

    def __eq__(self, other):
        raise TypeError(f"A learner's {self._kind} cannot be compared.")

    def __repr__(self):
        return f"<the learner's {self._kind}>"


class RemoteFunction(StandIn):
    """A function of the learner's: it is called in the learner's kernel."""

    __slots__ = ()

    def __call__(self, *arguments, **keywords):
        """Call it over there; its result comes back as data."""
        return self._ask({"ask": "call", "handle": self._handle}, *arguments, **keywords)


def _whole(value) -> int:
    if type(value) is not int or value < 0:
        raise TypeError("The learner's object gave no length.")
    return value


class Namespace(dict):
    """The names that a test cell sees: its own, the master's imports, then the learner's values.

    Parameters
    ----------
    task : dict
        ``imports``: name to dotted path, from the import statements of the master; and
        ``constants``: names that its locked cells set to plain values.
    ask : callable
        Fetches from the learner's kernel.
    """

    def __init__(self, task: dict, ask):
        # Builtins stand here themselves: looking for each one elsewhere first would take longest.
        super().__init__(vars(builtins), __name__="__main__", __builtins__=builtins)
        self.update(task["constants"])
        imports = task["imports"]
        self._imports, self._ask_learner = imports, ask

    def __missing__(self, name):
        if name in self._imports:
            value = _import(self._imports[name])
        else:
            value = self._fetch(name)
        self[name] = value
        return value

    def get(self, name, default=None):
        """Give a name's value, for helpers that are handed ``globals()``."""
        try:
            return self[name]
        except KeyError:
            return default

    def _fetch(self, name):
        try:
            return self._ask_learner({"ask": "name", "name": name})
        except NameError:
            raise KeyError(name) from None


def _import(path: str):
    """Import what a master imports: a module, or a name out of one."""
    import importlib

    module, _dot, name = path.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else found


class Inquiry:
    """One test's questions to the learner's kernel."""

    def __init__(self, connection: socket.socket | None):
        self.connection = connection
        self.failed = ""  # set when the kernel stopped answering: then nothing is proven
        self.unclear = ""  # set when an answer was not data
        self.raised: list[Exception] = []  # what the learner's code raised

    def ask(self, question: dict, *arguments, **keywords):
        """Put one question and give the answer as data or as a stand-in."""
        answer, buffers = self._put(question, arguments, keywords)
        if "error" in answer:
            self.raised.append(_same_error(answer))
            raise self.raised[-1]
        if "unsendable" in answer:
            self.unclear = str(answer["unsendable"])[:500]
            raise TypeError(self.unclear)
        try:
            decoder = Decoder(buffers, self._stand_in)
            for position, node in (answer.get("changed") or {}).items():
                _become(arguments[int(position)], decoder.decode(node))
            return decoder.decode(answer.get("value"))
        except MemoryError:
            self.failed = "Reading the learner's value took more memory than allowed."
            raise
        except Exception as error:
            self.unclear = f"The learner's value cannot be read as data: {error}"[:500]
            raise TypeError(self.unclear) from None

    def _put(self, question: dict, arguments, keywords) -> tuple[dict, list[bytes]]:
        """Send one question and wait for the answer to it."""
        if self.connection is None:
            self.failed = "There is no kernel to ask."
            raise NameError(self.failed)
        encoder = Encoder()
        question["number"] = secrets.token_hex(8)  # an answer that comes too late is known by it
        if "handle" in question:
            question["arguments"] = [encoder.encode(part) for part in arguments]
            question["keywords"] = {name: encoder.encode(part) for name, part in keywords.items()}
        try:
            wire.send(self.connection, question, encoder.buffers)
            answer, buffers = wire.receive(self.connection)
            while answer.get("number") != question["number"]:
                answer, buffers = wire.receive(self.connection)
        except (wire.WireError, OSError) as error:
            self.failed = str(error)
            raise RuntimeError("The learner's kernel stopped answering.") from None
        return answer, buffers

    def _stand_in(self, node):
        return (RemoteFunction if node["t"] == "function" else StandIn)(self.ask, node)


def _become(mine, changed) -> None:
    """Repeat here what a learner's function did to an argument there, so that tests can see it."""
    import numpy as np
    import pandas as pd

    if isinstance(mine, list):
        mine[:] = changed
    elif isinstance(mine, (dict, set)):
        mine.clear()
        mine.update(changed)
    elif isinstance(mine, np.ndarray):
        mine[...] = changed
    elif isinstance(mine, pd.Series):
        mine.drop(mine.index, inplace=True)
        for label, value in changed.items():
            mine.loc[label] = value
    elif isinstance(mine, pd.DataFrame):
        mine.drop(columns=mine.columns, inplace=True)
        mine.drop(index=mine.index, inplace=True)
        for name in changed.columns:
            mine[name] = changed[name]


def _same_error(answer: dict) -> Exception:
    """Raise here what the learner's function raised there, if it is a builtin exception."""
    kind = getattr(builtins, str(answer["error"]), None)
    ordinary = isinstance(kind, type) and issubclass(kind, Exception)
    try:
        return (kind if ordinary else RuntimeError)(str(answer.get("message", ""))[:2000])
    except TypeError:  # UnicodeDecodeError and the like want more arguments
        return RuntimeError(str(answer.get("message", ""))[:2000])


def prepare(task: dict) -> bytes:
    """Compile a test, and work out the part that is the same for every learner (see ``prefix``).

    Parameters
    ----------
    task : dict
        ``source`` of the test; ``head``: what can be run beforehand, ``names``: what is needed of
        it, and ``rest``: what is left to run then; ``imports`` and ``constants`` of the master.

    Returns
    -------
    bytes
        The test's code, its last expression's, and the values kept; written by this process for
        its own kind, never by a learner's.
    """
    values = _values(task) if task["names"] else b""
    tree = ast.parse(task["rest"] if values else task["source"])
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    body = compile(tree, "<test>", "exec")
    final = compile(ast.Expression(last.value), "<test>", "eval") if last else None
    return marshal.dumps((body, final, values))


def _values(task: dict) -> bytes:
    namespace = Namespace(task, Inquiry(None).ask)
    try:
        exec(compile(task["head"], "<test>", "exec"), namespace)
        return pickle.dumps({name: namespace[name] for name in task["names"]})
    except Exception:  # what cannot be kept is worked out for each learner
        return b""


def examine(task: dict, prepared: bytes, inquiry: Inquiry, attempt: dict) -> dict:
    """Run one test cell and say what came of it.

    Parameters
    ----------
    task : dict
        ``imports`` and ``constants`` of the master.
    prepared : bytes
        What `prepare` gave for the test.
    inquiry : Inquiry
        The way to the learner's kernel.
    attempt : dict
        What became of the cells above the test: the fields of an `Attempt`.

    Returns
    -------
    dict
        ``passed`` (bool), ``value`` (the last expression's number, if it gave one), ``has_value``
        (whether there is a last expression at all), ``error`` (its class), ``kinds`` (the classes
        that it comes from) and ``message``, ``outputs``; ``machine`` if this machine is at fault,
        and why.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    body, last, values = marshal.loads(prepared)
    namespace = Namespace(task, inquiry.ask)
    namespace.update(pickle.loads(values) if values else {})
    namespace[ATTEMPT] = attempt
    report = {"passed": False, "has_value": last is not None, "value": None}
    value, shown = None, []
    with capture_output() as captured:
        try:
            exec(body, namespace)
            if last is not None:
                value = eval(last, namespace)
            report["passed"] = True
        except BaseException as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            report |= {"error": kinds[0], "kinds": kinds, "message": str(error)[:2000]}
            if cause := _fault_of_machine(error, inquiry):
                report["machine"] = f"{type(cause).__name__}: {cause}"[:2000]
            elif isinstance(error, MemoryError) and error not in inquiry.raised:
                inquiry.failed = inquiry.failed or "The test took more memory than allowed."
    report["value"] = _number(value)
    if value is not None and report["passed"]:
        data = {"text/plain": repr(value)}
        if report["value"] is None:  # no points: a person may want to see what it is
            data, _metadata = InteractiveShell.instance().display_formatter.format(value)
        shown = [{"output_type": "execute_result", "data": _small(data)}]
    return report | {"outputs": _outputs(captured) + shown}


def _fault_of_machine(error: BaseException | None, inquiry: Inquiry) -> BaseException | None:
    """Find what is no answer's fault: a file or a module that cannot be read, no room, no process.

    An examiner has nothing of the learner's on its disk, so such an error is theirs only if it
    comes out of their code.
    """
    while error is not None:
        if any(error is theirs for theirs in inquiry.raised):
            return None
        if isinstance(error, (OSError, ImportError)):
            return error
        error = error.__cause__
    return None


def _number(value) -> float | None:
    """Read the points off the last expression; truth values and anything unclear are no points."""
    import numpy as np

    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.number)):
        return None
    return float(value) if math.isfinite(value) else None


def _outputs(captured) -> list[dict]:
    outputs = []
    for name in ("stdout", "stderr"):
        if text := getattr(captured, name):
            outputs.append({"output_type": "stream", "name": name, "text": text[:MAX_TEXT]})
    for shown in captured.outputs:
        outputs.append({"output_type": "display_data", "data": _small(shown.data)})
    return outputs


def _small(data: dict) -> dict:
    return {kind: part for kind, part in data.items() if len(str(part)) <= MAX_TEXT}


def serve(control: socket.socket, kept: dict[str, tuple[dict, bytes]], trouble: str) -> None:
    """Be the examiner of one submission: run tests as they are asked for until the end.

    Parameters
    ----------
    control : socket.socket
        The way to the grader.
    kept : dict
        The tests, by their names.
    trouble : str
        Why this examiner cannot examine; empty if it can.
    """
    with contextlib.suppress(wire.WireError):
        while True:
            _byte, passed_on, _flags, _address = socket.recv_fds(control, 1, 1)
            if not _byte:
                return
            bridge = socket.socket(fileno=passed_on[0]) if passed_on else None
            task, _buffers = wire.receive(control)
            if trouble:
                wire.send(control, {"machine": trouble})
                continue
            if "names" in task:
                wire.send(control, {}, [prepare(task)])
                continue
            inquiry = Inquiry(bridge)
            report = examine(*kept[task["key"]], inquiry, task["attempt"])
            report |= {"failed": inquiry.failed, "unclear": inquiry.unclear}
            if bridge:
                bridge.close()
            wire.send(control, report)


def run(_request: dict, descriptors: list[int]) -> None:
    """Be the examiners' ancestor: keep tests, fork an examiner for each submission, end it."""
    control = socket.socket(fileno=descriptors[0])
    kept: dict[str, tuple[dict, bytes]] = {}
    children: dict[int, Path] = {}
    with contextlib.suppress(wire.WireError):
        while True:
            _byte, passed_on, _flags, _address = socket.recv_fds(control, 1, 1)
            if not _byte:
                return
            order, buffers = wire.receive(control)
            if "end" in order:
                _end(order["end"], children)
            elif "keep" in order:
                kept[order["keep"]] = order["task"], buffers[0]
                wire.send(control, {})
            else:
                answer = _fork(control, order["fork"], buffers, passed_on[0], kept)
                if "pid" in answer:
                    children[answer["pid"]] = Path(order["fork"]["folder"])
                wire.send(control, answer)


def _fork(control, folder: dict, contents: list[bytes], connection: int, kept: dict) -> dict:
    """Fork an examiner into a folder of its own; give its process id, or why there is none."""
    try:
        child = os.fork()
    except OSError as error:
        os.close(connection)
        return {"trouble": str(error)}
    if child:
        os.close(connection)
        return {"pid": child}
    try:
        control.close()
        trouble = _move_in(Path(folder["folder"]), folder["files"], contents)
        serve(socket.socket(fileno=connection), kept, trouble)
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(0)


def _move_in(folder: Path, files: list[str], contents: list[bytes]) -> str:
    """Make an examiner's two folders; say why that cannot be done, or nothing."""
    try:
        unpack(folder, files, contents)
        temporary = _temporary(folder)
        temporary.mkdir()
    except OSError as error:
        return str(error)
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    return ""


def _temporary(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.tmp")


def _end(child: int, children: dict[int, Path]) -> None:
    """End an examiner, if it is one of this ancestor's, and empty its place for others."""
    if child not in children:
        return
    folder = children.pop(child)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for place in (folder, _temporary(folder)):
        shutil.rmtree(place, ignore_errors=True)

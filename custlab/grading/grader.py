"""What every grading process keeps: the examiners' sandbox, and how each test is put to them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from custlab.files import write_atomic
from custlab.grading.examination import Examination, needs_learner
from custlab.grading.limits import Limits
from custlab.grading.master import Master
from custlab.grading.prefix import split
from custlab.grading.sandbox import INSIDE, Sandbox, View
from custlab.grading.server import ForkServer


@dataclass(frozen=True)
class Plan:
    """How a test is put to the examiner.

    Attributes
    ----------
    task : dict
        What the examiner is told.
    prepared : bytes
        The test as examiners have prepared it, once for all learners.
    alone : bool
        Whether the test looks at nothing of the learner's but the saved answers.
    """

    task: dict
    prepared: bytes
    alone: bool


@dataclass
class Grader:
    """What a process that grades needs: fork server, what can be seen, the examiners' sandbox.

    Attributes
    ----------
    shared : Path or None
        A folder in which the graders of one run keep what they have prepared for each other.
    """

    server: ForkServer
    view: View
    limits: Limits
    scratch: Path | None = None
    shared: Path | None = None
    sandbox: Sandbox | None = field(default=None, init=False)
    _plans: dict[tuple[str, str], Plan] = field(default_factory=dict, init=False)

    def examination(self, files: dict[str, bytes]) -> Examination:
        """Prepare an examiner for one notebook."""
        if self.server.sandboxed and self.sandbox is None:
            self.sandbox = Sandbox(self.view, self.limits)
        folder = INSIDE if self.server.sandboxed else str(self.scratch)
        return Examination(self.server, self.sandbox, self.limits, self.view, files, folder)

    async def plan(self, source: str, master: Master, given: dict, seconds: float) -> Plan:
        """Plan a test: which part is the same for everybody, and whether it needs the learner."""
        key = (master.name, source)
        if key not in self._plans:
            told = {"imports": master.imports, "constants": master.constants}
            parts = split(source, master.imports, master.constants)
            test = {"source": source, "head": parts.head, "rest": parts.rest, "names": parts.names}
            prepared = await self._prepare(told | test, given, seconds)
            if not prepared:  # its common part took too long: it is left to each learner's turn
                prepared = await self._prepare(told | test | {"names": ()}, given, seconds)
            alone = not needs_learner(source, master.imports | master.constants)
            self._plans[key] = Plan(told, prepared, alone)
        return self._plans[key]

    async def _prepare(self, test: dict, given: dict, seconds: float) -> bytes:
        """Have a test prepared, or take what another grader of this run has."""
        if self.shared is None:
            return await self._examine_alone(test, given, seconds)
        name = hashlib.sha256(json.dumps(test, sort_keys=True).encode()).hexdigest()
        path = self.shared / name
        with FileLock(f"{path}.lock"):
            if not path.exists():
                write_atomic(path, await self._examine_alone(test, given, seconds))
        return path.read_bytes()

    async def _examine_alone(self, test: dict, given: dict, seconds: float) -> bytes:
        alone = self.examination(given)  # it has nobody's answers
        try:
            return await alone.prepare(test, seconds)
        finally:
            alone.close()

    def close(self) -> None:
        """End the examiners' sandbox."""
        if self.sandbox is not None:
            self.sandbox.close()
            self.sandbox = None

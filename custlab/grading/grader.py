"""What is the same for all submissions: the examiners, and how each test is put to them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from pathlib import Path

import custlab
from custlab.grading.isolate.limits import Limits, cores
from custlab.grading.isolate.sandbox import INSIDE, View
from custlab.grading.isolate.server import ForkServer
from custlab.grading.prove.examination import (
    Examination,
    Examiners,
    MachineTrouble,
    needs_learner,
)
from custlab.grading.read.master import Master
from custlab.grading.read.prefix import split
from custlab.i18n import _


@dataclass(frozen=True)
class Plan:
    """How a test is put to the examiner.

    Attributes
    ----------
    key : str
        What examiners know the test by; it is prepared once for all learners.
    alone : bool
        Whether the test looks at nothing of the learner's but the saved answers.
    """

    key: str
    alone: bool


@dataclass
class Grader:
    """What those who grade share: the fork server, what can be seen, the examiners.

    Attributes
    ----------
    scratch : Path or None
        Where examiners have their folders without a sandbox.
    """

    server: ForkServer
    view: View
    limits: Limits
    scratch: Path | None = None
    examiners: Examiners = field(init=False)
    _plans: dict[tuple[str, ...], Plan] = field(default_factory=dict, init=False)
    _numbers: Iterator[int] = field(default_factory=count, init=False)
    _planning: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self):
        folder = INSIDE if self.server.sandboxed else str(self.scratch)
        self.examiners = Examiners(self.server, self.limits, self.view, folder)

    @cached_property
    def learners_view(self) -> View:
        """What learners' code can see: not the simulator, which knows what will happen."""
        run = Path(custlab.__file__).parent / "simulate" / "run.py"
        compiled = run.parent.glob(f"__pycache__/{run.stem}.*")
        return replace(self.view, hidden=(*self.view.hidden, run, *compiled))

    def examination(self, files: dict[str, bytes]) -> Examination:
        """Prepare an examiner for one notebook."""
        return Examination(self.examiners, files)

    async def plan(
        self, sources: list[str], master: Master, given: dict, seconds: float
    ) -> dict[str, Plan]:
        """Plan tests: which part is the same for everybody, and whether they need the learner.

        Parameters
        ----------
        sources : list of str
            The tests of a notebook.
        master : Master
            The notebook's master.
        given : dict of str to bytes
            The files that come with the assignment.
        seconds : float
            How long preparing one may take.

        Returns
        -------
        dict of str to Plan
            By source.
        """
        wanted = {
            source: (master.name, source, str(master.imports), str(master.constants))
            for source in sources
        }
        # Others wait for the first to prepare them; each has a thread and a loop of its own.
        with self._planning:
            new = [source for source, known_by in wanted.items() if known_by not in self._plans]
            few = asyncio.Semaphore(cores())  # each has its time on a core of its own
            plans = [self._plan(few, source, master, given, seconds) for source in new]
            for source, plan in zip(new, await asyncio.gather(*plans), strict=True):
                self._plans[wanted[source]] = plan
        return {source: self._plans[known_by] for source, known_by in wanted.items()}

    async def _plan(
        self, few: asyncio.Semaphore, source: str, master: Master, given: dict, seconds: float
    ) -> Plan:
        told = {"imports": master.imports, "constants": master.constants}
        parts = split(source, master.imports, master.constants)
        test = {"source": source, "head": parts.head, "rest": parts.rest, "names": parts.names}
        async with few:
            prepared = await self._prepare(told | test, given, seconds)
            if not prepared:  # its common part took too long: it is left to each learner's turn
                prepared = await self._prepare(told | test | {"names": ()}, given, seconds, True)
        key = f"{master.name} {next(self._numbers)}"
        self.examiners.keep(key, told, prepared)
        return Plan(key, not needs_learner(source, master.imports | master.constants))

    async def _prepare(self, test: dict, given: dict, seconds: float, must=False) -> bytes:
        alone = self.examination(given)  # it has nobody's answers
        try:
            prepared = await alone.prepare(test, seconds)
        finally:
            alone.close()
        if must and not prepared:
            text = _("a test could not be made ready ({error})")
            raise MachineTrouble(text.format(error=alone.trouble))
        return prepared

    def renew(self) -> None:
        """Begin with new examiners in an empty place, and a new fork server if it has ended."""
        self.examiners.close()
        self.server.revive()

    def close(self) -> None:
        """End all examiners."""
        self.examiners.close()

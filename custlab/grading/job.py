"""Grading one submission: run the learner's cells, put tests to the examiner, note marks."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import hashlib
import json
import socket
import time
from dataclasses import dataclass
from typing import NamedTuple

import custlab
from custlab.exercises.attempt import Attempt, describe, is_written
from custlab.grading.grader import Grader, Plan
from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.linux import processor_seconds
from custlab.grading.prove.examination import MachineTrouble
from custlab.grading.read.intake import Submission, joined_answers
from custlab.grading.read.master import Master
from custlab.grading.read.notebooks import Unreadable, read_cells
from custlab.grading.read.repair import WorkCell, repair
from custlab.grading.stock.harmless import make_harmless
from custlab.grading.stock.results import MARK, CellResult, NotebookResult, Results, readable
from custlab.grading.talk import wire
from custlab.grading.talk.learner_kernel import Budget, LearnerKernel, Outcome
from custlab.i18n import _

ENGINE = 4  # goes into the fingerprint: raise it when marks may come out differently
STARTS = 3  # attempts to start a kernel; none of the learner's code has run by then
OWN_SHARE = 0.9  # of the time allowed: who computed that long was not kept from it by others
# Raised by a test, these say more about the test, or about this machine, than about the answer.
BROKEN_TEST = {"CustLabError", "FileNotFoundError", "ImportError"}
LIBRARY_ERRORS = {"CustLabError", "InputError"}  # how the library says that data is not there
EVENTS = {
    "timeout": _("ran longer than {n:g} seconds and was interrupted"),
    "hung": _("ran longer than {n:g} seconds and could not be interrupted; its kernel was ended"),
    "died": _("ended its kernel"),
    "flood": _("put out more than allowed and was interrupted"),
    "exhausted": _("used up the memory, threads or files allowed; its kernel was ended"),
}


@dataclass
class Job:
    """Everything that is needed to grade one submission, anywhere.

    Attributes
    ----------
    submission : Submission
        What was handed in.
    masters : list of Master
        The assignment's notebooks.
    given : dict of str to bytes
        The files that come with the assignment.
    limits : Limits
        What it may use.
    """

    submission: Submission
    masters: list[Master]
    given: dict[str, bytes]
    limits: Limits

    def fingerprint(self) -> str:
        """Give a text that changes with anything that the marks depend on."""
        parts = [ENGINE, custlab.__version__, self.submission.fingerprint(), self.limits.as_dict()]
        parts += [master.fingerprint() for master in self.masters]
        parts += [hashlib.sha256(content).hexdigest() for content in self.given.values()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]


class Graded(NamedTuple):
    """What came of grading one submission.

    Attributes
    ----------
    results : Results
        The marks, and why.
    notebooks : dict of str to bytes
        The executed notebooks as nbgrader keeps them in ``autograded``.
    doubtful : bool
        Whether marks were lost for something that may be no fault of the submission's, such as
        time that others took; it should be graded again, alone.
    """

    results: Results
    notebooks: dict[str, bytes]
    doubtful: bool


async def grade(job: Job, grader: Grader) -> Graded:
    """Grade one submission.

    Parameters
    ----------
    job : Job
        The submission and its masters.
    grader : Grader
        Where to run it.

    Returns
    -------
    Graded
        The results and the executed notebooks.

    Raises
    ------
    MachineTrouble
        If this machine is at fault; no mark is given then.
    """
    began = time.monotonic()
    sent = job.submission
    results = Results(
        job.masters[0].assignment,
        sent.student,
        job.fingerprint(),
        sent.timestamp,
        kit=custlab.__version__,
        set_aside=[{"file": name, "reason": reason} for name, reason in sent.set_aside],
    )
    executed, doubtful = {}, False
    for master in job.masters:
        run = NotebookRun(job, master, grader, results)
        part, notebook = await run.grade()
        results.notebooks[master.name] = part
        doubtful = doubtful or (run.doubtful and part.lost_marks)
        if notebook is not None:
            executed[master.name] = notebook
    results.seconds = round(time.monotonic() - began, 3)
    return Graded(results, executed, doubtful)


class NotebookRun:
    """The grading of one notebook of one submission."""

    def __init__(self, job: Job, master: Master, grader: Grader, results: Results):
        self.job, self.master, self.grader = job, master, grader
        self.part = NotebookResult()
        self.kernel: LearnerKernel | None = None
        self.ran: list[str] = []  # what a new kernel would have to run to be where this one is
        self.restarts, self.given_up = 0, ""
        self.doubtful = False  # whether others may have been in the way
        self.computed = 0.0  # time that the cells have had of the processor (s)
        self.budget = Budget()
        self.attempt = Attempt()  # at the question whose cells are being run
        self.tested = False  # whether its test has been reached
        self.untouched = True  # nothing of the learner's has run yet
        self.plans: dict[str, Plan] = {}
        self.deadline = time.monotonic() + job.limits.total_seconds
        answers, remark = joined_answers(job.submission, master.name)
        name = f"{master.name}.answers.json"
        if remark:
            results.set_aside.append({"file": name, "reason": remark})
        files = {key: value for key, value in job.submission.files.items() if key != name}
        self.files = files | ({name: answers} if answers is not None else {})
        trusted = job.given | ({name: answers} if answers is not None else {})
        self.examination = grader.examination(trusted)

    async def grade(self) -> tuple[NotebookResult, bytes | None]:
        """Run and mark the notebook."""
        content = self.job.submission.notebooks.get(self.master.name)
        if content is None:
            self.part.submitted = False
            self._all_zero(_("the notebook was not handed in"), review=False)
            return self.part, None
        try:
            repaired = repair(read_cells(content), self.master)
        except Unreadable as error:
            self.part.unreadable = str(error)
            self._all_zero(str(error), review=True)
            return self.part, None
        self.part.repairs = [{"cell": name, "what": what} for name, what in repaired.remarks]
        cells = []
        try:
            await self._plan(repaired.cells)
            for cell in repaired.cells:
                cells.append(await self._cell(cell))
        finally:
            await self._end_kernel()
            self.examination.close()
        order = {cell.grade_id: number for number, cell in enumerate(self.master.cells)}
        self.part.cells.sort(key=lambda cell: order[cell.grade_id])
        return self.part, _notebook_bytes(cells, self.master)

    async def _plan(self, cells: list[WorkCell]) -> None:
        """Have all tests prepared first: an examiner knows those that were there when it began."""
        tests = [cell.source for cell in cells if cell.master and cell.master.role == "test"]
        seconds = self.job.limits.cell_seconds
        self.plans = await self.grader.plan(tests, self.master, self.job.given, seconds)

    def _all_zero(self, reason: str, review: bool) -> None:
        for cell in self.master.cells:
            if cell.role in ("test", "manual"):
                found = CellResult(cell.grade_id, cell.role, cell.points, reason=reason)
                found.review = review
                self.part.cells.append(found)

    async def _cell(self, cell: WorkCell) -> dict:
        """Run one cell and give it as it will stand in the executed notebook."""
        role = cell.master.role if cell.master else "added"
        outputs = []
        if role == "test":
            outputs = await self._test(cell)
        elif cell.kind == "code" and cell.source.strip() and not cell.skipped:
            outputs = await self._run(cell)
        if role == "manual":
            self._by_hand(cell)
        return _executed(cell, outputs)

    async def _run(self, cell: WorkCell) -> list:
        """Run a cell of the notebook in the learner's kernel."""
        if not await self._ready():
            return []
        outcome = await self.kernel.run(cell.source)
        self.computed += outcome.computed
        self._blame(cell, outcome)
        self._note(cell, outcome)
        if outcome.status in ("ok", "error"):
            self.ran.append(cell.source)
        else:
            await self._report(cell, outcome)
        return outcome.outputs

    def _note(self, cell: WorkCell, outcome: Outcome) -> None:
        """Note what a cell of the learner's did, for the test that follows."""
        if self.tested:
            self.attempt, self.tested = Attempt(), False
        if cell.master is not None and not cell.master.learners:
            return
        error = ""
        if outcome.status == "error":
            raised = outcome.outputs[-1] if outcome.outputs else {}
            error = describe(str(raised.get("ename", "")), str(raised.get("evalue", "")))
        elif outcome.lost_kernel:
            text = EVENTS[outcome.status].format(n=self.job.limits.cell_seconds)
            error = describe(outcome.status, text)
        # A cell that was added may be for trying things; one that fails was to be the answer.
        written = is_written(cell.source, cell.master.released) if cell.master else bool(error)
        if written:
            self.attempt = Attempt(True, error or self.attempt.error)

    def _blame(self, cell: WorkCell, outcome: Outcome) -> None:
        """Say so if a cell of the assignment fails here before anything of the learner's has run.

        Raises
        ------
        MachineTrouble
            If it does for want of a file, a module, memory or time.
        """
        ours = cell.master is not None and not cell.master.learners
        self.untouched = self.untouched and ours and cell.source == cell.master.released
        if not self.untouched or outcome.status == "ok":
            return
        raised = outcome.outputs[-1] if outcome.outputs else {}
        name = str(raised.get("ename", ""))
        kind = getattr(builtins, name, None)
        missing = isinstance(kind, type) and issubclass(kind, (OSError, ImportError))
        if (
            missing and name == "FileNotFoundError"
        ):  # one in the learner's folder is theirs to bring
            missing = "'/" in str(raised.get("evalue"))
        if missing or name in LIBRARY_ERRORS:
            why = f"{name}: {raised.get('evalue')}"
        elif outcome.lost_kernel:
            why = EVENTS[outcome.status].format(n=self.job.limits.cell_seconds)
        else:
            return
        text = _("the cell {cell} of the assignment itself fails here ({why})")
        name = cell.master.grade_id or cell.id
        raise MachineTrouble(text.format(cell=name, why=readable(why)))

    async def _report(self, cell: WorkCell, outcome: Outcome) -> None:
        name = cell.master.grade_id or cell.id if cell.master else cell.id
        text = EVENTS[outcome.status].format(n=self.job.limits.cell_seconds)
        self.part.events.append({"cell": name, "what": outcome.status, "text": text})
        sentence = _("[This cell {what}.]").format(what=text)
        outcome.outputs.append(_text(sentence))
        own = outcome.computed >= OWN_SHARE * self.job.limits.cell_seconds
        if outcome.status != "flood" and not (outcome.status in ("timeout", "hung") and own):
            self.doubtful = True
        if outcome.lost_kernel:
            await self._end_kernel()

    async def _ready(self) -> bool:
        """Have a kernel that has run what came before; False if its share is used up."""
        while self.kernel is None and not self.given_up:
            if self.restarts > self.job.limits.restarts:
                self.given_up = _("the kernel had to be started anew too often")
                break
            self.restarts += 1
            await self._start()
            await self._replay()
        if not self.given_up and time.monotonic() > self.deadline:
            self.given_up = _("the submission ran longer than allowed altogether")
            if self.computed < OWN_SHARE * self.job.limits.total_seconds:
                self.doubtful = True
        if self.given_up and not any(event["what"] == "stopped" for event in self.part.events):
            self.part.events.append({"cell": "", "what": "stopped", "text": self.given_up})
        return not self.given_up

    async def _start(self) -> None:
        """Start a kernel; try again if the machine is too busy for it to get ready."""
        for attempt in range(STARTS):
            self.kernel = LearnerKernel(
                self.grader.server,
                self.job.limits,
                self.grader.learners_view,
                self.files,
                self.budget,
            )
            try:
                await self.kernel.start()
                return
            except (RuntimeError, wire.WireError) as error:
                await self._end_kernel()
                if attempt == STARTS - 1:
                    text = _("no kernel could be started ({error})")
                    raise MachineTrouble(text.format(error=error)) from error

    async def _replay(self) -> None:
        """Run again what had run well, so that later cells find what they need."""
        if self.ran:
            text = _("a new kernel was started and the earlier cells were run again")
            self.part.events.append({"cell": "", "what": "restart", "text": text})
        for source in list(self.ran):
            outcome = await self.kernel.run(source)
            if outcome.lost_kernel or time.monotonic() > self.deadline:
                self.ran.remove(source)  # it ran well before, but cannot be relied on
                await self._end_kernel()
                return

    async def _end_kernel(self) -> None:
        if self.kernel is not None:
            await self.kernel.close()
            self.kernel = None

    async def _test(self, cell: WorkCell) -> list:
        """Put one test to the examiner; what it says is the mark."""
        began = time.monotonic()
        self.tested = True
        report = None
        plan = self.plans[cell.source]
        if plan.alone:
            report = await self._examine(cell, plan, None)
        if (report is None or report["failed"]) and await self._ready():
            report = await self._examine(cell, plan, self.kernel)
        elif report is None:
            report = {"passed": False, "failed": self.given_up, "outputs": []}
        if report.get("machine"):
            raise MachineTrouble(report["machine"])
        found = judge(cell.master, report)
        found.seconds = round(time.monotonic() - began, 3)
        self.part.cells.append(found)
        outputs = [_complete(output) for output in report.get("outputs", [])]
        if found.review:
            text = _("[For review: {reason}.]").format(reason=found.reason)
            outputs.append(_text(text))
        return outputs

    async def _examine(self, cell: WorkCell, plan: Plan, kernel: LearnerKernel | None) -> dict:
        """Run a test, with the learner's kernel at hand to be asked if the test needs it."""
        seconds = self.job.limits.cell_seconds
        bridge = kernel.bridge if kernel else None
        computed = processor_seconds(kernel.child.pid) if kernel else 0.0
        ask = self.examination.examine(plan.key, bridge, 2 * seconds + 10, self.attempt)
        if kernel is None:
            return await ask
        asking = asyncio.ensure_future(ask)
        answering = asyncio.ensure_future(kernel.testify(seconds))
        await asyncio.wait([asking, answering], return_when=asyncio.FIRST_COMPLETED)
        cut_short = answering.done()
        with contextlib.suppress(OSError):
            if cut_short:  # the kernel answers no more: let the examiner know at once
                kernel.bridge.shutdown(socket.SHUT_RDWR)
            else:
                wire.send(kernel.bridge, {"ask": "done"})
        report, status = await asking, await answering
        if cut_short or status not in ("ok", "error"):
            if status in EVENTS:
                computed = processor_seconds(kernel.child.pid) - computed
                await self._report(cell, Outcome(status, computed=computed))
            await self._end_kernel()
        elif report["failed"]:
            self.doubtful = True
        return report

    def _by_hand(self, cell: WorkCell) -> None:
        """Note a cell that a person marks; one left as it was handed out earns 0 at once."""
        master = cell.master
        blank = master.learners and cell.source.strip() == master.released.strip()
        found = CellResult(master.grade_id, "manual", master.points, None, "manual")
        if blank:
            found.points, found.status = 0.0, "blank"
        self.part.cells.append(found)


def judge(master, report: dict) -> CellResult:
    """Turn the examiner's report into points. A point needs proof; anything unclear is 0.

    Parameters
    ----------
    master : MasterCell
        The test.
    report : dict
        What the examiner says of it.

    Returns
    -------
    CellResult
        The points, and why.
    """
    found = CellResult(master.grade_id, "test", master.points)
    outputs = report.get("outputs", [])
    printed = "".join(o["text"] for o in outputs if o.get("name") == "stdout")
    found.message = readable(printed).strip()
    found.marks = [o["data"][MARK] for o in outputs if MARK in o.get("data", {})]
    report = report | {"message": readable(report.get("message", ""))}
    if report.get("unclear"):  # a person should see what the test could not read
        found.review, found.reason = True, readable(report["unclear"])
    if report["failed"]:
        found.review, found.reason = True, report["failed"]
    elif not report["passed"]:
        found.status = "failed"
        found.message = found.message or report.get("message", "")
        if BROKEN_TEST.intersection(report.get("kinds", ())):
            text = _("the test itself could not be run ({error}: {message})")
            found.review, found.status = True, "unproven"
            found.reason = text.format(error=report["error"], message=report.get("message", ""))
    elif not report["has_value"]:
        found.points, found.status = master.points, "passed"
    else:
        _read_points(found, report["value"])
    return found


def _read_points(found: CellResult, value: float | None) -> None:
    """Accept the last expression as points only if it is a number from 0 to the maximum."""
    if value is None:
        found.review, found.reason = True, _("the test gave no number of points")
    elif not 0 <= value <= found.max_points + 1e-9:
        told = _("the test gave {value:g} points of at most {maximum:g}")
        found.review = True
        found.reason = told.format(value=value, maximum=found.max_points)
    else:
        found.points = min(value, found.max_points)
        found.status = "passed" if value > 0 else "failed"


def _text(sentence: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": sentence + "\n"}


def _complete(output: dict) -> dict:
    """Add what an examiner's output lacks to be one of a notebook."""
    missing = {"display_data": {"metadata": {}}}
    missing["execute_result"] = {"metadata": {}, "execution_count": None}
    return missing.get(output["output_type"], {}) | output


def _executed(cell: WorkCell, outputs: list[dict]) -> dict:
    metadata = cell.master.metadata if cell.master else {}
    node = {"id": cell.id, "cell_type": cell.kind, "metadata": metadata, "source": cell.source}
    if cell.kind == "code":
        node |= {"execution_count": None, "outputs": outputs}
    make_harmless(node, trusted=cell.master is not None and cell.source == cell.master.released)
    return node


def _notebook_bytes(cells: list[dict], master: Master) -> bytes:
    """Write the executed notebook; what are no valid outputs is left out."""
    import nbformat

    doubtful = [cell for cell in cells if cell.get("outputs")]
    metadata = {"kernelspec": master.kernelspec} if master.kernelspec else {}
    form = {"metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    try:
        nbformat.validate(form | {"cells": doubtful})
    except Exception:  # a kernel can send anything; the tests' outputs are the examiner's
        for cell in doubtful:
            if not cell["metadata"].get("nbgrader", {}).get("grade"):
                cell["outputs"] = []
    try:
        text = json.dumps(form | {"cells": cells}, ensure_ascii=False)
    except (RecursionError, ValueError):
        for cell in doubtful:
            cell["outputs"] = []
        text = json.dumps(form | {"cells": cells}, ensure_ascii=False)
    return text.encode("utf-8", "replace")

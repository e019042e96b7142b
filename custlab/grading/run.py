"""``custlab grade``: a whole class, on all cores, stoppable and resumable at any moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from statistics import median

from filelock import FileLock, Timeout

from custlab.errors import CustLabError
from custlab.files import write_atomic
from custlab.grading.isolate.limits import Limits, cores
from custlab.grading.isolate.sandbox import bubblewrap_missing, course_view
from custlab.grading.isolate.server import ForkServer, often_used
from custlab.grading.job import Job
from custlab.grading.read.intake import read_submission, skim
from custlab.grading.read.master import Master, load_masters, master_files
from custlab.grading.read.tamper import tamper_report
from custlab.grading.stock.course import Course
from custlab.grading.stock.gradebook import GradebookWriter, forget_autograded, write_autograded
from custlab.grading.stock.results import (
    Results,
    read_all_results,
    read_results,
    results_path,
    write_results,
)
from custlab.grading.workers import DaskWorkers, LocalWorkers
from custlab.i18n import _

SLOW_FACTOR, SLOW_SECONDS = 3.0, 5.0
SANDBOXES = ("bubblewrap", "none")


@dataclass
class Settings:
    """How to grade.

    Parameters
    ----------
    sandbox : {"bubblewrap", "none"}
        How learners' code is contained. ``none`` is never chosen for you.
    workers : int, optional
        Submissions graded at the same time; by default one more than there are cores, because
        each of them waits for its kernel now and then.
    force : bool
        Whether to grade again what has not changed.
    dask : str
        Address of a Dask scheduler; empty to grade on this machine.
    limits : Limits
        What one submission may use.
    """

    sandbox: str = "bubblewrap"
    workers: int | None = None
    force: bool = False
    dask: str = ""
    limits: Limits = field(default_factory=Limits)


@dataclass
class Summary:
    """What a run did."""

    graded: list[Results] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def slow(self) -> list[Results]:
        """Submissions that took much longer than the others, slowest first."""
        if not self.graded:
            return []
        usual = median(results.seconds for results in self.graded)
        limit = max(SLOW_SECONDS, SLOW_FACTOR * usual)
        found = [results for results in self.graded if results.seconds > limit]
        return sorted(found, key=lambda results: -results.seconds)


class Run:
    """The grading of one assignment.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    settings : Settings
        How to grade.
    students : list of str, optional
        Only these learners.
    as_released : bool
        Stop if the masters are not those that learners were given. A preview of a mended master
        sets it to False.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        settings: Settings,
        students=None,
        as_released: bool = True,
    ):
        if settings.sandbox not in SANDBOXES:
            raise CustLabError(
                _("--sandbox is one of: {names}.").format(names=", ".join(SANDBOXES))
            )
        if settings.sandbox == "bubblewrap" and not settings.dask and (why := bubblewrap_missing()):
            raise CustLabError(why)
        self.course, self.assignment, self.settings = course, assignment, settings
        # It imports the libraries while this process imports nbgrader and reads the masters.
        self._server = None if settings.dask else ForkServer(None, self._sandboxed, course.root)
        try:
            self.masters: list[Master] = load_masters(course, assignment, as_released)
            self.given = master_files(course, assignment)
            self.students = self._choose(students)
            self.folder = course.results(assignment)
        except BaseException:
            self._stop_server()
            raise

    @property
    def _sandboxed(self) -> bool:
        return self.settings.sandbox == "bubblewrap"

    def _stop_server(self) -> None:
        if self._server is not None:
            self._server.stop()

    def _choose(self, wanted) -> list[str]:
        there = self.course.students(self.assignment)
        unknown = sorted(set(wanted or ()) - set(there))
        if unknown:
            raise CustLabError(
                _("Nothing was handed in for {assignment} by: {names}.").format(
                    assignment=self.assignment, names=", ".join(unknown)
                )
            )
        if not there:
            raise CustLabError(
                _(
                    "Nothing was handed in for {assignment}: {folder} has no such submission."
                ).format(
                    assignment=self.assignment,
                    folder=self.course.folder("submitted", "*", self.assignment),
                )
            )
        return sorted(wanted) if wanted else there

    def job(self, student: str) -> Job:
        """Read what a learner handed in."""
        names = {master.name for master in self.masters}
        folder = self.course.folder("submitted", student, self.assignment)
        submission = read_submission(folder, student, names, self.given)
        return Job(submission, self.masters, self.given, self.settings.limits)

    def start(self, told=None) -> Summary:
        """Grade everything that is not graded yet.

        Parameters
        ----------
        told : callable, optional
            Called after each submission as ``told(student, results or None)``.

        Returns
        -------
        Summary
            What was done.
        """
        told = told or (lambda student, results: None)
        summary, began = Summary(), time.monotonic()
        with ExitStack() as stack:
            stack.callback(self._stop_server)
            stack.enter_context(self._alone())
            gradebook = stack.enter_context(GradebookWriter(self.course))
            jobs = self._open_jobs(gradebook, summary, told)
            first = next(jobs, None)
            if first is not None:
                for job, outcome in self._workers(stack).run(chain([first], jobs)):
                    results = self._keep(gradebook, summary, job, outcome)
                    told(job.submission.student, results)
            everything = read_all_results(self.folder)
            write_atomic(self.folder / "tamper-report.md", tamper_report(everything))
        summary.seconds = time.monotonic() - began
        return summary

    def preview(self) -> Iterator[Results]:
        """Grade everything and write nothing: what the results would be, as they come in.

        Yields
        ------
        Results
            Of one submission. One that could not be graded is left out.
        """
        with ExitStack() as stack:
            stack.callback(self._stop_server)
            workers = self._workers(stack)
            for _job, outcome in workers.run(self.job(student) for student in self.students):
                if not isinstance(outcome, BaseException):
                    yield outcome[0]

    def _alone(self) -> FileLock:
        """Make sure that there is one writer to the gradebook."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise CustLabError(
                _("{assignment} is being graded already, in another window or process.").format(
                    assignment=self.assignment
                )
            ) from None
        return lock

    def _open_jobs(self, gradebook: GradebookWriter, summary: Summary, told) -> Iterator[Job]:
        """Give the submissions that are still to be graded, one at a time."""
        known = gradebook.students(self.assignment)
        for student in self.students:
            try:
                job = self.job(student)
            except OSError as error:
                summary.failed[student] = str(error)
                told(student, None)
                continue
            if self.settings.force or student not in known or not self._done(job):
                yield job
            else:
                summary.unchanged.append(student)
                told(student, None)

    def _done(self, job: Job) -> bool:
        """Tell whether a submission has been graded as it stands now."""
        path = results_path(self.folder, job.submission.student)
        try:
            results = read_results(path)
        except CustLabError:
            return False
        target = self.course.folder("autograded", job.submission.student, self.assignment)
        executed = any(
            part.submitted and not part.unreadable for part in results.notebooks.values()
        )
        return results.fingerprint == job.fingerprint() and (target.is_dir() or not executed)

    def _workers(self, stack: ExitStack):
        """Start whoever does the work."""
        modules = tuple(sorted({name for master in self.masters for name in master.modules}))
        hidden, root = self.course.hidden(), self.course.root
        if self.settings.dask:
            workers = DaskWorkers(self.settings.dask, self._sandboxed, modules, root, hidden)
        else:
            folders = (self.course.folder("submitted", s, self.assignment) for s in self.students)
            notebooks = chain.from_iterable(map(skim, folders))
            self._server.complete([*often_used(notebooks), *modules])
            view = course_view(root, hidden)
            count = self.settings.workers or cores() + 1
            workers = LocalWorkers(self._server, view, self.settings.limits, count)
        stack.callback(workers.close)
        return workers

    def _keep(self, gradebook, summary: Summary, job: Job, outcome) -> Results | None:
        """Write down what a worker found: the results file last, as the sign that all is done."""
        student = job.submission.student
        if isinstance(outcome, BaseException):
            summary.failed[student] = f"{type(outcome).__name__}: {outcome}"
            return None
        results, notebooks = outcome
        if notebooks:
            write_autograded(self.course, results, notebooks, job.submission.files)
        else:
            forget_autograded(self.course, student, self.assignment)
        gradebook.write(results)
        write_results(self.folder, results)
        summary.graded.append(results)
        return results

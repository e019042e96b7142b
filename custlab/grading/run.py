"""``custlab grade``: a whole class, on all cores, stoppable and resumable at any moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import chain
from statistics import median
from typing import NamedTuple

from filelock import FileLock, Timeout

from custlab.errors import CustLabError
from custlab.files import write_atomic
from custlab.grading.isolate.limits import MB, Limits, cores
from custlab.grading.isolate.sandbox import bubblewrap_missing, course_view
from custlab.grading.isolate.server import ForkServer, often_used
from custlab.grading.job import Graded, Job
from custlab.grading.prove.examination import MachineTrouble
from custlab.grading.read.intake import read_submission, skim
from custlab.grading.read.master import Master, load_masters, master_files
from custlab.grading.read.tamper import tamper_report
from custlab.grading.stock.course import Course
from custlab.grading.stock.gradebook import GradebookWriter, forget_autograded, write_autograded
from custlab.grading.stock.results import (
    Results,
    read_results,
    readable,
    results_files,
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


class Finished(NamedTuple):
    """One submission graded, with the files that lie beside its notebooks."""

    graded: Graded
    files: dict[str, bytes]


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
            self._check_room()
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

    def _check_room(self) -> None:
        """Stop if the files that come with the assignment leave no room for the learners' own."""
        sizes = {name: len(content) / MB for name, content in self.given.items()}
        allowed = self.settings.limits.folder_mb / 2
        largest = max(sizes, key=sizes.get, default="")
        if sum(sizes.values()) > allowed or sizes.get(largest, 0) > self.settings.limits.file_mb:
            raise CustLabError(
                _(
                    "The files that come with {assignment} have {total:.0f} MB, {largest} alone "
                    "{n:.0f} MB. Every submission gets a copy: at most {allowed:.0f} MB together, "
                    "and {each} MB a file. Make them smaller, then release the assignment again."
                ).format(
                    assignment=self.assignment,
                    total=sum(sizes.values()),
                    largest=largest,
                    n=sizes[largest],
                    allowed=allowed,
                    each=self.settings.limits.file_mb,
                )
            )

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
                for student, outcome in self._graded(stack, chain([first], jobs)):
                    told(student, self._keep(gradebook, summary, student, outcome))
            self._write_tamper_report()
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
            jobs = self._read_jobs(self.students, lambda student, error: None)
            for _student, outcome in self._graded(stack, jobs):
                if not isinstance(outcome, BaseException):
                    yield outcome.graded.results

    def _graded(self, stack: ExitStack, jobs: Iterator[Job]) -> Iterator[tuple[str, object]]:
        """Grade jobs; what may have suffered from others is graded once more, alone.

        Yields
        ------
        tuple of str and (Finished or BaseException)
            The learner, and what came of it.
        """
        workers, failed, alone = self._workers(stack), [], []
        for job, outcome in workers.run(jobs):
            if isinstance(outcome, BaseException):
                failed.append(job.submission.student)
            elif outcome.doubtful:
                alone.append(job.submission.student)
            else:
                yield job.submission.student, Finished(outcome, job.submission.files)
        trouble: list[tuple[str, Exception]] = []
        if failed:
            workers.renew()
        for job, outcome in workers.run(self._read_jobs(failed, lambda *why: trouble.append(why))):
            if isinstance(outcome, BaseException) or outcome.doubtful:
                alone.append(job.submission.student)
            else:
                yield job.submission.student, Finished(outcome, job.submission.files)
        for job in self._read_jobs(alone, lambda *why: trouble.append(why)):
            workers.renew()
            for _job, outcome in workers.run(iter([job])):
                fine = not isinstance(outcome, BaseException)
                finished = Finished(outcome, job.submission.files) if fine else outcome
                yield job.submission.student, finished
        yield from trouble

    def _read_jobs(self, students: list[str], failed) -> Iterator[Job]:
        """Read what learners handed in; what cannot be read stops nobody but its author."""
        for student in students:
            try:
                yield self.job(student)
            except Exception as error:  # anything may have been handed in
                failed(student, error)

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

        def failed(student: str, error: Exception) -> None:
            summary.failed[student] = _reason(error)
            told(student, None)

        for job in self._read_jobs(self.students, failed):
            student = job.submission.student
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

    def _keep(self, gradebook, summary: Summary, student: str, outcome) -> Results | None:
        """Write down what a worker found: the results file last, as the sign that all is done.

        What cannot be written is not graded yet; the others go on.
        """
        if isinstance(outcome, BaseException):
            summary.failed[student] = _reason(outcome)
            return None
        try:
            results, notebooks, _doubtful = outcome.graded
            if notebooks:
                write_autograded(self.course, results, notebooks, outcome.files)
            else:
                forget_autograded(self.course, student, self.assignment)
            gradebook.write(results)
            write_results(self.folder, results)
        except Exception as error:
            summary.failed[student] = _reason(error)
            return None
        summary.graded.append(results)
        return results

    def _write_tamper_report(self) -> None:
        """Write what was found, of everybody whose results can be read."""
        everything = []
        for path in results_files(self.folder):
            with suppress(CustLabError):  # damaged: graded again next time
                everything.append(read_results(path))
        path = self.folder / "tamper-report.md"
        try:
            write_atomic(path, readable(tamper_report(everything)))
        except OSError as error:
            raise CustLabError(
                _("The marks are written, but {file} is not ({error}).").format(
                    file=path, error=error
                )
            ) from error


def _reason(error: BaseException) -> str:
    """Say why a submission is not graded, in a sentence that any terminal can show."""
    plain = isinstance(error, (CustLabError, MachineTrouble, OSError))
    return readable(str(error) if plain else f"{type(error).__name__}: {error}")

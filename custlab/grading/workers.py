"""Who grades: threads of this process, or an existing Dask cluster.

The work is done in the kernels and examiners, each a process of its own. Whoever grades only hands
them cells and waits, and threads do that as well as processes, without starting any.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.grader import Grader
from custlab.grading.isolate.limits import Limits
from custlab.grading.isolate.sandbox import View, course_view
from custlab.grading.isolate.server import ForkServer
from custlab.grading.job import Job, grade
from custlab.i18n import _

_grader: Grader | None = None
_once = threading.Lock()


class LocalWorkers:
    """Grades on this machine.

    Parameters
    ----------
    server : ForkServer
        Where kernels and examiners are forked from.
    view : View
        What submissions can see.
    limits : Limits
        What submissions may use.
    count : int
        How many submissions at a time.
    """

    def __init__(self, server: ForkServer, view: View, limits: Limits, count: int):
        # The folder goes with the server.
        scratch = Path(tempfile.mkdtemp(prefix="work-", dir=Path(server.address).parent))
        self._grader = Grader(server, view, limits, scratch)
        self._count = count
        self._pool = ThreadPoolExecutor(count, "grader")
        self._tasks: dict[asyncio.Task, asyncio.AbstractEventLoop] = {}
        self._closing = False

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, object]]:
        """Grade jobs as workers become free; give each with its outcome or its exception.

        Only a few jobs are read ahead, so that memory does not grow with the class.
        """
        running = {}
        jobs = iter(jobs)
        exhausted = False
        while running or not exhausted:
            while not exhausted and len(running) < 2 * self._count:
                job = next(jobs, None)
                exhausted = job is None
                if job is not None:
                    running[self._pool.submit(self._work, job)] = job
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job = running.pop(future)
                yield job, future.exception() or future.result()

    def renew(self) -> None:
        """Begin anew with whatever all submissions share, before one is graded again."""
        self._grader.renew()

    def _work(self, job: Job):
        return asyncio.run(self._grade(job))

    async def _grade(self, job: Job):
        task = asyncio.current_task()
        self._tasks[task] = asyncio.get_running_loop()
        if self._closing:
            task.cancel()
        try:
            return await grade(job, self._grader)
        finally:
            del self._tasks[task]

    def close(self) -> None:
        """End the work, wherever it stands."""
        self._closing = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        for task, loop in list(self._tasks.items()):
            with contextlib.suppress(RuntimeError):  # it has come to its end meanwhile
                loop.call_soon_threadsafe(task.cancel)
        self._pool.shutdown(wait=True)
        self._grader.close()


def work_on_cluster(job: Job, sandboxed: bool, modules: tuple, root: Path, hidden: tuple):
    """Grade one submission in a Dask worker, which keeps a fork server of its own."""
    from custlab.grading.talk.kernels import shared_server

    global _grader
    with _once:
        if _grader is None:
            server = shared_server(sandboxed, modules, root)
            folder = Path(tempfile.mkdtemp(prefix="custlab-"))
            _grader = Grader(server, course_view(root, hidden), job.limits, folder)
    _grader.server.revive()
    return asyncio.run(grade(job, _grader))


class DaskWorkers:
    """The workers of an existing Dask cluster.

    Parameters
    ----------
    address : str
        The scheduler's address.
    sandboxed : bool
        Whether to use bubblewrap on the workers.
    modules : tuple of str
        What their fork servers import.
    root : Path
        The course's folder, at the same place on the workers' machines.
    hidden : tuple of Path
        What submissions must not see.
    """

    def __init__(self, address, sandboxed: bool, modules: tuple, root: Path, hidden: tuple):
        try:
            from distributed import Client
        except ImportError as error:
            raise CustLabError(
                _("--dask needs the package distributed: pip install 'custlab[dask]'.")
            ) from error
        try:
            self._client = Client(address, timeout=10)
        except (OSError, TimeoutError, ValueError) as error:
            raise CustLabError(
                _("No Dask scheduler answers at {address}: {error}.").format(
                    address=address, error=error
                )
            ) from error
        self._settings = (sandboxed, modules, root, hidden)

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, object]]:
        """Grade jobs on the cluster; give each with its outcome or its exception."""
        from distributed import as_completed

        slots = 2 * max(1, sum(self._client.nthreads().values()))
        jobs, waiting = iter(jobs), {}
        finished = as_completed()
        for job in islice(jobs, slots):
            finished.add(self._submit(job, waiting))
        for future in finished:
            job = waiting.pop(future.key)
            yield job, future.exception() or future.result()
            future.release()
            following = next(jobs, None)
            if following is not None:
                finished.add(self._submit(following, waiting))

    def _submit(self, job: Job, waiting: dict):
        future = self._client.submit(work_on_cluster, job, *self._settings, pure=False, retries=1)
        waiting[future.key] = job
        return future

    def renew(self) -> None:
        """Leave the workers as they are: a cluster sees to its own."""

    def close(self) -> None:
        """Leave the cluster; it was there before and stays."""
        self._client.close()

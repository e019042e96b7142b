"""Processes that grade: on this machine, or on an existing Dask cluster."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import active_children, get_context, parent_process
from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.grader import Grader
from custlab.grading.job import Job, grade
from custlab.grading.limits import Limits
from custlab.grading.sandbox import View, course_view
from custlab.grading.server import ForkServer
from custlab.i18n import _

_grader: Grader | None = None
_runner: asyncio.Runner | None = None
_once = threading.Lock()


def set_up(address: str, sandboxed: bool, view: View, limits: Limits) -> None:
    """Prepare a worker process: it shares the fork server and ends with the grader."""
    global _grader, _runner
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    if sys.platform == "linux":
        from custlab.grading import linux

        linux.end_with_parent(signal.SIGKILL)
    if not parent_process().is_alive():
        os._exit(1)  # the grader was killed while this process started: nobody would end it
    server = ForkServer(sandboxed=sandboxed, address=address)
    folder = Path(address).parent  # goes with the server
    scratch = Path(tempfile.mkdtemp(prefix="work-", dir=folder))
    # Without a sandbox learners' code could write there what examiners would believe.
    _grader = Grader(server, view, limits, scratch, folder if sandboxed else None)
    _runner = asyncio.Runner()


def work(job: Job):
    """Grade one submission in a worker process."""
    return _runner.run(grade(job, _grader))


class LocalWorkers:
    """Worker processes on this machine.

    Parameters
    ----------
    server : ForkServer
        The fork server that they share.
    view : View
        What submissions can see.
    limits : Limits
        What submissions may use.
    count : int
        How many processes.
    """

    def __init__(self, server: ForkServer, view: View, limits: Limits, count: int):
        self._settings = (str(server.address), server.sandboxed, view, limits)
        self._count = count
        self._pool = None

    def _open(self, count: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            count, get_context("spawn"), initializer=set_up, initargs=self._settings
        )

    def run(self, jobs: Iterator[Job]) -> Iterator[tuple[Job, object]]:
        """Grade jobs as workers become free; give each with its outcome or its exception.

        Only a few jobs are read ahead, so that memory does not grow with the class. If a worker
        process dies, the jobs in its pool are tried once more, one at a time.
        """
        running, again = {}, []
        self._pool = self._open(self._count)
        jobs = iter(jobs)
        exhausted = False
        while running or not exhausted:
            while not exhausted and len(running) < 2 * self._count:
                job = next(jobs, None)
                exhausted = job is None
                if job is not None:
                    running[self._pool.submit(work, job)] = job
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job = running.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    again += [job, *running.values()]
                    running.clear()
                    self._pool.shutdown(wait=False)
                    self._pool = self._open(self._count)
                    break
                yield job, error or future.result()
        for job in again:
            yield job, self._alone(job)

    def _alone(self, job: Job):
        pool = self._open(1)
        try:
            return pool.submit(work, job).result()
        except Exception as error:
            return error
        finally:
            pool.shutdown(wait=False)

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        if self._pool is None:
            return
        for process in active_children():
            process.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)


def work_on_cluster(job: Job, sandboxed: bool, modules: tuple, root: Path, hidden: tuple):
    """Grade one submission in a Dask worker, which keeps a fork server of its own."""
    from custlab.grading.kernels import shared_server

    global _grader
    with _once:
        if _grader is None:
            server = shared_server(sandboxed, modules, root)
            folder = Path(tempfile.mkdtemp(prefix="custlab-"))
            _grader = Grader(server, course_view(root, hidden), job.limits, folder)
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

    def close(self) -> None:
        """Leave the cluster; it was there before and stays."""
        self._client.close()


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

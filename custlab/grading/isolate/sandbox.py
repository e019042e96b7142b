"""A sandbox built by bubblewrap, which a process of ours then enters.

Bubblewrap normally starts a program inside the sandbox that it builds. A program started anew
would have to import pandas and all the rest again, so here bubblewrap keeps an empty sandbox
open (it runs ``cat``, waiting for us) and a child forked from the warm fork server moves into
its namespaces. Each submission gets a sandbox of its own. It ends, with every process in it, as
soon as this end of the pipe to ``cat`` is closed: also when the grader itself is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

import custlab
from custlab.errors import CustLabError
from custlab.grading.isolate.limits import MB, Limits
from custlab.grading.isolate.linux import INNER_USER
from custlab.i18n import _

INSIDE = "/submission"  # the learner's folder as seen from inside
READY_SECONDS = 20
INNER, NOBODY = str(INNER_USER), 65534  # who learners' code is, inside and outside
SYSTEM_LINKS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What programs look up in /etc; passwords, keys and host configuration stay outside.
SYSTEM_FILES = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "localtime", "alternatives")


@dataclass(frozen=True)
class View:
    """The folders that can be seen, but not changed, from inside.

    Parameters
    ----------
    readable : tuple of Path
        Folders shown at their own place, read-only.
    hidden : tuple of Path
        Folders and files that must not be visible; checked, because a mistake here would show
        learners the masters.
    """

    readable: tuple[Path, ...]
    hidden: tuple[Path, ...] = field(default=())

    @lru_cache(maxsize=8)  # noqa: B019, looked at once for all sandboxes of a run
    def check(self) -> None:
        """Refuse a view that would show a hidden folder; single files are covered."""
        for secret in (path.resolve() for path in self.hidden):
            for shown in self._shown():
                if secret.is_relative_to(shown) and not secret.is_file():
                    raise CustLabError(
                        _(
                            "Grading stopped: {shown} must be visible to learners' code, but it "
                            "contains {secret}, which must not be. Move one of the two."
                        ).format(shown=shown, secret=secret)
                    )

    def covered(self) -> list[Path]:
        """List the hidden files within what is shown: an empty one is put over each."""
        files = [path.resolve() for path in self.hidden if path.is_file()]
        return [file for file in files if any(map(file.is_relative_to, self._shown()))]

    def _shown(self) -> list[Path]:
        """List all that is shown, the system's own folders among it."""
        system = [Path("/usr"), *(Path(link) for link in SYSTEM_LINKS)]
        return [path.resolve() for path in (*self.readable, *system)]


def python_folders() -> tuple[Path, ...]:
    """List the folders that Python and the course's library need at run time."""
    found = [Path(sys.prefix), Path(sys.base_prefix), Path(custlab.__file__).parent]
    found += [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib")]
    return tuple(dict.fromkeys(path.resolve() for path in found if path.is_dir()))


def course_view(root: Path, hidden: tuple[Path, ...]) -> View:
    """Give the view of a course: Python, the library, the case data and the syllabus.

    The syllabus is what the library knows the course's folder by.
    """
    data = [Path(root) / "datasets", Path(root) / "course" / "syllabus.yml"]
    return View((*python_folders(), *(path for path in data if path.exists())), hidden)


def bubblewrap_missing() -> str:
    """Say why the sandbox cannot be used on this machine.

    Returns
    -------
    str
        One or two sentences, or an empty string if bubblewrap is there.
    """
    if sys.platform == "linux" and shutil.which("bwrap"):
        return ""
    if sys.platform == "linux":
        how = _("Install bubblewrap (for example: sudo apt install bubblewrap).")
    else:
        how = _("Bubblewrap exists for Linux only: grade there, or in a Linux virtual machine.")
    return _(
        "Learners' code would run unprotected, because the program bwrap (bubblewrap) was not "
        "found. {how} To grade without protection, on a machine where nothing is at stake, say "
        "so: --sandbox none."
    ).format(how=how)


class Sandbox:
    """One bubblewrap sandbox, from its start to the end of every process in it.

    Parameters
    ----------
    view : View
        What can be read from inside.
    limits : Limits
        For the size of the writable folders.

    Raises
    ------
    CustLabError
        If bubblewrap cannot build the sandbox; never a weaker sandbox instead.
    """

    def __init__(self, view: View, limits: Limits):
        view.check()
        inner_read, self._lifeline = os.pipe()
        echo, inner_write = os.pipe()
        info, info_write = os.pipe()
        gate, self._gate = os.pipe()
        maps = _user_maps(view)
        users = ["--userns-block-fd", str(gate)] if maps else ["--uid", INNER, "--gid", INNER]
        command = [*_command(view, limits, info_write, users), "--", shutil.which("cat")]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=inner_read,
                stdout=inner_write,
                stderr=subprocess.PIPE,
                pass_fds=[info_write, gate],
                env={"PATH": os.defpath},  # /proc inside shows bubblewrap's environment
            )
        finally:
            for handle in (inner_read, inner_write, info_write, gate):
                os.close(handle)
        try:
            if told := _read_all(info):
                self.pid = json.loads(told)["child-pid"]
                self._map_users(maps)
            self._wait_until_ready(echo)
            self.pidfd = os.pidfd_open(self.pid)
        except BaseException:
            self._stop()
            raise
        finally:
            for handle in (echo, info, self._gate):
                os.close(handle)

    def _map_users(self, maps: dict[str, str]) -> None:
        """Say who the users inside are outside, then let bubblewrap go on."""
        for name, lines in maps.items():
            Path(f"/proc/{self.pid}/{name}").write_text(lines, encoding="ascii")
        if maps:
            os.write(self._gate, b"!")

    def _wait_until_ready(self, echo: int) -> None:
        """Send one byte through ``cat``: it comes back once the sandbox is complete."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self._lifeline, b"?")
        ready, _w, _x = select.select([echo], [], [], READY_SECONDS)
        if not ready or os.read(echo, 1) != b"?":
            self._stop()
            reason = self._process.stderr.read().decode(errors="replace").strip()
            raise CustLabError(
                _(
                    "Bubblewrap could not build the sandbox: {reason}. Grading stops rather than "
                    "run learners' code unprotected. In a container, allow user namespaces; or, "
                    "where nothing is at stake, choose --sandbox none."
                ).format(reason=reason or _("no answer"))
            )

    def _stop(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._lifeline)
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End every process in the sandbox."""
        if self.pidfd is None:
            return
        with contextlib.suppress(ProcessLookupError):
            # The first process of a process namespace: the kernel ends all others with it.
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        os.close(self.pidfd)
        self.pidfd = None
        self._stop()
        self._process.stderr.close()


def _read_all(handle: int) -> bytes:
    """Read the description that bubblewrap gives of the sandbox; empty if it gives none."""
    parts = []
    while select.select([handle], [], [], READY_SECONDS)[0] and (part := os.read(handle, 4096)):
        parts.append(part)
        if part.rstrip().endswith(b"}"):
            break
    return b"".join(parts)


@lru_cache(maxsize=8)
def _user_maps(view: View) -> dict[str, str]:
    """Say who learners' code is outside the sandbox of a grader that is root: nobody.

    Linux enforces no limit on the number of processes for root, and users inside a sandbox are
    users outside as well. An ordinary grader cannot choose, and need not: the limit holds.

    Returns
    -------
    dict of str to str
        Lines for the files of the user namespace; empty if bubblewrap should decide.
    """
    if os.geteuid() != 0 or not _is_mapped(NOBODY) or not all(map(_is_open, view.readable)):
        return {}
    # Root stays root of the sandbox, which it builds; `enter_namespaces` changes to the other.
    return {"uid_map": f"0 0 1\n{INNER} {NOBODY} 1\n", "gid_map": "0 0 1\n"}


def _is_mapped(user: int) -> bool:
    """Tell whether a user exists here; in a container that itself has few users, not all do."""
    lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    ranges = [[int(number) for number in line.split()] for line in lines]
    return any(first <= user < first + count for first, _outside, count in ranges)


def _is_open(path: Path) -> bool:
    """Tell whether others than the owner may read: with umask 077 nobody could import anything."""
    found = [path, *islice(path.glob("*.py"), 1)]
    return all(_readable(item.stat()) for item in found)


def _readable(status: os.stat_result) -> bool:
    shift = 3 if status.st_gid == 0 else 0  # the group stays root's
    wanted = 0o5 if stat.S_ISDIR(status.st_mode) else 0o4
    return (status.st_mode >> shift) & wanted == wanted


def _command(view: View, limits: Limits, info: int, users: list[str]) -> list[str]:
    command = ["bwrap", "--unshare-all", "--unshare-user", *users]
    command += ["--as-pid-1"]  # the first process cannot be killed from inside
    command += ["--hostname", "sandbox", "--new-session", "--clearenv"]
    if threading.current_thread() is threading.main_thread():  # Linux means the parent *thread*
        command += ["--die-with-parent"]
    command += ["--cap-drop", "ALL", "--info-fd", str(info)]
    command += _folders(view, limits.folder_mb * MB)
    for file in view.covered():
        command += ["--ro-bind", "/dev/null", str(file)]
    return [*command, "--remount-ro", "/", "--chdir", INSIDE]


@lru_cache(maxsize=8)  # a run has one view and a sandbox for each submission
def _folders(view: View, size_of_writable: int) -> tuple[str, ...]:
    """Lay out what is seen from inside: the system and the view, read-only, and a few to write."""
    size = ["--size", str(size_of_writable)]
    found = ["--ro-bind", "/usr", "/usr"]
    for link in SYSTEM_LINKS:
        if Path(link).is_symlink():
            found += ["--symlink", str(Path(link).readlink()), link]
        elif Path(link).is_dir():
            found += ["--ro-bind", link, link]
    for name in SYSTEM_FILES:
        found += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    found += ["--proc", "/proc", "--dev", "/dev"]
    found += [*size, "--perms", "1777", "--tmpfs", "/tmp"]
    found += [*size, "--perms", "0777", "--tmpfs", INSIDE]
    found += [*size, "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    above = {parent for folder in view.readable for parent in folder.parents[:-1]}
    for folder in sorted(above):  # by itself bubblewrap may make them for root alone
        found += ["--perms", "0755", "--dir", str(folder)]
    for folder in view.readable:
        found += ["--ro-bind", str(folder), str(folder)]
    return tuple(found)

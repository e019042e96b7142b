"""A PostgreSQL server of the tests' own: in a temporary folder, on loopback, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

USER, DATABASE = "marker", "gradebook"
OWNER = "postgres"  # the user that PostgreSQL's package makes
# Quick rather than safe against power cuts: nothing here outlives the tests.
SETTINGS = ("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "full_page_writes=off")


def programs() -> Path | None:
    """Find PostgreSQL's own programs; Debian keeps them out of the way of the shell."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return places[-1].parent if places else None


def missing() -> str:
    """Say what is missing for a server; an empty text if all is there."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed"
    return "" if programs() else "PostgreSQL (the server) is not installed"


@contextmanager
def server() -> Iterator[str]:
    """Run a server; give the gradebook's address, with a password that wants escaping."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    password = f"p@{secrets.token_hex(8)}%/"
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    if os.geteuid() == 0:
        for path in (folder, secret):
            shutil.chown(path, OWNER, OWNER)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    try:
        subprocess.run(
            [*_as_owner(), str(programs() / "initdb"), "-D", "data", f"--username={USER}",
             f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
             "--no-sync"],
            cwd=folder, check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        command = [*_as_owner(), str(programs() / "postgres"), "-D", "data", "-p", str(port)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "-k", str(folder), *SETTINGS], cwd=folder, stdout=log, stderr=log
            )
        try:
            start = f"postgresql+psycopg://{USER}:{quote(password, safe='')}@127.0.0.1:{port}"
            _make_database(f"{start}/postgres", process, folder / "log")
            yield f"{start}/{DATABASE}"
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: its folder goes too
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner() -> list[str]:
    """Words before a command: PostgreSQL refuses to run as root, and ends with the tests."""
    words = ["setpriv", "--pdeathsig=QUIT"]
    if os.geteuid() == 0:
        words += [f"--reuid={OWNER}", f"--regid={OWNER}", "--init-groups"]
    return words if shutil.which("setpriv") else []


def _make_database(url: str, process: subprocess.Popen, log: Path) -> None:
    """Make an empty database as soon as the server answers."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import OperationalError

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    for _attempt in range(300):
        try:
            with engine.connect() as connection:
                connection.execute(text(f"CREATE DATABASE {DATABASE}"))
            break
        except OperationalError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    else:
        process.kill()
    engine.dispose()
    if process.poll() is not None:
        raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")

"""Set the course up in a virtual environment: the first half of `make lab` and `make test`.

Uses only Python's own library, and syntax that an old Python can read, so that it can say what
is wrong. On Windows: `py tools\\set_up.py`, then `.venv\\Scripts\\custlab lab`.
"""

import os
import subprocess
import sys

OLDEST = (3, 11)
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(HERE, ".venv")
LOCK = os.path.join(HERE, "requirements.lock")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")


def stop(sentence):
    """End with a sentence that says what to do."""
    sys.stderr.write("\nSet-up stopped: %s\n" % sentence)
    sys.exit(1)


def check_python():
    if sys.version_info[:2] < OLDEST:
        stop(
            "this is Python %d.%d, and the course needs %d.%d or newer. Install it from your "
            "system's packages, conda or python.org, then run: make lab PYTHON=/path/to/python3"
            % (sys.version_info[:2] + OLDEST)
        )


def check_folder():
    if not os.access(HERE, os.W_OK):
        stop(
            "the folder %s is read-only for you. Copy the course to a folder of your own "
            "(for example your home folder) and start there." % HERE
        )


def fingerprint(wanted):
    """What a finished set-up was made from; a change of either file calls for a new one."""
    import hashlib

    digest = hashlib.sha256()
    for path in (LOCK, os.path.join(HERE, "pyproject.toml")):
        with open(path, "rb") as file:
            digest.update(file.read())
    return "%s %s %s" % (digest.hexdigest(), wanted, HERE)


def make_environment():
    if os.path.exists(PYTHON):
        return
    print("Making a virtual environment in .venv …")
    done = subprocess.call([sys.executable, "-m", "venv", VENV])
    if done != 0:
        stop(
            "Python could not make a virtual environment. On Debian or Ubuntu install it first: "
            "sudo apt install python3-venv"
        )


def install(wanted):
    print("Installing the pinned packages (a few minutes the first time) …")
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--constraint", LOCK, "--editable", HERE + wanted]
    done = subprocess.call(command, env=dict(os.environ, PIP_CONSTRAINT=LOCK))
    if done != 0:
        stop(
            "pip could not install the packages (its own words are above). Check the network "
            "connection or proxy and run the same command again; it goes on where it was."
        )


def already_done(stamp, wanted):
    try:
        with open(stamp, encoding="utf-8") as file:
            return file.read() == fingerprint(wanted)
    except OSError:
        return False


def main():
    check_python()
    wanted = "[test]" if "--test" in sys.argv[1:] else ""
    stamp = os.path.join(VENV, "set-up-test" if wanted else "set-up")
    if already_done(stamp, wanted):
        return
    check_folder()
    make_environment()
    install(wanted)
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(fingerprint(wanted))


if __name__ == "__main__":
    main()

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
SUFFIX = ".exe" if os.name == "nt" else ""
PYTHON = os.path.join(BIN, "python" + SUFFIX)
UV = os.path.join(BIN, "uv" + SUFFIX)
UV_WANTED = "uv>=0.9,<1"
NOWHERE = subprocess.DEVNULL


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


def say(text):
    """Print a line at once, also where the screen lacks a character of it."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def make_environment():
    """Make the environment, or mend one whose making was interrupted."""
    if (
        os.path.exists(PYTHON)
        and subprocess.call([PYTHON, "-c", "import pip"], stderr=NOWHERE) == 0
    ):
        return
    say("1/3 Making a virtual environment in .venv ...")
    done = subprocess.call([sys.executable, "-m", "venv", VENV])
    if done != 0:
        stop(
            "Python could not make a virtual environment. On Debian or Ubuntu install it first: "
            "sudo apt install python3-venv"
        )


def get_uv():
    """Put uv, which installs several times faster than pip, into the environment."""
    if not os.path.exists(UV):
        say("2/3 Getting uv, which installs the packages ...")
        command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--only-binary", ":all:", UV_WANTED]
        return subprocess.call(command) == 0 and os.path.exists(UV)
    return True


def settings_of_pip():
    """Read what this machine tells pip of mirrors and certificates; the nearest setting wins."""
    command = [PYTHON, "-m", "pip", "config", "list"]
    lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=NOWHERE, check=False).stdout
    told = {}
    for line in lines.decode("utf-8", "replace").splitlines():
        key, equals, value = line.partition("=")
        place, _dot, name = key.rpartition(".")
        if equals:
            words = value.strip().strip("'\"").replace("\\n", " ").split()
            told.setdefault(name, {})[place] = " ".join(words)
    nearest = (":env:", "install", "global")
    chosen = {name: [v[p] for p in nearest if p in v] for name, v in told.items()}
    return {name: values[0] for name, values in chosen.items() if values}


def environment_of_uv():
    """Say to uv what pip is told on this machine: behind a mirror both must ask the same one."""
    told = settings_of_pip()
    told_to_uv = {
        "UV_DEFAULT_INDEX": told.get("index-url"),
        "UV_INDEX": told.get("extra-index-url"),
        "UV_FIND_LINKS": told.get("find-links", "").replace(" ", ","),
        "UV_INSECURE_HOST": told.get("trusted-host"),
        "UV_NO_INDEX": told.get("no-index"),
        "UV_HTTP_TIMEOUT": told.get("timeout") or told.get("default-timeout"),
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # as pip chooses among several indexes
        "SSL_CERT_FILE": told.get("cert"),
        "ALL_PROXY": told.get("proxy"),
    }
    own = {name: value for name, value in told_to_uv.items() if value}
    return dict(own, **os.environ)


def install_with_uv(wanted):
    """Install with uv, passing on its words but for the long list; say whether that went well."""
    command = [UV, "pip", "install", "--python", PYTHON, "--constraint", LOCK]
    command += ["--build-constraint", LOCK, "--editable", "." + wanted]
    environment = environment_of_uv()
    running = subprocess.Popen(command, env=environment, cwd=HERE, stderr=subprocess.PIPE)
    for line in running.stderr:
        if line[:3] not in (b" + ", b" - ", b" ~ "):
            say("    " + line.decode("utf-8", "replace").rstrip())
    return running.wait() == 0


def install_with_pip(wanted):
    """Install with pip; say whether that went well."""
    command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--progress-bar", "on", "--constraint", LOCK, "--editable", "." + wanted]
    return subprocess.call(command, env=dict(os.environ, PIP_CONSTRAINT=LOCK), cwd=HERE) == 0


def install(wanted):
    if get_uv():
        say("3/3 Installing the pinned packages (about 150 MB to fetch the first time) ...")
        if install_with_uv(wanted):
            return
    say("uv could not install the packages here; pip does it instead, which takes minutes ...")
    if not install_with_pip(wanted):
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

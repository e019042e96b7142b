"""What a newcomer meets first: the set-up script, `custlab check` and `custlab lab`."""

import contextlib
import importlib.util
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from custlab.cli import check
from custlab.cli.app import app
from custlab.cli.lab import free_port
from custlab.errors import CustLabError
from tests.hygiene import ROOT


@pytest.fixture
def set_up():
    """The set-up script as a module: it lies outside the package and must stand alone."""
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "tools" / "set_up.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def bare_course(tmp_path, monkeypatch):
    """A course folder with a syllabus and nothing else."""
    for folder in ("course", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "course" / "syllabus.yml").touch()
    monkeypatch.setenv("CUSTLAB_HOME", str(tmp_path))
    return tmp_path


def test_old_python_is_told_what_to_install(set_up, monkeypatch, capsys):
    monkeypatch.setattr(set_up.sys, "version_info", (3, 9, 1))
    with pytest.raises(SystemExit):
        set_up.check_python()
    assert "this is Python 3.9, and the course needs 3.11 or newer" in capsys.readouterr().err


def test_read_only_folder_is_told_to_be_copied(set_up, monkeypatch, capsys):
    monkeypatch.setattr(set_up.os, "access", lambda *args: False)
    with pytest.raises(SystemExit):
        set_up.check_folder()
    assert "read-only for you. Copy the course" in capsys.readouterr().err


def test_failed_install_says_how_to_go_on(set_up, monkeypatch, capsys):
    monkeypatch.setattr(set_up.subprocess, "call", lambda *args, **kwargs: 1)
    monkeypatch.setattr(set_up, "UV", "no such program")
    with pytest.raises(SystemExit):
        set_up.install("")
    assert "Check the network" in capsys.readouterr().err


@pytest.fixture
def calls(set_up, monkeypatch, tmp_path):
    """What the set-up starts; `uv` fails as told by `uv_fails`, everything else goes well."""
    made = SimpleNamespace(all=[], uv_fails=False)

    def call(command, **kwargs):
        made.all.append((command, kwargs))
        return int(made.uv_fails and command[0] == set_up.UV)

    def started(command, **kwargs):
        status = call(command, **kwargs)
        words = [b"Resolved 9 packages\n", b" + pandas==3.0\n"]
        return SimpleNamespace(stderr=words, wait=lambda: status)

    monkeypatch.setattr(set_up.subprocess, "call", call)
    monkeypatch.setattr(set_up.subprocess, "Popen", started)
    monkeypatch.setattr(set_up, "environment_of_uv", dict)
    (tmp_path / "uv").touch()
    monkeypatch.setattr(set_up, "UV", str(tmp_path / "uv"))
    return made


def test_uv_installs_what_the_lock_pins_and_says_how_far_it_is(set_up, calls, capsys):
    set_up.install("[test]")
    [(command, told)] = calls.all
    assert command[0] == set_up.UV
    assert command[command.index("--constraint") + 1] == set_up.LOCK
    assert command[-2:] == ["--editable", ".[test]"]
    assert told["cwd"] == set_up.HERE
    said = capsys.readouterr().out
    assert "Resolved 9 packages" in said
    assert "pandas" not in said


def test_pip_takes_over_with_a_sentence_where_uv_fails(set_up, calls, capsys):
    calls.uv_fails = True
    set_up.install("")
    (uv, _told), (pip, _told) = calls.all
    assert (uv[0], pip[:3]) == (set_up.UV, [set_up.PYTHON, "-m", "pip"])
    assert pip[pip.index("--constraint") + 1] == set_up.LOCK
    assert "pip does it instead" in capsys.readouterr().out


def test_uv_is_told_of_the_mirror_that_pip_uses(set_up, monkeypatch):
    listed = (
        b":env:.index-url='https://mirror.example/simple'\nglobal.index-url='https://far.example'\n"
        b"global.extra-index-url='https://a.example\\nhttps://b.example'\nglobal.proxy='p.example'\n"
    )
    answer = SimpleNamespace(stdout=listed)
    monkeypatch.setattr(set_up.subprocess, "run", lambda *args, **kwargs: answer)
    monkeypatch.setattr(set_up.os, "environ", {"UV_INDEX": "https://mine.example"})
    told = set_up.environment_of_uv()
    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert told["UV_INDEX"] == "https://mine.example"  # what a person told uv stands
    assert told["ALL_PROXY"] == "p.example"
    monkeypatch.setattr(set_up.os, "environ", {})
    assert set_up.environment_of_uv()["UV_INDEX"] == "https://a.example https://b.example"


def test_second_set_up_starts_at_once_until_the_pins_change(set_up, tmp_path, monkeypatch):
    stamp = tmp_path / "set-up"
    assert not set_up.already_done(str(stamp), "")
    stamp.write_text(set_up.fingerprint(""), encoding="utf-8")
    assert set_up.already_done(str(stamp), "")
    lock = tmp_path / "requirements.lock"
    lock.write_text("pandas==0.0\n", encoding="utf-8")
    monkeypatch.setattr(set_up, "LOCK", str(lock))
    assert not set_up.already_done(str(stamp), "")


def test_set_up_can_be_read_by_an_old_python(set_up):
    """Python 3.6 must get far enough to say that it is too old."""
    import ast

    source = (ROOT / "tools" / "set_up.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))


def test_check_says_ok_line_by_line():
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 0, result.output
    assert "OK   Python" in result.output
    assert "OK   Case data" in result.output


def test_check_names_what_is_missing_and_the_remedy(bare_course):
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 1
    assert "FAIL Case data: missing: appliances, ecommerce, software → Get the course" in (
        result.output
    )


def test_check_names_a_package_in_the_wrong_version(monkeypatch):
    real = check.metadata.version
    monkeypatch.setattr(
        check.metadata, "version", lambda name: "1.5.3" if name == "pandas" else real(name)
    )
    need = check._packages()
    assert need.status == "FAIL"
    assert "pandas is 1.5.3, wanted >=3.0" in need.found


def test_missing_browser_is_only_a_note(monkeypatch):
    def none_found(*args):
        raise webbrowser.Error("no runnable browser")

    monkeypatch.setattr(webbrowser, "get", none_found)
    need = check._browser()
    assert need.status == "NOTE"
    assert "prints the address" in need.remedy


def test_read_only_course_says_that_answers_cannot_be_saved(bare_course, monkeypatch):
    monkeypatch.setattr(check.os, "access", lambda *args: False)
    need = check._writable()
    assert need.status == "FAIL"
    assert "answers cannot be saved" in need.remedy


def test_taken_port_is_refused_with_a_sentence_and_avoided_by_default():
    with socket.socket() as taken:
        taken.bind(("localhost", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CustLabError, match=f"Port {port} is taken"):
            free_port(port)
        assert free_port(None) != port


def test_lab_does_not_open_on_a_machine_that_lacks_something(bare_course):
    command = [sys.executable, "-m", "custlab", "lab", "--no-browser"]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == 1
    assert "mend the lines marked FAIL first" in done.stderr
    assert "Traceback" not in done.stderr


def _answer(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as page:
            return page.status, page.read().decode("utf-8")
    except urllib.error.URLError:
        return None, ""


@pytest.mark.skipif(os.name == "nt", reason="stops the server by a POSIX signal")
@pytest.mark.parametrize("ended_by", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_lab_serves_the_start_page_without_asking_about_news(ended_by):
    port = free_port(None)
    command = [sys.executable, "-m", "custlab", "lab", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True
    )
    try:
        address = next(line.strip() for line in server.stdout if "http://" in line)
        assert "/lab/tree/notebooks/00-start-here.ipynb?token=" in address
        deadline = time.monotonic() + 60
        while _answer(address)[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.3)
        assert _answer(address)[0] == 200
        base, token = address.split("/lab/tree/")[0], address.split("token=")[1]
        name = "@jupyterlab/apputils-extension:notification"
        settings = json.loads(_answer(f"{base}/lab/api/settings/{name}?token={token}")[1])
        assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
        page = _answer(f"{base}/nbconvert/html/notebooks/00-start-here.ipynb?token={token}")[1]
        assert "What follows from the picture" not in re.sub("<[^>]+>", "", page), "a folded cell"
        if ended_by == "SIGINT":  # Ctrl-C reaches both
            os.killpg(server.pid, signal.SIGINT)
        else:
            server.send_signal(signal.Signals[ended_by])
        assert server.wait(timeout=30) == 0
        assert _answer(address) == (None, ""), "the server has ended with the command"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate(timeout=30)


def test_a_handout_shows_questions_without_their_keys(tmp_path):
    lesson = "00-start-here"
    notebook = json.loads((ROOT / "notebooks" / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    asked = [source for source in sources if "key=" in source]
    assert asked
    done = CliRunner().invoke(app, ["handout", lesson, "--to", str(tmp_path / "page.html")])
    assert done.exit_code == 0, done.output
    page = re.sub("<[^>]+>", "", (tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "key=" not in page
    offered, told = asked[0].split("key=")
    labels = re.compile(r'"[a-z]+": "([A-Z][^"&<>]{20,})"')
    assert [label for label in labels.findall(offered) if label not in page] == []
    assert [words for words in labels.findall(told) if words in page] == []
    assert labels.findall(offered)
    assert labels.findall(told)
    wrong = CliRunner().invoke(app, ["handout", "03-rolls"])
    assert "03-role-types" in str(wrong.exception)


def test_learners_do_not_meet_a_button_that_calls_blank_answers_a_success(tmp_path):
    def hidden(*options):
        done = CliRunner().invoke(app, ["hub", "--to", str(tmp_path), *options])
        assert done.exit_code == 0, done.output
        config = tmp_path / "labconfig" / "page_config.json"
        return json.loads(config.read_text(encoding="utf-8"))["disabledExtensions"]

    assert hidden()["@jupyter/nbgrader:validate-assignment"] is True
    assert hidden("--instructor")["@jupyter/nbgrader:validate-assignment"] is False


def test_a_hubs_own_settings_are_kept(tmp_path):
    path = tmp_path / "jupyter_server_config.json"
    path.write_text('{"ServerApp": {"port": 7}, "LabApp": {"collaborative": true}}')
    for _again in range(2):
        CliRunner().invoke(app, ["hub", "--to", str(tmp_path)])
    settings = json.loads(path.read_text(encoding="utf-8"))
    assert settings["ServerApp"] == {"port": 7}
    assert settings["LabApp"]["collaborative"] is True
    assert settings["ContentsManager"]["pre_save_hook"].endswith("refresh_receipts")
    path.write_text("{port: 7")
    refused = CliRunner().invoke(app, ["hub", "--to", str(tmp_path)])
    assert str(path) in str(refused.exception)
    assert path.read_text(encoding="utf-8") == "{port: 7", "left as it was"


@pytest.mark.parametrize("sign", ["\x1b[2J", "\r", "\x9b31m", "\u202e", "\u2028", "\ud800", "\x07"])
def test_what_other_people_wrote_does_not_steer_the_terminal(tmp_path, monkeypatch, capsys, sign):
    """Neither in an error nor in an ordinary line."""
    from custlab.cli import main
    from custlab.cli.common import say

    named = f"a{sign}b"
    monkeypatch.setattr(sys, "argv", ["custlab", "report", "x", "--course", str(tmp_path / named)])
    with pytest.raises(SystemExit):
        main()
    say(f"{named}\nMarks written.")
    shown = capsys.readouterr()
    for text in (shown.out, shown.err):
        assert sign not in text
        assert sign.encode("unicode_escape").decode() in text
    assert len(shown.out.splitlines()) == 1, "a name cannot add a line of its own"

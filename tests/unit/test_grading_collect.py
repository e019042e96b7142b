"""Collecting: every learner's latest work in its place, nothing lost, nothing dangerous."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.errors import CustLabError
from custlab.grading.collect import carry_out, collect_from_exchange, make_plan, plan_exchange
from custlab.grading.collect.archive import read_contents
from custlab.grading.collect.names import read_name, split_version
from custlab.grading.collect.roster import Learner, Person, Roster, squeezed
from custlab.grading.stock.course import Course
from tests.red_team.course import ASSIGNMENT, CONFIG, answers_text

FILE = f"{ASSIGNMENT}.ipynb"
CLASS = [
    {"id": "ln1", "first_name": "Na", "last_name": "Li", "email": "li.na@example.org"},
    {"id": "hm2", "first_name": "美", "last_name": "韩", "lms_user_id": "4711"},
    {"id": "wang-1", "first_name": "Fang", "last_name": "Wang"},
    {"id": "wang-2", "first_name": "Fang", "last_name": "Wang", "email": "fw2@example.org"},
]
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def notebook(text: str = "1", grade_ids=("totals", "groups")) -> bytes:
    cells = [{"metadata": {"nbgrader": {"grade_id": n}}, "source": text} for n in grade_ids]
    return json.dumps({"cells": cells}).encode()


@pytest.fixture(scope="module")
def empty_course(tmp_path_factory):
    """A course with a class and one assignment, nothing handed in."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (root / "course").mkdir()
    for name in (ASSIGNMENT, "02-other"):
        (root / "solutions" / name).mkdir(parents=True)
        (root / "solutions" / name / f"{name}.ipynb").write_bytes(notebook())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Course(root).gradebook() as book:
            for learner in CLASS:
                book.add_student(learner["id"], **{k: v for k, v in learner.items() if k != "id"})
    return root


@pytest.fixture
def course(empty_course, tmp_path):
    return Course(shutil.copytree(empty_course, tmp_path / "course"))


def make_zip(path: Path, files: dict[str, bytes], day: int = 2) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (2026, 3, day, 10, 0, 0))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return path


def collect(course, source, **options):
    settings = {key: options.pop(key) for key in ("force", "times", "dry_run") if key in options}
    plan = make_plan(course, ASSIGNMENT, source, **options)
    return plan, {o.student: o.what for o in carry_out(course, plan, **settings)}


def there(course) -> dict[str, bytes]:
    root = course.root / "course" / "submitted"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_moodle_zip(course, tmp_path):
    source = make_zip(
        tmp_path / "moodle.zip",
        {
            f"Na Li_101_assignsubmission_file_/{FILE}": notebook("na"),
            f"Na Li_101_assignsubmission_file_/{ASSIGNMENT}.answers.json": answers_text().encode(),
            f"韩 美_102_assignsubmission_file_{ASSIGNMENT} (1).ipynb": notebook("mei"),
            f"Nobody Known_103_assignsubmission_file_/{FILE}": notebook(),
            f"Fang Wang_104_assignsubmission_file_/{FILE}": notebook(),
        },
    )
    plan, done = collect(course, source)
    assert done == {"hm2": "new", "ln1": "new"}
    assert there(course) == {
        f"hm2/{ASSIGNMENT}/{FILE}": notebook("mei"),
        f"ln1/{ASSIGNMENT}/{FILE}": notebook("na"),
        f"ln1/{ASSIGNMENT}/{ASSIGNMENT}.answers.json": answers_text().encode(),
    }
    reasons = dict(plan.unmatched)
    assert len(reasons) == 2
    assert "nobody" in reasons[f"Nobody Known_103_assignsubmission_file_/{FILE}"]
    assert "wang-1, wang-2" in reasons[f"Fang Wang_104_assignsubmission_file_/{FILE}"]


def test_a_canvas_zip_counts_attempts_and_says_which_is_used(course, tmp_path):
    stem = ASSIGNMENT
    source = make_zip(
        tmp_path / "canvas.zip",
        {
            f"lina_LATE_88_9001_{stem}-2.ipynb": notebook("third"),
            f"lina_88_9000_{stem}.ipynb": notebook("first"),
            f"lina_88_9002_{stem}-1.ipynb": notebook("second"),
            f"hanmei_4711_9003_{stem}.ipynb": notebook("by number"),
        },
    )
    plan, done = collect(course, source)
    assert done == {"hm2": "new", "ln1": "new"}
    assert there(course)[f"ln1/{ASSIGNMENT}/{FILE}"] == notebook("third")
    (remark,) = plan.handed_in[1].remarks
    assert "-2.ipynb" in remark
    assert "2 earlier versions" in remark


def test_a_folder_of_folders_and_flat_files_with_spaces_and_chinese(course, tmp_path):
    source = tmp_path / "handed in"
    files = {
        f"li.na@example.org/{ASSIGNMENT}/{FILE}": notebook("old"),
        f"li.na@example.org/{ASSIGNMENT}/{ASSIGNMENT} (1).ipynb": notebook("new"),
        f"li.na@example.org/02-other/{FILE}": notebook("of another assignment"),
        f"韩美 - {ASSIGNMENT}-副本.ipynb": notebook("copy"),
        "wang-1/作业 final.ipynb": notebook("renamed"),
        "wang-1/notes/data.csv": b"a,b",
        "wang-2/essay.ipynb": notebook("", ("other",)),
        ".DS_Store": b"",
    }
    for number, (name, content) in enumerate(files.items()):
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    (source / "wang-1" / "link.csv").symlink_to(tmp_path / "secret")
    plan, done = collect(course, source)
    assert done == {"hm2": "new", "ln1": "new", "wang-1": "new"}
    assert there(course) == {
        f"hm2/{ASSIGNMENT}/{FILE}": notebook("copy"),
        f"ln1/{ASSIGNMENT}/{FILE}": notebook("new"),
        f"wang-1/{ASSIGNMENT}/{FILE}": notebook("renamed"),
        f"wang-1/{ASSIGNMENT}/notes/data.csv": b"a,b",
    }
    assert "by what is in it" in plan.handed_in[2].remarks[0]
    assert [path for path, _reason in plan.unmatched] == ["wang-2/essay.ipynb"]
    assert plan.refused == [("wang-1/link.csv", "a link, not a file")]


def test_nothing_is_overwritten_without_a_copy(course, tmp_path):
    def hand_in(text, day):
        path = make_zip(tmp_path / f"{day}.zip", {f"ln1/{FILE}": notebook(text)}, day)
        return collect(course, path)[1]["ln1"]

    assert hand_in("first", 5) == "new"
    assert hand_in("first", 5) == "same"
    assert hand_in("too old", 4) == "older"
    assert there(course) == {f"ln1/{ASSIGNMENT}/{FILE}": notebook("first")}
    assert hand_in("second", 6) == "replaced"
    now = there(course)
    assert now.pop(f"ln1/{ASSIGNMENT}/{FILE}") == notebook("second")
    ((kept, content),) = now.items()
    assert kept.startswith(f".earlier/ln1/{ASSIGNMENT}/")
    assert content == notebook("first")
    assert course.students(ASSIGNMENT) == ["ln1"], "the copy is nobody's submission"


def test_dangerous_zips_are_refused_and_the_rest_is_collected(course, tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../../evil.ipynb", b"x")
        archive.writestr(f"work/{FILE}", notebook("inside"))
        archive.writestr("deeper.zip", b"PK")
    source = make_zip(
        tmp_path / "all.zip",
        {
            f"ln1/../../{FILE}": b"slip",
            "/etc/passwd": b"slip",
            "C:\\evil.ipynb": b"slip",
            f"ln1/{FILE}": b"0" * 20_000_000,
            "hm2/upload.zip": inner.getvalue(),
            "wang-1/broken.zip": b"no zip",
        },
    )
    link = zipfile.ZipInfo(f"wang-2/{FILE}")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    plan, done = collect(course, source)
    assert done == {"hm2": "new"}
    assert there(course) == {f"hm2/{ASSIGNMENT}/{FILE}": notebook("inside")}
    reasons = dict(plan.refused)
    assert len(reasons) == 8
    assert "zip bomb" in reasons[f"ln1/{FILE}"]
    assert sum("leads out" in reason for reason in reasons.values()) == 4
    assert not (tmp_path / "evil.ipynb").exists()


def test_a_zip_that_says_it_is_endless_is_refused_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("custlab.grading.collect.archive.MAX_ALL", 1000)
    source = make_zip(tmp_path / "big.zip", {"a": b"x" * 2000})
    with pytest.raises(CustLabError, match="Nothing was unpacked"):
        read_contents(source)


def test_names_of_old_zip_programs_are_read(tmp_path):
    path = tmp_path / "gbk.zip"
    name = "韩美/作业.ipynb"
    placeholder = "x" * len(name.encode("gbk"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(placeholder, b"")
    path.write_bytes(path.read_bytes().replace(placeholder.encode(), name.encode("gbk")))
    assert [found.path for found in read_contents(path).files] == [name]


def test_own_pattern_and_new_learners(course, tmp_path):
    source = tmp_path / "flat"
    source.mkdir()
    (source / "attempt7__zoe__2026-03-02 10:00:00 UTC__x.ipynb").write_bytes(notebook("zoe"))
    pattern = r"attempt\d+__(?P<student_id>[^_]+)__(?P<timestamp>[^_]+)__(?P<file_id>.+)"
    plan, _done = collect(course, source, pattern=pattern)
    assert plan.unmatched
    with pytest.raises(CustLabError, match="student_id"):
        collect(course, source, pattern="(?P<nothing>.*)")
    with pytest.raises(CustLabError, match="no regular expression"):
        collect(course, source, pattern="(")


def test_learners_not_in_the_gradebook_only_when_asked(course, tmp_path):
    files = {
        f"zoe/{FILE}": notebook("zoe"),
        f"Max M_7_assignsubmission_file_/{FILE}": notebook("max"),
        f"quinn_{FILE}": notebook("quinn"),
    }
    source = make_zip(tmp_path / "new.zip", files)
    assert collect(course, source)[1] == {}
    assert collect(course, source, add_learners=True, dry_run=True)[1] == {
        "Max M": "new",
        "quinn": "new",
        "zoe": "new",
    }
    assert there(course) == {}


def test_times_of_handing_in_are_recorded_only_when_asked(course, tmp_path):
    source = make_zip(tmp_path / "a.zip", {f"ln1/{FILE}": notebook()})
    collect(course, source)
    assert "ln1/01-demo/timestamp.txt" not in there(course)
    collect(course, source, times=True, force=True)
    assert there(course)["ln1/01-demo/timestamp.txt"].endswith(b" UTC")


@pytest.mark.skipif("sys.platform == 'win32'", reason="nbgrader has no exchange on Windows")
def test_from_the_exchange_an_earlier_submission_is_kept(course, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    def hand_in(text, minute):
        name = f"ln1+{ASSIGNMENT}+2026-03-02 10:{minute}:00.000000 UTC+x{minute}"
        folder = tmp_path / "exchange" / "custlab" / "inbound" / name
        folder.mkdir(parents=True)
        (folder / FILE).write_bytes(notebook(text))
        (folder / "timestamp.txt").write_text(f"2026-03-02 10:{minute}:00.000000 UTC")

    course.app.config.Exchange.root = str(tmp_path / "nowhere")
    with pytest.raises(CustLabError, match=r"Nothing was collected.*--from"):
        collect_from_exchange(course, ASSIGNMENT)
    course.app.config.Exchange.root = str(tmp_path / "exchange")
    hand_in("first", 10)
    assert collect_from_exchange(course, ASSIGNMENT, dry_run=True)[0].what == "new"
    assert there(course) == {}
    assert collect_from_exchange(course, ASSIGNMENT)[0].what == "new"
    assert collect_from_exchange(course, ASSIGNMENT)[0].what == "same"
    hand_in("second", 20)
    assert collect_from_exchange(course, ASSIGNMENT)[0].what == "replaced"
    now = {name: text for name, text in there(course).items() if name.endswith(FILE)}
    assert now.pop(f"ln1/{ASSIGNMENT}/{FILE}") == notebook("second")
    assert list(now.values()) == [notebook("first")]
    assert next(iter(now)).startswith(f".earlier/ln1/{ASSIGNMENT}/")
    assert list(elsewhere.iterdir()) == [], "the gradebook is the course's, wherever one stands"


@pytest.fixture
def inbound(course, tmp_path):
    """The exchange's folder, in which every account of the machine can make anything."""
    course.app.config.Exchange.root = str(tmp_path / "exchange")
    folder = tmp_path / "exchange" / "custlab" / "inbound"
    folder.mkdir(parents=True)
    return folder


def hand_in(inbound, student, content=None, minute=10):
    folder = inbound / f"{student}+{ASSIGNMENT}+2026-03-02 10:{minute}:00.000000 UTC+x{minute}"
    folder.mkdir()
    (folder / FILE).write_bytes(content or notebook(student))
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00.000000 UTC")
    return folder


on_posix = pytest.mark.skipif("sys.platform == 'win32'", reason="nbgrader has no exchange there")


@on_posix
def test_links_in_the_exchange_lead_nowhere(course, inbound):
    masters, book = course.root / "solutions", course.root / "course" / "gradebook.db"
    folder = hand_in(inbound, "ln1")
    (folder / "key.ipynb").symlink_to(masters / ASSIGNMENT / FILE)
    (folder / "masters").symlink_to(masters)
    (folder / "below").mkdir()
    (folder / "below" / "data.db").symlink_to(book)
    os.mkfifo(folder / "pipe")
    (inbound / f"hm2+{ASSIGNMENT}+2026-03-02 10:10:00.000000 UTC+x").symlink_to(masters)
    plan = plan_exchange(course, ASSIGNMENT)
    assert {o.student: o.what for o in carry_out(course, plan)} == {"ln1": "new"}
    name = f"ln1/{ASSIGNMENT}/{FILE}"
    assert {k: v for k, v in there(course).items() if "timestamp" not in k} == {
        name: notebook("ln1")
    }
    assert len(plan.refused) == 5


@on_posix
def test_what_is_swapped_for_a_link_while_it_is_read_is_not_read(course, inbound, tmp_path):
    swaps = {"ln1": FILE, "hm2": "below"}
    for student, name in swaps.items():
        folder = hand_in(inbound, student)
        (folder / "below").mkdir()
        (folder / "below" / "data.csv").write_text("a")
        plan = plan_exchange(course, ASSIGNMENT)
        (tmp_path / student / "data.csv").parent.mkdir()
        (tmp_path / student / "data.csv").write_text("secret")
        (folder / name).rename(tmp_path / student / "away")
        (folder / name).symlink_to(tmp_path / student / ("data.csv" if name == FILE else ""))
        done = {o.student: o.what for o in carry_out(course, plan)}
        assert done[student] == "failed"
    assert not any(b"secret" in content for content in there(course).values())


@on_posix
@pytest.mark.skipif("os.getuid() != 0", reason="only root can give files away")
def test_a_second_name_of_the_masters_file_is_not_read(course, inbound):
    folder = hand_in(inbound, "ln1")
    os.link(course.root / "solutions" / ASSIGNMENT / FILE, folder / "key.csv")
    for path in (folder, folder / FILE):
        os.chown(path, 65534, 65534)
    (outcome,) = collect_from_exchange(course, ASSIGNMENT)
    assert outcome.what == "failed"
    assert "somebody else's" in outcome.detail


@on_posix
def test_odd_folders_in_the_exchange_stop_nobody(course, inbound):
    time = "2026-03-02 10:00:00.0 UTC"
    for student, said in (("..", time), ("hm2", "soon"), ("hm2", ""), ("a\x1b[2J", time)):
        name = f"{student}+{ASSIGNMENT}+{said}"
        (inbound / name).mkdir()
        (inbound / name / FILE).write_bytes(notebook("odd"))
    hand_in(inbound, "ln1")
    plan = plan_exchange(course, ASSIGNMENT)
    assert [handed.student for handed in plan.handed_in] == ["ln1"]
    assert len(plan.refused) == 3


@on_posix
def test_a_learner_cannot_hand_in_for_another_through_the_exchange(course, inbound):
    """The account that owns a folder is another learner's than the folder says."""
    import pwd

    account = pwd.getpwuid(os.getuid()).pw_name
    hand_in(inbound, "ln1")
    with course.gradebook() as book:
        book.add_student(account)
    plan = plan_exchange(course, ASSIGNMENT)
    assert plan.handed_in == []
    assert f"it belongs to {account}" in plan.refused[0][1]


@on_posix
def test_lateness_is_not_what_the_learner_wrote(course, inbound, tmp_path):
    hand_in(inbound, "ln1")
    assert collect_from_exchange(course, ASSIGNMENT)[0].what == "new"
    assert b"2026-03-02 10:10" in there(course)[f"ln1/{ASSIGNMENT}/timestamp.txt"]
    (remark,) = [
        text for text in plan_exchange(course, ASSIGNMENT).handed_in[0].remarks if "disk" in text
    ]
    assert "2026-03-02 10:10" in remark
    work = {FILE: notebook("mei"), "timestamp.txt": b"2020-01-01 00:00:00 UTC"}
    folder = make_zip(tmp_path / "all.zip", {"hm2/work.zip": packed(work), **{
        f"wang-1/{name}": content for name, content in work.items()}})  # fmt: skip
    plan, _done = collect(course, folder, times=True)
    for student in ("hm2", "wang-1"):
        assert there(course)[f"{student}/{ASSIGNMENT}/timestamp.txt"].startswith(b"2026-03-02")
    assert all("left out" in handed.remarks[0] for handed in plan.handed_in)


@on_posix
def test_what_was_collected_is_the_instructors_alone(course, inbound, tmp_path):
    hand_in(inbound, "ln1").chmod(0o777)
    hand_in(inbound, "hm2").chmod(0o777)
    collect_from_exchange(course, ASSIGNMENT)
    collect(course, make_zip(tmp_path / "a.zip", {f"ln1/{FILE}": notebook("again")}), force=True)
    submitted = course.root / "course" / "submitted"
    paths = [submitted, *submitted.glob(f"*/{ASSIGNMENT}"), *submitted.rglob("*.ipynb")]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths} == {0}
    course.directories.groupshared = True
    collect(course, make_zip(tmp_path / "a.zip", {f"ln1/{FILE}": notebook("shared")}), force=True)
    target = submitted / "ln1" / ASSIGNMENT
    assert stat.S_IMODE(target.stat().st_mode) == 0o2770
    assert stat.S_IMODE((target / FILE).stat().st_mode) == 0o660


@on_posix
def test_what_lies_open_is_said_with_the_line_that_closes_it(course):
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        root = Path(shutil.copytree(course.root, Path(place) / "c"))
        (root / "nbgrader_config.py").write_text(
            CONFIG + f"c.Exchange.root = '{place}/exchange'\n", encoding="utf-8"
        )
        (Path(place) / "exchange" / "custlab" / "inbound").mkdir(parents=True)
        for path in (root, root / "course", root / "solutions"):
            path.chmod(0o755)
        (root / "course" / "gradebook.db").chmod(0o644)
        words = ["collect", ASSIGNMENT, "--course", str(root)]
        output = CliRunner().invoke(app, words).output
        assert str(root / "solutions") in output
        assert "gradebook.db" in output
        (line,) = [text for text in output.splitlines() if "chmod" in text]
        subprocess.run(line.partition(": ")[2], shell=True, check=True)
        assert "chmod" not in CliRunner().invoke(app, words).output


def test_one_submission_only_ever_stops_itself(course, tmp_path):
    odd = {f"hm2/{FILE}": notebook(), "hm2/a": b"", "hm2/a/b": b"", f"hm2/{'x' * 300}.csv": b""}
    deep = "/".join(["d" * 200] * 30)
    files = {**odd, f"wang-1/{FILE}": notebook(), f"wang-1/{deep}/x.csv": b"",
             f"ln1/{FILE}": notebook()}  # fmt: skip
    plan, done = collect(course, make_zip(tmp_path / "a.zip", files))
    assert done == {"hm2": "new", "ln1": "new", "wang-1": "failed"}
    assert {path for path, _reason in plan.unmatched} == {"hm2/a", f"hm2/{'x' * 300}.csv"}
    assert not list((course.root / "course" / "submitted").rglob("*.tmp"))


def test_work_that_was_withdrawn_or_renamed_does_not_leave_its_marks_unnoticed(course, tmp_path):
    with course.gradebook() as book:
        book.add_assignment(ASSIGNMENT)
        book.add_notebook(ASSIGNMENT, ASSIGNMENT)
        book.add_grade_cell("totals", ASSIGNMENT, ASSIGNMENT, max_score=3, cell_type="code")
        for student in ("ln1", "hm2"):
            submission = book.add_submission(ASSIGNMENT, student)
            submission.notebooks[0].grades[0].auto_score = 3
        book.db.commit()
    source = {f"{student}/{FILE}": notebook() for student in ("ln1", "hm2")}
    collect(course, make_zip(tmp_path / "all.zip", source))
    submitted = course.root / "course" / "submitted"
    end = ["--course", str(course.root)]
    export = ["export", ASSIGNMENT, "--output", str(tmp_path / "m.csv"), "--force", *end]
    assert "no longer" not in CliRunner().invoke(app, export).output
    (submitted / "ln1").rename(submitted / "wang-1")
    assert "ln1. If it was withdrawn" in CliRunner().invoke(app, export).output
    words = ["collect", ASSIGNMENT, "--withdraw", "ln1", "--withdraw", "hm2", *end]
    with pytest.raises(CustLabError, match="not with --dry-run"):
        CliRunner().invoke(app, [*words, "--dry-run"], catch_exceptions=False)
    taken = CliRunner().invoke(app, words)
    assert taken.exit_code == 0
    assert "hm2's work is kept in" in taken.output
    assert list((submitted / ".earlier").rglob(FILE))
    with course.gradebook() as book:
        assert book.assignment_submissions(ASSIGNMENT) == []
    assert list((course.root / "course").glob("gradebook.db.before-*"))
    assert "no longer" not in CliRunner().invoke(app, export).output
    assert CliRunner().invoke(app, words).exit_code == 1, "there was nothing"


def test_the_command_says_what_it_did(course, tmp_path):
    files = {f"ln1/{FILE}": notebook(), f"somebody/{FILE}": notebook()}
    source = make_zip(tmp_path / "a b 班.zip", files)
    words = ["collect", ASSIGNMENT, "--from", str(source), "--course", str(course.root)]
    dry = CliRunner().invoke(app, [*words, "--dry-run"])
    assert "1 submission would be collected; nothing was written." in dry.output
    assert there(course) == {}
    real = CliRunner().invoke(app, words)
    assert real.exit_code == 1
    assert "1 submission collected." in real.output
    assert f"somebody/{FILE}: nobody in the gradebook is called so" in real.output
    with pytest.raises(CustLabError, match="neither a folder nor a zip"):
        CliRunner().invoke(app, [*words[:3], "nowhere", *words[4:]], catch_exceptions=False)


def test_a_namesake_with_another_number_or_address_is_somebody_else(course, tmp_path):
    with course.gradebook() as book:
        book.update_or_create_student("ln1", lms_user_id="88")
    stem = ASSIGNMENT
    files = {
        f"lina_88_9000_{stem}.ipynb": notebook("her own"),
        f"lina_99_9009_{stem}-3.ipynb": notebook("a namesake's, newer"),
        f"wangfang_55_9010_{stem}.ipynb": notebook("one of two"),
    }
    plan, done = collect(course, make_zip(tmp_path / "canvas.zip", files))
    assert done == {"ln1": "new"}
    assert there(course)[f"ln1/{ASSIGNMENT}/{FILE}"] == notebook("her own")
    reasons = dict(plan.unmatched)
    assert "the gradebook has 88" in reasons[f"lina_99_9009_{stem}-3.ipynb"]
    assert "wang-1, wang-2" in reasons[f"wangfang_55_9010_{stem}.ipynb"]
    assert plan.proposals == [
        "nbgrader db student add wang-1 --first-name=Fang --last-name=Wang --lms-user-id=55",
        "nbgrader db student add wang-2 --first-name=Fang --last-name=Wang --email=fw2@example.org"
        " --lms-user-id=55",
    ]
    pattern = r"(?P<email>[^_]+)_(?P<first_name>[^_]+)_(?P<last_name>[^_]+)_(?P<file_id>.+)"
    source = make_zip(tmp_path / "own.zip", {f"na@else.org_Na_Li_{FILE}": notebook("another")})
    plan, done = collect(course, source, pattern=pattern)
    assert done == {}
    assert "na@else.org" in plan.unmatched[0][1]


@pytest.mark.parametrize(
    ("layout", "line"),
    [
        ("lina_{number}_9{number}_{stem}.ipynb", "--lms-user-id=101"),
        ("Na Li_{number}_assignsubmission_file_/{stem}.ipynb", "--is 101=ln1"),
        ("Na Li_{number}_assignsubmission_file/{stem}.ipynb", "--is 101=ln1"),
    ],
)
def test_two_people_of_one_name_are_told_apart_by_the_line_proposed(course, tmp_path, layout, line):
    files = {
        layout.format(number=number, stem=ASSIGNMENT): notebook(str(number))
        for number in (101, 102)
    }
    source = make_zip(tmp_path / "lms.zip", files)
    plan, done = collect(course, source)
    assert done == {}
    assert all("101, 102" in reason for _path, reason in plan.unmatched)
    (proposed,) = [text for text in plan.proposals if text.endswith(line)]
    assert collect(course, source, add_learners=True)[1] == {}, "nor are the two made one"
    if line.startswith("--is"):
        told = {"who": dict([line.removeprefix("--is ").split("=")])}
    else:
        with course.gradebook() as book:
            book.update_or_create_student("ln1", lms_user_id=proposed.partition("user-id=")[2])
        told = {}
    plan, done = collect(course, source, **told)
    assert done == {"ln1": "new"}
    assert there(course)[f"ln1/{ASSIGNMENT}/{FILE}"] == notebook("101")
    assert len(plan.unmatched) == 1


def test_the_command_takes_who_is_who(course, tmp_path):
    files = {f"Na Li_{n}_assignsubmission_file/{FILE}": notebook(n) for n in ("101", "102")}
    source = make_zip(tmp_path / "moodle.zip", files)
    words = ["collect", ASSIGNMENT, "--from", str(source), "--course", str(course.root)]
    asked = CliRunner().invoke(app, words)
    assert "  --is 102=ln1" in asked.output
    CliRunner().invoke(app, [*words, "--is", "102=ln1"])
    assert there(course) == {f"ln1/{ASSIGNMENT}/{FILE}": notebook("102")}
    for wrong in ("102", "x=ln1", "102=nobody"):
        with pytest.raises(CustLabError, match="--is"):
            CliRunner().invoke(app, [*words, "--is", wrong], catch_exceptions=False)


def packed(files: dict[str, bytes]) -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content)
    return inner.getvalue()


HERS = {
    "Ze Nobody_7_assignsubmission_file_/hm2/{file}": None,
    "Ze Nobody_7_assignsubmission_file_/hm2_4711_1_{file}": None,
    "Ze Nobody_7_assignsubmission_file_/韩 美_8_assignsubmission_file_/{file}": None,
    "ze_99_900_{stem}_hm2.ipynb": None,
    "ze_99_900_hm2_{file}": None,
    "ze_99_900_hm2.zip": "hm2_4711_1_{file}",
    "ze_99_901_work.zip": "hm2/{file}",
    "ze.zip": "hm2/{file}",
}


@pytest.mark.parametrize("name", HERS)
def test_nobody_hands_in_for_somebody_else(course, tmp_path, name):
    """Whoever is not in the gradebook cannot put work into another learner's folder."""
    told = {"file": FILE, "stem": ASSIGNMENT}
    content = notebook("not hers")
    if HERS[name]:
        content = packed({HERS[name].format(**told): content})
    lms = "Na Li_1_assignsubmission_file_/" if "assignsub" in name else "lina_1_2_"
    own = f"ln1/{FILE}" if name == "ze.zip" else f"{lms}{FILE}"
    source = make_zip(tmp_path / "all.zip", {name.format(**told): content, own: notebook("own")})
    plan, done = collect(course, source)
    assert done == {"ln1": "new"}
    assert len(plan.unmatched) == 1


def test_in_a_folder_the_outermost_name_counts(course, tmp_path):
    files = {
        f"class/ln1/hm2/{FILE}": notebook("na"),
        f"class/wang-1/hm2_4711_1_{FILE}": notebook("wang"),
        f"class/ze/hm2/{FILE}": notebook("ze"),
    }
    plan, _done = collect(course, make_zip(tmp_path / "all.zip", files), dry_run=True)
    assert [handed.student for handed in plan.handed_in] == ["ln1", "wang-1"]
    assert [path for path, _why in plan.unmatched] == [f"class/ze/hm2/{FILE}"]


def test_a_zip_of_the_class_in_a_folder_is_not_taken_for_one_persons(course, tmp_path):
    (tmp_path / "in").mkdir()
    name = f"Na Li_101_assignsubmission_file_/{FILE}"
    source = make_zip(tmp_path / "in" / "moodle.zip", {name: notebook("na")})
    plan, done = collect(course, tmp_path / "in")
    assert done == {}
    assert "whole class, name it with --from" in plan.unmatched[0][1]
    assert collect(course, source)[1] == {"ln1": "new"}


def test_a_flat_name_with_a_date_is_no_canvas_name(course, tmp_path):
    files = {f"wang-1_2026_03_{FILE}": notebook("w"), f"ln1_2026_03_{FILE}": notebook("l")}
    assert set(collect(course, make_zip(tmp_path / "a.zip", files))[1]) == {"ln1", "wang-1"}


def test_a_zip_uploaded_to_canvas_is_its_owners(course, tmp_path):
    work = {f"work/{FILE}": notebook("zipped"), "work/data/notes.csv": b"a,b"}
    files = {
        "lina_88_9001_my homework-1.zip": packed(work),
        "lina_88_9000_my homework.zip": packed({f"work/{FILE}": notebook("first")}),
        f"Na Li_101_assignsubmission_file_/{FILE}": notebook("x"),
    }
    canvas = dict(list(files.items())[:2])
    _plan, done = collect(course, make_zip(tmp_path / "canvas.zip", canvas))
    assert done == {"ln1": "new"}
    assert there(course) == {
        f"ln1/{ASSIGNMENT}/{FILE}": notebook("zipped"),
        f"ln1/{ASSIGNMENT}/work/data/notes.csv": b"a,b",
    }


@pytest.mark.parametrize(
    "name",
    ["{}.ipynb.json", "{}.ipynb.txt", "{}.json", "{} (1).ipynb.txt", "{}.ipynb-2.json", "work.txt",
     "{}.IPYNB"],
)  # fmt: skip
def test_a_notebook_that_a_browser_or_an_lms_renamed_is_known_by_what_is_in_it(
    course, tmp_path, name
):
    files = {f"ln1/{name.format(ASSIGNMENT)}": notebook("hers"), "ln1/a.json": b"[1]"}
    _plan, done = collect(course, make_zip(tmp_path / "a.zip", files))
    assert done == {"ln1": "new"}
    assert there(course) == {
        f"ln1/{ASSIGNMENT}/{FILE}": notebook("hers"),
        f"ln1/{ASSIGNMENT}/a.json": b"[1]",
    }


WORDS = st.text("abcdefgh 李雷韩.'-", min_size=1, max_size=12).filter(lambda t: t.strip(" .-'"))


@settings(deadline=None)  # a busy machine is no failure
@given(who=WORDS, number=st.integers(1, 10**6), version=st.integers(1, 99))
def test_lms_layouts_are_read_whatever_people_are_called(who, number, version):
    moodle = read_name(f"{who}_{number}_assignsubmission_file_/{FILE}")[0]
    assert (moodle.who, moodle.rest) == ((who,), FILE)
    flat = read_name(f"{who}_{number}_assignsubmission_file_{FILE}")[0]
    assert (flat.who, flat.rest) == ((who,), FILE)
    for late in ("", "LATE_"):
        canvas = read_name(f"{who}_{late}{number}_77_{ASSIGNMENT}-{version}.ipynb")[0]
        assert (canvas.who, canvas.number) == ((who,), str(number))
        stem = canvas.rest.removesuffix(".ipynb")
        assert split_version(stem, {ASSIGNMENT}) == (ASSIGNMENT, version)


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=60))
def test_any_path_can_be_read(path):
    ann = Learner("a", "Ann", "Lee")
    roster = Roster([ann])
    for reading in read_name(path):
        assert all(who in path for who in reading.who)
        assert roster.find(*reading.who, number=reading.number) in ([], [ann])
    if path.strip() != ASSIGNMENT:
        assert split_version(path, {ASSIGNMENT}) is None
    assert split_version(f"{ASSIGNMENT} (3)", {ASSIGNMENT, path}) == (ASSIGNMENT, 3)


def test_too_much_of_one_learner_is_left_out_and_said(course, tmp_path, monkeypatch):
    monkeypatch.setattr("custlab.grading.collect.place.MAX_TOTAL", 10_000_000)
    files = {f"ln1/{FILE}": notebook(), **{f"ln1/a{n}.csv": os.urandom(4_000_000) for n in "123"}}
    plan, done = collect(course, make_zip(tmp_path / "a.zip", files))
    assert done == {"ln1": "new"}
    assert set(there(course)) == {f"ln1/{ASSIGNMENT}/{name}" for name in (FILE, "a1.csv", "a2.csv")}
    (remark,) = plan.handed_in[0].remarks
    assert "a3.csv was left out" in remark


def test_a_folder_that_cannot_be_read_is_said(course, tmp_path, monkeypatch):
    source = tmp_path / "in"
    (source / "hm2").mkdir(parents=True)
    (source / "ln1").mkdir()
    (source / "ln1" / FILE).write_bytes(notebook())
    scandir = os.scandir

    def closed(path):
        if Path(path).name == "hm2":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    plan, done = collect(course, source)
    assert done == {"ln1": "new"}
    assert plan.refused == [("hm2", "cannot be read")]


NAMES = st.sampled_from(
    ["Na", "Li", "Lin", "A", "Na Li", "Müller", "Muller", "राम", "रमा", "李", "娜", ""]
)
IDS = st.sampled_from(["s1", "s2", "lina", "na.li", "LINA", ""])
MAILS = st.sampled_from(["na@a.org", "lina@a.org", "NA@a.org", "x@b.org", ""])
NUMBERS = st.sampled_from(["1", "2", "1.0", ""])
LEARNERS = st.builds(Learner, IDS.filter(bool), NAMES, NAMES, MAILS, NUMBERS)
PEOPLE = st.builds(
    Person,
    names=st.tuples(st.builds("{} {}".format, NAMES, NAMES)),
    ids=st.lists(IDS.filter(bool), max_size=2).map(tuple),
    mails=st.lists(MAILS.filter(bool), max_size=1).map(tuple),
    number=NUMBERS,
)


@settings(deadline=None, max_examples=400)
@given(st.lists(LEARNERS, max_size=4, unique_by=lambda one: one.id), PEOPLE)
def test_a_match_is_never_contradicted_and_never_one_of_two(learners, person):
    """The rule, said once more in the plainest way: agreeing keys, else one name unopposed."""

    def bare(number):
        return number.removesuffix(".0")

    def keys(one):
        return {one.id.casefold(), one.email.casefold()} - {""}

    told = {text.casefold() for text in (*person.ids, *person.mails)}
    match = Roster(learners).match(person)
    numbers = {bare(person.number), *person.ids} - {""}
    agree = [one for one in learners if keys(one) & told or bare(one.lms_id) in numbers]
    if len(match.learners) == 1 and not match.why:
        (found,) = (one for one in learners if one.id == match.learners[0].id)
        assert not (person.mails and found.email and found.email.casefold() not in told)
        assert not (person.number and found.lms_id and bare(person.number) != bare(found.lms_id))
        if match.certain:
            assert found in agree
        else:
            assert not agree
            assert not person.ids
            words = sorted(squeezed(person.names[0]))
            assert words == sorted(squeezed(found.name)), "the same letters at least"
    if len({one.id.casefold() for one in agree}) > 1:
        assert match.why


def test_names_are_compared_by_their_words():
    roster = Roster(
        [Learner("1", "Na", "Li"), Learner("2", "राम", ""), Learner("3", "Pat", "O'Brien")]
    )
    for text in ("Li, Na", "Na  Li", "lina", "NA LI"):
        assert [one.id for one in roster.find(text)] == ["1"], text
    for text in ("Lin, A", "Lin A", "L. Ina", "रमा"):
        assert roster.find(text) == [], text
    assert roster.match(Person(names=("OBrien, Pat",))).learners[0].id == "3"


def test_a_name_is_no_id():
    """Canvas's "lina" is Na Li; the learner whose id is "lina" is called otherwise."""
    roster = Roster([Learner("lina", "Lina", "Petrova"), Learner("ln", "Na", "Li", "lina@a.org")])
    assert [one.id for one in roster.match(Person(names=("lina",))).learners] == ["ln"]
    assert [one.id for one in roster.find("lina")] == ["lina"], "a folder is called by the id"

"""Exports: every mark in its place, whatever stands beside it, and nothing else is touched."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from custlab.cli.app import app
from custlab.errors import CustLabError
from custlab.grading.export import export_table, fill_sheet
from custlab.grading.export.csv_text import RISKY, Sheet, guarded, read_sheet
from custlab.grading.stock.course import Course
from custlab.grading.stock.results import CellResult, NotebookResult, Results, write_results
from tests.red_team.course import CONFIG

NAME = "03-roles"
CELLS = {"test-a": 2, "test-b": 3, "essay": 5}
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A gradebook of five: graded, graded late, waiting for a mark, zero and blank, absent."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (root / "course").mkdir()
    course = Course(root)
    people = {
        "ln1": ("Na", "Li", "li.na@example.org", "11"),
        "late": ("Anna", 'Müller, "die Ältere"', "", ""),
        "waits": ("美", "韩", "", "13"),
        "zero": ("=HYPERLINK(1)", "+Evil", "", ""),
        "absent": ("Abel", "Absent", "", ""),
    }
    given = {
        "ln1": (2, 1.5, 5),
        "late": (2, 3, 4),
        "waits": (1, 3, None),
        "zero": (0, 0, 0),
    }
    with course.gradebook() as book:
        book.add_assignment(NAME, duedate=datetime(2026, 3, 1))
        book.add_notebook("roles", NAME)
        for cell, points in CELLS.items():
            kind = "markdown" if cell == "essay" else "code"
            book.add_grade_cell(cell, "roles", NAME, max_score=points, cell_type=kind)
        for student, (first, last, mail, number) in people.items():
            book.add_student(
                student, first_name=first, last_name=last, email=mail, lms_user_id=number
            )
        for student, points in given.items():
            submission = book.add_submission(NAME, student, timestamp=datetime(2026, 3, 1, 1))
            (notebook,) = submission.notebooks
            notebook.late_submission_penalty = 2.5 if student == "late" else None
            for grade in notebook.grades:
                earned = points[list(CELLS).index(grade.name)]
                grade.auto_score = None if grade.name == "essay" else earned
                grade.manual_score = earned if grade.name == "essay" else None
        book.db.commit()
    cells = [
        CellResult("test-a", "test", 2, 0.0, "failed", message="Not right yet: 0 of 2 points."),
        CellResult("test-b", "test", 3, 0.0, "failed", message="Not attempted: 0 of 3 points. –"),
    ]
    results = Results(NAME, "zero", "", notebooks={"roles": NotebookResult(cells=cells)})
    write_results(course.results(NAME), results)
    return course


def rows_of(content: bytes, encoding="utf-8", **how) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline=""), **how))


def test_the_plain_table_tells_blank_from_zero_from_waiting(course):
    sheet, _every = export_table(course)
    table = pd.read_csv(io.BytesIO(sheet.to_bytes()), dtype=str, keep_default_na=False)
    table = table.set_index("student_id")
    assert set(table.columns[-3:]) == set(CELLS)
    questions = ["test-a", "test-b", "essay"]
    assert list(table.loc["absent", ["handed_in", "raw", "score", *questions]]) == ["no", *[""] * 5]
    assert list(table.loc["zero", ["handed_in", "score", *questions]]) == ["yes", "0", "0", "", "0"]
    assert table.loc["zero", "blank"] == "test-b"
    assert list(table.loc["waits", ["waiting", *questions]]) == ["essay", "1", "3", ""]
    late = table.loc["late", ["raw", "late_penalty", "score", "max_score"]]
    assert list(late) == ["9", "2.5", "6.5", "10"]
    assert table.loc["late", "last_name"] == 'Müller, "die Ältere"'
    assert table.loc["zero", "first_name"] == "'=HYPERLINK(1)"
    assert table.loc["zero", "last_name"] == "'+Evil"
    for_excel, _every = export_table(course, excel=True)
    assert for_excel.to_bytes().startswith(b"\xef\xbb\xbf")


def test_stock_nbgrader_can_write_the_same_table(course, tmp_path):
    from custlab.grading.export.plugin import QuestionsExport

    with course.gradebook() as book:
        QuestionsExport(to=str(tmp_path / "grades.csv"), student=["late"]).export(book)
    table = pd.read_csv(tmp_path / "grades.csv")
    assert table["student_id"].tolist() == ["late"]
    assert table["score"].tolist() == [6.5]


CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Old (7),03-roles (4711),"
    "Total (read only)\r\n"
    "    Points Possible,,,,,5,10,(read only)\r\n"
    '"Li, Na",11,,somebody,A,4,,x\r\n'
    '"Müller, ""die Ältere"", Anna",99,,late,A,3,1,\r\n'
    '"韩, 美",13,,,B,,,\r\n'
    '"Absent, Abel",98,,absent,B,,,\r\n'
    '"Guest, A",97,,guest,B,,,\r\n'
    '"Student, Test",1,,,A,,,\r\n'
)


def test_canvas_sheet_keeps_all_that_is_not_ours(course, tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_bytes(CANVAS.encode())
    filled = fill_sheet(course, NAME, path, "canvas")
    content = filled.sheet.to_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    before, after = (
        rows_of(CANVAS.encode(), "utf-8-sig"),
        rows_of(content, "utf-8-sig"),
    )
    before[2][6], before[3][6] = "8.5", "6.5"
    assert after == before
    assert filled.changes == [("ln1", "", "8.5"), ("late", "1", "6.5")]
    assert filled.unmatched == ["Guest, A"]
    assert filled.missing == ["zero"]
    assert (filled.waiting, filled.absent) == (["waits"], ["absent"])
    assert path.read_bytes() == CANVAS.encode(), "the instructor's own file stays as it was"
    again = fill_sheet(course, NAME, path, "canvas", provisional=True)
    assert ("waits", "", "4") in again.changes


def test_moodle_worksheet_in_german_with_decimal_commas_and_another_maximum(course, tmp_path):
    header = "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Feedback"
    rows = [
        "Teilnehmer/in1;Na Li;LI.NA@example.org;Abgegeben;;100,00;",
        'Teilnehmer/in2;"Anna Müller, ""die Ältere""";;Abgegeben;;100,00;',
        "Teilnehmer/in3;Fremde Person;;;;100,00;",
    ]
    path = tmp_path / "moodle.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode("cp1252"))
    with pytest.raises(CustLabError, match=r"10 points.*100.*--scale"):
        fill_sheet(course, NAME, path, "moodle")
    filled = fill_sheet(course, NAME, path, "moodle", scale=True)
    after = rows_of(filled.sheet.to_bytes(), filled.sheet.encoding, delimiter=";")
    assert [row[4] for row in after] == ["Bewertung", "85", "65", ""]
    assert [row[5] for row in after[1:]] == ["100,00"] * 3
    assert filled.unmatched == ["Fremde Person"]


def test_moodle_gradebook_export_in_gbk(course, tmp_path):
    text = "姓,名,学号,电子邮件,作业：03-roles (实数),总分\n韩,美,,,,\nLi,Na,ln1,,,\n"
    path = tmp_path / "导出.csv"
    path.write_bytes(text.encode("gb18030"))
    filled = fill_sheet(course, NAME, path, "moodle", provisional=True)
    after = rows_of(filled.sheet.to_bytes(), "gb18030")
    assert [row[4] for row in after[1:]] == ["4", "8.5"]


# Constructed after Canvas's own exporter: a row for manual posting, totals per group, excused and
# unassigned learners, numbers and read-only marks in the language of the site (Swedish here).
CANVAS_FULL = (
    "Student,ID,SIS User ID,SIS Login ID,Root Account,Section,Notes,03-roles (4711),"
    "Essays 03-roles Current Score,Essays Final Score,Current Score,Override Score\n"
    ",,,,,,,Manual Posting,,,,\n"
    '    Points Possible,,,,,,,"10,00",(läs endast),(läs endast),(läs endast),\n'
    '"Li, Na",11,s1,,c.example.org,"A, and B",,"8,50","85,00","85,00","85,00",\n'
    '"Müller, ""die Ältere"", Anna",99,,late,c.example.org,A,,EX,,,,\n'
    '"韩, 美",13,,,c.example.org,B,,N/A,,,,\n'
    '"=""+Evil, =HYPERLINK(1)""",14,zero,,c.example.org,B,,"1,00",,,,\n'
    '"Student, Test",1,,,,A,,,,,,\n'
)


def test_canvas_sheet_as_its_exporter_writes_it(course, tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_bytes(CANVAS_FULL.encode("utf-8-sig"))
    filled = fill_sheet(course, NAME, path, "canvas", provisional=True)
    before, after = rows_of(CANVAS_FULL.encode()), rows_of(filled.sheet.to_bytes(), "utf-8-sig")
    before[6][7] = "0"
    assert after == before, "8,50 is 8.5 already; excused and unassigned stay"
    assert filled.changes == [("zero", "1,00", "0")]
    assert filled.kept == [("late", "EX"), ("waits", "N/A")]
    assert (filled.unmatched, filled.missing) == ([], [])
    for column in ("Essays Final Score", "Current Score", "Override Score"):
        with pytest.raises(CustLabError, match=r"The sheet has: .*03-roles \(4711\)\.$"):
            fill_sheet(course, NAME, path, "canvas", column=column)


def test_canvas_sheet_with_two_name_columns_and_semicolons(course, tmp_path):
    lines = [
        "LastName;FirstName;ID;SIS Login ID;Section;03-roles (4711);Essay, part 1, draft (7)",
        "    Points Possible;;;;;20,00;5,00",
        "Li;Na;11;x;A;;4,50",
        'Müller, "die Ältere";Anna;99;late;A;0,00;',
        "Student;Test;1;;A;;",
    ]
    path = tmp_path / "canvas.csv"
    path.write_bytes("\r\n".join([*lines, ""]).encode("utf-8-sig"))
    filled = fill_sheet(course, NAME, path, "canvas", scale=True)
    assert filled.changes == [("ln1", "", "17"), ("late", "0,00", "13")]
    text = filled.sheet.to_bytes().decode("utf-8-sig")
    assert text.splitlines()[0:2] == lines[0:2]
    assert "Li;Na;11;x;A;17;4,50\r\n" in text


def test_moodle_worksheet_with_quoted_decimal_commas_and_locked_grades(course, tmp_path):
    header = (
        "ID,Vollständiger Name,ID-Nummer,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
        "Bewertung kann geändert werden,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),"
        "Feedback als Kommentar"
    )
    when = '"Mittwoch, 4. März 2026, 10:15"'
    rows = [
        f'Teilnehmer/in101,Na Li,,li.na@example.org,Abgegeben,"8,00","10,00",Ja,{when},{when},',
        f'Teilnehmer/in102,Anna Müller,LATE,,Abgegeben,"3,00","10,00",Nein,{when},-,',
        f'Teilnehmer/in103,美 韩,,,Abgegeben,,"10,00",Ja,{when},-,"Zeile 1\nund ""Zitat"""',
    ]
    path = tmp_path / "Bewertungen.csv"
    path.write_bytes("\n".join([header, *rows, ""]).encode("utf-8-sig"))
    filled = fill_sheet(course, NAME, path, "moodle", provisional=True)
    assert filled.changes == [("ln1", "8,00", "8,5"), ("waits", "", "4")]
    assert [student for student, _reason in filled.kept] == ["late"]
    before, after = (rows_of(c, "utf-8-sig") for c in (path.read_bytes(), filled.sheet.to_bytes()))
    before[1][5], before[3][5] = "8,5", "4"
    assert after == before


def test_moodle_worksheet_in_another_language_is_filled_by_address(course, tmp_path):
    text = (
        "Identificador,Nome completo,Endereço de email,Estado,Nota,Nota máxima\n"
        'Participante 7,LI NA,li.na@example.org,Enviado,,"10,00"\n'
    )
    path = tmp_path / "notas.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CustLabError, match="--column"):
        fill_sheet(course, NAME, path, "moodle")
    assert fill_sheet(course, NAME, path, "moodle", column="Nota").changes == [("ln1", "", "8,5")]
    path.write_text(text.replace("10,00", "100,00"), encoding="utf-8")
    with pytest.raises(CustLabError, match="allows 100"):
        fill_sheet(course, NAME, path, "moodle", column="Nota")
    scale = text.replace("Nota máxima", "Escala").replace('"10,00"', "Pass")
    path.write_text(scale, encoding="utf-8")
    with pytest.raises(CustLabError, match="with a scale"):
        fill_sheet(course, NAME, path, "moodle", column="Nota")


def test_moodle_gradebook_export_with_feedback_and_percentages(course, tmp_path):
    text = (
        'First name,"Last name","ID number",Institution,Department,"Email address",'
        '"Assignment: 03-roles (Real)","Assignment: 03-roles (Percentage)",'
        '"Assignment: 03-roles (Feedback)","Course total (Real)",'
        '"Last downloaded from this course"\n'
        "Na,Li,,,,li.na@example.org,-,-,,-,1771000000\n"
    )
    path = tmp_path / "Grades.csv"
    path.write_text(text, encoding="utf-8")
    filled = fill_sheet(course, NAME, path, "moodle")
    assert filled.column == "Assignment: 03-roles (Real)"
    assert filled.changes == [("ln1", "-", "8.5")]


NAMESAKE = {
    "moodle": (
        "Identifier,Full name,ID number,Email address,Grade,Maximum grade,Online text\n"
        "Participant 9,Na Li,s9,na.li.2@example.org,,10,li.na@example.org\n"
        "Participant 1,Na Li,ln1,li.na@example.org,,10,\n"
    ),
    "canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,03-roles (4711)\n"
        "    Points Possible,,,,,10\n"
        '"Li, Na",99,s9,na.li.2@example.org,A,\n'
        '"Li, Na",11,ln1,li.na@example.org,A,\n'
    ),
}


@pytest.mark.parametrize("to", NAMESAKE)
@pytest.mark.parametrize("columns", [(), ("ID number", "SIS User ID"), ("Email address", "ID")])
def test_a_namesake_is_not_given_the_marks_of_another(course, tmp_path, to, columns):
    """The address, id or number that is left in the sheet is enough to tell them apart."""
    table = pd.read_csv(io.StringIO(NAMESAKE[to]), dtype=str, keep_default_na=False)
    for column in set(columns) & set(table) - {"ID"}:
        table[column] = ""
    path = tmp_path / "sheet.csv"
    table.to_csv(path, index=False)
    filled = fill_sheet(course, NAME, path, to)
    assert filled.changes == [("ln1", "", "8.5")]
    after = rows_of(filled.sheet.to_bytes())
    place = after[0].index("Grade" if to == "moodle" else "03-roles (4711)")
    assert [row[place] for row in after[-2:]] == ["", "8.5"]
    assert len(filled.unmatched) == 1
    assert "ln1" in filled.doubts[0][1]


def test_two_rows_that_could_be_one_learner_are_listed_with_what_tells_them_apart(course, tmp_path):
    path = tmp_path / "sheet.csv"
    rows = ["Full name,Email address,Grade", "美 韩,a@example.org,", "美 韩,b@example.org,"]
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    filled = fill_sheet(course, NAME, path, "moodle", provisional=True)
    assert (filled.changes, filled.unmatched) == ([], ["美 韩", "美 韩"])
    assert "waits" in filled.missing
    line = (
        "nbgrader db student add waits --first-name=美 --last-name=韩 --email={} --lms-user-id=13"
    )
    told = [line.format(f"{letter}@example.org").replace("--first-name=美", "'--first-name=美'")
            .replace("--last-name=韩", "'--last-name=韩'") for letter in "ab"]  # fmt: skip
    assert filled.proposals == told
    words = ["export", NAME, "--to", "moodle", "--into", str(path), "--course", str(course.root)]
    output = CliRunner().invoke(app, words).output
    assert "美 韩: several rows could be waits's" in output
    assert told[0] in output


def test_no_line_is_proposed_that_makes_a_namesake_of_somebody_known(course, tmp_path):
    path = tmp_path / "sheet.csv"
    rows = ["Full name,ID number,Grade", "Abel Absent,999,", "Abel Absent,absent,"]
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    filled = fill_sheet(course, NAME, path, "moodle")
    assert (len(filled.doubts), filled.proposals) == (1, [])
    path.write_text("\n".join([*rows[:2], ""]), encoding="utf-8")
    (line,) = fill_sheet(course, NAME, path, "moodle").proposals
    assert line.endswith("absent --first-name=Abel --last-name=Absent --lms-user-id=999")


def test_a_maximum_of_nothing_gives_nobody_nothing(course, tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_bytes(CANVAS.replace(",5,10,", ",5,0,").encode())
    for scale in (False, True):
        with pytest.raises(CustLabError, match="be 0 for everybody") as error:
            fill_sheet(course, NAME, path, "canvas", scale=scale)
        assert "--scale" not in str(error.value)
    for odd in ("nan", "inf"):
        path.write_bytes(CANVAS.replace(",5,10,", f",5,{odd},").encode())
        assert ("ln1", "", "8.5") in fill_sheet(course, NAME, path, "canvas", scale=True).changes


def test_a_sheet_without_the_column_says_which_there_are(course, tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_bytes(CANVAS.replace("03-roles (4711)", "Homework (1)").encode())
    with pytest.raises(CustLabError, match=r"--column.*Homework \(1\)"):
        fill_sheet(course, NAME, path, "canvas")
    assert fill_sheet(course, NAME, path, "canvas", column="Homework (1)").changes
    path.write_bytes(b"PK\x03\x04 workbook")
    with pytest.raises(CustLabError, match="export it as CSV"):
        fill_sheet(course, NAME, path, "canvas")


def test_the_command_writes_beside_the_sheet_and_replaces_nothing(course, tmp_path):
    sheet = tmp_path / "my sheet.csv"
    sheet.write_bytes(CANVAS.encode())
    words = ["export", NAME, "--to", "canvas", "--into", str(sheet), "--course", str(course.root)]
    dry = CliRunner().invoke(app, [*words, "--dry-run"])
    assert "late: 1 → 6.5" in dry.output
    assert "not in the sheet: zero" in dry.output
    written = tmp_path / "my sheet-marks.csv"
    assert not written.exists()
    assert CliRunner().invoke(app, words).exit_code == 1
    assert written.exists()
    with pytest.raises(CustLabError, match="--force"):
        CliRunner().invoke(app, words, catch_exceptions=False)
    with pytest.raises(CustLabError, match="one assignment"):
        CliRunner().invoke(app, words[:1] + words[2:], catch_exceptions=False)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00;\t"), max_size=20)


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=5))
def test_any_text_comes_back_as_it_was(rows):
    rows[0][0] = "Student"
    sheet = Sheet(rows)
    assert read_sheet(sheet.to_bytes(), "a.csv").rows == rows


BEFORE = st.text(st.sampled_from("\n\r\t \u00a0\u3000\ufeff\u200b\x0b\x1b"), max_size=3)


@settings(deadline=None)  # a busy machine is no failure
@given(BEFORE, st.sampled_from(["", "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦"]), TEXT)
def test_no_cell_is_a_formula(before, sign, rest):
    """Whatever stands before the sign, and however wide the sign is."""
    text = before + sign + rest
    shown = guarded(text)
    assert not shown.startswith(RISKY)
    assert shown in (text, f"'{text}")
    assert shown.startswith("'") or not sign
    assert guarded("customer = 3") == "customer = 3"

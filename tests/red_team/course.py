"""A small course to attack: one assignment with every kind of marked cell."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ASSIGNMENT = "01-demo"
CONFIG = """
from nbgrader.preprocessors import (
    CheckCellMetadata, ClearOutput, DeduplicateIds, OverwriteCells, OverwriteKernelspec)
from custlab.exercises.collect import RestoreAnswers
c = get_config()
c.CourseDirectory.course_id = "custlab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = "course/submitted"
c.CourseDirectory.autograded_directory = "course/autograded"
c.CourseDirectory.feedback_directory = "course/feedback"
c.CourseDirectory.db_url = "sqlite:///course/gradebook.db"
c.Autograde.sanitize_preprocessors = [
    RestoreAnswers, ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells,
    CheckCellMetadata]
"""
SECRET = "the-key-that-no-learner-may-see"

TOTALS = """# Make `totals`: the amount per customer.
### BEGIN SOLUTION
totals = orders.groupby("customer")["amount"].sum().reset_index()
### END SOLUTION"""
TEST_TOTALS = f"""# Marked automatically (3 points).
### BEGIN HIDDEN TESTS
import pandas as pd
from custlab.exercises.code import Marks, compare_frame, compare_number
secret = "{SECRET}"
expected = pd.DataFrame({{"customer": ["a", "b", "c"], "amount": [30.0, 5.0, 12.0]}})
marks = Marks(points=3, names=globals())
marks.part("totals", 2, lambda got: compare_frame(got, expected))
marks.part("best", 1, lambda got: compare_number(got, 30.0, tolerance=0.001))
marks.total()
### END HIDDEN TESTS"""
RECENCY = """# Write `days_since(dates, today)`.
### BEGIN SOLUTION
def days_since(dates, today):
    return (today - dates).dt.days
### END SOLUTION"""
TEST_RECENCY = f"""# Marked automatically (2 points).
### BEGIN HIDDEN TESTS
import pandas as pd
secret_of_recency = "{SECRET}"
dates = pd.Series(pd.to_datetime(["2024-12-30", "2024-12-01"]))
got = days_since(dates, pd.Timestamp("2024-12-31"))
assert list(got) == [1, 30], "The days are not right."
### END HIDDEN TESTS"""
GROUPS = """# Put the customers into two groups and keep the fitted model as `model`.
### BEGIN SOLUTION
from sklearn.cluster import KMeans
model = KMeans(2, n_init=5, random_state=0).fit(points)
### END SOLUTION"""
TEST_GROUPS = f"""# Marked automatically (2 points).
### BEGIN HIDDEN TESTS
import numpy as np
secret_of_groups = "{SECRET}"
labels = model.predict(np.array([[0.0, 0.0], [9.0, 9.0], [0.1, 0.1]]))
1.0 * (labels[0] == labels[2]) + 1.0 * (labels[0] != labels[1])
### END HIDDEN TESTS"""
ANSWERS = {"who-decides": ("choose_one", "b")}


def nbgrader(**fields) -> dict:
    base = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": base | fields}


def master() -> nbformat.NotebookNode:
    """Make the master notebook."""
    locked = {"locked": True}
    test = {"grade": True, "locked": True}
    solution = {"solution": True}

    def code(name, source, **fields):
        return new_code_cell(source, metadata=nbgrader(grade_id=name, **fields), id=name)

    question = 'sheet.choose_one("who-decides", "Who decides?", '
    question += '{"a": "The father", "b": "The mother", "c": "The son", "d": "The shop"})'
    test_question = (
        "# Marked automatically (2 points).\n### BEGIN HIDDEN TESTS\n"
        f'secret_of_question = "{SECRET}"\n'
        "from custlab.exercises import mark\n"
        'mark("01-demo", "who-decides", points=2, kind="choose_one", key="b",'
        ' because={"a": "Paying is the role of the buyer."})\n### END HIDDEN TESTS'
    )
    cells = [
        new_markdown_cell("# A small exercise", id="title"),
        new_code_cell("import numpy as np\nimport pandas as pd", id="imports"),
        code(
            "setup",
            'from custlab.exercises import Sheet\nsheet = Sheet("01-demo", questions=1)',
            **locked,
        ),
        code("who-decides", question, **locked),
        code("test-who-decides", test_question, points=2, **test),
        code(
            "data",
            'orders = pd.DataFrame({"customer": list("aabc"), "amount": [10.0, 20.0, 5.0, 12.0]})\n'
            "points = np.array([[0.0, 0.0], [0.0, 1.0], [9.0, 9.0], [9.0, 8.0]])",
            **locked,
        ),
        code("totals", TOTALS, **solution),
        new_code_cell(
            '# And `best`: the largest amount.\nbest = totals["amount"].max()', id="best"
        ),
        code("test-totals", TEST_TOTALS, points=3, **test),
        code("days-since", RECENCY, **solution),
        code("test-days-since", TEST_RECENCY, points=2, **test),
        code("groups", GROUPS, **solution),
        code("test-groups", TEST_GROUPS, points=2, **test),
        new_markdown_cell(
            "### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
            metadata=nbgrader(grade_id="explain", grade=True, solution=True, points=4),
            id="explain",
        ),
        code("receipt", "sheet.receipt()", **locked),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def make_course(root: Path, assignments=(ASSIGNMENT,)) -> Path:
    """Make a course in an empty folder and release its assignments with nbgrader itself."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    (root / "course" / "submitted").mkdir(parents=True)
    for name in assignments:
        folder = root / "solutions" / name
        folder.mkdir(parents=True)
        nbformat.write(master(), folder / f"{ASSIGNMENT}.ipynb")
    from custlab.grading.stock.course import Course

    course = Course(root)
    course.gradebook().close()
    api = NbGraderAPI(course.directories, config=Config(course.app.config))
    for name in assignments:
        outcome = api.generate_assignment(name, force=True, create=True)
        if not outcome["success"]:
            raise RuntimeError(outcome["log"])
    return root


def released(root: Path) -> nbformat.NotebookNode:
    """Read what learners are given."""
    return nbformat.read(root / "exercises" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


def solved(root: Path) -> nbformat.NotebookNode:
    """Make the notebook of a learner who answers everything right."""
    notebook = released(root)
    solutions = {"totals": TOTALS, "days-since": RECENCY, "groups": GROUPS}
    for cell in notebook.cells:
        if cell.id in solutions:
            cell.source = solutions[cell.id].replace("### BEGIN SOLUTION\n", "")
            cell.source = cell.source.replace("\n### END SOLUTION", "")
        if cell.id == "explain":
            cell.source = "The mother decides because she compared the models."
    return notebook


def answers_text(answers: dict | None = None, sheet: str = ASSIGNMENT) -> str:
    """Write an answers file."""
    entries = {
        name: {"kind": kind, "value": value, "at": "2026-01-01T00:00:00.000000Z"}
        for name, (kind, value) in (ANSWERS if answers is None else answers).items()
    }
    return json.dumps(
        {"format": "custlab-answers", "version": 2, "sheet": sheet, "answers": entries}
    )


def submit(
    root: Path,
    student: str,
    notebook=None,
    answers: str | None = None,
    files: dict[str, bytes] | None = None,
    assignment: str = ASSIGNMENT,
) -> Path:
    """Hand in for a learner; ``notebook`` may be raw text."""
    folder = root / "course" / "submitted" / student / assignment
    folder.mkdir(parents=True)
    if notebook is not None:
        text = notebook if isinstance(notebook, str) else nbformat.writes(notebook)
        (folder / f"{ASSIGNMENT}.ipynb").write_text(text, encoding="utf-8")
    if answers is not None:
        (folder / f"{ASSIGNMENT}.answers.json").write_text(answers, encoding="utf-8")
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def marks(root: Path, assignment: str = ASSIGNMENT) -> dict[str, dict[str, tuple]]:
    """Read the gradebook: learner to cell to (automatic marks, needs a person)."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'course' / 'gradebook.db'}", "custlab") as book:
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, grade.needs_manual_grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in book.assignment_submissions(assignment)
        }


def copy_course(source: Path, target: Path) -> Path:
    """Copy a course that was made already."""
    return Path(shutil.copytree(source, target))

"""The report: one page for the instructor, also to be shown to the class.

``statistics`` reckons, ``wrong`` counts wrong answers, ``content`` gathers, ``pictures`` draws.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime
from pathlib import Path

from custlab.errors import CustLabError
from custlab.files import write_atomic
from custlab.grading.feedback.reread import LESSONS
from custlab.i18n import _
from custlab.templates import render as fill
from custlab.templates import style_sheet


def write_report(
    course,
    assignment: str,
    path: Path | None = None,
    names: bool = False,
    lessons: str = LESSONS,
) -> Path:
    """Write the report of an assignment: one HTML file, nothing to load.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    path : Path, optional
        Where to; ``report.html`` beside the results by default, ``report-names.html`` with names.
    names : bool
        Whether it may name learners: who should be looked at, who has handed in nothing.
    lessons : str
        The address below which lessons open.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    CustLabError
        If there is nothing to report, or if names would replace the page for the class.
    """
    from custlab.grading.report.content import make_report

    for_class = course.results(assignment) / "report.html"
    if names:
        path = path or for_class.with_name("report-names.html")
        if path.resolve() == for_class.resolve():
            raise CustLabError(
                _("{path} is the page for the class, without names: name another file.").format(
                    path=path
                )
            )
    path = path or for_class
    report = make_report(course, assignment, lessons)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_atomic(path, render(report, names))


def render(report, names: bool = False) -> str:
    """Lay a report out as HTML."""
    from markupsafe import Markup

    from custlab.grading.feedback.content import markdown
    from custlab.grading.report import pictures
    from custlab.grading.report.statistics import FEWEST

    titles = [question.asked.title for question in report.questions]
    scatter = pictures.discrimination(report.items, titles)
    drawn = [
        pictures.distribution(report.points, float(report.marks.learners["max_score"].iloc[0])),
        pictures.difficulty(report.items, titles),
        *([scatter] if scatter else []),
    ]
    reviews = report.reviews
    if not names:
        counted = Counter((cell, reason) for _student, cell, reason in report.reviews)
        reviews = [(*what, count) for what, count in counted.most_common()]
    css = style_sheet("grading/feedback/style.css") + style_sheet("grading/report/style.css")
    return fill(
        "grading/report/page.html",
        r=report,
        names=names,
        language=os.environ.get("CUSTLAB_LANG", "en").replace("_", "-") or "en",
        style=Markup(css),
        title=_("{name}: what the class did").format(name=report.assignment),
        made=_("Made on {day} from the gradebook and the grading results.").format(
            day=datetime.now().strftime("%Y-%m-%d %H:%M")
        ),
        summary=_summary(report),
        pictures=[Markup(picture.html()) for picture in drawn],
        too_few=pictures.too_few() if len(report.points) < FEWEST else "",
        how=_(
            "Difficulty is the mean share of the points: easy questions have a high one. "
            "Discrimination is the correlation of a question with all the others together; below "
            "0.2 it hardly tells learners apart, below 0 those who do well elsewhere do worse "
            "here. Questions that still wait for marks are left out of it."
        ),
        percent=_percent,
        markdown=markdown,
        reviews=reviews,
    )


def _percent(share: float) -> str:
    return "–" if share != share else f"{share * 100:.0f} %"


def _summary(report) -> list[tuple[str, str]]:
    points = report.points
    most = float(report.marks.learners["max_score"].iloc[0])
    late = int((report.marks.learners["late_penalty"] > 0).sum())
    low, high = points.quantile([0.25, 0.75])
    rows = [
        (_("Handed in"), f"{len(points)}"),
        (_("Nothing handed in"), f"{len(report.absent)}"),
        (_("Points to be had"), f"{most:g}"),
        (_("Median"), f"{points.median():.2f}"),
        (_("Middle half"), _("{low:.2f} to {high:.2f}").format(low=low, high=high)),
        (_("Mean (standard deviation)"), f"{points.mean():.2f} ({points.std():.2f})"),
        (_("Lowest and highest"), f"{points.min():.2f}, {points.max():.2f}"),
        (_("With a late penalty"), f"{late}"),
    ]
    if report.alpha == report.alpha:
        rows.append((_("Reliability (Cronbach's alpha)"), f"{report.alpha:.2f}"))
    if report.waiting:
        waiting = sum(count for _title, count in report.waiting)
        rows.append((_("Marks by hand still to be given"), f"{waiting}"))
    return rows

"""Collecting from a folder, or from the zip file that an LMS gives."""

from __future__ import annotations

from pathlib import Path

from custlab.errors import CustLabError
from custlab.grading.collect.archive import read_contents
from custlab.grading.collect.names import read_pattern
from custlab.grading.collect.plan import Plan
from custlab.grading.collect.roster import read_roster
from custlab.grading.collect.sorting import Sorter
from custlab.i18n import _


def make_plan(
    course,
    assignment: str,
    source: Path,
    pattern: str = "",
    add_learners: bool = False,
    who: dict[str, str] | None = None,
) -> Plan:
    """Look through a folder or a zip file; nothing is written.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment.
    source : Path
        A folder, or a zip file as an LMS gives it.
    pattern : str, optional
        A regular expression with the groups of ``nbgrader zip_collect``, for other layouts.
    add_learners : bool
        Whether learners who are not in the gradebook are taken in under the name that stands in
        the path.
    who : dict of str to str, optional
        Ids of learners, by the number that an LMS writes into its paths.

    Returns
    -------
    Plan
        Who handed in what.

    Raises
    ------
    CustLabError
        If there is no such assignment, or the source cannot be read.
    """
    contents = read_contents(source)
    roster = read_roster(course)
    strangers = sorted(set((who or {}).values()) - set(roster.learners))
    if strangers:
        raise CustLabError(
            _("--is names learners who are not in the gradebook: {names}.").format(
                names=", ".join(strangers)
            )
        )
    sorter = Sorter(course, assignment, roster, read_pattern(pattern), add_learners, who or {})
    sorter.sort(contents.files)
    return sorter.plan(contents.refused)

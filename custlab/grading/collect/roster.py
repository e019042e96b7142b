"""Who is who: matching what an LMS calls a learner with the learners in the gradebook."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Learner:
    """A learner as the gradebook knows them."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def name(self) -> str:
        """First and last name, or the id."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


def squeezed(text: str) -> str:
    """Reduce a text to its letters and digits, so that spellings of one name come together.

    Examples
    --------
    >>> squeezed("Müller-Lüdenscheidt, Anna"), squeezed("李 娜")
    ('mullerludenscheidtanna', '李娜')
    """
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


class Roster:
    """The learners of a course.

    Parameters
    ----------
    learners : list of Learner
        As the gradebook has them.

    Examples
    --------
    >>> roster = Roster([Learner("ln1", "Na", "Li", "li.na@example.org")])
    >>> [found.id for found in roster.find("Li, Na")]
    ['ln1']
    """

    def __init__(self, learners: list[Learner]):
        self.learners = {learner.id: learner for learner in learners}
        self._exact: dict[str, list[Learner]] = defaultdict(list)
        self._loose: dict[str, list[Learner]] = defaultdict(list)
        self._numbers = {learner.lms_id: learner for learner in learners if learner.lms_id}
        for learner in learners:
            for text in {learner.id, learner.email} - {""}:
                self._exact[text.casefold()].append(learner)
            first, last = squeezed(learner.first_name), squeezed(learner.last_name)
            local = squeezed(learner.email.partition("@")[0])
            keys = {squeezed(learner.id), local}
            if first and last:
                keys |= {first + last, last + first}
            for key in keys - {""}:
                self._loose[key].append(learner)

    def find(self, *texts: str, number: str = "") -> list[Learner]:
        """Give the learners that any of these texts names, the most exact way first.

        Parameters
        ----------
        *texts : str
            Ids, addresses or names, the most telling first.
        number : str, optional
            The learner's number in the LMS, which is nobody's id here.

        Returns
        -------
        list of Learner
            One if it is clear; several if it is not; none if nobody is called so.
        """
        if number in self._numbers:
            return [self._numbers[number]]
        for text in texts:
            if text and (found := self._exact.get(text.strip().casefold())):
                return list(dict.fromkeys(found))
        for text in texts:
            if text and (found := self._loose.get(squeezed(text))):
                return list(dict.fromkeys(found))
        return []


def read_roster(course) -> Roster:
    """Read the learners of a course from its gradebook.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    Roster
        All learners entered so far.
    """
    with course.gradebook() as book:
        return Roster(
            [
                Learner(
                    student.id,
                    student.first_name or "",
                    student.last_name or "",
                    student.email or "",
                    student.lms_user_id or "",
                )
                for student in book.students
            ]
        )

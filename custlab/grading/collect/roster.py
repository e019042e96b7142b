"""Who is who: matching what an LMS calls a learner with the learners in the gradebook."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from custlab.i18n import _

SEPARATORS = re.compile(r"[\s,;._-]+")


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

    @property
    def keys(self) -> set[str]:
        """What names this learner and nobody else, in small letters."""
        return {text.casefold() for text in (self.id, self.email, self.lms_id) if text}

    def command(self) -> str:
        """Give the command that enters this learner into the gradebook as they stand here."""
        told = {
            "first-name": self.first_name,
            "last-name": self.last_name,
            "email": self.email,
            "lms-user-id": self.lms_id,
        }
        options = [shlex.quote(f"--{name}={text}") for name, text in told.items() if text]
        return " ".join(["nbgrader db student add", shlex.quote(self.id), *options])


@dataclass(frozen=True)
class Person:
    """What the row of a sheet or the path of a file says about somebody.

    Attributes
    ----------
    names : tuple of str
        Names of people, and nothing else.
    ids, mails : tuple of str
        What stands in columns of ids and of addresses.
    texts : tuple of str
        What may be any of these, such as the name of a folder.
    number : str
        The number in the LMS.
    """

    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True)
class Match:
    """Who somebody may be: one learner if it is clear, several or none if it is not, and why.

    ``certain`` says that an id, an address or a number agrees, not a name alone.
    """

    learners: list[Learner] = field(default_factory=list)
    certain: bool = False
    why: str = ""


def squeezed(text: str) -> str:
    """Reduce a text to its letters and digits, so that spellings of one name come together.

    Examples
    --------
    >>> squeezed("Müller-Lüdenscheidt, Anna"), squeezed("李 娜")
    ('mullerludenscheidtanna', '李娜')
    """
    plain = unicodedata.normalize("NFKD", str(text)).casefold()
    # Accents go; the marks that are vowels or consonants in other scripts stay.
    return "".join(
        sign
        for sign in plain
        if sign.isalnum() or (unicodedata.category(sign)[0] == "M" and not "̀" <= sign <= "ͯ")
    )


def _numeral(text: str) -> str:
    """Take off what a spreadsheet program adds to a number."""
    return text.strip().removesuffix(".0")


def _halves(text: str) -> Iterator[tuple[str, ...]]:
    """Give each way in which a text may be a first and a last name, in either order."""
    words = [word for word in map(squeezed, SEPARATORS.split(text)) if word]
    yield tuple(sorted(words))
    for cut in range(1, len(words)):
        yield tuple(sorted(("".join(words[:cut]), "".join(words[cut:]))))


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
        learners = [replace(one, lms_id=_numeral(one.lms_id)) for one in learners]
        self.learners = {learner.id: learner for learner in learners}
        self._exact: dict[str, list[Learner]] = defaultdict(list)
        self._names: dict[tuple[str, ...], list[Learner]] = defaultdict(list)
        self._loose: dict[str, list[Learner]] = defaultdict(list)
        self._numbers: dict[str, list[Learner]] = defaultdict(list)
        for learner in learners:
            for text in {learner.id, learner.email} - {""}:
                self._exact[text.casefold()].append(learner)
            if learner.lms_id:
                self._numbers[learner.lms_id].append(learner)
            loose = {squeezed(learner.id), squeezed(learner.email.partition("@")[0])}
            for key in self._keys(learner, loose):
                self._names[key].append(learner)
            for text in loose - {""}:
                self._loose[text].append(learner)

    @staticmethod
    def _keys(learner: Learner, loose: set[str]) -> set[tuple[str, ...]]:
        """Give what a name of the learner may look like, word for word or in one."""
        first, last = squeezed(learner.first_name), squeezed(learner.last_name)
        if first and last:
            return {tuple(sorted((first, last))), (first + last,), (last + first,)}
        if first or last:
            return {next(_halves(learner.name))}
        return {(text,) for text in loose if text}  # no name is known: it may be the id

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
        return self.match(Person(texts=texts, number=number)).learners

    def match(self, person: Person) -> Match:
        """Find out who somebody is; an id, address or number that disagrees rules a name out.

        Parameters
        ----------
        person : Person
            What is known.

        Returns
        -------
        Match
            One learner only if nothing else is possible.
        """
        known = self._by_key(person)
        if len(known) == 1:
            against = _against(person, known[0])
            return Match(why=against) if against else Match(known, True)
        if known:
            return Match(known, True, _several(known))
        called = self._by_name(person)
        ruled_out = {one: _against(person, one) or _other_id(person, one) for one in called}
        left = [one for one, against in ruled_out.items() if not against]
        if len(left) == 1:
            return Match(left)
        if left:
            return Match(left, why=_several(left))
        return Match(why=next(iter(ruled_out.values()), _("nobody in the gradebook is called so")))

    def _by_key(self, person: Person) -> list[Learner]:
        found = list(self._numbers.get(_numeral(person.number), ()))
        for text in (*person.ids, *person.mails, *person.texts):
            same = self._exact.get(text.strip().casefold(), [])
            found += [one for one in same if one.id == text.strip()] or same
        for text in person.ids:
            found += self._numbers.get(_numeral(text), ())
        return list(dict.fromkeys(found))

    def _by_name(self, person: Person) -> list[Learner]:
        found = []
        for text in (*person.names, *person.texts):
            for key in _halves(text):
                found += self._names.get(key, ())
        for text in person.texts:
            found += self._loose.get(squeezed(text), ())
        return list(dict.fromkeys(found))

    def proposals(self, person: Person, found: set[str]) -> list[str]:
        """Propose the commands of which one tells the gradebook who somebody is.

        Parameters
        ----------
        person : Person
            Somebody with the name of a learner, of whom it is open who they are.
        found : set of str
            Learners of whom it is known already who they are: this is somebody else.

        Returns
        -------
        list of str
            One for each learner of that name who has no other number, address or id; each keeps
            what the gradebook knows.
        """
        commands = []
        number = _numeral(person.number) or next(iter(person.ids), "")
        mail = next(iter(person.mails), "")
        for one in self._by_name(person):
            if one.id in found:
                continue
            if number.isprintable() and number and not one.lms_id:
                commands.append(replace(one, lms_id=number).command())
            elif mail.isprintable() and mail and not one.email:
                commands.append(replace(one, email=mail).command())
        return commands


def _several(learners: list[Learner]) -> str:
    names = ", ".join(learner.id for learner in learners)
    return _("several learners are called so: {names}").format(names=names)


def _against(person: Person, learner: Learner) -> str:
    """Say which address or number cannot be the learner's; empty if none speaks against them."""
    told = {text.strip().casefold() for text in (*person.mails, *person.ids, *person.texts)}
    if any(person.mails) and learner.email and learner.email.casefold() not in told:
        text = _("called as {id}, but the address is {other}, and the gradebook has {known}")
        return text.format(id=learner.id, other=person.mails[0], known=learner.email)
    number = _numeral(person.number)
    if number and learner.lms_id and number != learner.lms_id:
        text = _("called as {id}, but the LMS's number is {other}, and the gradebook has {known}")
        return text.format(id=learner.id, other=number, known=learner.lms_id)
    return ""


def _other_id(person: Person, learner: Learner) -> str:
    if any(person.ids) and not learner.keys & {_numeral(text).casefold() for text in person.ids}:
        text = _("called as {id}, but the id there is {other}")
        return text.format(id=learner.id, other=next(filter(None, person.ids)))
    return ""


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
                    *(
                        (text or "").strip()
                        for text in (
                            student.first_name,
                            student.last_name,
                            student.email,
                            student.lms_user_id,
                        )
                    ),
                )
                for student in book.students
            ]
        )

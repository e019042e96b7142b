"""What becomes whose submission: decided and told before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from custlab.grading.collect.archive import Found


@dataclass
class Version:
    """One file of a learner's, and what speaks for its being the latest."""

    file: Found
    rank: tuple[int, int, float, float, int]
    timestamp: str = ""


@dataclass
class HandedIn:
    """What one learner handed in.

    Attributes
    ----------
    student : str
        The learner's id.
    files : dict of str to Version
        The latest version of each file, by its path in the submission.
    remarks : list of str
        What the instructor should know, a sentence each.
    """

    student: str
    files: dict[str, Version] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def time(self) -> float:
        """When the newest file was changed; 0 if that is not known."""
        return max((version.file.time for version in self.files.values()), default=0.0)

    @property
    def timestamp(self) -> str:
        """When it was handed in, if that was read from names that learners do not choose."""
        return max((version.timestamp for version in self.files.values()), default="")


@dataclass
class Plan:
    """What will be collected, and what will not.

    ``proposals`` are commands that tell people apart of whom it is open who they are.
    """

    assignment: str
    handed_in: list[HandedIn] = field(default_factory=list)
    unmatched: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    proposals: list[str] = field(default_factory=list)

"""Feedback pages by nbgrader's own converter, with another exporter: no test's source on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nbconvert.exporters import Exporter
from nbgrader.converters import GenerateFeedback
from traitlets import List, Type

from custlab.files import write_atomic
from custlab.grading.feedback.content import Learner, page
from custlab.grading.feedback.reread import Places
from custlab.grading.read.questions import Asked
from custlab.grading.stock.marks import Marks


@dataclass
class ClassData:
    """Everything that pages are made from, read once for a class."""

    course: object
    marks: Marks
    questions: list[Asked]
    places: Places
    comments: dict[tuple[str, str, str], str] = field(default_factory=dict)
    answers_shown: bool = True
    answers: dict = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class FeedbackExporter(Exporter):
    """Turns an autograded notebook into a feedback page."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb, resources=None, **keywords):
        """Make the page of one notebook."""
        copied, resources = super().from_notebook_node(nb, resources, **keywords)
        told = resources["nbgrader"]
        learner = Learner(told["student"], told["notebook"])
        try:
            return page(self.parent.data, learner, copied), resources
        except Exception as error:
            self.parent.data.failed[learner.student] = f"{type(error).__name__}: {error}"
            raise


class FeedbackPages(GenerateFeedback):
    """``nbgrader generate_feedback`` with pages that a learner can learn from."""

    exporter_class = Type(FeedbackExporter, klass=Exporter)
    preprocessors = List([])
    data: ClassData | None = None

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Always make the page: comments and marks by hand change without a trace."""
        excluded = (self.coursedir.student_id_exclude or "").split(",")
        return student_id in self.data.marks.handed_in and student_id not in excluded

    def write_single_notebook(self, output: str, resources) -> None:
        """Write the page, whole or not at all."""
        told = resources["nbgrader"]
        folder = Path(self._format_dest(told["assignment"], told["student"]))
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / f"{told['notebook']}.html", output)

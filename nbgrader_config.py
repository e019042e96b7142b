"""nbgrader on this course's own layout; read by every ``nbgrader`` command run from this folder."""

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    DeduplicateIds,
    Execute,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from custlab.exercises.collect import RestoreAnswers
from custlab.grading.stock.harmless import MakeHarmless, RestoreTags

c = get_config()  # provided by nbgrader

c.CourseDirectory.course_id = "custlab"
c.CourseDirectory.source_directory = "solutions"  # masters, written by hand
c.CourseDirectory.release_directory = "exercises"  # made by nbgrader generate_assignment
c.CourseDirectory.submitted_directory = "course/submitted"
c.CourseDirectory.autograded_directory = "course/autograded"
c.CourseDirectory.feedback_directory = "course/feedback"
c.CourseDirectory.db_url = "sqlite:///course/gradebook.db"

# `custlab grade` calls it with the name of each case that an assignment uses, before it forks the
# kernels of all submissions: each file is read once.
c.CustLab.prepare_data = "custlab.cases.shared:share_case"

# An answers file in a master's folder would overwrite every learner's: never copy one from there,
# but do copy the learners' own (that is why it is not in CourseDirectory.ignore).
# A receipt inside a notebook becomes an answers file before the outputs are cleared.
c.Autograde.sanitize_preprocessors = [
    RestoreAnswers,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    RestoreTags,
    CheckCellMetadata,
]
# What formgrader shows to a marker has no script, link or foreign picture in it.
c.Autograde.autograde_preprocessors = [
    Execute,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
    MakeHarmless,
]

# Without this, nbgrader's feedback pages show learners the hidden tests and their keys.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]

# Kernels on this machine alone warn at every start that their sockets are not encrypted.
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--Application.log_level=40"]

"""For nbgrader: answers that came inside the notebook become an answers file before it is run.

nbgrader clears all outputs before it runs a submission, and the receipt is an output. This
preprocessor stands before that step (see ``nbgrader_config.py``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from custlab.exercises import answers as formats
from custlab.exercises.answers import UnreadableAnswersError
from custlab.exercises.notebook import receipts_in
from custlab.exercises.store import answers_path
from custlab.files import write_atomic


def restore_answers(notebook: Any, sheet: str, folder: Path) -> bool:
    """Join a notebook's receipt with the answers file in a folder: of each answer the newest.

    Parameters
    ----------
    notebook : dict
        The submitted notebook, with its outputs.
    sheet : str
        The sheet's name.
    folder : Path
        Where the notebook will be run.

    Returns
    -------
    bool
        Whether the file was written: only if the receipt adds something to it.
    """
    from_receipt = receipts_in(notebook, sheet)
    path = answers_path(sheet, folder)
    try:
        saved = formats.from_bytes(path.read_bytes())
    except FileNotFoundError:
        saved = {}
    except UnreadableAnswersError:
        if not from_receipt:
            return False
        path.replace(path.with_name(f"{path.name}.damaged"))
        saved = {}
    joined = formats.merge(saved, from_receipt)
    if joined == saved:
        return False
    write_atomic(path, formats.to_text(sheet, joined))
    return True


class RestoreAnswers(NbGraderPreprocessor):
    """Write the answers of a notebook's receipt beside the notebook, before outputs are cleared."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Restore the answers of one submission; the notebook itself is left as it is."""
        told = resources["nbgrader"]
        folder = Path(self.parent.parent._format_dest(told["assignment"], told["student"]))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            if restore_answers(nb, told["notebook"], folder):
                self.log.info("Answers of the receipt restored for %s", told["student"])
        except (OSError, ValueError) as fault:
            self.log.warning("No answers restored for %s: %s", told["student"], fault)
        return nb, resources

"""For the Jupyter server: a saved notebook always carries the newest answers.

A receipt follows the answers through its display handle, but only until the page is loaded
again: from then on JupyterLab no longer knows which output to replace. So whenever a notebook is
saved, the answers file beside it is read and the receipt in the saved notebook is brought up to
date, also with what the receipt on disk holds: a kernel that did not find the answers gave an
empty one. ``custlab lab`` switches this on; any other Jupyter server does with the option
``--ContentsManager.pre_save_hook=custlab.exercises.receipt_hook.refresh_receipts``.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Any

from custlab.errors import InputError
from custlab.exercises import answers as formats
from custlab.exercises.answers import UnreadableAnswersError
from custlab.exercises.notebook import receipts_of_file
from custlab.exercises.receipt import bundle
from custlab.exercises.store import answers_path


def refresh_receipts(
    model: dict[str, Any], path: str = "", contents_manager: Any = None, **_rest: Any
) -> None:
    """Bring the receipts of a notebook that is about to be saved up to date.

    A pre-save hook of Jupyter Server. It never stops a notebook from being saved.

    Parameters
    ----------
    model : dict
        The server's model of the file; its outputs are changed in place.
    path : str
        The file, relative to the server's root.
    contents_manager : ContentsManager
        Knows the server's root.
    """
    if model.get("type") != "notebook" or not isinstance(model.get("content"), dict):
        return
    file = Path(contents_manager.root_dir) / path
    try:
        for cell in model["content"].get("cells", []):
            for output in cell.get("outputs", []):
                if formats.MIME in output.get("data", {}):
                    output["data"].update(_newest(output["data"][formats.MIME], file))
    except (AttributeError, TypeError, KeyError):
        logging.getLogger(__name__).warning("The receipt in %s could not be read.", path)


def _newest(payload: Any, notebook: Path) -> dict[str, Any]:
    """Give the outputs that change: none if the receipt is as new as what is saved."""
    try:
        known = formats.from_payload(payload)
        saved = answers_path(payload.get("sheet"), notebook.parent)
    except (UnreadableAnswersError, InputError):
        return {}
    joined = formats.merge(known, receipts_of_file(notebook, payload["sheet"]))
    with contextlib.suppress(OSError, UnreadableAnswersError):
        joined = formats.merge(joined, formats.from_bytes(saved.read_bytes()))
    if joined == known:
        return {}
    total, elsewhere = (
        payload[name] if isinstance(payload.get(name), int) else 0
        for name in ("questions", "elsewhere")
    )
    full, lesson = bool(payload.get("full")), bool(payload.get("lesson"))
    return bundle(payload["sheet"], {}, joined, True, full, total, elsewhere, lesson)

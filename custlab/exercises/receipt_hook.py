"""For the Jupyter server: a saved notebook always carries the newest answers.

A receipt follows the answers through its display handle, but only until the page is loaded
again: from then on JupyterLab no longer knows which output to replace. So whenever a notebook is
saved, the answers file beside it is read and the receipt in the saved notebook is brought up to
date. ``custlab lab`` switches this on; any other Jupyter server does with the option
``--ContentsManager.pre_save_hook=custlab.exercises.receipt_hook.refresh_receipts``.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from custlab.errors import InputError
from custlab.exercises import answers as formats
from custlab.exercises.answers import UnreadableAnswersError
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
    folder = (Path(contents_manager.root_dir) / path).parent
    try:
        for cell in model["content"].get("cells", []):
            for output in cell.get("outputs", []):
                if formats.MIME in output.get("data", {}):
                    output["data"].update(_newest(output["data"][formats.MIME], folder))
    except (AttributeError, TypeError, KeyError):
        logging.getLogger(__name__).warning("The receipt in %s could not be read.", path)


def _newest(payload: Any, folder: Path) -> dict[str, Any]:
    """Give the outputs that change: none if the receipt is as new as the answers file."""
    try:
        known = formats.from_payload(payload)
        file = answers_path(payload.get("sheet"), folder)
        joined = formats.merge(known, formats.from_bytes(file.read_bytes()))
    except (OSError, UnreadableAnswersError, InputError):
        return {}
    if joined == known:
        return {}
    total = payload.get("questions")
    total = total if isinstance(total, int) else 0
    full = bool(payload.get("full"))
    return bundle(payload["sheet"], {}, joined, saved=True, full=full, total=total)

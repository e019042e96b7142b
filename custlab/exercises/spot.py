"""An output in a notebook that can be replaced later."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle

# JupyterLab takes plain keys that are pressed in a widget for its own shortcuts: an arrow key in
# a radio group moved to the next cell, D twice in a list deleted it. This attribute is how a
# widget tells it to keep off; combinations such as Ctrl+S and Shift+Enter still work.
KEEP_KEYS = """
if (!window.custlabKeepsKeys) {
  window.custlabKeepsKeys = true;
  window.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!(target instanceof Element) || !target.closest(".jupyter-widgets")) return;
    const combined = event.ctrlKey || event.metaKey || event.altKey ||
      event.key === "Escape" || (event.shiftKey && event.key === "Enter");
    target.toggleAttribute("data-lm-suppress-shortcuts", !combined);
  }, true);
}
"""


class Spot:
    """A place in the notebook whose output can be replaced; silent outside notebooks."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def show(self, bundle: dict[str, Any]) -> None:
        """Show the output here for the first time."""
        if InteractiveShell.initialized():
            self._handle = DisplayHandle()
            self._handle.display(bundle, raw=True)

    def update(self, bundle: dict[str, Any]) -> None:
        """Replace the output, if it has been shown."""
        if self._handle is not None:
            self._handle.update(bundle, raw=True)

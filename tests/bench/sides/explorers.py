"""Run one lesson in this process and move every control of its explorers; print the seconds."""

import contextlib
import io
import json
import re
import sys
import time
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell

MOST_MOVES = 8


def values(control) -> list:
    """Up to eight values of a control, spread over its range, the present one last."""
    if getattr(control, "options", None):
        all_values = [o[1] if isinstance(o, tuple) else o for o in control.options]
    elif isinstance(getattr(control, "value", None), bool):
        all_values = [not control.value]
    elif hasattr(control, "min"):
        steps = min(MOST_MOVES, max(1, round((control.max - control.min) / control.step)))
        width = (control.max - control.min) / steps
        all_values = [type(control.value)(control.min + i * width) for i in range(steps + 1)]
    else:
        return []
    step = max(1, len(all_values) // MOST_MOVES)
    return [value for value in all_values[::step] if value != control.value] + [control.value]


def controls(box):
    """Give the controls in a box, those in the boxes inside it too."""
    for child in box.children:
        if hasattr(child, "children"):
            yield from controls(child)
        else:
            yield child


def times(box) -> list[float]:
    """Seconds of each answer."""
    found = []
    for control in controls(box.children[1]):
        for value in values(control):
            began = time.perf_counter()
            control.value = value
            found.append(time.perf_counter() - began)
    return found


def main(lesson: str, case: str) -> None:
    """Run the lesson's cells in order; measure each explorer as it appears."""
    shell, results = InteractiveShell.instance(), []
    for cell in nbformat.read(Path(lesson), 4).cells:
        if cell.cell_type != "code":
            continue
        source = re.sub(r'^CASE = "\w+"', f'CASE = "{case}"', cell.source, flags=re.MULTILINE)
        with contextlib.redirect_stdout(io.StringIO()):
            outcome = shell.run_cell(source)
        outcome.raise_error()
        box = outcome.result
        if "custlab-explorer" in getattr(box, "_dom_classes", ()):
            name = re.search(r"(\w+_explorer|\w+)\(", cell.source.splitlines()[-1])
            seconds = times(box)
            if seconds:
                results.append({"explorer": name.group(1), "seconds": seconds})
    print(json.dumps(results))


main(*sys.argv[1:])

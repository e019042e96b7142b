"""Are the notebooks clean, and does the library keep to its rooms? `make lint` runs it.

Notebooks: no outputs, stable ids, right order. Rooms: no package imports another's private files
or names; which packages may import which stands in pyproject.toml, for import-linter.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("notebooks", "solutions", "exercises")
GOOD_ID = re.compile(r"(?=.{4})[a-z][a-z0-9]*(-[a-z0-9]+)*")
RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4})*|cell-\d+")
GOOD_NAME = re.compile(r"\d\d-[a-z0-9-]+")
PICTURE_WITHOUT_TEXT = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt=)[^>]*>")


def notebooks() -> list[Path]:
    """List every notebook of the course, in order."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.ipynb")]
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def complaints(path: Path) -> list[str]:
    """Say what is wrong with one notebook, one sentence each."""
    raw = path.read_bytes()
    book = json.loads(raw.decode("utf-8"))
    name = path.relative_to(ROOT).as_posix()
    found = [f"{name}: {text}" for text in _about_file(path, raw, book)]
    seen: set[str] = set()
    for number, cell in enumerate(book["cells"], start=1):
        where = f"{name}, cell {number} ({cell.get('id', 'no id')})"
        found += [f"{where}: {text}" for text in _about_cell(cell, seen)]
    return found


def _about_file(path: Path, raw: bytes, book: dict):
    if not GOOD_NAME.fullmatch(path.stem):
        yield "the file's name must look like 03-role-types.ipynb"
    if (book["nbformat"], book["nbformat_minor"]) < (4, 5):
        yield "older than notebook format 4.5: cells have no ids"
    if book["metadata"].get("kernelspec", {}).get("name") != "python3":
        yield "the kernel must be python3"
    if b"\r\n" in raw or not raw.endswith(b"\n"):
        yield "line ends must be \\n, also at the end of the file"
    if not book["cells"] or not "".join(book["cells"][0]["source"]).lstrip().startswith("# "):
        yield "the first cell must be the title"


def _about_cell(cell: dict, seen: set[str]):
    identity = cell.get("id", "")
    if not GOOD_ID.fullmatch(identity) or RANDOM_ID.fullmatch(identity):
        yield "the id must be words that tell what the cell is, like roles-who-decides"
    if identity in seen:
        yield "the id stands twice"
    seen.add(identity)
    if cell.get("outputs") or cell.get("execution_count"):
        yield "has outputs: clear them before committing"
    if cell.get("attachments"):
        yield "has an attachment: pictures come from code"
    source = "".join(cell["source"])
    if not source.strip():
        yield "is empty"
    if cell["cell_type"] == "markdown" and PICTURE_WITHOUT_TEXT.search(source):
        yield "has a picture without alt text"


def _about_order(paths: list[Path]):
    """Lessons are numbered without a repeat; each exercise belongs to a lesson."""
    lessons = [path.stem for path in paths if path.parent.name == "notebooks"]
    numbers = [stem[:2] for stem in lessons]
    for number in sorted({n for n in numbers if numbers.count(n) > 1}):
        yield f"notebooks: two lessons are numbered {number}"
    for path in paths:
        if path.parent.name != "notebooks" and path.stem not in lessons:
            yield f"{path.relative_to(ROOT).as_posix()}: no lesson is called {path.stem}"


def all_complaints() -> list[str]:
    """Look at every notebook and at their order."""
    paths = notebooks()
    return [text for path in paths for text in complaints(path)] + list(_about_order(paths))


def private_imports(library: Path = ROOT / "custlab") -> list[str]:
    """List the imports of another package's files or names that begin with an underscore."""
    told = []
    for path in sorted(library.rglob("*.py")):
        own_package = path.relative_to(library).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or node.level:
                continue
            home = (node.module or "").split(".")
            if home[0] != "custlab" or home[1:2] == [own_package]:
                continue
            names = [*home[1:], *(alias.name for alias in node.names)]
            private = [name for name in names if re.fullmatch(r"_[a-z].*", name)]
            if private:
                where = f"{path.relative_to(library.parent).as_posix()}, line {node.lineno}"
                told.append(f"{where}: imports {private[0]}, which {home[-1]} keeps to itself")
    return told


def main() -> int:
    """Print the complaints; the exit status says whether there were any."""
    told = all_complaints() + private_imports()
    print("\n".join(told) if told else f"{len(notebooks())} notebooks and all rooms are clean.")
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())

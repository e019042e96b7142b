"""Does this machine have what the course needs? One line a need, with the remedy."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from custlab.errors import CustLabError
from custlab.i18n import _

OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Need:
    """One need of the course: what it is, whether it is met, and what to do if not.

    Parameters
    ----------
    name : str
        What is needed.
    ok : bool
        Whether it is there.
    found : str
        What was found.
    remedy : str
        What to do if it is not there.
    needed : bool
        False for what only some people need.
    """

    name: str
    ok: bool
    found: str
    remedy: str = ""
    needed: bool = True

    @property
    def status(self) -> str:
        """One word: OK, FAIL, or NOTE for what is missing but not needed by everybody."""
        if self.ok:
            return "OK"
        return "FAIL" if self.needed else "NOTE"


def run_checks() -> list[Need]:
    """Look at everything that the course needs.

    Returns
    -------
    list of Need
        In the order in which they should be mended.

    Examples
    --------
    >>> run_checks()[0].name
    'Python'
    """
    return [
        _python(),
        _packages(),
        _course_folder(),
        _data(),
        _writable(),
        _kernel(),
        _browser(),
        _chinese_font(),
        _sandbox(),
    ]


def show(results: list[Need]) -> None:
    """Print the checks, one line each, with remedies below those that failed.

    Parameters
    ----------
    results : list of Need
        What ``run_checks`` gave.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    colours = {"OK": "green", "FAIL": "bold red", "NOTE": "yellow"}
    for need in results:
        line = Text(f"{need.status:<5}", style=colours[need.status])
        line.append(f"{need.name}: {need.found}", style="default")
        if not need.ok:
            line.append(f" → {need.remedy}", style="default")
        console.print(line, soft_wrap=True)


def _python() -> Need:
    found = ".".join(map(str, sys.version_info[:3]))
    remedy = _("Install Python {oldest} or newer and set the course up again.").format(
        oldest=".".join(map(str, OLDEST_PYTHON))
    )
    return Need(_("Python"), sys.version_info >= OLDEST_PYTHON, found, remedy)


def _packages() -> Need:
    """Compare what is installed with what this version of the kit asks for."""
    from packaging.requirements import Requirement

    wrong, right = [], 0
    for line in metadata.requires("custlab") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(_("{package} is missing").format(package=requirement.name))
            continue
        if requirement.specifier.contains(version, prereleases=True):
            right += 1
        else:
            wrong.append(
                _("{package} is {version}, wanted {wanted}").format(
                    package=requirement.name, version=version, wanted=requirement.specifier
                )
            )
    found = "; ".join(wrong) or _("{n} found in the right versions").format(n=right)
    remedy = _(
        "Run 'make lab' again, or with conda: conda env update -f environment.yml, then "
        "conda activate custlab."
    )
    return Need(_("Packages"), not wrong, found, remedy)


def _root() -> Path | None:
    from custlab.files import course_root

    try:
        return course_root()
    except CustLabError:
        return None


def _course_folder() -> Need:
    root = _root()
    remedy = _("Start from inside the course's folder, or set CUSTLAB_HOME to it.")
    return Need(_("Course folder"), root is not None, str(root or _("not found")), remedy)


def _data() -> Need:
    from custlab.cases import CASE_NAMES  # reads pandas, which the command line does without

    root = _root()
    missing = [
        case
        for case in CASE_NAMES
        if root is None or not (root / "datasets" / case / "datapackage.json").is_file()
    ]
    found = (
        _("missing: {cases}").format(cases=", ".join(missing))
        if missing
        else _("{n} cases").format(n=len(CASE_NAMES))
    )
    return Need(_("Case data"), not missing, found, _("Get the course again, whole."))


def _writable() -> Need:
    root = _root()
    ok = root is not None and os.access(root, os.W_OK) and os.access(root / "notebooks", os.W_OK)
    found = _("the course can be written to") if ok else _("the course's folder is read-only")
    remedy = _("Copy the course to a folder of your own, or your answers cannot be saved.")
    return Need(_("Saving"), ok, found, remedy)


def _kernel() -> Need:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    remedy = _("Install it: python -m ipykernel install --sys-prefix")
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Need(_("Jupyter kernel"), False, _("no kernel called python3"), remedy)
    return Need(_("Jupyter kernel"), True, spec.display_name, remedy)


def _browser() -> Need:
    import webbrowser

    try:
        name = getattr(webbrowser.get(), "name", "") or _("found")
    except webbrowser.Error:
        remedy = _("'custlab lab' prints the address: open it in any browser that reaches it.")
        return Need(_("Browser"), False, _("none found on this machine"), remedy, needed=False)
    return Need(_("Browser"), True, name)


def _chinese_font() -> Need:
    from custlab.style import installed_fonts

    fonts = installed_fonts()[1:]
    remedy = _("Only for Chinese text in pictures. Install Noto Sans CJK (fonts-noto-cjk).")
    found = fonts[0] if fonts else _("none found")
    return Need(_("Chinese font"), bool(fonts), found, remedy, needed=False)


def _sandbox() -> Need:
    path = shutil.which("bwrap")
    remedy = _("Only for instructors who mark on Linux. Install the package bubblewrap.")
    return Need(_("Sandbox"), path is not None, path or _("no bubblewrap"), remedy, needed=False)

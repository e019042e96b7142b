"""pyproject.toml, environment.yml and the lock agree, and the lock names no index or host."""

import re
import tomllib
from itertools import chain

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.hygiene import ROOT

# What conda-forge calls the smaller builds of the same packages.
CONDA_NAMES = {
    "matplotlib-base": "matplotlib",
    "seaborn-base": "seaborn",
    "pandera-base": "pandera",
}


def _project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _as_pairs(lines):
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): str(r.specifier) for r in requirements}


def _locked():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line.strip()]


def test_conda_environment_repeats_the_project():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    names = [line for line in environment["dependencies"] if isinstance(line, str)]
    conda = _as_pairs(names)
    assert conda.pop("python") == _project()["requires-python"]
    conda.pop("pip")
    conda = {CONDA_NAMES.get(name, name): version for name, version in conda.items()}
    assert conda == _as_pairs(_project()["dependencies"])


def test_every_dependency_is_pinned_as_the_project_allows():
    project = _project()
    extras = chain.from_iterable(project["optional-dependencies"].values())
    wanted = [*project["dependencies"], *extras]
    locked = {}
    for pin in _locked():
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), f"{pin} is not one exact version"
        locked.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier)[2:])
    for line in wanted:
        requirement = Requirement(line)
        versions = locked.get(canonicalize_name(requirement.name))
        assert versions, f"{requirement.name} is missing from requirements.lock: run 'make lock'"
        assert all(requirement.specifier.contains(version) for version in versions)


def test_lock_names_no_index_and_no_host():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|@ ", text)


def test_lock_serves_windows_and_macos_too():
    markers = {pin.name: str(pin.marker) for pin in _locked() if pin.marker}
    assert "win32" in markers["colorama"] or "nt" in markers["colorama"].lower()
    assert "darwin" in markers["appnope"]

"""What is installed is what is declared: lock, pyproject, conda environment and licence files agree."""

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, version

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>.+?))? \\$", re.MULTILINE)
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
NOT_IN_LOCK = {"python", "pip"}
TOOLS = {
    "mypy",
    "pymare",
    "ruff",
    "setuptools",
    "uv",
}  # for `make lint`, `make lock` and `make bench`, not to run the review


@pytest.fixture(scope="module")
def lock_text(repo):
    return (repo / "requirements.lock").read_text()


@pytest.fixture(scope="module")
def lock(lock_text):
    return {match["name"]: match["version"] for match in PIN.finditer(lock_text)}


@pytest.fixture(scope="module")
def project(repo):
    return tomllib.loads((repo / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def conda(repo):
    """Requirements of environment.yml by the name the lock uses."""
    entries = yaml.safe_load((repo / "environment.yml").read_text())["dependencies"]
    plain = [entry for entry in entries if isinstance(entry, str)]
    pip = [entry for group in entries if isinstance(group, dict) for entry in group["pip"]]
    found = {}
    for requirement in map(Requirement, plain + pip):
        name = canonicalize_name(requirement.name)
        found[CONDA_NAMES.get(name, name)] = requirement.specifier
    return found


def requirements(lines):
    return {canonicalize_name(Requirement(line).name): Requirement(line).specifier for line in lines}


def test_every_pin_has_hashes(lock_text, lock):
    blocks = re.split(r"\n(?=[a-z0-9])", lock_text.strip())
    assert len(blocks) == len(lock) > 50
    bare = [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block]
    assert bare == []


def test_lock_names_no_place_to_fetch_from(lock_text):
    assert re.findall(r"https?:|file:|^--|index-url|find-links", lock_text, re.MULTILINE) == []


def test_lock_meets_what_is_declared(lock, project):
    declared = requirements(project["dependencies"] + project["optional-dependencies"]["dev"])
    wrong = {name: lock.get(name) for name, bounds in declared.items() if lock.get(name, "") not in bounds}
    assert wrong == {}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize(("platform", "system"), [("linux", "Linux"), ("darwin", "Darwin")])
def test_lock_holds_all_of_it_on_every_platform(lock_text, project, python, platform, system):
    here = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": platform,
        "platform_system": system,
        "os_name": "posix",
    }
    held = {
        match["name"]
        for match in PIN.finditer(lock_text)
        if not match["marker"] or Marker(match["marker"]).evaluate(here)
    }
    assert set(requirements(project["dependencies"] + project["optional-dependencies"]["dev"])) <= held
    assert SpecifierSet(project["requires-python"]).contains(f"{python}.0")


def test_conda_environment_admits_the_lock(lock, conda):
    refused = {
        name: lock.get(name)
        for name, bounds in conda.items()
        if name not in NOT_IN_LOCK and lock.get(name, "") not in bounds
    }
    assert refused == {}


def test_conda_environment_has_the_same_bounds(project, conda):
    declared = requirements(project["dependencies"] + project["optional-dependencies"]["dev"])
    wanted = {name: bounds for name, bounds in declared.items() if name not in TOOLS}
    assert {name: bounds for name, bounds in conda.items() if name not in NOT_IN_LOCK} == wanted
    assert all(conda["python"].contains(python) for python in ("3.11", "3.12", "3.13"))


def test_scale_and_bayes_are_not_needed(lock, project):
    extras = requirements(project["optional-dependencies"]["scale"] + project["optional-dependencies"]["bayes"])
    assert extras
    assert set(extras) & set(lock) == set()


def test_installed_versions_are_the_locked_ones(lock, project):
    """Tables are compared byte for byte, so that they must come from the locked versions."""
    if not (sys.prefix.endswith(".venv")):
        pytest.skip("not in the .venv that make sets up")
    wrong = {}
    for name in requirements(project["dependencies"]):
        try:
            found = version(name)
        except PackageNotFoundError:
            found = None
        if found != lock[name]:
            wrong[name] = (found, lock[name])
    assert wrong == {}


def test_the_package_itself_is_installed(project):
    assert version("mscreview") == project["version"]


def test_citation_and_changelog_name_this_version(repo, project):
    citation = yaml.safe_load((repo / "CITATION.cff").read_text())
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert {"message", "title", "authors"} <= set(citation)
    assert f"\n## {project['version']} ({citation['date-released']})" in (repo / "CHANGELOG.md").read_text()

"""The commands a reader types: help is complete, the Makefile is old enough for macOS, set-up fails in one line."""

import re
import shutil
import subprocess

import pytest

NEWER_THAN_3_81 = r"&:|\.ONESHELL|\.SHELLFLAGS|^undefine|!=|^private|\$\(file|:::?="
RELATIVE_LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.fixture(scope="module")
def makefile(repo):
    return (repo / "Makefile").read_text()


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_alone_prints_help_that_names_every_command(repo, makefile):
    said = run("make", "--no-print-directory", cwd=repo)
    assert said.returncode == 0
    assert said.stderr == ""
    commands = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()) - {"help", "setup"}
    assert commands == set(re.findall(r"^make ([a-z-]+)", said.stdout, re.MULTILINE))


def test_makefile_keeps_to_make_3_81(makefile):
    rules = "\n".join(line for line in makefile.split("\n") if not line.startswith(("\t", "#")))
    assert re.findall(NEWER_THAN_3_81, rules, re.MULTILINE) == []


@pytest.mark.parametrize("rule", ["a b &: c", ".ONESHELL:", "X != date", "X ::= 1"])
def test_that_check_bites(rule):
    assert re.findall(NEWER_THAN_3_81, rule, re.MULTILINE)


def test_no_suitable_python_is_one_clear_line(repo, tmp_path):
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        fake = tmp_path / name
        fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\n[ "$1" = --version ]\n')
        fake.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    said = run("sh", repo / ".ci" / "setup-venv", tmp_path / "venv", env=environment)
    assert said.returncode == 1
    assert said.stdout == ""
    assert re.fullmatch(r"mscreview needs Python 3\.11 or newer; found: Python 3\.9\.2\. .+\n", said.stderr)
    assert not (tmp_path / "venv").exists()


def test_readme_names_the_test_command_that_ci_runs(repo, makefile):
    assert "\n```sh\nmake test\n```\n" in (repo / "README.md").read_text()
    assert re.search(r"^test: \$\(READY\)$", makefile, re.MULTILINE)


def test_readme_links_lead_somewhere(repo):
    links = RELATIVE_LINK.findall((repo / "README.md").read_text())
    assert len(links) >= 5
    assert [link for link in links if not (repo / link).exists()] == []

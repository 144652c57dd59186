# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that everything that code and documentation refer to is in the repository or has a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("changelogs", "demo", "docs", "meta", "plugins", "roles", "tests")
TEXTS = {".ini", ".j2", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
# Files that tools create, and this file, which contains the words that it forbids.
LEFT_OUT = (ROOT / "tests" / "output", Path(__file__).resolve())

# Documents that are called by a name, or cited by the number of a section. An RFC has its own numbers, and everybody has it.
NOWHERE = re.compile(r"(?i:\bfact sheets?\b)|\bDESIGN\b|^(?!.*\bRFC ?\d).*(?i:\bsections? \d)")
PATH = re.compile(rf"(?<![\w./~<>{{}}$*-])(?:{'|'.join(FOLDERS)})/[\w./-]+\.(?:md|py|toml|txt|yaml|yml)\b(?![*/])")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")
# Of the document that says how the code works, so that it changes with the code.
NAME = re.compile(r"`(_\w+|[A-Z]\w+\.\w+)`")
ARCHITECTURE = ROOT / "docs" / "dev" / "architecture.md"


def texts() -> Iterator[Path]:
    """List the files of the repository that people read and write."""
    for path in sorted([*ROOT.glob("*.*"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.*"))]):
        made = "__pycache__" in path.parts or any(path == left or left in path.parents for left in LEFT_OUT)
        if path.is_file() and path.suffix in TEXTS and not made:
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


PAGES = [path for path in texts() if path.suffix == ".md"]
CONTENTS = {name_of(path): path.read_text(encoding="utf-8") for path in texts()}
MADE_BY_TOOLS = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_no_text_refers_to_a_document_outside_the_repository() -> None:
    assert not [
        f"{name}:{number}: {line.strip()}"
        for name, content in CONTENTS.items()
        for number, line in enumerate(content.splitlines(), 1)
        if NOWHERE.search(line)
    ]


def test_every_named_path_exists() -> None:
    # A release note may name a file of the past.
    current = {name: content for name, content in CONTENTS.items() if not name.startswith("changelogs/")}
    missing = {
        f"{name}: {path}"
        for name, content in current.items()
        for path in PATH.findall(content)
        if f"/{path}" not in MADE_BY_TOOLS
        and not any((base / path).exists() for base in (ROOT, *(ROOT / name).parents))
    }
    assert not missing


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), f"{target}#{anchor}"


def test_the_names_in_the_architecture_exist_in_the_code() -> None:
    code = "\n".join(content for name, content in CONTENTS.items() if name.endswith(".py"))
    names = {part for name in NAME.findall(ARCHITECTURE.read_text(encoding="utf-8")) for part in name.split(".")}
    assert names
    assert not {name for name in names if not re.search(rf"\b{name}\b", code)}


def test_the_artefact_links_only_to_its_own_files() -> None:
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    assert {"CONTRIBUTING.md", "docs/dev"} <= set(ignored)
    shipped = [page for page in PAGES if not any(name_of(page).startswith(entry) for entry in ignored)]
    for page in shipped:
        # A relative link does not work in the artefact.
        targets = [
            name_of((page.parent / target).resolve())
            for target, _anchor in LINK.findall(page.read_text("utf-8"))
            if target
        ]
        assert not [target for target in targets if any(target.startswith(entry) for entry in ignored)], name_of(page)

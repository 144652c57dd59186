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

from ansible_collections.multicloud.iam.tests.support.links import REPOSITORY, links, urls

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("changelogs", "demo", "docs", "meta", "plugins", "roles", "tests")
TEXTS = {".ini", ".j2", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
# Files that tools create, and this file, which contains the words that it forbids.
LEFT_OUT = (ROOT / "tests" / "output", Path(__file__).resolve())

# Documents that are called by a name, or cited by the number of a section. An RFC has its own numbers, and everybody has it.
NOWHERE = re.compile(r"(?i:\bfact sheets?\b)|\bDESIGN\b|^(?!.*\bRFC ?\d).*(?i:\bsections? \d)")
PATH = re.compile(rf"(?<![\w./~<>{{}}$*-])(?:{'|'.join(FOLDERS)})/[\w./-]+\.(?:md|py|toml|txt|yaml|yml)\b(?![*/])")
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
    for link in links(page):
        assert link.file.exists(), link.url
        assert not link.anchor or link.anchor in anchors(link.file), link.url


def test_no_page_links_to_another_address_of_the_repository() -> None:
    """The repository has these two, and the addresses of its files and folders."""
    others = {
        url
        for page in PAGES
        for url in urls(page.read_text(encoding="utf-8"))
        if url.startswith(REPOSITORY) and url not in {link.url for link in links(page)}
    }
    assert others == {f"{REPOSITORY}/issues", f"{REPOSITORY}/security"}


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name == "README.md" and "docs" not in page.parts], ids=name_of
)
def test_a_page_that_galaxy_shows_has_no_relative_link(page: Path) -> None:
    assert not [link.url for link in links(page) if link.is_relative]


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
        # A relative link to such a file does not work in the artefact.
        targets = [name_of(link.file) for link in links(page) if link.is_relative]
        assert not [target for target in targets if any(target.startswith(entry) for entry in ignored)], name_of(page)


def test_the_readme_has_the_sections_that_certification_requires() -> None:
    sections = re.findall(r"^## (.*)$", CONTENTS["README.md"], re.MULTILINE)
    required = ["Description", "Requirements", "Installation", "Use cases", "Testing", "Support"]
    required += ["Release notes", "Related information", "License information"]
    assert [section for section in sections if section in required] == required
    commands = re.findall(r"ansible-galaxy (collection install [^`\n]*)", CONTENTS["README.md"])
    for way in ("multicloud.iam", "-r requirements.yml", "multicloud.iam --upgrade"):
        assert f"collection install {way}" in commands
    assert any(command.startswith("collection install multicloud.iam:==") for command in commands)

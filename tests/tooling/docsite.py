# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the pages of the docs site, which reads only reStructuredText, from the Markdown pages and the playbooks.

`docsite.py FOLDER`: write all pages into the folder. With --check, only name those that differ.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypandoc

from ..support.links import REPOSITORY, resolve
from ..support.pages import NOTICE

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "multicloud.iam"
# antsibull-docs requires that the labels of a collection begin in this way.
LABELS = f"ansible_collections.{COLLECTION}.docsite."
README = ROOT / "README.md"
# The sections of the README that make up the first page.
FIRST_STEPS = ("Requirements", "Installation", "A first playbook", "Use cases")
# Pages that report what was measured or generated, or that only developers need. The site links to them.
FIGURES = {"benchmark", "fault-matrix", "release", "request-fields", "rotation-proof"}
GUIDES = {path: path.stem for path in sorted((ROOT / "docs").glob("*.md")) if path.stem not in FIGURES}
ROLES = {path: f"role-{path.parent.name}" for path in sorted((ROOT / "roles").glob("*/README.md"))}
PLAYBOOKS = {path.stem: path for path in sorted((ROOT / "playbooks").glob("*.yml"))}


def _names(pattern: str) -> set[str]:
    return {path.stem for path in ROOT.glob(pattern)}


PLUGINS = {
    "callback": _names("plugins/callback/*.py"),
    "filter": _names("plugins/filter/*.py"),
    "module": _names("plugins/modules/*.py"),
    "role": _names("roles/*"),
}
# These names also stand for the stores of a rotation, and for members of variables.
AMBIGUOUS = {path.name for path in ROOT.glob("roles/*/tasks/stores/*")}


def _raw(text: str) -> dict[str, Any]:
    return {"t": "RawInline", "c": ["rst", text]}


def _text(inlines: list[dict[str, Any]]) -> str:
    """Return the text without its markup, escaped as the text of a role."""
    parts = []
    for inline in inlines:
        if inline["t"] in {"Str", "Code"}:
            parts.append(inline["c"] if inline["t"] == "Str" else inline["c"][1])
        elif inline["t"] in {"Space", "SoftBreak"}:
            parts.append(" ")
        else:
            parts.append(_text(inline["c"] if inline["t"] in {"Emph", "Strong"} else inline["c"][1]))
    return re.sub(r"([`<\\])", r"\\\1", "".join(parts))


class Page:
    """Convert one page. Links to other pages of the site become references, and so do the names of plugins and roles."""

    def __init__(self, name: str, source: Path) -> None:
        self.name, self.source = name, source

    def convert(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the blocks with everything that only the site knows."""
        return [self._walk(block) for block in blocks if block["t"] != "RawBlock"]  # a comment

    def _walk(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._walk(each) for each in value]
        # A role of reStructuredText cannot be emphasized.
        if not isinstance(value, dict) or value.get("t") in {"Emph", "Strong"}:
            return value
        if value.get("t") == "Link":
            return self._link(*value["c"][1:])
        if value.get("t") == "Code":
            return self._name(value)
        if value.get("t") == "Header":
            level, attributes = value["c"][:2]
            attributes[0] = LABELS + self.name + (f".{attributes[0]}" if level > 1 else "")
        return {name: self._walk(each) for name, each in value.items()}

    def _link(self, inlines: list[dict[str, Any]], target: list[str]) -> dict[str, Any]:
        link = resolve(self.source, target[0])
        if link is None:
            return _raw(f"`{_text(inlines)} <{target[0]}>`__")
        page = self.name if link.file == self.source else {**GUIDES, **ROLES}.get(link.file)
        if page:
            # On the site, it is a page like the others.
            inlines = [{"t": "Str", "c": "page"}] if _text(inlines) == "README" else inlines
            label = LABELS + page + (f".{link.anchor}" if link.anchor else "")
            return _raw(f":ref:`{_text(inlines)} <{label}>`")
        kind = "tree" if link.file.is_dir() else "blob"
        address = f"{REPOSITORY}/{kind}/main/{link.file.relative_to(ROOT).as_posix()}"
        return _raw(f"`{_text(inlines)} <{address}{link.anchor and '#'}{link.anchor}>`__")

    def _name(self, code: dict[str, Any]) -> dict[str, Any]:
        text = code["c"][1]
        name = text.removeprefix(f"{COLLECTION}.")
        is_complete = name != text
        if name in PLAYBOOKS and self.name == "playbooks":
            return code
        for kind, names in PLUGINS.items():
            if name in names and (is_complete or (kind == "module" and name not in AMBIGUOUS)):
                return _raw(f":ansplugin:`{text} <{COLLECTION}.{name}#{kind}>`")
        if name in PLAYBOOKS and is_complete:
            return _raw(f":ref:`{text} <{LABELS}playbooks.{name}>`")
        return code


def _parsed(markdown: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(pypandoc.convert_text(markdown, "json", format="gfm"))
    return document


def _title(text: str) -> dict[str, Any]:
    return {"t": "Header", "c": [1, ["", [], []], [{"t": "Str", "c": text}]]}


def _sections(blocks: list[dict[str, Any]], titles: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the blocks of these sections of the second level."""
    inside = False
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] <= 2:
            inside = _text(block["c"][2]) in titles
        if inside:
            yield block


def _playbooks() -> list[dict[str, Any]]:
    """Return a page that is made of the comments in front of the playbooks, with the names of the first plays as headings."""
    parts = ["# Playbooks"]
    for name, path in PLAYBOOKS.items():
        text = path.read_text(encoding="utf-8")
        head = re.search(r"^---\n(?P<comment>(?:#.*\n)+)- name: (?P<title>.*)$", text, re.MULTILINE)
        if not head:
            raise SystemExit(f"{path}: write a comment between --- and the name of the first play")
        comment = re.sub(r"^# ?", "", head["comment"], flags=re.MULTILINE)
        # Usually, the comment contains a command with the name.
        named = [] if f"{COLLECTION}.{name}" in comment else [f"`{COLLECTION}.{name}`"]
        parts += [f"## {head['title']}", *named, *map(_marked, comment.split("\n\n"))]
    blocks: list[dict[str, Any]] = _parsed("\n\n".join(parts))["blocks"]
    headings = (block for block in blocks if block["t"] == "Header" and block["c"][0] == 2)
    for name, heading in zip(PLAYBOOKS, headings):
        heading["c"][1][0] = name
    return blocks


def _marked(paragraph: str) -> str:
    """Mark the code in a paragraph of a comment, and the pages that it names."""
    if paragraph.startswith("  "):
        return f"```console\n{textwrap.dedent(paragraph)}\n```"
    marked = re.sub(r"(?<![\w/.])(?:-e )?[a-z]+(?:_[a-z]+)+(?:=\w+)?|(?<= )--[a-z]+\b", r"`\g<0>`", paragraph)
    return re.sub(r"docs/([\w-]+)\.md", lambda found: f"[{_heading(found[1])}](../docs/{found[1]}.md)", marked)


def _heading(page: str) -> str:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return text.partition("\n# ")[2].partition("\n")[0]


def _documents() -> Iterator[tuple[Page, str, list[dict[str, Any]]]]:
    """Yield each page with a name of what it is made from, and its blocks."""
    for path, name in (GUIDES | ROLES).items():
        blocks = _parsed(path.read_text(encoding="utf-8"))["blocks"]
        if path in ROLES:
            title = [block["t"] for block in blocks].index("Header")
            role = f"{COLLECTION}.{path.parent.name}#role"
            reference = [_raw("All variables have a"), {"t": "Space"}, _raw(f":ansplugin:`reference <{role}>`.")]
            blocks[title : title + 1] = [_title(f"Role {path.parent.name}"), {"t": "Para", "c": reference}]
        yield Page(name, path), path.relative_to(ROOT).as_posix(), blocks
    readme = _parsed(README.read_text(encoding="utf-8"))["blocks"]
    yield (
        Page("getting-started", README),
        "README.md",
        [_title("Getting started"), *_sections(readme, FIRST_STEPS)],
    )
    yield Page("playbooks", ROOT / "playbooks" / "playbooks.md"), "the playbooks", _playbooks()


def pages() -> Iterator[tuple[str, str]]:
    """Yield the file name and the text of each page."""
    document = _parsed("")
    for page, made_from, blocks in _documents():
        document["blocks"] = page.convert(blocks)
        options = ["--list-tables=true", "--columns=120"]
        text = pypandoc.convert_text(json.dumps(document), "rst", format="json", extra_args=options)
        text = re.sub(r" +$", "", text, flags=re.MULTILINE)
        text = re.sub(r"^( *\.\. code):: (yaml$)?", _directive, text, flags=re.MULTILINE)
        label, title, rest = text.split("\n\n", 2)
        head = [
            "..\n" + textwrap.indent(NOTICE, "  ").rstrip(),
            f".. Written by tests/tooling/docsite.py from {made_from}. Change the source.",
            label,
            title,
            ".. contents::\n   :local:\n   :depth: 1",
        ]
        yield f"{page.name}.rst", "\n\n".join([*head, rest])


def _directive(found: re.Match[str]) -> str:
    """Return the directive of a code block. This language also highlights templates, and knows the tags of Ansible."""
    return f"{found[1]}-block:: {(found[2] and 'yaml+jinja') or ''}"


def main(*arguments: str) -> int:
    """Write or check the pages, and return the exit status."""
    folder = Path(arguments[-1])
    wanted = dict(pages())
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.rst")}
    different = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    print(*(f"{folder / name}: not up to date" for name in different), sep="\n", end="\n" if different else "")
    if arguments[0] == "--check":
        return int(bool(different))
    for name in different:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the links of a Markdown page that lead into this repository: relative ones, and those to its address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]

_INLINE = re.compile(r"\]\(([^)\s]+)\)")
_REFERENCE = re.compile(r"\[[^\[\]]+\]\[([^\[\]]+)\]")
_DEFINITION = re.compile(r"^\[([^\[\]]+)\]: (\S+)$", re.MULTILINE)
_ANYWHERE = re.compile(r"[a-z]+:")
# The address of a file or folder, as GitHub shows it for the branch main.
_OURS = re.compile(rf"{re.escape(REPOSITORY)}/(?:blob|tree)/main(?:/|$)")


class Link(NamedTuple):
    """Describe a link: what the page says, the file in this repository, and the heading in it or an empty string."""

    url: str
    file: Path
    anchor: str

    @property
    def is_relative(self) -> bool:
        return not _ANYWHERE.match(self.url)


def urls(text: str) -> list[str]:
    """Return the addresses of all links of a page. A link without a definition, and the reverse, is an error."""
    definitions = dict(_DEFINITION.findall(text))
    named = set(_REFERENCE.findall(text))
    assert named == set(definitions), named ^ set(definitions)
    return [*_INLINE.findall(text), *definitions.values()]


def resolve(page: Path, url: str) -> Link | None:
    """Return the link of a page if it leads into this repository."""
    address, _hash, anchor = url.partition("#")
    if ours := _OURS.match(address):
        return Link(url, (ROOT / address[ours.end() :]).resolve(), anchor)
    if _ANYWHERE.match(address):
        return None
    return Link(url, (page.parent / address).resolve() if address else page, anchor)


def links(page: Path) -> Iterator[Link]:
    """Return the links of a page that lead into this repository."""
    found = (resolve(page, url) for url in urls(page.read_text(encoding="utf-8")))
    return (link for link in found if link)

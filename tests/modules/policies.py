# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the policies in the guide to least privilege."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._account import known_clouds, permissions_of

from ..support.cloud import ROOT

_PAGE = ROOT / "docs" / "guide-least-privilege.md"
_ACTIONS = re.compile("actions?", re.IGNORECASE)


@dataclass(frozen=True)
class Policy:
    """Hold a policy of the guide. optional: the actions without which the job has a gap, and does not fail."""

    cloud: str
    job: str
    text: str
    optional: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.cloud} {self.job}"

    @property
    def document(self) -> dict[str, Any]:
        """Return the document."""
        document: dict[str, Any] = json.loads(self.text)
        return document

    @property
    def actions(self) -> list[str]:
        """Return the actions that it allows."""
        return actions_of(self.document)


def actions_of(document: Mapping[str, Any]) -> list[str]:
    """Return the actions of the only statement of a policy."""
    (statement,) = next(value for value in document.values() if isinstance(value, list))
    return next(list(value) for name, value in statement.items() if _ACTIONS.fullmatch(name))


def without(document: Mapping[str, Any], removed: str) -> dict[str, Any]:
    """Return a policy without an action; without a statement if it was the only one."""

    def changed(name: str, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        rest = [action for action in actions_of(document) if action != removed]
        return [
            {name: rest if _ACTIONS.fullmatch(name) else part for name, part in statement.items()}
            for statement in (value if rest else [])
        ]

    return {name: changed(name, value) for name, value in document.items()}


def cloud_of(document: Mapping[str, Any]) -> str:
    """Return the cloud that has policies of this form."""
    actions = actions_of(document)
    (cloud,) = [cloud for cloud in known_clouds() if permissions_of(cloud).policy(actions) == document]
    return cloud


def _read() -> list[Policy]:
    sections = re.split(r"^##+ (.+)\n", _PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = []
    for job, section in zip(sections[1::2], sections[2::2]):
        for text, rest in re.findall(r"^```json\n(.*?)^```\n(.*?)(?=^```|\Z)", section, re.MULTILINE | re.DOTALL):
            optional = re.findall(r"^- `([^`]+)` is optional", rest, re.MULTILINE)
            found.append(Policy(cloud_of(json.loads(text)), job, text, tuple(optional)))
    return found


POLICIES = _read()

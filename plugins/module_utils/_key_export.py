# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Write the declared list from the keys that exist. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ._declared_keys import ACTIVE, INACTIVE
from ._rotation_facts import NONCE

_ROTATED = re.compile(rf"(?P<name>[A-Za-z0-9._-]{{1,64}}){NONCE}")


class ExportError(Exception):
    """Report keys that a declared list cannot contain."""


def declared_of(keys: Sequence[Mapping[str, Any]], key_id: str) -> list[dict[str, str]]:
    """Return the declared list that the keys already are equal to.

    The keys that a rotation has created come and go, so one entry stands for all keys of a rotation.
    """
    odd = [str(key.get("id")) for key in keys if not key.get(key_id) or not key.get("owner")]
    ids = Counter(key.get(key_id) for key in keys)
    odd += [f"{name} ({count} times)" for name, count in ids.items() if name and count > 1]
    if odd:
        raise ExportError(
            f"These keys cannot be declared, because their ID or owner is missing or not unique: {', '.join(sorted(odd))}."
        )
    entries: dict[tuple[str, ...], dict[str, str]] = {}
    for key in keys:
        owner, description = key["owner"], key.get("description")
        rotated = _ROTATED.fullmatch(description or "")
        if rotated:
            entries[owner, "", rotated["name"]] = {"owner": owner, "rotation": rotated["name"]}
        else:
            entries[owner, key[key_id]] = _entry(key, key[key_id])
    return [entry for _name, entry in sorted(entries.items())]


def _entry(key: Mapping[str, Any], name: str) -> dict[str, str]:
    description = key.get("description")
    # A declared description has no white space around it. The description of an existing key may have some.
    keeps = isinstance(description, str) and description.strip() == description != "" and "*" not in description
    return {
        "owner": key["owner"],
        "access_key_id": name,
        **({"description": str(description)} if keeps else {}),
        **({"status": key["status"]} if key.get("status") in (ACTIVE, INACTIVE) else {}),
    }


def yaml_of(variable: str, entries: Sequence[Mapping[str, str]]) -> str:
    """Return a file with variables in YAML. No text in it is evaluated as a template."""
    if not entries:
        return f"---\n{variable}: []\n"
    lines = ["---", f"{variable}:"]
    for entry in entries:
        lines += [
            f"  {'-' if not number else ' '} {name}: {_quoted(text)}"
            for number, (name, text) in enumerate(entry.items())
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    body = "".join(
        each
        if " " <= each <= "~" and each not in '"\\'
        else f"\\u{ord(each):04x}"
        if ord(each) < 0x10000
        else f"\\U{ord(each):08x}"
        for each in text
    )
    return f'{"!unsafe " if "{" in text else ""}"{body}"'

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show Huawei Cloud in the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TITLE = "Huawei Cloud"  # also the name of the play
HEADING = "users, and their keys with descriptions"
# The variables with a secret that the play sends.
SECRETS: tuple[str, ...] = ()


def credentials(seed: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables with the administrator's key."""
    key = seed["users"][0]["keys"][0]
    return {"HW_ACCESS_KEY": key["access"], "HW_SECRET_KEY": key["secret"]}


def rows(state: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Return the owner, the ID, the status and a note for each key, and for each owner without one."""
    for user in state["users"]:
        keys = [(key["access"], key["status"], key["description"]) for key in user["keys"]]
        yield from ((user["name"], *key) for key in keys or [("no key", "", "")])

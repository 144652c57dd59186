# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show ZStack in the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TITLE = "ZStack"  # also the name of the play
HEADING = "accounts, and their keys with descriptions"
# The variables with a secret that the play sends.
SECRETS: tuple[str, ...] = ("BACKUP_SECRET",)


def credentials(seed: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables with the administrator's key."""
    key = seed["accounts"][0]["keys"][0]
    return {"ZSTACK_ACCESS_KEY_ID": key["access_key_id"], "ZSTACK_ACCESS_KEY_SECRET": key["access_key_secret"]}


def rows(state: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Return the owner, the ID, the status and a note for each key, and for each owner without one."""
    words = {"Enabled": "active", "Disabled": "inactive"}
    for account in state["accounts"]:
        keys = [(key["access_key_id"], words[key["state"]], key["description"]) for key in account["keys"]]
        yield from ((account["name"], *key) for key in keys or [("no key", "", "")])

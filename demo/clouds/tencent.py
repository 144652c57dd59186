# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show Tencent Cloud in the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TITLE = "Tencent Cloud"  # also the name of the play
HEADING = "users, and their keys"
# The variables with a secret that the play sends.
SECRETS: tuple[str, ...] = ("FIRST_PASSWORD",)


def credentials(seed: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables with the administrator's key."""
    key = seed["account"]["keys"][0]
    return {"TENCENTCLOUD_SECRET_ID": key["access_key_id"], "TENCENTCLOUD_SECRET_KEY": key["secret_access_key"]}


def rows(state: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Return the owner, the ID, the status and a note for each key, and for each owner without one."""
    for user in state["users"]:
        note = user["remark"] + (", may log in" if user["console_login"] else "")
        keys = [(key["access_key_id"], key["status"].lower(), note) for key in user["keys"]]
        yield from ((user["name"], *key) for key in keys or [("no key", "", note)])

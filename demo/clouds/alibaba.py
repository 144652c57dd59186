# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show Alibaba Cloud in the demo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TITLE = "Alibaba Cloud"  # also the name of the play
HEADING = "keys of accounts at other vendors, stored in Security Center"
# The variables with a secret that the play sends.
SECRETS: tuple[str, ...] = ("AUDIT_SECRET",)


def credentials(seed: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables with the administrator's key."""
    key = seed["account"]["keys"][0]
    return {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": key["access_key_id"],
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key["access_key_secret"],
    }


def rows(state: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Return the owner, the ID, the status and a note for each key, and for each owner without one."""
    for entry in state["entries"]:
        status = "inactive" if entry["status"] else "active"
        yield entry["alias"], entry["secret_id"], status, f"a key of {entry['vendor']}"

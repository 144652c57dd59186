# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List all objects with the names of the seed, without any secret, and with times as the API writes them."""

from __future__ import annotations

from typing import Any

from .installation import Account, Installation
from .times import time_text, zone


def snapshot(installation: Installation, zone_name: str) -> dict[str, Any]:
    """Return all objects."""
    return {"accounts": [_account(installation, account, zone_name) for account in installation.accounts.values()]}


def _account(installation: Installation, account: Account, zone_name: str) -> dict[str, Any]:
    def text(epoch: float) -> str:
        return time_text(epoch, zone(zone_name))

    return {
        "name": account.name,
        "uuid": account.uuid,
        "type": account.type,
        "state": account.state,
        "description": account.description,
        "create_time": text(account.create_time),
        "deny": sorted(account.deny),
        "users": [
            {"name": user.name, "uuid": user.uuid, "description": user.description} for user in account.users.values()
        ],
        "keys": [
            {
                "uuid": key.uuid,
                "access_key_id": key.access_key_id,
                "user_uuid": key.user_uuid,
                "description": key.description,
                "state": key.state,
                "create_time": text(key.create_time),
                "last_op_time": text(key.last_op_time),
            }
            for key in installation.keys_of(account.uuid)
        ],
        # Show only their number, because the uuid of a session is as powerful as a password.
        "sessions": sum(session.account_uuid == account.uuid for session in installation.sessions.values()),
    }

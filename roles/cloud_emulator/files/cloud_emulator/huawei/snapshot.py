# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List all objects of an account with the names of the seed, without any secret."""

from __future__ import annotations

from typing import Any

from .account import Account, User
from .times import key_time


def snapshot(account: Account) -> dict[str, Any]:
    """Return the objects of an account."""
    return {
        "account": {"id": account.id, "name": account.name, "user_quota": account.user_quota},
        "users": [_user(account, user) for user in account.users.values()],
        "projects": [{"id": project.id, "name": project.name} for project in account.projects.values()],
        "temporary_credentials": [
            {"access": each.access, "user_id": each.user_id, "expires": _time(each.expires)}
            for each in account.temporary.values()
        ],
        # A token has no name to show.
        "tokens": [
            {
                "user_id": token.user_id,
                "expires": _time(token.expires),
                "project_id": token.project_id,
                "ended": token.ended,
            }
            for token in account.tokens.values()
        ],
        "foreign_keys": sorted(account.foreign_keys),
    }


def _user(account: Account, user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "enabled": user.enabled,
        "description": user.description,
        "email": user.email,
        "areacode": user.areacode,
        "phone": user.phone,
        "access_mode": user.access_mode,
        "pwd_status": user.pwd_status,
        "password_set": user.password_set,
        "password_expires_at": _time(user.password_expires_at),
        "default_project_id": user.default_project_id,
        "xuser_type": user.xuser_type,
        "xuser_id": user.xuser_id,
        "login_protect": user.login_protect,
        "verification_method": user.verification_method,
        "create_time": _time(user.create_time),
        "domain_owner": user.domain_owner,
        "admin": user.admin,
        "permissions": sorted(user.permissions),
        "deny": sorted(user.deny),
        "keys": [
            {
                "access": key.access,
                "status": key.status,
                "description": key.description,
                "create_time": _time(key.create_time),
                "last_used": _time(key.last_used),
            }
            for key in account.keys_of(user.id)
        ],
    }


def _time(epoch: float | None) -> str | None:
    return None if epoch is None else key_time(epoch, fraction=True)

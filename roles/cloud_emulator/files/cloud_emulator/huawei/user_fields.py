# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write users as replies show them. Each of the three families of operations has its own form."""

from __future__ import annotations

from typing import Any

from .account import User
from .operation import Context
from .times import creation_time, expiry_time, shown_time


def keystone_fields(context: Context, user: User) -> dict[str, Any]:
    """Return a user as the operations below ``/v3/users`` show it."""
    fields = {**keystone_created_fields(context, user), "access_mode": user.access_mode}
    if user.password is not None:
        fields["pwd_strength"] = "high"
    if user.default_project_id is not None:
        fields["last_project_id"] = user.default_project_id
    return fields


def keystone_created_fields(context: Context, user: User) -> dict[str, Any]:
    """Return a user as KeystoneCreateUser shows it."""
    return {
        "id": user.id,
        "name": user.name,
        "domain_id": context.account.id,
        "enabled": user.enabled,
        "description": user.description,
        "password_expires_at": expiry_time(user.password_expires_at),
        "pwd_status": user.pwd_status,
        "links": _links(context, user),
    }


def created_fields(context: Context, user: User) -> dict[str, Any]:
    """Return a user as CreateUser shows it."""
    return {
        **_common_fields(context, user),
        "xdomain_id": "",
        "xdomain_type": "",
        "is_domain_owner": user.domain_owner,
        "create_time": creation_time(user.create_time),
        "status": None,
        "password_expires_at": expiry_time(user.password_expires_at),
        "default_project_id": user.default_project_id,
    }


def updated_fields(context: Context, user: User) -> dict[str, Any]:
    """Return a user as UpdateUser shows it."""
    fields = {**_common_fields(context, user), "links": _links(context, user)}
    if user.password_expires_at is not None:
        fields["password_expires_at"] = expiry_time(user.password_expires_at)
    return fields


def shown_fields(context: Context, user: User) -> dict[str, Any]:
    """Return a user as ShowUser shows it, with the phone number in two parts and another form of times."""
    return {
        **_common_fields(context, user),
        "phone": f"{user.areacode}-{user.phone}",
        "links": _links(context, user),
        "is_domain_owner": user.domain_owner,
        "pwd_strength": "None" if user.password is None else "Strong",
        "create_time": shown_time(user.create_time),
        "update_time": shown_time(user.update_time),
        "last_login_time": None,
        "last_pwd_auth_time": None,
        "pwd_create_time": shown_time(user.create_time if user.password_set else None),
        "modify_pwd_time": None,
    }


def _common_fields(context: Context, user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "domain_id": context.account.id,
        "enabled": user.enabled,
        "description": user.description,
        "email": user.email,
        "areacode": user.areacode,
        "phone": user.phone,
        "pwd_status": user.pwd_status,
        "access_mode": user.access_mode,
        "xuser_id": user.xuser_id,
        "xuser_type": user.xuser_type,
    }


def _links(context: Context, user: User) -> dict[str, str]:
    return {"self": f"{context.origin}/v3/users/{user.id}"}

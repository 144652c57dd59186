# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill an account from a seed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..input_error import InputError
from ..policies import Form, read_policy
from ..secret_log import SecretLog
from ..seed import checked
from .account import Account, Project, User
from .seed_credentials import merge_key, merge_temporary, merge_token
from .seed_values import CREATED, derived, moment

# Tests can sign with this key if their seed has no user who owns the account.
_ROOT = {
    "name": "root",
    "domain_owner": True,
    "admin": True,
    "keys": [{"access": "HSTEMULATORROOT00001", "secret": "EmulatorHuaweiRootSecret0000000000000001"}],
}
_PROJECT = {"id": "c0000000000000000000000000000001", "name": "cn-north-4"}

_SECTIONS = {
    "account": dict,
    "users": list,
    "projects": list,
    "temporary_credentials": list,
    "tokens": list,
    "foreign_keys": list,
    "generate_users": dict,
}
_ACCOUNT = {"id": str, "name": str, "user_quota": int}
_USER = {
    "name": str,
    "id": str,
    "enabled": bool,
    "description": str,
    "email": str,
    "areacode": str,
    "phone": str,
    "access_mode": str,
    "pwd_status": bool,
    "password": str,
    "password_expires_at": datetime,
    "default_project_id": str,
    "xuser_type": str,
    "xuser_id": str,
    "login_protect": bool,
    "verification_method": str,
    "mfa_passcode": str,
    "create_time": datetime,
    "domain_owner": bool,
    "admin": bool,
    "permissions": list,
    "deny": list,
    "policy": dict,
    "keys": list,
}
_POLICY = Form("Statement", "Effect", "Action", version=("Version", "1.1"))
_GENERATE = {"count": int, "prefix": str, "keys": int}


def merge(account: Account, data: Mapping[str, Any], secret_log: SecretLog) -> None:
    """Add the objects of a seed to an account. Set the given attributes of existing objects."""
    data = checked(data, _SECTIONS, "huawei")
    _merge_account(account, data.get("account", {}))
    users = data.get("users", [])
    named = [user for user in users if isinstance(user, Mapping) and user.get("domain_owner")]
    if not named and not any(user.domain_owner for user in account.users.values()):
        users = [_ROOT, *users]
    for user in users:
        _merge_user(account, user, secret_log)
    for project in data.get("projects", [] if account.projects else [_PROJECT]):
        given = checked(project, {"id": str, "name": str}, "huawei.projects[]")
        name = given.get("name", "")
        number = given.get("id", derived("project", name)[:32])
        account.projects[number] = Project(number, name)
    if "generate_users" in data:
        _generate_users(account, data["generate_users"], secret_log)
    for credential in data.get("temporary_credentials", []):
        merge_temporary(account, credential, secret_log)
    for token in data.get("tokens", []):
        merge_token(account, token, secret_log)
    account.foreign_keys.update(map(str, data.get("foreign_keys", [])))


def _merge_account(account: Account, data: Mapping[str, Any]) -> None:
    given = checked(data, _ACCOUNT, "huawei.account")
    if given.get("id", account.id) != account.id and account.users:
        raise InputError("huawei.account: id cannot change while the account has objects")
    for name, value in given.items():
        setattr(account, name, value)


def _merge_user(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _USER, "huawei.users[]")
    keys = given.pop("keys", [])
    for name in ("create_time", "password_expires_at"):
        if name in given:
            given[name] = moment(given[name])
    for name in ("permissions", "deny"):
        if name in given:
            given[name] = frozenset(given[name])
    if "policy" in given:
        given["policy"] = read_policy(given["policy"], _POLICY, "huawei.users[].policy")
    user = _user(account, given)
    if "password" in given:
        secret_log.add(given["password"])
        account.change(user, password_set=user.password_set + 1)
    account.change(user, **given)
    for key in keys:
        merge_key(account, user.id, key, secret_log)


def _user(account: Account, given: dict[str, Any]) -> User:
    """Return the user in the seed, which is created if it does not exist."""
    if "name" not in given:
        raise InputError("huawei.users[]: name is missing")
    user = account.user_by_name(given["name"])
    if user is None:
        number = given.setdefault("id", derived("user", given["name"])[:32])
        if number in account.users:
            raise InputError(f"huawei.users[]: the id {number} is already in use")
        user = User(id=number, name=given["name"], create_time=moment(CREATED))
        account.add_user(user)
    elif given.get("id", user.id) != user.id:
        raise InputError(f"huawei.users[]: {user.name} has another id")
    return user


def _generate_users(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _GENERATE, "huawei.generate_users")
    prefix = given.get("prefix", "user-")
    for number in range(1, given.get("count", 0) + 1):
        user = {"name": f"{prefix}{number:04}", "keys": [{}] * given.get("keys", 0)}
        _merge_user(account, user, secret_log)

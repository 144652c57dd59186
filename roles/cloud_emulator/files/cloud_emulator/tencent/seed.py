# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill an account from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ..input_error import InputError
from ..policies import Form, read_policy
from ..secret_log import SecretLog
from ..seed import checked, epoch
from .account import AccessKey, Account, TemporaryCredential, User

# Tests can sign with this key if their seed has no key of the root account.
_ROOT_KEY = {
    "access_key_id": "AKIDEmulatorRootKey00000000000000000",
    "secret_access_key": "EmulatorRootSecret00000000000000",
}
_CREATED = "2026-01-02T03:04:05Z"
_FAR_FUTURE = "2099-01-01T00:00:00Z"

_SECTIONS = {
    "account": dict,
    "users": list,
    "temporary_credentials": list,
    "generate_users": dict,
}
_ACCOUNT = {"owner_uin": int, "app_id": int, "keys": list}
_USER = {
    "name": str,
    "uin": int,
    "uid": int,
    "remark": str,
    "console_login": bool,
    "password": str,
    "need_reset_password": bool,
    "phone_num": str,
    "country_code": str,
    "email": str,
    "create_time": datetime,
    "deny": list,
    "policy": dict,
    "keys": list,
}
_KEY = {
    "access_key_id": str,
    "secret_access_key": str,
    "status": str,
    "create_time": datetime,
    "description": str,
    "last_used": datetime,
}
_TEMPORARY = {
    "access_key_id": str,
    "secret_access_key": str,
    "token": str,
    "user": str,
    "expires": datetime,
}
_POLICY = Form("statement", "effect", "action", "allow", "deny", ("version", "2.0"), "resource")
_GENERATE = {"count": int, "prefix": str, "keys": int}


def merge(account: Account, data: Mapping[str, Any], secret_log: SecretLog) -> None:
    """Add the objects of a seed to an account. Set the given attributes of existing objects."""
    data = checked(data, _SECTIONS, "tencent")
    _merge_account(account, data.get("account", {}), secret_log)
    for user in data.get("users", []):
        _merge_user(account, user, secret_log)
    if "generate_users" in data:
        _generate_users(account, data["generate_users"], secret_log)
    for credential in data.get("temporary_credentials", []):
        _merge_temporary(account, credential, secret_log)


def _merge_account(account: Account, data: Mapping[str, Any], secret_log: SecretLog) -> None:
    given = checked(data, _ACCOUNT, "tencent.account")
    empty = not account.keys and not account.users
    owner = given.get("owner_uin", account.owner_uin)
    if owner != account.owner_uin and not empty:
        raise InputError("tencent.account: owner_uin cannot change while the account has objects")
    account.owner_uin = owner
    account.app_id = given.get("app_id", account.app_id)
    for key in given.get("keys", [_ROOT_KEY] if empty else []):
        _merge_key(account, owner, key, secret_log)


def _merge_user(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _USER, "tencent.users[]")
    keys = given.pop("keys", [])
    password = given.pop("password", None)
    if "create_time" in given:
        given["create_time"] = _epoch(given["create_time"])
    if "deny" in given:
        given["deny"] = frozenset(given["deny"])
    if "policy" in given:
        given["policy"] = read_policy(given["policy"], _POLICY, "tencent.users[].policy")
    user = _user(account, given)
    account.change(user, **given)
    if password is not None:
        secret_log.add(password)
        account.change(user, password_set=user.password_set + 1)
    for key in keys:
        _merge_key(account, user.uin, key, secret_log)


def _user(account: Account, given: dict[str, Any]) -> User:
    """Return the user in the seed, which is created if it does not exist."""
    if "name" not in given:
        raise InputError("tencent.users[]: name is missing")
    user = account.user_by_name(given["name"])
    if user is None:
        given.setdefault("uin", account.next_uin())
        given.setdefault("uid", account.next_uid())
        given.setdefault("create_time", _epoch(_CREATED))
        if given["uin"] in account.users or given["uin"] == account.owner_uin:
            raise InputError(f"tencent.users[]: the uin {given['uin']} is already in use")
        user = User(**given)
        account.add_user(user)
    elif given.get("uin", user.uin) != user.uin:
        raise InputError(f"tencent.users[]: {user.name} has another uin")
    return user


def _merge_key(account: Account, uin: int, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _KEY, "tencent keys[]")
    if given.get("status", "Active") not in ("Active", "Inactive"):
        raise InputError("tencent keys[]: status must be Active or Inactive")
    for name in ("create_time", "last_used"):
        if name in given:
            given[name] = _epoch(given[name])
    place = f"{uin}/{len(account.keys_of(uin))}"
    access_key_id = given.setdefault("access_key_id", "AKID" + _derived("id", place))
    key = account.keys.get(access_key_id)
    if key is None:
        given.setdefault("secret_access_key", _derived("secret", place))
        given.setdefault("create_time", _epoch(_CREATED))
        key = AccessKey(uin=uin, **given)
        account.add_key(key)
    elif key.uin != uin:
        raise InputError(f"tencent keys[]: {access_key_id} belongs to another account")
    account.change(key, **given)
    secret_log.add(key.secret_access_key)


def _merge_temporary(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _TEMPORARY, "tencent.temporary_credentials[]")
    uin = account.owner_uin
    if "user" in given:
        user = account.user_by_name(given["user"])
        if user is None:
            raise InputError(f"tencent.temporary_credentials[]: the user {given['user']} does not exist")
        uin = user.uin
    place = f"{uin}/{len(account.temporary)}"
    credential = TemporaryCredential(
        access_key_id=given.get("access_key_id", "AKID" + _derived("temporary id", place)),
        secret_access_key=given.get("secret_access_key", _derived("temporary secret", place)),
        token=given.get("token", _derived("token", place)),
        uin=uin,
        expires=_epoch(given.get("expires", _FAR_FUTURE)),
    )
    secret_log.add(credential.secret_access_key)
    secret_log.add(credential.token)
    account.temporary[credential.access_key_id] = credential


def _generate_users(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _GENERATE, "tencent.generate_users")
    prefix = given.get("prefix", "user-")
    for number in range(1, given.get("count", 0) + 1):
        user = {"name": f"{prefix}{number:04}", "keys": [{}] * given.get("keys", 0)}
        _merge_user(account, user, secret_log)


def _epoch(value: str | date) -> float:
    return epoch(value, "tencent")


def _derived(what: str, place: str) -> str:
    """Return 32 characters that are the same on every run."""
    return hashlib.sha256(f"{what}/{place}".encode()).hexdigest()[:32]

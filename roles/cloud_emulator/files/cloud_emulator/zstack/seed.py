# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill an installation from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..input_error import InputError
from ..policies import Form, read_policy
from ..secret_log import SecretLog
from ..seed import checked, epoch
from .installation import ADMIN_UUID, SYSTEM_ADMIN, Account, Installation, User
from .seed_checks import CREATED, check_choice, check_uuid, derived_uuid, read_times
from .seed_credentials import merge_key, merge_session

# The well-known default password is no secret: a search for it would find it everywhere.
_FACTORY_PASSWORD = "password"
# The default key of the first administrator. Tests can sign with it.
_ADMIN = {
    "name": "admin",
    "uuid": ADMIN_UUID,
    "type": SYSTEM_ADMIN,
    "password": _FACTORY_PASSWORD,
    "keys": [
        {
            "access_key_id": "EmulatorAdminKey0001",
            "access_key_secret": "EmulatorAdminSecret000000000000000000001",
        }
    ],
}
_TYPES = ("SystemAdmin", "Normal", "ThirdParty")
_STATES = ("Enabled", "Disabled", "Staled")

_SECTIONS = {"accounts": list, "generate_accounts": dict, "tags": list, "system_tags": list}
_ACCOUNT = {
    "name": str,
    "uuid": str,
    "type": str,
    "state": str,
    "password": str,
    "description": str,
    "create_time": datetime,
    "deny": list,
    "policy": dict,
    "users": list,
    "keys": list,
    "sessions": list,
}
_USER = {"name": str, "uuid": str, "description": str, "create_time": datetime}
_TAG = {"uuid": str, "account": str}
_POLICY = Form("statements", "effect", "actions", name="name")
_GENERATE = {"count": int, "prefix": str, "keys": int}


def merge(installation: Installation, data: Mapping[str, Any], secret_log: SecretLog) -> None:
    """Add the objects of a seed. Set the given attributes of existing objects."""
    given = checked(data, _SECTIONS, "zstack")
    accounts = given.get("accounts", [])
    if not installation.accounts:
        accounts = _with_admin(accounts)
    for account in accounts:
        _merge_account(installation, account, secret_log)
    if "generate_accounts" in given:
        _generate(installation, given["generate_accounts"], secret_log)
    for tag in given.get("tags", []):
        _merge_tag(installation, tag)
    installation.system_tags.update(map(str, given.get("system_tags", [])))


def _with_admin(accounts: list[Any]) -> list[Any]:
    if not any(_is_admin(each) for each in accounts):
        return [_ADMIN, *accounts]
    return [{**_ADMIN, **each} if _is_admin(each) else each for each in accounts]


def _is_admin(data: Any) -> bool:
    return isinstance(data, Mapping) and (data.get("uuid") == ADMIN_UUID or data.get("name") == "admin")


def _merge_account(installation: Installation, data: Any, secret_log: SecretLog) -> None:
    where = "zstack.accounts[]"
    given = checked(data, _ACCOUNT, where)
    nested = {name: given.pop(name, []) for name in ("users", "keys", "sessions")}
    password = given.pop("password", None)
    check_choice(given, "type", _TYPES, where)
    check_choice(given, "state", _STATES, where)
    read_times(given, ("create_time",))
    if "deny" in given:
        given["deny"] = frozenset(given["deny"])
    if "policy" in given:
        given["policy"] = read_policy(given["policy"], _POLICY, f"{where}.policy")
    account = _account(installation, given)
    installation.change(account, **given)
    if password is not None:
        hashed = hashlib.sha512(password.encode()).hexdigest()
        secret_log.add(hashed)
        if password != _FACTORY_PASSWORD:
            secret_log.add(password)
        installation.change(account, password_hash=hashed)
    for user in nested["users"]:
        _merge_user(installation, account, user)
    for key in nested["keys"]:
        merge_key(installation, account, key, secret_log)
    for session in nested["sessions"]:
        merge_session(installation, account, session, secret_log)


def _account(installation: Installation, given: dict[str, Any]) -> Account:
    """Return the account in the seed, which is created if it does not exist."""
    if "name" not in given:
        raise InputError("zstack.accounts[]: name is missing")
    account = installation.account_by_name(given["name"])
    if account is None:
        admin = given["name"] == "admin"
        given.setdefault("uuid", ADMIN_UUID if admin else derived_uuid("account", given["name"]))
        given.setdefault("type", SYSTEM_ADMIN if admin else "Normal")
        given.setdefault("create_time", epoch(CREATED, "zstack"))
        check_uuid(given["uuid"], installation.accounts)
        account = Account(**given)
        installation.add_account(account)
    elif given.get("uuid", account.uuid) != account.uuid:
        raise InputError(f"zstack.accounts[]: {account.name} has another uuid")
    return account


def _merge_user(installation: Installation, account: Account, data: Any) -> None:
    given = checked(data, _USER, "zstack users[]")
    if "name" not in given:
        raise InputError("zstack users[]: name is missing")
    read_times(given, ("create_time",))
    uuid = given.setdefault("uuid", derived_uuid("user", f"{account.name}/{given['name']}"))
    if uuid not in account.users:
        given.setdefault("create_time", epoch(CREATED, "zstack"))
        check_uuid(uuid, installation.accounts)
        account.users[uuid] = User(**given)
        installation.revision += 1
    installation.change(account.users[uuid], **given)


def _merge_tag(installation: Installation, data: Any) -> None:
    given = checked(data, _TAG, "zstack.tags[]")
    account = installation.account_by_name(given.get("account", "admin"))
    if "uuid" not in given or account is None:
        raise InputError("zstack.tags[]: uuid is missing, or the account is unknown")
    installation.tags[given["uuid"]] = account.uuid


def _generate(installation: Installation, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _GENERATE, "zstack.generate_accounts")
    prefix = given.get("prefix", "account-")
    for number in range(1, given.get("count", 0) + 1):
        account = {"name": f"{prefix}{number:04}", "keys": [{}] * given.get("keys", 0)}
        _merge_account(installation, account, secret_log)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill an account from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..input_error import InputError
from ..policies import Form, Policy, read_policy
from ..secret_log import SecretLog
from ..seed import checked, epoch
from . import seed_entries, seed_vendors
from .account import PENDING, PROCESSED, AccessKey, Account, Leak, Principal, TemporaryCredential
from .vendors import Catalogue

# Tests can sign with this key if their seed has no key of the account.
_ROOT_KEY = {
    "access_key_id": "LTAIEmulatorRoot0000001",
    "access_key_secret": "EmulatorAlibabaRootSecret00001",
}
_FAR_FUTURE = "2099-01-01T00:00:00Z"
_LEAKED = "2026-01-02T03:04:05Z"

_SECTIONS = {
    "account": dict,
    "users": list,
    "temporary_credentials": list,
    "vendor_modules": list,
    "vendor_regions": list,
    "entries": list,
    "generate_entries": dict,
    "leaks": list,
}
_USER_TYPES = ("master", "ram")
_ACCOUNT = {"account_id": str, "keys": list}
_USER = {"name": str, "user_id": str, "deny": list, "policy": dict, "keys": list}
_POLICY = Form("Statement", "Effect", "Action", version=("Version", "1"), resource="Resource")
_KEY = {"access_key_id": str, "access_key_secret": str, "active": bool}
_TEMPORARY = {
    "access_key_id": str,
    "access_key_secret": str,
    "token": str,
    "role": str,
    "session": str,
    "deny": list,
    "policy": dict,
    "expires": datetime,
}
_LEAK = {
    "id": int,
    "access_key_id": str,
    "user_type": str,
    "user_name": str,
    "status": str,
    "url": str,
    "discovered": datetime,
}


def merge(account: Account, catalogue: Catalogue, data: Mapping[str, Any], secret_log: SecretLog) -> None:
    """Add the objects of a seed to an account. Set the given attributes of existing objects."""
    data = checked(data, _SECTIONS, "alibaba")
    _merge_account(account, data.get("account", {}), secret_log)
    for user in data.get("users", []):
        _merge_user(account, user, secret_log)
    for credential in data.get("temporary_credentials", []):
        _merge_temporary(account, credential, secret_log)
    seed_vendors.merge(catalogue, data.get("vendor_modules", []), data.get("vendor_regions", []))
    for entry in data.get("entries", []):
        seed_entries.merge(account, entry, secret_log)
    if "generate_entries" in data:
        seed_entries.generate(account, data["generate_entries"], secret_log)
    for leak in data.get("leaks", []):
        _merge_leak(account, leak)
    account.revision += 1


def _merge_account(account: Account, data: Mapping[str, Any], secret_log: SecretLog) -> None:
    given = checked(data, _ACCOUNT, "alibaba.account")
    empty = not account.principals
    account_id = given.get("account_id", account.account_id)
    if account_id != account.account_id and not empty:
        raise InputError("alibaba.account: account_id cannot change while the account has objects")
    account.account_id = account_id
    account.principals[account_id] = Principal("Account", account_id)
    for key in given.get("keys", [_ROOT_KEY] if empty else []):
        _merge_key(account, account_id, key, secret_log)


def _merge_user(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _USER, "alibaba.users[]")
    if "name" not in given:
        raise InputError("alibaba.users[]: name is missing")
    known = next((each for each in account.principals.values() if each.name == given["name"]), None)
    user_id = given.get("user_id") or (known.id if known else str(200000000000000000 + len(account.principals)))
    if known is None and user_id in account.principals:
        raise InputError(f"alibaba.users[]: the user_id {user_id} is already in use")
    if known is not None and (known.kind, known.id) != ("RAMUser", user_id):
        raise InputError(f"alibaba.users[]: {given['name']} has another user_id")
    deny = frozenset(given["deny"]) if "deny" in given else known.deny if known else frozenset()
    policy = _policy(given, "alibaba.users[]") or (known.policy if known else None)
    account.principals[user_id] = Principal("RAMUser", user_id, given["name"], deny, policy)
    for key in given.get("keys", []):
        _merge_key(account, user_id, key, secret_log)


def _policy(given: Mapping[str, Any], where: str) -> Policy | None:
    return read_policy(given["policy"], _POLICY, f"{where}.policy") if "policy" in given else None


def _merge_key(account: Account, owner: str, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _KEY, "alibaba keys[]")
    place = f"{owner}/{sum(key.owner == owner for key in account.keys.values())}"
    access_key_id = given.get("access_key_id", "LTAI" + derived("id", place)[:20])
    known = account.keys.get(access_key_id)
    if known is not None and known.owner != owner:
        raise InputError(f"alibaba keys[]: {access_key_id} belongs to another owner")
    secret = known.access_key_secret if known else derived("secret", place)[:30]
    key = AccessKey(
        access_key_id,
        given.get("access_key_secret", secret),
        owner,
        given.get("active", known.active if known else True),
    )
    account.keys[access_key_id] = key
    secret_log.add(key.access_key_secret)


def _merge_temporary(account: Account, data: Any, secret_log: SecretLog) -> None:
    given = checked(data, _TEMPORARY, "alibaba.temporary_credentials[]")
    role, session = given.get("role", "emulator-role"), given.get("session", "emulator-session")
    place = f"{role}/{session}"
    owner = f"role/{place}"
    role_id = str(300000000000000000 + int(derived("role", role)[:12], 16))
    account.principals[owner] = Principal(
        "AssumedRoleUser",
        role_id,
        place,
        frozenset(given.get("deny", [])),
        _policy(given, "alibaba.temporary_credentials[]"),
    )
    credential = TemporaryCredential(
        access_key_id=given.get("access_key_id", "STS." + derived("temporary id", place)[:24]),
        access_key_secret=given.get("access_key_secret", derived("temporary secret", place)),
        token=given.get("token", derived("token", place)),
        owner=owner,
        expires=epoch(given.get("expires", _FAR_FUTURE), "alibaba"),
    )
    secret_log.add(credential.access_key_secret)
    secret_log.add(credential.token)
    account.temporary[credential.access_key_id] = credential


def _merge_leak(account: Account, data: Any) -> None:
    given = checked(data, _LEAK, "alibaba.leaks[]")
    leak_id = given.pop("id", max(account.leaks, default=0) + 1)
    known = account.leaks.get(leak_id)
    if known is None and "access_key_id" not in given:
        raise InputError("alibaba.leaks[]: access_key_id is missing")
    if given.get("status", PENDING) not in (PENDING, PROCESSED) or given.get("user_type", "ram") not in _USER_TYPES:
        raise InputError("alibaba.leaks[]: unknown status or user_type")
    if known is None or "discovered" in given:
        given["discovered"] = epoch(given.get("discovered", _LEAKED), "alibaba")
    account.leaks[leak_id] = replace(known, **given) if known else Leak(leak_id, **given)


def derived(what: str, place: str) -> str:
    """Return 32 characters that are the same on every run."""
    return hashlib.sha256(f"alibaba/{what}/{place}".encode()).hexdigest()[:32]

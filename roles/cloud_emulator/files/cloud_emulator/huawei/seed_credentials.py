# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill an account with the credentials of a seed: keys, temporary credentials and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..input_error import InputError
from ..secret_log import SecretLog
from ..seed import checked
from .account import AccessKey, Account, TemporaryCredential, Token, User
from .key_operations import STATUSES
from .seed_values import CREATED, FAR_FUTURE, derived, moment

_KEY = {
    "access": str,
    "secret": str,
    "status": str,
    "description": str,
    "create_time": datetime,
    "last_used": datetime,
}
_TEMPORARY = {"access": str, "secret": str, "security_token": str, "user": str, "expires": datetime}
_TOKEN = {"value": str, "user": str, "issued": datetime, "expires": datetime, "project_id": str}


def merge_key(account: Account, user_id: str, data: Any, secret_log: SecretLog) -> None:
    """Add a key of a user, or set the given attributes of it."""
    given = checked(data, _KEY, "huawei keys[]")
    if given.get("status", "active") not in STATUSES:
        raise InputError("huawei keys[]: status must be active or inactive")
    for name in ("create_time", "last_used"):
        if name in given:
            given[name] = moment(given[name])
    place = f"{user_id}/{len(account.keys_of(user_id))}"
    access = given.setdefault("access", "HST" + derived("access", place)[:17].upper())
    key = account.keys.get(access)
    if key is None:
        given.setdefault("secret", derived("secret", place)[:40])
        given.setdefault("create_time", moment(CREATED))
        given.setdefault("last_used", given["create_time"])
        key = AccessKey(user_id=user_id, **given)
        account.add_key(key)
    elif key.user_id != user_id:
        raise InputError(f"huawei keys[]: {access} belongs to another user")
    account.change(key, **given)
    secret_log.add(key.secret)


def merge_temporary(account: Account, data: Any, secret_log: SecretLog) -> None:
    """Add temporary credentials."""
    given = checked(data, _TEMPORARY, "huawei.temporary_credentials[]")
    user = _owner(account, given, "huawei.temporary_credentials[]")
    place = f"{user.id}/{len(account.temporary)}"
    credential = TemporaryCredential(
        access=given.get("access", "HST" + derived("temporary access", place)[:17].upper()),
        secret=given.get("secret", derived("temporary secret", place)[:40]),
        security_token=given.get("security_token", derived("security token", place)),
        user_id=user.id,
        expires=moment(given.get("expires", FAR_FUTURE)),
    )
    secret_log.add(credential.secret)
    secret_log.add(credential.security_token)
    account.temporary[credential.access] = credential


def merge_token(account: Account, data: Any, secret_log: SecretLog) -> None:
    """Add a token."""
    given = checked(data, _TOKEN, "huawei.tokens[]")
    user = _owner(account, given, "huawei.tokens[]")
    if given.get("project_id", next(iter(account.projects))) not in account.projects:
        raise InputError(f"huawei.tokens[]: the project {given['project_id']} does not exist")
    token = Token(
        value=given.get("value", derived("token", f"{user.id}/{len(account.tokens)}")),
        user_id=user.id,
        issued=moment(given.get("issued", CREATED)),
        expires=moment(given.get("expires", FAR_FUTURE)),
        project_id=given.get("project_id"),
    )
    secret_log.add(token.value)
    account.tokens[token.value] = token


def _owner(account: Account, given: dict[str, Any], where: str) -> User:
    """Return the user of a credential. The default is the owner of the account."""
    owner = next(user.name for user in account.users.values() if user.domain_owner)
    user = account.user_by_name(given.get("user", owner))
    if user is None:
        raise InputError(f"{where}: the user {given['user']} does not exist")
    return user

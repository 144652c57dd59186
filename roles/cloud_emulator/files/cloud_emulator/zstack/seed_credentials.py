# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Add the keys and sessions of a seed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..input_error import InputError
from ..secret_log import SecretLog
from ..seed import checked, epoch
from .installation import AccessKey, Account, Installation, Session
from .seed_checks import CREATED, check_choice, check_uuid, derived, derived_uuid, read_times

_FAR_FUTURE = "2099-01-01T00:00:00Z"
_KEY = {
    "uuid": str,
    "access_key_id": str,
    "access_key_secret": str,
    "user_uuid": str,
    "description": str,
    "state": str,
    "create_time": datetime,
    "last_op_time": datetime,
}
_SESSION = {"uuid": str, "create_time": datetime, "expires": datetime}


def merge_key(installation: Installation, account: Account, data: Any, secret_log: SecretLog) -> None:
    """Add a key to an account, or set the given attributes of an existing key."""
    given = checked(data, _KEY, "zstack keys[]")
    check_choice(given, "state", ("Enabled", "Disabled"), "zstack keys[]")
    read_times(given, ("create_time", "last_op_time"))
    place = f"{account.name}/{len(installation.keys_of(account.uuid))}"
    key = _known_key(installation, given)
    if key is None:
        given.setdefault("uuid", derived_uuid("key", place))
        given.setdefault("user_uuid", account.uuid)
        given.setdefault("access_key_id", derived("id", place)[:20])
        given.setdefault("access_key_secret", derived("secret", place)[:40])
        given.setdefault("create_time", epoch(CREATED, "zstack"))
        given.setdefault("last_op_time", given["create_time"])
        check_uuid(given["uuid"], installation.keys)
        key = AccessKey(account_uuid=account.uuid, **given)
        installation.add_key(key)
    elif key.account_uuid != account.uuid:
        raise InputError(f"zstack keys[]: {key.access_key_id} belongs to another account")
    installation.change(key, **given)
    secret_log.add(key.access_key_secret)


def _known_key(installation: Installation, given: Mapping[str, Any]) -> AccessKey | None:
    """Return the key with this uuid, or without one with this AccessKeyID."""
    if "uuid" in given:
        return installation.keys.get(given["uuid"])
    if "access_key_id" not in given:
        return None
    return next(iter(installation.keys_with_id(given["access_key_id"], ignore_case=False)), None)


def merge_session(installation: Installation, account: Account, data: Any, secret_log: SecretLog) -> None:
    """Add a session of an account. It may have expired."""
    given = checked(data, _SESSION, "zstack sessions[]")
    read_times(given, ("create_time", "expires"))
    number = sum(session.account_uuid == account.uuid for session in installation.sessions.values())
    uuid = given.setdefault("uuid", derived_uuid("session", f"{account.name}/{number}"))
    given.setdefault("create_time", epoch(CREATED, "zstack"))
    given.setdefault("expires", epoch(_FAR_FUTURE, "zstack"))
    installation.sessions[uuid] = Session(account_uuid=account.uuid, **given)
    secret_log.add(uuid)

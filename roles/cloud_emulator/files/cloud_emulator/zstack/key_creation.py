# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operation CreateAccessKey."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from . import errors, queries
from .installation import AccessKey
from .key_rows import key_row
from .operation import Arguments, Context
from .uuids import is_uuid

_ALPHANUMERIC = string.ascii_letters + string.digits


def create(context: Context, arguments: Arguments) -> dict[str, Any]:
    """Create a key for an account."""
    params = arguments.params
    _check_resources(context, params)
    _check_chosen_key(context, params)
    _check_owner(context, params)
    _check_number(context, params)
    uuid = params["resourceUuid"] or uuid4().hex
    if uuid in context.installation.keys:
        raise errors.internal("Duplicate entry '%s' for key 'PRIMARY'", given=(uuid,))
    if arguments.dry_run:
        return {}
    key = AccessKey(
        uuid=uuid,
        account_uuid=params["accountUuid"],
        user_uuid=params["accountUuid"] if context.newest else params["userUuid"],
        access_key_id=params["AccessKeyID"] or _random(20),
        access_key_secret=params["AccessKeySecret"] or _random(40),
        create_time=context.now,
        last_op_time=context.now,
        description=params["description"],
        visible_at=context.becomes_visible(),
    )
    context.secret_log.add(key.access_key_secret)
    context.installation.add_key(key)
    return {"inventory": queries.inventory(context, key_row(context, key))}


def _check_resources(context: Context, params: Mapping[str, Any]) -> None:
    account_uuid = params["accountUuid"]
    if not is_uuid(account_uuid):
        raise errors.malformed_uuid("accountUuid", account_uuid)
    if account_uuid not in context.installation.accounts:
        raise errors.not_found("accountUuid", account_uuid, "AccountVO", context.message, context.newest)
    for tag in params["tagUuids"] or ():
        if context.installation.tags.get(tag) != context.account.uuid:
            raise errors.not_found("tagUuids", tag, "TagPatternVO", context.message, context.newest)


def _check_chosen_key(context: Context, params: Mapping[str, Any]) -> None:
    chosen = [params[name] for name in ("AccessKeyID", "AccessKeySecret") if params[name] is not None]
    if len(chosen) == 1:
        raise errors.invalid(
            "If a specified Accesskey is expected, the AccesskeyId and the AccesskeySecret "
            "must be provided at the same time."
        )
    if context.newest and any(":" in each for each in chosen):
        raise errors.invalid("Access key ID and secret cannot contain ':'")
    # The real service stores a second key with the same ID.
    unique = not context.modes.duplicate_access_key_id
    if chosen and unique and context.installation.keys_with_id(chosen[0], context.modes.case_insensitive_ids):
        raise errors.internal("Duplicate entry '%s' for key 'AccessKeyID'", given=(chosen[0],))


def _check_owner(context: Context, params: Mapping[str, Any]) -> None:
    account = context.installation.accounts[params["accountUuid"]]
    user_uuid = params["userUuid"]
    if not context.newest and user_uuid != account.uuid and user_uuid not in account.users:
        template = "[accountId: %s, userID: %s] is not valid account or iam2 porject/user"
        raise errors.invalid(template, given=(account.uuid, user_uuid))
    caller = context.account
    if context.modes.create_checks_owner and not caller.admin and caller.uuid != account.uuid:
        raise errors.foreign_key(caller.uuid, context.newest)


def _check_number(context: Context, params: Mapping[str, Any]) -> None:
    account = context.installation.accounts[params["accountUuid"]]
    keys = context.installation.keys_of(account.uuid)
    if not context.newest:
        keys = [key for key in keys if key.user_uuid == params["userUuid"]]
    if account.admin or len(keys) < context.modes.max_keys:
        return
    if context.newest:
        raise errors.invalid(
            "The number of access keys for account[uuid=%s] has exceeded the maximum limit", given=(account.uuid,)
        )
    template = "accessKey number for [accountId: %s, userID: %s]exceeds the max"
    raise errors.invalid(template, given=(account.uuid, params["userUuid"]))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHANUMERIC) for _unused in range(length))

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on permanent access keys, below ``/v3.0/OS-CREDENTIAL``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import errors, issuing
from .account import AccessKey, User
from .operation import Arguments, Context, Operation, Output
from .parameters import REQUIRED_TEXT, TEXT, Field
from .times import key_time

KEYS_PER_USER = 2
STATUSES = ("active", "inactive")
_PATH = "/v3.0/OS-CREDENTIAL/credentials"


def _create(context: Context, arguments: Arguments) -> Output:
    given = arguments.body["credential"]
    user_id = given["user_id"]
    _allow(context, "createCredential", user_id)
    _check_protection(context)
    owner = _owner(context, user_id)
    if len(context.account.keys_of(owner.id)) >= KEYS_PER_USER:
        # Only this text distinguishes it from bad input.
        raise errors.ApiError(400, "akSkNumExceed")
    key = AccessKey(
        access=issuing.access(),
        secret=issuing.secret(),
        user_id=owner.id,
        create_time=context.now,
        last_used=context.now,
        description=given.get("description", ""),
        visible_at=context.becomes_visible(),
    )
    context.secret_log.add(key.secret)
    context.account.add_key(key)
    _end_tokens(context, key, "any")
    fields = {**_fields(context, key), "secret": key.secret, "description": key.description}
    return Output({"credential": fields}, 201)


def _list(context: Context, arguments: Arguments) -> Output:
    user_id = arguments.query.get("user_id") or context.caller.id
    _allow(context, "listCredentials", user_id)
    if context.find_user(user_id) is None and context.modes.unknown_user == "empty_list":
        return Output({"credentials": []})
    keys = context.account.keys_of(_owner(context, user_id).id)
    if context.modes.list_order == "newest_first":
        keys.reverse()
    rows = [{**_fields(context, key), "description": key.description} for key in keys if context.visible(key)]
    return Output({"credentials": rows})


def _show(context: Context, arguments: Arguments) -> Output:
    key = _find(context, arguments, "getCredential")
    last_used = key_time(key.last_used, context.modes.create_time_fraction)
    fields = {**_fields(context, key), "description": key.description, "last_use_time": last_used}
    return Output({"credential": fields})


def _update(context: Context, arguments: Arguments) -> Output:
    given = arguments.body["credential"]
    if not given:
        raise errors.invalid_body()
    key = _find(context, arguments, "updateCredential")
    _check_protection(context)
    context.account.change(key, **given)
    _end_tokens(context, key, "update", "any")
    fields = _fields(context, key)
    if context.modes.put_description == "present":
        fields["description"] = key.description
    return Output({"credential": fields})


def _delete(context: Context, arguments: Arguments) -> Output:
    key = _find(context, arguments, "deleteCredential")
    _check_protection(context)
    context.account.remove_key(key)
    _end_tokens(context, key, "any")
    return Output(status=204)


def _allow(context: Context, action: str, owner: str) -> None:
    context.allow(f"iam:credentials:{action}", owner)
    if owner != context.caller.id and context.modes.require_domain_id_for_keys:
        context.need_domain()


def _check_protection(context: Context) -> None:
    if context.modes.key_protection and not context.caller.admin:
        raise errors.forbidden()


def _owner(context: Context, user_id: str) -> User:
    user = context.find_user(user_id)
    if user is None:
        if context.modes.unknown_user == "bad_request":
            raise errors.invalid_parameter("user_id")
        raise errors.not_found("user", user_id)
    return user


def _find(context: Context, arguments: Arguments, action: str) -> AccessKey:
    access = arguments.path["access_key"]
    if access in context.account.foreign_keys and context.modes.foreign_key == "forbidden":
        raise errors.forbidden()
    key = context.account.keys.get(access)
    if key is None or not context.visible(key):
        raise errors.not_found("credential", access)
    _allow(context, action, key.user_id)
    return key


def _end_tokens(context: Context, key: AccessKey, *when: str) -> None:
    if context.modes.token_invalidated_by_key_change in when:
        context.account.end_tokens(key.user_id)


def _fields(context: Context, key: AccessKey) -> dict[str, Any]:
    return {
        "access": key.access,
        "user_id": key.user_id,
        "status": key.status,
        "create_time": key_time(key.create_time, context.modes.create_time_fraction),
    }


def _body(fields: Mapping[str, Field]) -> dict[str, Field]:
    return {"credential": Field(fields, required=True)}


OPERATIONS = (
    Operation(
        "CreatePermanentAccessKey",
        "POST",
        _PATH,
        _create,
        body=_body({"user_id": REQUIRED_TEXT, "description": TEXT}),
        write=True,
    ),
    Operation("ListPermanentAccessKeys", "GET", _PATH, _list, query=frozenset({"user_id"})),
    # Clients that send an empty ID request this path, and get the list.
    Operation("ListPermanentAccessKeys", "GET", f"{_PATH}/", _list, query=frozenset({"user_id"})),
    Operation("ShowPermanentAccessKey", "GET", f"{_PATH}/{{access_key}}", _show),
    Operation(
        "UpdatePermanentAccessKey",
        "PUT",
        f"{_PATH}/{{access_key}}",
        _update,
        body=_body({"status": Field(str, choices=STATUSES), "description": TEXT}),
        write=True,
    ),
    Operation("DeletePermanentAccessKey", "DELETE", f"{_PATH}/{{access_key}}", _delete, write=True),
)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on access keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import errors, key_creation, queries
from .installation import AccessKey
from .key_rows import KEYS, key_row
from .modes import CLOUD
from .operation import EVERYWHERE, Arguments, Context, Field, Operation
from .uuids import is_uuid

_PACKAGE = "org.zstack.accessKey"
_STATES = {"enable": "Enabled", "disable": "Disabled"}


def _change_state(context: Context, arguments: Arguments) -> dict[str, Any]:
    key = _find(context, arguments)
    if key is None:
        uuid = arguments.params["uuid"]
        raise errors.not_found("uuid", uuid, "AccessKeyVO", context.message, context.newest)
    _check_owner(context, key)
    if arguments.dry_run:
        return {}
    state = _STATES[arguments.params["stateEvent"]]
    if key.state != state:
        context.installation.change(key, state=state, last_op_time=context.now)
    return {"inventory": queries.inventory(context, key_row(context, key))}


def _delete(context: Context, arguments: Arguments) -> dict[str, Any]:
    key = _find(context, arguments)
    # A missing key counts as deleted.
    if key is not None:
        _check_owner(context, key)
        if not arguments.dry_run:
            context.installation.remove_key(key)
    return {}


def _query(context: Context, arguments: Arguments) -> dict[str, Any]:
    keys = [key for key in context.installation.keys.values() if context.visible(key)]
    if not context.account.admin:
        keys = [key for key in keys if key.account_uuid == context.account.uuid]
    reply = queries.run(context, arguments, KEYS[context.modes.product], (key_row(context, key) for key in keys))
    if context.modes.omit_secret_in_query:
        for each in reply.get("inventories", []):
            each.pop("AccessKeySecret", None)
    return reply


def _find(context: Context, arguments: Arguments) -> AccessKey | None:
    uuid: str = arguments.params["uuid"]
    if not is_uuid(uuid):
        raise errors.malformed_uuid("uuid", uuid)
    key = context.installation.keys.get(uuid)
    return key if key is not None and context.visible(key) else None


def _check_owner(context: Context, key: AccessKey) -> None:
    if context.account.admin or context.account.uuid == key.account_uuid:
        return
    raise errors.foreign_key(context.account.uuid, context.newest)


_UUID = Field(required=EVERYWHERE)

OPERATIONS: Sequence[Operation] = (
    Operation(
        "CreateAccessKey",
        "POST",
        "/v1/accesskeys",
        f"{_PACKAGE}.APICreateAccessKeyMsg",
        key_creation.create,
        wrapper="params",
        fields={
            "accountUuid": Field(required=EVERYWHERE, longest=32),
            "userUuid": Field(required=(CLOUD,), longest=32),
            "description": Field(longest=2048),
            "AccessKeyID": Field(shortest=10, longest=20),
            "AccessKeySecret": Field(shortest=10, longest=40),
            "resourceUuid": Field(),
            "tagUuids": Field("strings"),
        },
        asynchronous=True,
        write=True,
        inventory=f"{_PACKAGE}.AccessKeyInventory",
    ),
    Operation("QueryAccessKey", "GET", "/v1/accesskeys", f"{_PACKAGE}.APIQueryAccessKeyMsg", _query),
    Operation(
        "QueryAccessKey",
        "GET",
        "/v1/accesskeys/{uuid}",
        f"{_PACKAGE}.APIQueryAccessKeyMsg",
        _query,
        fields={"uuid": Field()},
    ),
    Operation(
        "DeleteAccessKey",
        "DELETE",
        "/v1/accesskeys/{uuid}",
        f"{_PACKAGE}.APIDeleteAccessKeyMsg",
        _delete,
        fields={"uuid": _UUID, "deleteMode": Field()},
        asynchronous=True,
        write=True,
    ),
    Operation(
        "ChangeAccessKeyState",
        "PUT",
        "/v1/accesskeys/{uuid}/actions",
        f"{_PACKAGE}.APIChangeAccessKeyStateMsg",
        _change_state,
        wrapper="changeAccessKeyState",
        fields={"uuid": _UUID, "stateEvent": Field(required=EVERYWHERE, choices=tuple(_STATES))},
        asynchronous=True,
        write=True,
        inventory=f"{_PACKAGE}.AccessKeyInventory",
    ),
)

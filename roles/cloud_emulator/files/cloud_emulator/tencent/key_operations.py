# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on access keys: CAM API ListAccessKeys and related operations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import issuing
from .account import AccessKey
from .errors import ApiError
from .operation import Context, Operation
from .parameters import Parameter
from .times import date_text, time_text

KEYS_PER_USER = 2
_MOST_IDS = 10
# CAM API CreateAccessKey, parameter Description.
_DESCRIPTION = re.compile(r"[\w+=,.@:/-]{1,1024}")

_TARGET = Parameter("uint64")
_ID = Parameter("string", required=True)


def issue_key(context: Context, uin: int, description: str | None = None) -> AccessKey:
    """Create a key with an ID and a secret that the service chooses."""
    key = AccessKey(
        access_key_id=issuing.access_key_id(context.modes.international),
        secret_access_key=issuing.secret_access_key(),
        uin=uin,
        create_time=context.now,
        description=description,
        visible_at=context.becomes_visible(),
    )
    context.secret_log.add(key.secret_access_key)
    context.account.add_key(key)
    return key


def _list(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    keys = context.account.keys_of(context.target(params))
    rows = [_fields(context, key) for key in keys if context.visible(key)]
    return {"AccessKeys": None if not rows and context.modes.empty_list == "null" else rows}


def _create(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    uin = context.target(params)
    description = params.get("Description")
    if description is not None and not _DESCRIPTION.fullmatch(description):
        raise ApiError("InvalidParameter.ParamError", "The description is not valid.")
    if len(context.account.keys_of(uin)) >= KEYS_PER_USER:
        raise ApiError(
            "OperationDenied.AccessKeyOverLimit",
            f"Each account can have up to {KEYS_PER_USER} access keys.",
        )
    key = issue_key(context, uin, description)
    fields = _fields(context, key)
    if context.modes.create_reply_without_description:
        fields.pop("Description", None)
    return {"AccessKey": {**fields, "SecretAccessKey": key.secret_access_key}}


def _update(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    key = _find(context, params)
    if params["Status"] not in ("Active", "Inactive"):
        raise ApiError("InvalidParameter.ParamError", "The status must be Active or Inactive.")
    context.account.change(key, status=params["Status"])
    return {}


def _delete(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    context.account.remove_key(_find(context, params))
    return {}


def _last_used(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    ids = params["SecretIdList"]
    if len(ids) > _MOST_IDS:
        raise ApiError("InvalidParameter", f"At most {_MOST_IDS} ids can be queried.")
    keys = [context.account.keys[each] for each in ids if each in context.account.keys]
    rows = [_last_used_row(key) for key in keys if context.visible(key)]
    return {"SecretIdLastUsedRows": rows}


def _last_used_row(key: AccessKey) -> dict[str, Any]:
    used = key.last_used
    return {
        "SecretId": key.access_key_id,
        "LastUsedDate": None if used is None else date_text(used),
        "LastSecretUsedDate": None if used is None else int(used * 1000),
    }


def _find(context: Context, params: dict[str, Any]) -> AccessKey:
    uin = context.target(params)
    key = context.account.keys.get(params["AccessKeyId"])
    if key is None or not context.visible(key):
        raise ApiError("ResourceNotFound.SecretNotExist", "The access key does not exist.")
    if key.uin != uin:
        raise ApiError("OperationDenied.UinNotMatch", "The access key does not belong to the target account.")
    return key


def _fields(context: Context, key: AccessKey) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "AccessKeyId": key.access_key_id,
        "Status": key.status,
        "CreateTime": time_text(key.create_time),
    }
    if not context.modes.international and context.modes.description != "absent":
        shown = context.modes.description == "text"
        fields["Description"] = key.description if shown else None
    return fields


def _target_resource(context: Context, params: Mapping[str, Any]) -> str:
    target = params.get("TargetUin", context.caller)
    return f"qcs::cam::uin/{context.account.owner_uin}:uin/{target}"


OPERATIONS: Mapping[str, Operation] = {
    "ListAccessKeys": Operation(_list, {"TargetUin": _TARGET}),
    "CreateAccessKey": Operation(
        _create,
        {"TargetUin": _TARGET, "Description": Parameter("string", main_site_only=True)},
        write=True,
        per_second=5,
        resource=_target_resource,
    ),
    "UpdateAccessKey": Operation(
        _update,
        {
            "AccessKeyId": _ID,
            "Status": Parameter("string", required=True),
            "TargetUin": _TARGET,
        },
        write=True,
        per_second=5,
    ),
    "DeleteAccessKey": Operation(_delete, {"AccessKeyId": _ID, "TargetUin": _TARGET}, write=True, per_second=5),
    "GetSecurityLastUsed": Operation(_last_used, {"SecretIdList": Parameter("strings", required=True)}),
}

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the objects of Tencent Cloud that are tested with every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...support import tencent
from ..expected import (
    NO_DATA,
    NO_LIMIT,
    NO_OTHER_ATTRIBUTE,
    NO_SESSION,
    NOT_FOUND,
    PAST,
    AtCloud,
    fails,
    nothing,
    of,
    succeeds,
)
from ..objects import CREATE, DELETE, MARKER, NEW_KEY, OTHERS_VALUE, POLL, READ, UPDATE, Call, Object, Step, View

USER_PASSWORD = "Canary-Pass/1+%"  # with characters that are encoded in URLs and in JSON


def _cam_keys(state: Mapping[str, Any]) -> View:
    return {
        key["access_key_id"]: (key["description"], key["status"].lower())
        for user in state["users"]
        for key in user["keys"]
    }


def _cam_users(state: Mapping[str, Any]) -> View:
    return {user["name"]: (user["name"], user["remark"]) for user in state["users"]}


def _good(body: Mapping[str, Any]) -> None:
    if "Error" in body:
        raise ValueError(body)


def _cam(action: str, **parameters: Any) -> Callable[..., None]:
    return lambda url, *_target: _good(tencent.Client(url).call(action, parameters))


_BOB = {"target_uin": tencent.UIN["bob"], "access_key_id": tencent.BOB[0]}
_LISTS_BOBS, _LISTS_CAROLS = (
    Call("ListAccessKeys", "list the access keys of", str(tencent.UIN[name])) for name in ("bob", "carol")
)
CAM_KEY = Object(
    name="cam_key",
    title="Tencent key",
    module="cam_access_key",
    cloud="tencent",
    steps={
        READ: Step({**_BOB, "status": "active"}, _LISTS_BOBS),
        CREATE: Step(
            {**NEW_KEY, "target_uin": tencent.UIN["carol"]}, Call("CreateAccessKey", "create", MARKER), _LISTS_CAROLS
        ),
        UPDATE: Step(
            {**_BOB, "status": "inactive"}, Call("UpdateAccessKey", "change the status of", tencent.BOB[0]), _LISTS_BOBS
        ),
        DELETE: Step({**_BOB, "state": "absent"}, Call("DeleteAccessKey", "delete", tencent.BOB[0]), _LISTS_BOBS),
    },
    missing={POLL: "the reply to a change proves it, and nothing is read again"},
    target=tencent.BOB[0],
    wanted="inactive",
    view=_cam_keys,
    create_action="CreateAccessKey",
    wrong_signature="AuthFailure.SignatureFailure",
    has_id_at_end=True,
    names_by=lambda key: {"access_key_id": key["id"], "target_uin": tencent.UIN["carol"]},
    other_user_creates=_cam("CreateAccessKey", TargetUin=tencent.UIN["carol"], Description=MARKER),
    other_user_deletes=_cam("DeleteAccessKey", TargetUin=tencent.UIN["bob"], AccessKeyId=tencent.BOB[0]),
)

_READS_CAROL = Call("GetUser", "read", "carol")
CAM_USER = Object(
    name="cam_user",
    title="Tencent user",
    module="cam_user",
    cloud="tencent",
    steps={
        READ: Step({"name": "carol", "remark": ""}, _READS_CAROL),
        CREATE: Step(
            {"name": MARKER, "remark": "made", "console_login": True, "password": USER_PASSWORD},
            Call("AddUser", "create", MARKER),
            Call("GetUser", "read", MARKER),
        ),
        UPDATE: Step({"name": "carol", "remark": "changed"}, Call("UpdateUser", "change", "carol"), _READS_CAROL),
        DELETE: Step({"name": "carol", "state": "absent"}, Call("DeleteUser", "delete", "carol"), _READS_CAROL),
    },
    missing={POLL: "the reply to a change proves it, and nothing is read again"},
    target="carol",
    wanted="changed",
    view=_cam_users,
    create_action="AddUser",
    wrong_signature="AuthFailure.SignatureFailure",
    has_id_at_end=True,
    kind="user",
    names_by=lambda user: {"name": user["name"]},
    other_user_creates=_cam("AddUser", Name=MARKER),
    other_user_deletes=_cam("DeleteUser", Name="carol"),
    other_user_updates=_cam("UpdateUser", Name="carol", Email=f"{OTHERS_VALUE}@example.com"),
    yields_secret=False,
    secrets=(USER_PASSWORD,),
)

OBJECTS = (CAM_KEY, CAM_USER)
PROMISED = {"ListAccessKeys": "AccessKeys", "CreateAccessKey": "AccessKey", "GetUser": "Uin", "AddUser": "Uin"}
# An echo would show the token.
_TEMPORARY = {**tencent.CLOUD.signing(tencent.TEMPORARY), "api_token": tencent.TOKEN}
_EXPIRED = {
    "access_key_id": "AKIDFaultExpired",
    "secret_access_key": "Canary-Expired-Tencent-1",
    "token": "Canary-Expired-Token-Tencent-1",
    "expires": PAST,
}
AT_CLOUD = {
    "internal_error": AtCloud(error={"code": "InternalError"}),
    "incomplete": AtCloud(
        {
            **of("cam_key", UPDATE, DELETE, becomes=nothing(NO_DATA)),
            **of("cam_user", UPDATE, DELETE, becomes=nothing(NO_DATA)),
        }
    ),
    "unknown_key": AtCloud(error={"code": "AuthFailure.SecretIdNotFound"}),
    "not_allowed": AtCloud(error={"code": "UnauthorizedOperation"}),
    "echo": AtCloud(signing=_TEMPORARY),
    "clock_skew_call": AtCloud(error={"code": "AuthFailure.SignatureExpire"}),
    "expired_token": AtCloud(
        seed={"temporary_credentials": [_EXPIRED]},
        signing={
            **tencent.CLOUD.signing((_EXPIRED["access_key_id"], _EXPIRED["secret_access_key"])),
            "api_token": _EXPIRED["token"],
        },
    ),
    "expired_token_call": AtCloud(error={"code": "AuthFailure.TokenFailure"}, signing=_TEMPORARY),
    **dict.fromkeys(
        ("expired_session", "session_ends"),
        AtCloud({("cam_key", ""): nothing(NO_SESSION), ("cam_user", ""): nothing(NO_SESSION)}),
    ),
    "invisible_inactive": AtCloud(of("cam_user", CREATE, becomes=nothing("a user has no status"))),
    "other_user_creates": AtCloud(
        of(
            "cam_user",
            CREATE,
            becomes=replace(succeeds(why="the name is unique, and the user is read again"), done=False),
        )
    ),
    "other_user_deletes": AtCloud(
        of("cam_user", UPDATE, becomes=fails(NOT_FOUND, why="the next run creates it again"))
    ),
    "other_user_updates": AtCloud(of("cam_key", UPDATE, becomes=nothing(NO_OTHER_ATTRIBUTE))),
    "limit": AtCloud(
        of("cam_user", CREATE, becomes=nothing(NO_LIMIT)), error={"code": "OperationDenied.AccessKeyOverLimit"}
    ),
}

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the facts about Tencent Cloud that the tests of all modules need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import tencent
from ..cases import (
    DELETE,
    DISABLE,
    EMPTY_MARKER,
    MARKED,
    NOT_FOUND,
    PROCESSED,
    WRONG,
    Caller,
    Guards,
    Kind,
    NotFound,
    Replies,
    Robot,
    Search,
    TwoKeys,
    replied,
)

_key = tencent.CLOUD.signing
_TEMPORARY = {**_key(tencent.TEMPORARY), "api_token": tencent.TOKEN}
_ALICE, _BOB = str(tencent.UIN["alice"]), str(tencent.UIN["bob"])
_OF_ALICE = {"target_uin": _ALICE}
_GHOST_UIN = "100000000099"
_GHOST = {"Uin": int(_GHOST_UIN), "Name": "ghost", "Uid": 99, "ConsoleLogin": 0}

GUARDS = Guards(
    select_nothing=[
        ("cam_access_key", {"user_name": "bob", "description": ""}, EMPTY_MARKER),
        (
            "cam_access_key",
            {"user_name": "bob", "access_key_id": "AKIDEmulatorBob***"},
            "access_key_id contains a mask",
        ),
        ("cam_user", {"name": "bo*"}, "name contains a mask"),
        (
            "cam_access_key",
            {"user_name": "bob", "access_key_id": f"{tencent.BOB[0]}\n"},
            "access_key_id begins or ends with white space",
        ),
        (
            "cam_access_key",
            {"user_name": " bob", "access_key_id": tencent.BOB[0]},
            "user_name begins or ends with white space",
        ),
        (
            "cam_access_key",
            {"user_name": "alice", "description": "ci-deploy "},
            "description begins or ends with white space",
        ),
        ("cam_access_key", {"target_uin": "0", "access_key_id": tencent.BOB[0]}, "target_uin is '0'"),
        ("cam_access_key", {"target_uin": f"000{_BOB}", "access_key_id": tencent.BOB[0]}, f"target_uin is '000{_BOB}'"),
        ("cam_user", {"name": "carol\n"}, "name begins or ends with white space"),
        ("cam_user", {"name": "ca\trol"}, "name has a control character"),
    ],
    nobody=[
        ("cam_access_key_info", "access_key_ids"),
        ("cam_access_key_info", "target_uins"),
        ("cam_access_key_info", "user_names"),
        ("cam_user_info", "names"),
    ],
    near=[
        ("cam_access_key", {"user_name": "bob", "access_key_id": tencent.BOB[0].lower()}, tencent.BOB[0]),
        ("cam_access_key", {"target_uin": _ALICE, "description": "CI-deploy"}, tencent.ALICE[0]),
    ],
    not_found={
        "cam_access_key": NotFound(
            {
                "fault": "error",
                "action": "ListAccessKeys",
                "code": "InvalidParameter.UserNotExist",
                "message": "no user",
            },
            {"fault": "wrong_type", "action": "ListUsers", "body": {"Response": {"Data": [_GHOST], "RequestId": "r"}}},
            1,
        )
    },
    owners={
        "cam_access_key": [
            ({"target_uin": _ALICE}, {"target_uin": _GHOST_UIN}),
            (
                {"target_uin": str(tencent.UIN["root"])},
                {"target_uin": _GHOST_UIN},
            ),  # a UIN that no list of users contains
            ({"user_name": "alice"}, {"user_name": "ghost"}),
        ]
    },
    own_keys=[
        ("by id", "cam_access_key", {"access_key_id": tencent.ROOT[0]}),
        (
            "by id and name",
            "cam_access_key",
            {"user_name": "alice", "access_key_id": tencent.ALICE[0], **_key(tencent.ALICE)},
        ),
        ("by marker", "cam_access_key", {**_OF_ALICE, **MARKED, **_key(tencent.ALICE)}),
        ("the only one", "cam_access_key", _key(tencent.BOB)),
        ("of a profile", "cam_access_key", {**_OF_ALICE, **MARKED, "api_profile": "alice"}),
        (
            "of the environment",
            "cam_access_key",
            {**_OF_ALICE, **MARKED, "environment": tencent.CLOUD.environment(tencent.ALICE)},
        ),
        (
            "of a profile in the environment",
            "cam_access_key",
            {**_OF_ALICE, **MARKED, "environment": {"TENCENTCLOUD_PROFILE": "alice"}},
        ),
    ],
    own_users=[
        ("by its key", "cam_user", {"name": "alice", **_key(tencent.ALICE)}),
        ("by its other key", "cam_user", {"name": "alice", **_key(tencent.ALICE_INACTIVE)}),
        ("by temporary credentials", "cam_user", {"name": "alice", **_TEMPORARY}),
        ("by a profile", "cam_user", {"name": "alice", "api_profile": "alice"}),
        ("by the environment", "cam_user", {"name": "alice", "environment": tencent.CLOUD.environment(tencent.ALICE)}),
    ],
    no_self_lockouts=[
        ("cam_access_key", {**_OF_ALICE, **MARKED, **DISABLE, **_TEMPORARY}),
        ("cam_access_key", {**_OF_ALICE, "access_key_id": tencent.ALICE_INACTIVE[0], **DELETE, **_key(tencent.ALICE)}),
        ("cam_user", {"name": "bob", "force": True, **DELETE, **_key(tencent.ALICE)}),
        ("cam_user", {"name": "carol", **DELETE, **_TEMPORARY}),
        # This denies access to the console, but no call.
        ("cam_user", {"name": "alice", "console_login": False, **_key(tencent.ALICE)}),
    ],
    state_tasks=[
        ("cam_access_key", {"target_uin": _BOB, "access_key_id": tencent.BOB[0], **DISABLE}),
        ("cam_access_key", {"target_uin": _BOB, "access_key_id": tencent.BOB[0], **DELETE, **_TEMPORARY}),
        ("cam_user", {"name": "new"}),
        ("cam_user", {"name": "carol", **DELETE, "api_profile": "alice"}),
    ],
    info_tasks=[("cam_caller_info", {}), ("cam_access_key_info", {"all_users": True}), ("cam_user_info", {})],
    account_faults={"GetUserAppId": {"fault": "null_field", "field": "OwnerUin"}},
    two_keys={
        "cam_access_key": TwoKeys(
            owner={"target_uin": _ALICE},
            ids={tencent.ALICE[0], tencent.ALICE_INACTIVE[0]},
            listing="ListAccessKeys",
            last_uses={"used", "never"},
            last_use_call="GetSecurityLastUsed",
            rejection="AuthFailure.SignatureFailure",
        )
    },
    rejected_tasks=[
        ("cam_caller_info", {}),
        ("cam_access_key", {"user_name": "alice", "create": "always"}),
        ("cam_access_key_info", {"all_users": True}),
        ("cam_access_key_info", {"target_uins": [str(number) for number in range(100000000001, 100000000021)]}),
        ("cam_access_key_info", {"user_names": ["alice", "bob", "carol"]}),
        ("cam_user_info", {"names": ["alice", "bob", "carol"]}),
    ],
    rejected_signing=[_key((tencent.ROOT[0], WRONG)), {**_TEMPORARY, "api_token": WRONG}],
)

CAM_KEYS = Kind(
    info="cam_access_key_info",
    which={"target_uins": [_BOB]},
    result="access_keys",
    action="ListAccessKeys",
    reply=lambda rows: {"Response": {"AccessKeys": rows, "RequestId": "1"}},
    good={"AccessKeyId": "AKIDgood", "Status": "Active", "Description": "ci", "CreateTime": "2020-01-02 03:04:05"},
    odd={
        "status": {"Status": "Frozen"},
        "description": {"Description": {"text": 5}},
        "create_time": {"CreateTime": "yesterday"},
    },
    state="cam_access_key",
    owner={"target_uin": _BOB},
    other={"AccessKeyId": "AKIDodd", "Description": "other"},
    odd_rows=[{}],  # the SDK cannot parse a list with another one
    named={"access_key_id": "AKIDgood"},
)
CAM_USERS = Kind(
    info="cam_user_info",
    which={},
    result="users",
    action="ListUsers",
    reply=lambda rows: {"Response": {"Data": rows, "RequestId": "1"}},
    good={"Name": "good", "Uin": 100000000078, "ConsoleLogin": 1},
    odd={
        "console_login": {"ConsoleLogin": "yes"},
        "uin": {"Uin": "x"},
        "uid": {"Uid": "x"},
        "remark": {"Remark": 5},
        "name": {"Name": None},
    },
    other={"Name": "odd", "Uin": 100000000077},
    odd_rows=[{}],
)
KINDS = [CAM_KEYS, CAM_USERS]

_BY_APP_ID = ["GetUserAppId"]


def _caller(title: str, signing: Mapping[str, Any], **caller: Any) -> Caller:
    account = str(tencent.UIN["root"])
    return Caller(title, "cam_caller_info", signing, {"account": account, "name": None, **caller}, _BY_APP_ID)


CALLERS = [
    _caller("root", _key(tencent.ROOT), owner=str(tencent.UIN["root"]), kind="root", access_key_id=tencent.ROOT[0]),
    _caller("user", _key(tencent.BOB), owner=_BOB, kind="user", access_key_id=tencent.BOB[0]),
    _caller("temporary", _TEMPORARY, owner=_ALICE, kind=None, access_key_id=tencent.TEMPORARY[0]),
]

SEARCH = Search(
    "cam_access_key_info",
    {tencent.ALICE[0]: _ALICE, tencent.ROOT[0]: str(tencent.UIN["root"])},
    ["GetUserAppId", "ListAccessKeys", "ListUsers", "ListAccessKeys", "GetSecurityLastUsed"],
    "ListAccessKeys",
    ["GetUserAppId", "ListAccessKeys", "ListUsers", *["ListAccessKeys"] * 4],
    tencent.BOB,
    refused=[{"all_users": True}, {"unused_for_days": 0}],
    status_module="cam_access_key_status",
    update_call="UpdateAccessKey",
    inactive=tencent.ALICE_INACTIVE[0],
)

REPLIES = Replies(
    lost=[
        NOT_FOUND,
        {"fault": "status", "status": 409, **PROCESSED},
        {"fault": "null_field", "field": "AccessKey"},
        {"fault": "null_field", "field": "AccessKeyId"},
        {"fault": "null_field", "field": "RequestId", "drop": True},
    ],
    without_secret=[{"fault": "null_field", "field": "SecretAccessKey"}],
    odd_fields=[{"fault": "null_field", "field": field} for field in ("Status", "CreateTime")],
    broken=[
        ({"fault": "wrong_type", "body": {"Response": []}}, "Response is of another type"),
        (replied(Response={"RequestId": "1"}), "AccessKeys is missing"),
        (replied(Response={"AccessKeys": {}, "RequestId": "1"}), "is of another type"),
        (replied(Response={"AccessKeys": [1], "RequestId": "1"}), "while reading"),
        (replied(Response={"AccessKeys": [{}], "RequestId": "1"}), "AccessKeyId is missing"),
        (replied(Response={"Error": "no", "RequestId": "1"}), "Error is of another type"),
        ({"fault": "null_field", "field": "RequestId"}, "RequestId is missing"),
    ],
)

# Environments with credentials in two sets, and the variables that the warning names.
SEVERAL_SETS = [
    (
        {
            **tencent.CLOUD.environment(tencent.TEMPORARY),
            "TENCENTCLOUD_TOKEN": tencent.TOKEN,
            "TENCENTCLOUD_SECURITY_TOKEN": "another-token-0001",
        },
        ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"),
    )
]

_OWN = {"access_key_id": tencent.ROOT[0], "allow_self_lockout": True}
# Each task has one choice of each line.
PLAYS = {
    "cam_user": [
        [{"name": name} for name in ("alice", "carol", "newbie", "newbie", "Newbie")],
        [{}, {}, {}, {"state": "absent", "force": True}, {"state": "absent"}],
        [{}, {"remark": "one"}, {"remark": "two"}, {"remark": ""}],
        [{}, {}, {"console_login": True, "password": "Invented-Password-1"}, {"console_login": False}],
        [{}, {}, {"phone_num": "13900000001"}, {"phone_num": "13900000002", "country_code": "1"}, {"phone_num": ""}],
        [{}, {}, {"email": "new@example.com"}, {"email": ""}],
    ],
    "cam_access_key": [
        [
            *({"user_name": name} for name in ("newbie", "newbie", "newbie", "Newbie", "carol", "alice", "ghost")),
            *({"target_uin": str(tencent.UIN[name])} for name in ("alice", "carol", "root")),
            {"target_uin": _GHOST_UIN},
            {},
        ],
        [{}, *({"description": text} for text in ("ci", "ci", "two", "CI")), {"access_key_id": tencent.ALICE[0]}, _OWN],
        [{}, {}, {"status": "active"}, {"status": "inactive"}],
        [{}, {}, {"state": "absent"}, {"create": "if_none"}, {"create": "always"}, {"create": "never"}],
        [{"allow_unregistered_secret": True}],
    ],
}

_OF_BOB = {"target_uin": str(tencent.UIN["bob"])}
_NEW_USER = {"name": "new"}
_ROBOT = ("AKIDEmulatorRobotKey0000000000000001", "EmulatorRobotSecret0000000000001")
_ROBOTS_KEY = {"access_key_id": _ROBOT[0], "secret_access_key": _ROBOT[1]}
ROBOT = Robot(
    _ROBOT,
    lambda policy: {"users": [{"name": "robot", "policy": policy, "keys": [_ROBOTS_KEY]}]},
    {
        "Report": [("cam_access_key_info", {"all_users": True})],
        "Kill switch": [("cam_access_key_status", {"access_key_ids": [tencent.BOB[0]], "status": "inactive"})],
        "Rotation": [
            ("cam_caller_info", {}),
            ("cam_access_key_info", {"target_uins": [_OF_BOB["target_uin"]]}),
            (
                "cam_access_key",
                {**_OF_BOB, "description": "new", "create": "always", "allow_unregistered_secret": True},
            ),
            ("cam_access_key", {**_OF_BOB, "description": "new", "status": "inactive", "create": "never"}),
            ("cam_access_key", {**_OF_BOB, "description": "new", "state": "absent"}),
        ],
        "Reconciliation": [
            ("cam_caller_info", {}),
            ("cam_access_key_info", {"all_users": True}),
            (
                "cam_access_key",
                {**_OF_BOB, "description": "new", "status": "inactive", "allow_unregistered_secret": True},
            ),
            ("cam_access_key", {**_OF_BOB, "description": "new", "status": "active"}),
            ("cam_access_key", {**_OF_BOB, "description": "new", "state": "absent"}),
        ],
        "Users": [
            ("cam_user", {**_NEW_USER, "remark": "first"}),
            ("cam_user", {**_NEW_USER, "remark": "second"}),
            ("cam_user", {**_NEW_USER, "state": "absent"}),
            ("cam_user", {"name": "alice", "state": "absent", "force": True}),
            ("cam_user_info", {}),
        ],
    },
)

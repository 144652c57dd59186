# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the facts about ZStack that the tests of all modules need."""

from __future__ import annotations

from ...support import zstack
from ..cases import (
    DELETE,
    DISABLE,
    EMPTY_MARKER,
    MARKED,
    WRONG,
    Caller,
    Guards,
    Kind,
    Replies,
    Robot,
    Search,
    TwoKeys,
    replied,
)

_key = zstack.CLOUD.signing
_PASSWORD = {"api_account_name": "admin", "api_password": zstack.PASSWORDS["admin"]}
_SESSION = {"api_session_uuid": zstack.SESSION}

GUARDS = Guards(
    select_nothing=[
        ("zstack_accesskey", {"account_name": "bob", "description": ""}, EMPTY_MARKER),
        ("zstack_accesskey", {"access_key_id": "EmulatorBob***"}, "access_key_id contains a mask"),
        (
            "zstack_accesskey",
            {"account_name": "bob ", "description": "x"},
            "account_name begins or ends with white space",
        ),
        ("zstack_accesskey", {"uuid": f"{zstack.KEY_UUID['bob']}\n"}, "uuid begins or ends with white space"),
    ],
    nobody=[
        ("zstack_accesskey_info", "access_key_ids"),
        ("zstack_accesskey_info", "account_uuids"),
        ("zstack_accesskey_info", "account_names"),
    ],
    near=[
        ("zstack_accesskey", {"access_key_id": zstack.BOB[0].lower()}, zstack.KEY_UUID["bob"]),
        ("zstack_accesskey", {"account_name": "alice", "description": "0ci-deploy"}, zstack.KEY_UUID["alice"]),
    ],
    owners={
        "zstack_accesskey": [
            ({}, {"account_name": "ghost"}),
            ({}, {"account_uuid": "ca401000000040008000000000000099"}),
        ]
    },
    own_keys=[
        ("by uuid", "zstack_accesskey", {"uuid": zstack.KEY_UUID["admin"]}),
        ("by id", "zstack_accesskey", {"access_key_id": zstack.ADMIN[0]}),
        # The database of the server does not distinguish the two.
        (
            "by uuid, signed in another spelling",
            "zstack_accesskey",
            {"uuid": zstack.KEY_UUID["admin"], **_key((zstack.ADMIN[0].upper(), zstack.ADMIN[1]))},
        ),
        ("by marker", "zstack_accesskey", {**MARKED, **_key(zstack.ALICE)}),
        ("by marker and owner", "zstack_accesskey", {**MARKED, "account_name": "alice", **_key(zstack.ALICE)}),
        ("the only one", "zstack_accesskey", _key(zstack.BOB)),
        ("of the environment", "zstack_accesskey", {**MARKED, "environment": zstack.CLOUD.environment(zstack.ALICE)}),
    ],
    no_self_lockouts=[
        ("zstack_accesskey", {"uuid": zstack.KEY_UUID["admin"], **DISABLE, **_PASSWORD}),
        ("zstack_accesskey", {"uuid": zstack.KEY_UUID["admin"], **DELETE, **_SESSION}),
    ],
    state_tasks=[
        ("zstack_accesskey", {"uuid": zstack.KEY_UUID["bob"], **DISABLE}),
        ("zstack_accesskey", {"uuid": zstack.KEY_UUID["bob"], **DELETE, **_PASSWORD}),
    ],
    info_tasks=[
        ("zstack_caller_info", {}),
        ("zstack_accesskey_info", {"all_users": True}),
        ("zstack_accesskey_info", _PASSWORD),
    ],
    account_faults={
        "QueryAccessKey": {"fault": "null_field", "field": "accountUuid"},
        "LogInByAccount": {"fault": "null_field", "field": "accountUuid"},
    },
    two_keys={
        "zstack_accesskey": TwoKeys(
            owner={"account_uuid": zstack.ACCOUNT["alice"]},
            ids={zstack.KEY_UUID["alice"], zstack.KEY_UUID["alice disabled"]},
            listing="QueryAccessKey",
            last_uses={"unknown"},
        )
    },
    rejected_tasks=[
        ("zstack_accesskey", {"account_name": "alice", "create": "always"}),
        ("zstack_accesskey_info", {"all_users": True}),
        ("zstack_accesskey_info", {"account_names": ["alice", "bob"]}),
    ],
    rejected_signing=[
        _key((zstack.ADMIN[0], WRONG)),
        {"api_session_uuid": zstack.EXPIRED_SESSION},
        {**_PASSWORD, "api_password": WRONG},
    ],
    account_calls={"LogOut"},
)

ZSTACK = Kind(
    info="zstack_accesskey_info",
    which={"all_users": True},
    result="access_keys",
    action="QueryAccessKey",
    reply=lambda rows: {"inventories": rows, "total": len(rows)},
    good={
        "uuid": zstack.KEY_UUID["bob"],
        "accountUuid": zstack.ACCOUNT["bob"],
        "AccessKeyID": "GoodKey",
        "state": "Enabled",
        "description": "ci",
        "createDate": "Jan 2, 2020 3:04:05 AM",
    },
    odd={
        "id": {"uuid": "../../accounts"},
        "status": {"state": "Frozen"},
        "owner": {"accountUuid": "root"},
        "user_uuid": {"userUuid": 5},
        "access_key_id": {"AccessKeyID": ""},
        "description": {"description": 5},
        "create_time": {"createDate": 5},
    },
    state="zstack_accesskey",
    owner={"account_uuid": zstack.ACCOUNT["bob"]},
    other={"uuid": "0dd00001000040008000000000000001", "AccessKeyID": "OddKey", "description": "other"},
)
KINDS = [ZSTACK]

CALLERS = [
    Caller(
        title,
        "zstack_caller_info",
        signing,
        {
            "account": zstack.ACCOUNT[name],
            "owner": zstack.ACCOUNT[name],
            "name": name,
            "kind": kind,
            "access_key_id": signing.get("api_access_key_id"),
        },
        calls,
    )
    for title, name, kind, signing, calls in [
        ("administrator", "admin", "administrator", _key(zstack.ADMIN), ["QueryAccessKey", "QueryAccount"]),
        ("account", "bob", "account", _key(zstack.BOB), ["QueryAccessKey", "QueryAccount"]),
        ("password", "admin", "administrator", _PASSWORD, ["LogInByAccount", "QueryAccount", "LogOut"]),
    ]
]

SEARCH = Search(
    "zstack_accesskey_info",
    {zstack.ALICE[0]: zstack.ACCOUNT["alice"], zstack.ADMIN[0]: zstack.ACCOUNT["admin"]},
    ["QueryAccessKey"],
    "QueryAccessKey",
    ["QueryAccessKey", "QueryAccessKey", "QueryAccount"],
    zstack.BOB,
    id_field="access_key_id",
    refused=[{"account_names": ["alice"]}, {"account_uuids": []}, {"all_users": True}],
    status_module="zstack_accesskey_status",
    update_call="ChangeAccessKeyState",
    inactive=zstack.ALICE_DISABLED[0],
)

REPLIES = Replies(
    broken=[
        (replied(), "inventories is missing"),
        (replied(inventories={}, total=1), "inventories is of another type"),
        (replied(inventories=[1], total=1), "not a JSON object"),
        (replied(inventories=[]), "total is missing"),
        (replied(inventories=[], total="0"), "total is of another type"),
        (replied(inventories=[], total=3), "the list changes while it is being read"),
        ({"fault": "status", "status": 202, "body": {}}, "accepted as a job"),
    ]
)

# Environments with credentials in two sets, and the variables that the warning names.
SEVERAL_SETS = [
    (
        {**zstack.CLOUD.environment(), "ZSTACK_ACCESSKEYID": "OTHER", "ZSTACK_ACCESSKEYSECRET": "other-secret-0001"},
        ("ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESSKEYID"),
    )
]

_CHOSEN = {"access_key_id": "ChosenKey00000000001", "access_key_secret": "ChosenSecret0000000000000000000000000001"}
# Each task has one choice of each line.
PLAYS = {
    "zstack_accesskey": [
        [
            *({"account_name": name} for name in ("alice", "carol", "carol", "ghost")),
            *({"account_uuid": zstack.ACCOUNT[name]} for name in ("admin", "carol")),
            {"account_name": "bob", "user_uuid": zstack.BOBS_USER},
            {},
        ],
        [
            *({}, {"description": "ci"}, {"description": "two"}, {"description": "CI"}),
            *({"uuid": zstack.KEY_UUID["alice"]}, {"access_key_id": zstack.ALICE[0]}),
            *(_CHOSEN, {**_CHOSEN, "description": "ci"}, {"access_key_id": _CHOSEN["access_key_id"]}),
            {**_CHOSEN, "access_key_id": "chosenkey00000000001"},
            {**_CHOSEN, "uuid": "c4050001000040008000000000000001"},
            {"uuid": "c4050001000040008000000000000001"},
            {"access_key_id": zstack.ADMIN[0], "allow_self_lockout": True},
        ],
        [{}, {}, {"status": "active"}, {"status": "inactive"}],
        [{}, {}, {"state": "absent"}, {"create": "if_none"}, {"create": "always"}, {"create": "never"}],
        [{"allow_unregistered_secret": True}],
    ],
}

_ROBOT = ("EmulatorRobotKey0001", "EmulatorRobotSecret000000000000000000001")
_ROBOTS_KEY = {"access_key_id": _ROBOT[0], "access_key_secret": _ROBOT[1]}
_OWN_ACCOUNT = {"account_uuid": "a0b07000000040008000000000000001"}
# A role is for accounts that manage their own keys.
ROBOT = Robot(
    _ROBOT,
    lambda policy: {
        "accounts": [{"name": "robot", "uuid": _OWN_ACCOUNT["account_uuid"], "policy": policy, "keys": [_ROBOTS_KEY]}]
    },
    {
        "Rotation": [
            ("zstack_caller_info", {}),
            ("zstack_accesskey_info", {"account_uuids": [_OWN_ACCOUNT["account_uuid"]]}),
            ("zstack_accesskey", {**_OWN_ACCOUNT, **_CHOSEN, "description": "new"}),
            ("zstack_accesskey", {**_OWN_ACCOUNT, "description": "new", "status": "inactive", "create": "never"}),
            ("zstack_accesskey", {**_OWN_ACCOUNT, "description": "new", "state": "absent"}),
        ],
    },
)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the facts about Huawei Cloud that the tests of all modules need."""

from __future__ import annotations

import json

from ...support import huawei
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

_key = huawei.CLOUD.signing
_TEMPORARY = {**_key(huawei.TEMPORARY), "api_security_token": huawei.SECURITY_TOKEN}
_GHOST_ID = "f" * 32

GUARDS = Guards(
    select_nothing=[
        ("iam_credential", {"user_name": "bob", "description": ""}, EMPTY_MARKER),
        ("iam_credential", {"access_key": "HSTEMULATORBOB***"}, "access_key contains a mask"),
        (
            "iam_credential",
            {"user_name": "alice", "description": "ci-deploy\n"},
            "description begins or ends with white space",
        ),
        (
            "iam_credential",
            {"access_key": huawei.BOB[0], "description": "x "},
            "description begins or ends with white space",
        ),
    ],
    nobody=[
        ("iam_credential_info", "access_key_ids"),
        ("iam_credential_info", "user_ids"),
        ("iam_credential_info", "user_names"),
    ],
    near=[
        ("iam_credential", {"user_name": "bob", "access_key": huawei.BOB[0].lower()}, huawei.BOB[0]),
        ("iam_credential", {"user_id": huawei.ID["alice"], "description": "ci- deploy"}, huawei.ALICE[0]),
    ],
    not_found={
        "iam_credential": NotFound(
            {
                "fault": "status",
                "action": "ListPermanentAccessKeys",
                "status": 404,
                "body": json.dumps({"error_code": "IAM.0004", "error_msg": "Could not find user."}),
            },
            {
                "fault": "wrong_type",
                "action": "KeystoneListUsers",
                "body": {"users": [{"id": _GHOST_ID, "name": "ghost"}], "links": {}},
            },
            2,
        )
    },
    owners={
        "iam_credential": [
            ({"user_id": huawei.ID["alice"]}, {"user_id": _GHOST_ID}),
            ({"user_name": "alice"}, {"user_name": "ghost"}),
        ]
    },
    own_keys=[
        ("by id", "iam_credential", {"access_key": huawei.ROOT[0]}),
        ("by id and owner", "iam_credential", {"access_key": huawei.ROOT[0], "user_id": huawei.ID["root"]}),
        ("by id and name", "iam_credential", {"access_key": huawei.ROOT[0], "user_name": "root"}),
        ("by marker", "iam_credential", {**MARKED, **_key(huawei.ALICE)}),
        ("the only one", "iam_credential", _key(huawei.BOB)),
        ("of the environment", "iam_credential", {**MARKED, "environment": huawei.CLOUD.environment(huawei.ALICE)}),
    ],
    no_self_lockouts=[
        ("iam_credential", {"access_key": huawei.ROOT[0], **DISABLE, **_TEMPORARY}),
        ("iam_credential", {"access_key": huawei.ROOT[0], **DISABLE, "api_auth_token": huawei.ROOT_TOKEN}),
        ("iam_credential", {"access_key": huawei.ROOT[0], "description": "renamed"}),
    ],
    state_tasks=[
        ("iam_credential", {"access_key": huawei.BOB[0], **DISABLE}),
        ("iam_credential", {"access_key": huawei.BOB[0], **DELETE, **_TEMPORARY}),
        ("iam_credential", {"access_key": huawei.BOB[0], **DELETE, "api_auth_token": huawei.ROOT_TOKEN}),
    ],
    info_tasks=[
        ("iam_caller_info", {}),
        ("iam_credential_info", {"all_users": True}),
        ("iam_credential_info", {"api_auth_token": huawei.ROOT_TOKEN}),
    ],
    account_faults={"KeystoneListAuthDomains": {"fault": "wrong_type", "body": {"domains": []}}},
    two_keys={
        "iam_credential": TwoKeys(
            owner={"user_id": huawei.ID["alice"]},
            ids={huawei.ALICE[0], huawei.ALICE_INACTIVE[0]},
            listing="ListPermanentAccessKeys",
            last_uses={"used", "never"},
            last_use_call="ShowPermanentAccessKey",
            rejection="APIGW.0301",
        )
    },
    rejected_tasks=[
        ("iam_caller_info", {}),
        ("iam_credential", {"user_name": "alice", "create": "always"}),
        ("iam_credential_info", {"all_users": True}),
        ("iam_credential_info", {"user_ids": list(huawei.ID.values())}),
        ("iam_credential_info", {"user_names": ["alice", "bob"]}),
    ],
    rejected_signing=[_key((huawei.ROOT[0], WRONG)), {"api_auth_token": WRONG}],
)

HUAWEI_KEYS = Kind(
    info="iam_credential_info",
    which={"user_ids": [huawei.ID["bob"]]},
    result="access_keys",
    action="ListPermanentAccessKeys",
    reply=lambda rows: {"credentials": rows},
    good={
        "access": huawei.BOB[0],
        "status": "active",
        "user_id": huawei.ID["bob"],
        "description": "ci",
        "create_time": "2020-01-02T03:04:05.000000Z",
    },
    odd={
        "status": {"status": "frozen"},
        "description": {"description": [1]},
        "user_id": {"user_id": None},
        "create_time": {"create_time": "yesterday"},
    },
    state="iam_credential",
    owner={"user_id": huawei.ID["bob"]},
    other={"access": "ODDKEY00000000000001", "description": "other"},
    named={"access_key": huawei.BOB[0]},
    # The keys are read one by one for their last use.
    also={"fault": "status", "action": "ShowPermanentAccessKey", "status": 403, "body": '{"x": 1}'},
)
KINDS = [HUAWEI_KEYS]

_DOMAINS = "KeystoneListAuthDomains"
CALLERS = [
    Caller(title, "iam_caller_info", signing, {"account": huawei.DOMAIN, **caller}, calls)
    for title, signing, caller, calls in [
        (
            "user",
            _key(huawei.BOB),
            {"owner": huawei.ID["bob"], "name": None, "kind": "user", "access_key_id": huawei.BOB[0]},
            [_DOMAINS, "ShowPermanentAccessKey"],
        ),
        (
            "temporary",
            _TEMPORARY,
            {"owner": None, "name": None, "kind": None, "access_key_id": huawei.TEMPORARY[0]},
            [_DOMAINS],
        ),
        (
            "token",
            {"api_auth_token": huawei.ALICE_TOKEN},
            {"owner": huawei.ID["alice"], "name": "alice", "kind": "user", "access_key_id": None},
            ["KeystoneValidateToken"],
        ),
    ]
]

SEARCH = Search(
    "iam_credential_info",
    {huawei.ALICE[0]: huawei.ID["alice"], huawei.ROOT[0]: huawei.ID["root"]},
    ["ShowPermanentAccessKey"] * 2,
    "ShowPermanentAccessKey",
    ["ShowPermanentAccessKey"],
    huawei.BOB,
    refused=[{"user_names": ["alice"]}, {"user_ids": []}, {"all_users": True}, {"unused_for_days": 0}],
    status_module="iam_credential_status",
    update_call="UpdatePermanentAccessKey",
    inactive=huawei.ALICE_INACTIVE[0],
)

REPLIES = Replies(
    lost=[
        NOT_FOUND,
        {"fault": "wrong_type", "body": {"credential": []}, **PROCESSED},
        {"fault": "null_field", "field": "credential"},
        {"fault": "null_field", "field": "access", "drop": True},
    ],
    without_secret=[{"fault": "null_field", "field": "secret"}],
    odd_fields=[
        {"fault": "null_field", "field": field} for field in ("status", "create_time", "user_id", "description")
    ],
    broken=[
        (replied(), "credentials is missing"),
        (replied(credentials={}), "credentials is of another type"),
        (replied(credentials=[1]), "not a JSON object"),
        (replied(credentials=[{"status": "odd"}]), "access is missing"),
        ({"fault": "null_field", "field": "access"}, "access is missing"),
        ({"fault": "null_field", "field": "user_id", "drop": True}, "user_id is missing"),
        ({"fault": "status", "status": 204}, "not a JSON object"),
    ],
)

# Environments with credentials in two sets, and the variables that the warning names.
SEVERAL_SETS = [
    (
        {**huawei.CLOUD.environment(), "OS_ACCESS_KEY": "OTHER", "OS_SECRET_KEY": "other-secret-0001"},
        ("HW_ACCESS_KEY", "OS_ACCESS_KEY"),
    )
]

_OWN = {"access_key": huawei.ROOT[0], "allow_self_lockout": True}
# Each task has one choice of each line.
PLAYS = {
    "iam_credential": [
        [
            *({"user_name": name} for name in ("alice", "carol", "carol", "ghost")),
            *({"user_id": huawei.ID[name]} for name in ("root", "carol", "alice")),
            {},
            {},
        ],
        [{}, *({"description": text} for text in ("ci", "ci", "two", "CI")), {"access_key": huawei.ALICE[0]}, _OWN],
        [{}, {}, {"status": "active"}, {"status": "inactive"}],
        [{}, {}, {"state": "absent"}, {"create": "if_none"}, {"create": "always"}, {"create": "never"}],
        [{"allow_unregistered_secret": True}],
    ],
}

_OF_BOB = {"user_id": huawei.ID["bob"]}
_ROBOT = ("HSTEMULATORROBOT0001", "EmulatorHuaweiRobotSecret000000000000001")
_ROBOTS_KEY = {"access": _ROBOT[0], "secret": _ROBOT[1]}
ROBOT = Robot(
    _ROBOT,
    lambda policy: {"users": [{"name": "robot", "policy": policy, "keys": [_ROBOTS_KEY]}]},
    {
        "Report": [("iam_credential_info", {"all_users": True})],
        "Kill switch": [
            ("iam_credential_status", {"access_key_ids": [huawei.BOB[0], "HSTEMULATORUNKNOWN01"], "status": "inactive"})
        ],
        "Rotation": [
            ("iam_caller_info", {}),
            ("iam_credential_info", {"user_ids": [_OF_BOB["user_id"]]}),
            (
                "iam_credential",
                {**_OF_BOB, "description": "new", "create": "always", "allow_unregistered_secret": True},
            ),
            ("iam_credential", {**_OF_BOB, "description": "new", "status": "inactive", "create": "never"}),
            ("iam_credential", {**_OF_BOB, "description": "new", "state": "absent"}),
        ],
        "Reconciliation": [
            ("iam_caller_info", {}),
            ("iam_credential_info", {"all_users": True}),
            (
                "iam_credential",
                {**_OF_BOB, "description": "new", "status": "inactive", "allow_unregistered_secret": True},
            ),
            ("iam_credential", {**_OF_BOB, "description": "new", "status": "active"}),
            ("iam_credential", {**_OF_BOB, "description": "new", "state": "absent"}),
        ],
    },
)

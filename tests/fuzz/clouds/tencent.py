# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define tasks that together make every call at Tencent Cloud, and describe its replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import tencent
from ..cloud import Reply
from ..facts import SAVED, Facts
from ..tampering import Edit, Tampering


def _is_of_another(other: Reply, reply: Reply) -> bool:
    return reply.action == "GetUser" and other.content["Response"]["Name"] != reply.params.get("Name")


FACTS = Facts(
    optional={"Description", "Remark", "PhoneNum", "CountryCode", "Email", "Uid", "CreateTime", "Error"}
    | {"LastUsedDate", "LastSecretUsedDate", "AccessKeys", "SecretIdLastUsedRows"},
    words={"Status": {"Active", "Inactive"}},
    success={200},
    is_of_another=_is_of_another,
)
# Existing IDs and names, and ones that a careless comparison mistakes for them.
KNOWN = (str(tencent.UIN["bob"]), f" {tencent.UIN['bob']}", "\uff11\uff12\uff13", tencent.BOB[0], tencent.ROOT[0])
SIGNING = tencent.CLOUD.signing()

_UIN = {name: str(uin) for name, uin in tencent.UIN.items()}
TASKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "cam_access_key": {
        "create": {"target_uin": _UIN["carol"], "description": "fuzz", **SAVED},
        "create inactive by name": {"user_name": "carol", "description": "fuzz", "status": "inactive", **SAVED},
        "no room": {"target_uin": _UIN["alice"], "description": "third", **SAVED},
        "disable the only one": {"target_uin": _UIN["bob"], "status": "inactive"},
        "nothing to do": {
            "user_name": "alice",
            "description": "ci-deploy",
            "status": "active",
            "api_expected_account": _UIN["root"],
        },
        "delete": {"user_name": "alice", "access_key_id": tencent.ALICE_INACTIVE[0], "state": "absent"},
        "delete what is not there": {"target_uin": _UIN["carol"], "access_key_id": tencent.BOB[0], "state": "absent"},
    },
    "cam_user": {
        "create": {
            "name": "fuzz",
            "remark": "made",
            "console_login": True,
            "password": "Fuzz-Password-1",
            "phone_num": "13900000009",
            "country_code": "86",
            "email": "fuzz@example.com",
        },
        "change": {"name": "bob", "remark": "changed", "email": ""},
        "nothing to do": {"name": "alice", "remark": "Release engineering", "email": "alice@example.com"},
        "delete": {"name": "carol", "state": "absent"},
        "delete with keys": {"name": "bob", "state": "absent", "force": True},
        "delete what is not there": {"name": "nobody", "state": "absent"},
    },
    "cam_access_key_info": {
        "own": {},
        "some": {"target_uins": [_UIN["alice"]], "user_names": ["bob"]},
        "all": {"all_users": True},
        "found": {"access_key_ids": [tencent.BOB[0], "AKIDnowhere"], "user_names": ["bob"]},
    },
    "cam_caller_info": {"caller": {}},
    "cam_user_info": {"all": {}, "some": {"names": ["alice", "nobody"]}},
}
# Each of these once caused a traceback, a false success, a visible secret or a lost key.
FOUND = {
    "a reply that is parsed as a line of the head": ("cam_access_key: create", Tampering(2, status=100)),
    "two lengths": ("cam_access_key: create", Tampering(2, length="1, 2")),
    "a last use of something that is no key": ("cam_access_key_info: own", Tampering(1, edits=(Edit("put", 3, {}),))),
    "a remark that is no text": ("cam_user: nothing to do", Tampering(0, edits=(Edit("put", 4, [0]),))),
    "a Uid that is no number": ("cam_user: nothing to do", Tampering(0, edits=(Edit("put", 3, 0.5),))),
    "a UIN that is no number, of the caller": (
        "cam_access_key_info: found",
        Tampering(1, edits=(Edit("put", 2, "\0"),)),
    ),
    "another user": ("cam_user: nothing to do", Tampering(0, crossed=2)),
    "a description that is no text, of a key of CAM": (
        "cam_access_key: disable the only one",
        Tampering(0, edits=(Edit("put", 6, {}),)),
    ),
}

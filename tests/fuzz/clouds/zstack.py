# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define tasks that together make every call at ZStack, and describe its replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import zstack
from ..cloud import Reply
from ..facts import SAVED, Facts
from ..tampering import Edit, Tampering


def _is_of_another(other: Reply, reply: Reply) -> bool:
    if reply.action in ("QueryAccessKey", "QueryAccount") and "uuid" in reply.params:
        return any(each["uuid"] != reply.params["uuid"] for each in other.content["inventories"])
    return False


FACTS = Facts(
    optional={"description", "userUuid", "type"},
    words={"state": {"Enabled", "Disabled"}},
    success={200, 202, 204},
    counted={"inventories": "total"},
    totals={"total"},
    # Queries without a result have one form, and so do writes that only return a success.
    empty=b'"inventories":[]',
    is_of_another=_is_of_another,
)
# Existing IDs and names, and ones that a careless comparison mistakes for them.
KNOWN = (
    zstack.ACCOUNT["bob"],
    zstack.ACCOUNT["bob"].upper(),
    zstack.KEY_UUID["bob"],
    zstack.ALICE[0],
    zstack.ALICE[0].lower(),
)
SIGNING = {**zstack.CLOUD.signing(), "api_timezone": "Asia/Shanghai"}

_BY_PASSWORD = {
    "api_access_key_id": None,
    "api_access_key_secret": None,
    "api_account_name": "admin",
    "api_password": "password",
}
TASKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "zstack_accesskey": {
        "create": {"account_uuid": zstack.ACCOUNT["carol"], "description": "fuzz", **SAVED},
        "create inactive by name": {"account_name": "carol", "description": "fuzz", "status": "inactive", **SAVED},
        "create with an id and a secret": {
            "account_uuid": zstack.ACCOUNT["carol"],
            "access_key_id": "FuzzKey0000000000001",
            "access_key_secret": "FuzzSecret00000000000000000000000000001",
        },
        "create by password": {**_BY_PASSWORD, "account_name": "carol", "description": "fuzz", **SAVED},
        "no room": {"account_uuid": zstack.ACCOUNT["alice"], "description": "third", **SAVED},
        "disable": {"uuid": zstack.KEY_UUID["bob"], "status": "inactive"},
        "nothing to do": {
            "account_name": "alice",
            "description": "ci-deploy",
            "status": "active",
            "api_expected_account": zstack.ACCOUNT["admin"],
        },
        "nothing to do by id and secret": {"access_key_id": zstack.ALICE[0], "access_key_secret": zstack.ALICE[1]},
        "delete": {"uuid": zstack.KEY_UUID["alice disabled"], "state": "absent"},
        "delete by marker": {
            "account_uuid": zstack.ACCOUNT["alice"],
            "description": "ci-deploy-old",
            "state": "absent",
        },
        "delete what is not there": {"uuid": zstack.UNKNOWN_UUID, "state": "absent"},
    },
    "zstack_caller_info": {"key": {}, "password": _BY_PASSWORD},
    "zstack_accesskey_info": {
        "own": {},
        "some": {"account_uuids": [zstack.ACCOUNT["alice"], zstack.ACCOUNT["carol"]], "account_names": ["bob"]},
        "all": {"all_users": True},
        "found": {"access_key_ids": [zstack.BOB[0], "nowhere,at-all"]},
    },
}
# Each of these once caused a traceback, a false success, a visible secret or a lost key.
FOUND = {
    "a description that is no text, of a key of ZStack": (
        "zstack_accesskey: delete by marker",
        Tampering(0, edits=(Edit("put", 13, 5),)),
    ),
    "another key than the one with the uuid": ("zstack_accesskey: delete", Tampering(0, crossed=28)),
}

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define tasks that together make every call at Huawei Cloud, and describe its replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import huawei
from ..cloud import Reply
from ..facts import SAVED, Facts
from ..tampering import Edit, Tampering


def _is_of_another(other: Reply, reply: Reply) -> bool:
    body = other.content
    if reply.action == "ShowPermanentAccessKey":
        return bool(body["credential"]["access"] != reply.params.get("access_key"))
    if reply.action == "ListPermanentAccessKeys" and "user_id" in reply.params:
        return any(each["user_id"] != reply.params["user_id"] for each in body["credentials"])
    return False


FACTS = Facts(
    optional={"description"},
    words={"status": {"active", "inactive"}},
    success={200, 201, 204},
    # The replies to these have one form, and name the key.
    alike={f"{verb}PermanentAccessKey" for verb in ("Create", "Show", "Update")},
    is_of_another=_is_of_another,
)
# Existing IDs and names, and ones that a careless comparison mistakes for them.
KNOWN = (
    huawei.ID["bob"],
    huawei.BOB[0],
    huawei.ROOT[0],
    huawei.BOB[0].lower(),
    "../credentials",
    "a/b",
    "a?b",
    "%2e%2e",
)
SIGNING = huawei.CLOUD.signing()

TASKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "iam_credential": {
        "create": {"user_id": huawei.ID["carol"], "description": "fuzz", **SAVED},
        "create inactive by name": {"user_name": "carol", "description": "fuzz", "status": "inactive", **SAVED},
        "no room": {"user_id": huawei.ID["alice"], "description": "third", **SAVED},
        "change": {
            "user_id": huawei.ID["bob"],
            "access_key": huawei.BOB[0],
            "status": "inactive",
            "description": "changed",
        },
        "change by id alone": {"access_key": huawei.BOB[0], "status": "inactive"},
        "nothing to do": {
            "user_name": "alice",
            "description": "ci-deploy",
            "status": "active",
            "api_expected_account": huawei.DOMAIN,
        },
        "create for the caller by token": {
            "api_access_key": None,
            "api_secret_key": None,
            "api_auth_token": huawei.ROOT_TOKEN,
            "description": "fuzz",
            **SAVED,
        },
        "delete": {"user_id": huawei.ID["alice"], "access_key": huawei.ALICE_INACTIVE[0], "state": "absent"},
        "delete by id alone": {"access_key": huawei.ALICE_INACTIVE[0], "state": "absent"},
        "delete what is not there": {"access_key": "HSTNOTTHERE000000001", "state": "absent"},
    },
    "iam_caller_info": {
        "key": {},
        "token": {"api_access_key": None, "api_secret_key": None, "api_auth_token": huawei.ROOT_TOKEN},
    },
    "iam_credential_info": {
        "own": {},
        "some": {"user_ids": [huawei.ID["alice"]], "user_names": ["bob"]},
        "all": {"all_users": True},
        "found": {"access_key_ids": [huawei.BOB[0], "HSTNOTTHERE000000001"]},
    },
}
# Each of these once caused a traceback, a false success, a visible secret or a lost key.
FOUND = {
    "a page in place of a deletion": (
        "iam_credential: delete",
        Tampering(1, performed=False, status=200, text="message of a proxy"),
    ),
    "a redirect to no address": (
        "iam_credential: create",
        Tampering(0, status=301, headers=(("Location", "http://[broken"),)),
    ),
    "a key without an ID": ("iam_credential: create inactive by name", Tampering(4, edits=(Edit("empty", 1),))),
    "a key with the ID of its user": (
        "iam_credential: create inactive by name",
        Tampering(4, edits=(Edit("copy", 1, source=2),)),
    ),
    "keys of another user": ("iam_credential: delete", Tampering(0, crossed=11)),
}

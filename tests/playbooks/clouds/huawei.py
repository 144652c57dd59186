# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the tasks of Huawei Cloud that the tests run on every cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import huawei
from ..cases import Cases, Keys, Load, Rotated


def _listed(state: Mapping[str, Any], owner: str) -> dict[str, str]:
    """Return the status of the keys of a user, by ID."""
    keys = next(user["keys"] for user in state["users"] if user["id"] == owner)
    return {key["access"]: key["status"] for key in keys}


def _foreign(owner: str, key: str) -> Mapping[str, Any]:
    """Return the seed that adds a key that someone else has created, with a description that must not be evaluated."""
    name = next(name for name, each in huawei.ID.items() if each == owner)
    return {"users": [{"name": name, "keys": [{"access": key, "description": "{{ lookup('pipe', 'exit 1') }}"}]}]}


_ROTATED = Rotated(
    cloud="huawei",
    owner=huawei.ID["bob"],
    key=huawei.BOB,
    full=huawei.ID["alice"],
    full_key=huawei.ALICE,
    second=huawei.ALICE_INACTIVE,
    listed=_listed,
    create="CreatePermanentAccessKey",
    foreign=_foreign,
    active={"status": "active"},
)

CHANGES = """
    - name: Change a key
      multicloud.iam.iam_credential:
        api_auth_token: "{{ alice_token }}"
        description: ci-deploy-old
        status: active
"""
CASES = Cases(
    second_key=huawei.BOB,
    temporary={"api_auth_token": huawei.ROOT_TOKEN},
    load=Load(
        generate="generate_users",
        objects="users",
        key_id="access",
        task="iam_credential: {user_name: '{{ item.0 }}', status: '{{ item.1 }}'}",
        written=lambda sent: (sent["access_key"], sent["credential"]["status"]),
    ),
    changes=CHANGES,
    secrets={"alice_token": huawei.ALICE_TOKEN},
    keys=[Keys(owner="user_name", owners="users", key_id="access")],
    once={
        "IAM key by marker": (
            "iam_credential: {user_name: once-1, description: once, status: inactive}",
            "CreatePermanentAccessKey",
        ),
        "IAM key if none": ("iam_credential: {user_name: once-2, create: if_none}", "CreatePermanentAccessKey"),
    },
    twice={"iam_credential": (f"user_id: {huawei.ID['carol']}, description: twice", "2 keys have the desc")},
    rotated=[_ROTATED],
)

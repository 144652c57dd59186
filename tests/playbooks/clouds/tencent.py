# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the tasks of Tencent Cloud that the tests run on every cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...support import tencent
from ..cases import Cases, Keys, Load, Rotated


def _listed(state: Mapping[str, Any], owner: str) -> dict[str, str]:
    """Return the status of the keys of a user, by ID."""
    keys = next(user["keys"] for user in state["users"] if str(user["uin"]) == owner)
    return {key["access_key_id"]: key["status"].lower() for key in keys}


def _foreign(owner: str, key: str) -> Mapping[str, Any]:
    """Return the seed that adds a key that someone else has created."""
    name = next(name for name, uin in tencent.UIN.items() if str(uin) == owner)
    return {"users": [{"name": name, "keys": [{"access_key_id": key}]}]}


_ROTATED = Rotated(
    cloud="tencent",
    owner=str(tencent.UIN["bob"]),
    key=tencent.BOB,
    full=str(tencent.UIN["alice"]),
    full_key=tencent.ALICE,
    second=tencent.ALICE_INACTIVE,
    listed=_listed,
    create="CreateAccessKey",
    foreign=_foreign,
    active={"status": "Active"},
)

CHANGES = f"""
    - name: Create a key
      multicloud.iam.cam_access_key:
        api_secret_id: {tencent.ALICE[0]}
        api_secret_key: "{{{{ alice }}}}"
        target_uin: {tencent.UIN["carol"]}
        description: canary
      register: made

    - name: Make a user
      multicloud.iam.cam_user:
        api_secret_id: {tencent.ALICE[0]}
        api_secret_key: "{{{{ alice }}}}"
        name: new
        console_login: true
        password: "{{{{ password }}}}"
"""
CASES = Cases(
    second_key=tencent.ALICE,
    temporary={**tencent.CLOUD.signing(tencent.TEMPORARY), "api_token": tencent.TOKEN},
    load=Load(
        generate="generate_users",
        objects="users",
        key_id="access_key_id",
        task="cam_access_key: {user_name: '{{ item.0 }}', status: '{{ item.1 }}'}",
        written=lambda sent: (sent["AccessKeyId"], sent["Status"]),
    ),
    changes=CHANGES,
    secrets={"alice": tencent.ALICE[1], "password": "Password-Canary-1"},
    keys=[Keys(owner="user_name", owners="users", key_id="access_key_id")],
    once={
        "user": ("cam_user: {name: once, remark: once}", "AddUser"),
        "CAM key by marker": (
            "cam_access_key: {user_name: once-1, description: once, status: inactive}",
            "CreateAccessKey",
        ),
        "CAM key if none": ("cam_access_key: {user_name: once-2, create: if_none}", "CreateAccessKey"),
    },
    twice={
        "cam_access_key": (f"target_uin: {tencent.UIN['carol']}, description: twice", "2 keys have the desc"),
        "cam_user": ("name: twice", None),
    },
    rotated=[_ROTATED, replace(_ROTATED, site="international", modes={"international": True})],
)

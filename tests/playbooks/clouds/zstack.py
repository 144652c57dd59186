# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the tasks of ZStack that the tests run on every cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import zstack
from ..cases import Cases, Keys, Load, Rotated


def _listed(state: Mapping[str, Any], owner: str) -> dict[str, str]:
    """Return the status of the keys of an account, by ID."""
    keys = next(account["keys"] for account in state["accounts"] if account["uuid"] == owner)
    return {key["access_key_id"]: {"Enabled": "active", "Disabled": "inactive"}[key["state"]] for key in keys}


def _foreign(owner: str, key: str) -> Mapping[str, Any]:
    """Return the seed that adds a key that someone else has created, with a description that must not be evaluated."""
    name = next(name for name, uuid in zstack.ACCOUNT.items() if uuid == owner)
    return {
        "accounts": [{"name": name, "keys": [{"access_key_id": key, "description": "{{ lookup('pipe', 'exit 1') }}"}]}]
    }


_ROTATED = Rotated(
    cloud="zstack",
    owner=zstack.ACCOUNT["bob"],
    key=zstack.BOB,
    full=zstack.ACCOUNT["alice"],
    full_key=zstack.ALICE,
    second=zstack.ALICE_DISABLED,
    listed=_listed,
    create="CreateAccessKey",
    foreign=_foreign,
    active={"state": "Enabled"},
    chosen_id=True,
    last_use=False,
)

CHANGES = f"""
    - name: Create a key with a given ID and secret
      multicloud.iam.zstack_accesskey:
        api_access_key_id: {zstack.BOB[0]}
        api_access_key_secret: "{{{{ bob }}}}"
        access_key_id: ChosenKeyId0001
        access_key_secret: "{{{{ chosen }}}}"
"""
CASES = Cases(
    second_key=zstack.BOB,
    temporary={"api_account_name": "admin", "api_password": zstack.PASSWORDS["admin"]},
    load=Load(
        generate="generate_accounts",
        objects="accounts",
        key_id="uuid",
        status="state",
        task="zstack_accesskey: {account_name: '{{ item.0 }}', status: '{{ item.1 }}'}",
        written=lambda sent: (sent["uuid"], sent["changeAccessKeyState"]["stateEvent"]),
    ),
    changes=CHANGES,
    secrets={"bob": zstack.BOB[1], "chosen": "Chosen-Secret-Canary-1"},
    keys=[Keys(owner="account_name", owners="accounts", key_id="uuid", signer="access_key_id")],
    once={
        "ZStack key by marker": (
            "zstack_accesskey: {account_name: once-1, description: once, status: inactive}",
            "CreateAccessKey",
        ),
        "ZStack key if none": ("zstack_accesskey: {account_name: once-2, create: if_none}", "CreateAccessKey"),
        "ZStack key by its ID": (
            (
                "zstack_accesskey: {account_name: once-3, access_key_id: OnceKey0000000000001,"
                " access_key_secret: CanaryOnceSecret00000000000000000000001}"
            ),
            "CreateAccessKey",
        ),
    },
    twice={
        "zstack_accesskey": (f"account_uuid: {zstack.ACCOUNT['carol']}, description: twice", "2 keys have the desc")
    },
    rotated=[_ROTATED],
)

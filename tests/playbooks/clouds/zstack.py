# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the tasks of ZStack that the tests run on every cloud."""

from __future__ import annotations

from ...support import zstack
from ..cases import Cases, Keys, Load

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
)

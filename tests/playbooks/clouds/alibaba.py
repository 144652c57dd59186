# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the tasks of Alibaba Cloud that the tests run on every cloud."""

from __future__ import annotations

from ...support import alibaba
from ..cases import Cases, Load

CHANGES = f"""
    - name: Change an entry
      multicloud.iam.sas_vendor_ak:
        api_access_key_id: {alibaba.OPERATOR[0]}
        api_access_key_secret: "{{{{ operator }}}}"
        vendor_auth_alias: tencent-prod
        secret_key: "{{{{ vendor }}}}"
        update_secret: always
        wait: false
"""
CASES = Cases(
    second_key=alibaba.OPERATOR,
    temporary={**alibaba.CLOUD.signing(alibaba.TEMPORARY), "api_security_token": alibaba.TOKEN},
    load=Load(
        generate="generate_entries",
        objects="entries",
        name="alias",
        key_id="auth_id",
        task="sas_vendor_ak: {vendor_auth_alias: '{{ item.0 }}', status: '{{ item.1 }}'}",
        written=lambda sent: (sent["AuthIds"], int(sent["Status"])),
        more={"vendor": "Tencent"},
    ),
    changes=CHANGES,
    secrets={"operator": alibaba.OPERATOR[1], "vendor": "Vendor-Secret-Canary-1"},
    once={
        "entry by alias": (
            (
                "sas_vendor_ak: {vendor: Tencent, ak_type: sub, secret_id: AKIDonce1, secret_key: Canary-Once-1,"
                " auth_modules: [HOST], vendor_auth_alias: once, status: inactive, wait: false}"
            ),
            alibaba.ADD,
        ),
        "entry by secret_id": (
            (
                "sas_vendor_ak: {vendor: Tencent, ak_type: sub, secret_id: AKIDonce2, secret_key: Canary-Once-2,"
                " auth_modules: [HOST]}"
            ),
            alibaba.ADD,
        ),
    },
    twice={
        "sas_vendor_ak": (
            (
                "vendor: AWS, ak_type: sub, secret_id: AKIAtwice, secret_key: Canary-Twice-1, domain: global,"
                " auth_modules: [HOST], vendor_auth_alias: twice"
            ),
            "2 entries match",
        )
    },
)

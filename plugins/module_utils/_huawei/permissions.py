# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Say which permission each operation of Huawei Cloud IAM requires."""

from __future__ import annotations

from typing import Any

from .._permissions import Operation, Permissions


def _policy(actions: list[str]) -> dict[str, Any]:
    return {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": actions}]}


_OF_KEYS = {
    "CreatePermanentAccessKey": Operation("iam:credentials:createCredential", writes=True),
    "DeletePermanentAccessKey": Operation("iam:credentials:deleteCredential", writes=True),
    "ListPermanentAccessKeys": Operation("iam:credentials:listCredentials"),
    "ShowPermanentAccessKey": Operation("iam:credentials:getCredential"),
    "UpdatePermanentAccessKey": Operation("iam:credentials:updateCredential", writes=True),
}
PERMISSIONS = Permissions(
    cloud="huawei",
    title="Huawei Cloud IAM",
    operations={
        **_OF_KEYS,
        "KeystoneListAuthDomains": Operation(None),
        "KeystoneListUsers": Operation("iam:users:listUsers"),
        "KeystoneValidateToken": Operation(None),
    },
    policy=_policy,
    sources=(
        "https://support.huaweicloud.com/intl/en-us/api-iam/iam_03_0001.html",
        "https://support.huaweicloud.com/intl/en-us/api-iam/iam_03_0002.html",
        "https://support.huaweicloud.com/intl/en-us/api-iam/iam_03_0004.html",
        "https://support.huaweicloud.com/eu/api-iam/iam_19_0003.html",
    ),
    notes=dict.fromkeys(_OF_KEYS, "Users need no iam:credentials action for their own keys."),
)

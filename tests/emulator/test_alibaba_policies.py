# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the emulator enforces the policy of a caller of Alibaba Cloud."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.multicloud.iam.tests.support import alibaba
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator


def test_a_denial_at_alibaba_says_which_action_is_missing(emulator: Emulator, ali: alibaba.Client) -> None:
    action = "yundun-sas:GetSupportedModules"
    operator = replace(ali, key=alibaba.OPERATOR)
    seen = []
    for effect in ("Allow", "Deny", None):
        statements = [{"Effect": effect, "Action": action, "Resource": "*"}] if effect else []
        policy = {"Version": "1", "Statement": statements}
        emulator.seed({"alibaba": {"users": [{"name": "operator", "policy": policy}]}})
        reply = operator.post("GetSupportedModules").json()
        detail = reply.get("AccessDeniedDetail", {})
        seen.append((reply.get("Code"), detail.get("AuthAction"), detail.get("NoPermissionType")))
        assert operator.code("DescribeCloudVendorAccountAKList") == "NoPermission"
    assert seen == [
        (None, None, None),
        ("NoPermission", action, "ExplicitDeny"),
        ("NoPermission", action, "ImplicitDeny"),
    ]

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that regions have the same hosts as in the official SDKs."""

from __future__ import annotations

from alibabacloud_sas20181203.client import Client as Sas
from alibabacloud_tea_openapi import models as openapi_models
from huaweicloudsdkiam.v3.region.iam_region import IamRegion

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.options import SITES
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.options import HOSTS

OPEN_TELEKOM_CLOUD = {"eu-de", "eu-nl", "eu-ch2"}  # has no such SDK


def test_the_sites_of_security_center_are_those_of_the_sdk() -> None:
    client = Sas(openapi_models.Config(access_key_id="i", access_key_secret="k", region_id="cn-shanghai"))
    known = {region: f"https://{host}" for region, host in client._endpoint_map.items()}
    assert {region: site.endpoint for region, site in SITES.items()} == known


def test_the_hosts_of_iam_are_those_of_the_sdk() -> None:
    known = {name: region.endpoints for name, region in IamRegion.static_fields.items()}
    ours = {region: [f"https://{host}"] for region, host in HOSTS.items() if region not in OPEN_TELEKOM_CLOUD}
    assert ours == known

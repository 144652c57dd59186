# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Credentials and connection options of Huawei Cloud; doc_fragments/_huawei.py describes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import env_fallback

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Field, Kind
from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._options import (
    ArgumentSpec,
    connection_options,
)

API_OPTIONS: ArgumentSpec = {
    "api_access_key": {"type": "str", "no_log": False},
    "api_secret_key": {"type": "str", "no_log": True},
    "api_security_token": {"type": "str", "no_log": True},
    "api_auth_token": {"type": "str", "no_log": True},
    "api_domain_id": {"type": "str", "no_log": False},
    "api_region": {"type": "str", "fallback": (env_fallback, ["HW_REGION_NAME"])},
    **connection_options("MULTICLOUD_IAM_HUAWEI_ENDPOINT"),
}


def _key_pair(access_key: str, secret_key: str, security_token: str, domain_id: str) -> Kind:
    """A key pair under the names of one family of environment variables."""
    return (
        Field("api_access_key", (access_key,)),
        Field("api_secret_key", (secret_key,)),
        Field("api_security_token", (security_token,), required=False),
        Field("api_domain_id", (domain_id,), required=False),
    )


CREDENTIALS = (
    _key_pair("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN", "HW_DOMAIN_ID"),
    (Field("api_auth_token", ("HW_AUTH_TOKEN",)), Field("api_domain_id", ("HW_DOMAIN_ID",), required=False)),
    _key_pair(
        "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HUAWEICLOUD_SDK_DOMAIN_ID"
    ),
    _key_pair("OS_ACCESS_KEY", "OS_SECRET_KEY", "OS_SECURITY_TOKEN", "OS_DOMAIN_ID"),
)
"""The families of the Terraform provider, of the official SDKs, and of Open Telekom Cloud."""

_DOMAIN = "myhuaweicloud.com"
_DOMAIN_OF_REGION = {
    "eu-west-101": "myhuaweicloud.eu",
    "eu-de": "otc.t-systems.com",
    "eu-nl": "otc.t-systems.com",
}


def default_endpoint(options: Mapping[str, Any]) -> str:
    """The endpoint of the region; the global one without a region (fact sheet, section 5)."""
    region = options["api_region"]
    if not region:
        return f"https://iam.{_DOMAIN}"
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise CloudError(USAGE, f"api_region is {region!r}", advice="Give the id of a region, like ap-southeast-1.")
    return f"https://iam.{region}.{_DOMAIN_OF_REGION.get(region, _DOMAIN)}"

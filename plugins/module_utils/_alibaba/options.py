# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Credentials, connection options and sites of Alibaba Cloud; doc_fragments/_alibaba.py describes them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Field, Kind, Profiles
from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._options import (
    ArgumentSpec,
    connection_options,
)
from ansible_collections.multicloud.iam.plugins.module_utils._transport import check_url

API_OPTIONS: ArgumentSpec = {
    "api_access_key_id": {"type": "str", "no_log": False},
    "api_access_key_secret": {"type": "str", "no_log": True},
    "api_security_token": {"type": "str", "no_log": True},
    "api_profile": {"type": "str"},
    "api_region": {"type": "str", "fallback": (env_fallback, ["ALIBABA_CLOUD_REGION_ID", "ALICLOUD_REGION"])},
    "api_sts_endpoint": {"type": "str"},
    **connection_options("MULTICLOUD_IAM_ALIBABA_ENDPOINT"),
}


def _key(access_key_id: str, access_key_secret: str, security_token: str) -> Kind:
    """A key, temporary or not, under the names of one family of environment variables."""
    return (
        Field("api_access_key_id", (access_key_id,)),
        Field("api_access_key_secret", (access_key_secret,)),
        Field("api_security_token", (security_token,), required=False),
    )


CREDENTIALS = (
    _key("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    _key("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
)
"""The families of the official SDKs and command line tool, and of the Terraform provider."""

_MEMBERS_OF_MODE = {
    "AK": {"api_access_key_id": "access_key_id", "api_access_key_secret": "access_key_secret"},
    "StsToken": {
        "api_access_key_id": "access_key_id",
        "api_access_key_secret": "access_key_secret",
        "api_security_token": "sts_token",
    },
}
_CLI_DISABLED = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED"


def _load_profile(name: str) -> dict[str, str | None]:
    """A profile of the official command line tool: ~/.aliyun/config.json."""
    path = os.path.expanduser("~/.aliyun/config.json")
    if os.environ.get(_CLI_DISABLED, "").lower() == "true":
        raise CloudError(
            USAGE,
            f"the profile {name!r} is not read, because {_CLI_DISABLED} forbids it",
            advice="Give the credentials themselves, or remove that variable.",
        )
    profile = _find_profile(path, name)
    mode = profile.get("mode")
    members = _MEMBERS_OF_MODE.get(str(mode))
    if members is None:
        raise CloudError(
            USAGE,
            f"the profile {name!r} has the mode {mode!r}, which is not supported",
            advice="Get temporary credentials first, and give them with api_security_token,"
            " or use a profile of the mode AK or StsToken.",
        )
    found = {option: profile.get(member) for option, member in members.items()}
    missing = [members[option] for option, value in found.items() if not isinstance(value, str) or not value]
    if missing:
        raise CloudError(
            USAGE,
            f"the profile {name!r} of the mode {mode} has no {' and no '.join(missing)}",
            advice=f"Complete it in {path}.",
        )
    return found


def _find_profile(path: str, name: str) -> Mapping[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            content: Any = json.load(file)
    except (OSError, ValueError) as error:
        # A decoding error would quote the file; its kind is enough.
        why = error.strerror if isinstance(error, OSError) else "it is not JSON"
        raise CloudError(
            USAGE, f"the profile {name!r} cannot be read from {path}: {why}", advice="Check api_profile."
        ) from None
    profiles = content.get("profiles") if isinstance(content, Mapping) else None
    for profile in profiles if isinstance(profiles, list) else []:
        if isinstance(profile, Mapping) and profile.get("name") == name:
            return profile
    raise CloudError(USAGE, f"there is no profile {name!r} in {path}", advice="Check api_profile.")


PROFILES = Profiles("api_profile", ("ALIBABA_CLOUD_PROFILE",), _load_profile)


class Site(NamedTuple):
    """One of the two installations of Security Center, and the STS next to it."""

    endpoint: str
    sts_endpoint: str


_CHINA = Site("https://tds.cn-shanghai.aliyuncs.com", "https://sts.cn-shanghai.aliyuncs.com")
_INTERNATIONAL = Site("https://tds.ap-southeast-1.aliyuncs.com", "https://sts.ap-southeast-1.aliyuncs.com")
_VENDOR_DOMAIN = ".aliyuncs.com"
_INTERNATIONAL_HOSTS = ("tds.ap-southeast-1.aliyuncs.com", "tds-intl.vpc-proxy.aliyuncs.com")

# The map of the official SDK (fact sheet, section 4).
_REGIONS_OF_CHINA = """
cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-wulanchabu cn-hangzhou cn-shanghai cn-nanjing cn-fuzhou
cn-shenzhen cn-heyuan cn-guangzhou cn-chengdu cn-hongkong cn-beijing-finance-1 cn-hangzhou-finance
cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-heyuan-acdr-1 cn-north-2-gov-1 cn-qingdao-acdr-ut-1 cn-shanghai-mybk
cn-wuhan-lr cn-zhengzhou-jva
"""
_INTERNATIONAL_REGIONS = """
ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-southeast-6 ap-southeast-7 ap-northeast-1
ap-northeast-2 ap-south-1 eu-central-1 eu-west-1 us-east-1 us-west-1 me-east-1 me-central-1
"""
_DEFAULT_REGION = "cn-shanghai"
SITES = {
    **dict.fromkeys(_REGIONS_OF_CHINA.split(), _CHINA),
    **dict.fromkeys(_INTERNATIONAL_REGIONS.split(), _INTERNATIONAL),
}
"""The site that serves each region."""


def default_endpoint(options: Mapping[str, Any]) -> str | None:
    """The endpoint of the region's site; None where the task gives an endpoint itself."""
    if options["api_endpoint"]:
        return None
    region = _DEFAULT_REGION if options["api_region"] is None else options["api_region"]
    if region not in SITES:
        raise CloudError(
            USAGE,
            f"api_region is {region!r}, which no site of Security Center is known to serve",
            advice="Give cn-shanghai for the site in China, ap-southeast-1 for the international one, or api_endpoint.",
        )
    return SITES[region].endpoint


def sts_endpoint(options: Mapping[str, Any], endpoint: str) -> str:
    """Where to ask who calls. endpoint: that of Security Center; a host that is not the vendor's serves both."""
    given = options["api_sts_endpoint"]
    if given is not None:
        return check_url("api_sts_endpoint", given)
    host = urlsplit(endpoint).hostname or ""
    if not host.endswith(_VENDOR_DOMAIN):
        return endpoint
    return (_INTERNATIONAL if host in _INTERNATIONAL_HOSTS else _CHINA).sts_endpoint

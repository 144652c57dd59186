# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the credentials, connection options and sites of Alibaba Cloud. doc_fragments/_alibaba.py describes them."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .._credentials import Credentials
from .._endpoint import check_url
from .._errors import USAGE, CloudError
from .._options import CONNECTION_OPTIONS, ArgumentSpec
from .._sources import Family, Field, Profile, Profiles, Sources
from .._surroundings import json_profile_file, read_profile_file

API_OPTIONS: ArgumentSpec = {
    "api_access_key_id": {"type": "str", "no_log": False},
    "api_access_key_secret": {"type": "str", "no_log": True},
    "api_security_token": {"type": "str", "no_log": True},
    "api_profile": {"type": "str"},
    "api_region": {"type": "str"},
    "api_sts_endpoint": {"type": "str"},
    **CONNECTION_OPTIONS,
}

_AK = {"api_access_key_id": "access_key_id", "api_access_key_secret": "access_key_secret"}
_MEMBERS_OF_MODE = {
    # of the command line tool
    "AK": _AK,
    "StsToken": {**_AK, "api_security_token": "sts_token"},
    # of the SDKs
    "access_key": _AK,
    "sts": {**_AK, "api_security_token": "security_token"},
}
# Of the SDKs, then of the command line tool.
_NO_PROFILES = ("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE")
_PROFILE_FILES = ("ALIBABA_CLOUD_CONFIG_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE", "ALICLOUD_SHARED_CREDENTIALS_FILE")


def _load_profile(name: str) -> Profile:
    """Load a profile of the official command line tool (JSON), or of a credentials file of the SDKs (INI)."""
    named = next((os.environ[variable] for variable in _PROFILE_FILES if os.environ.get(variable)), None)
    path = os.path.expanduser(named or "~/.aliyun/config.json")
    forbidding = next((each for each in _NO_PROFILES if os.environ.get(each, "").lower() == "true"), None)
    if forbidding:
        raise CloudError(
            USAGE,
            f"the profile {name!r} is not read, because {forbidding} forbids it",
            advice=f"Set the credentials as options, or unset {forbidding}.",
        )
    text = read_profile_file(path, name, "api_profile")
    is_json = not named or text.lstrip().startswith("{")
    profile = _profile_of_tool(path, name, text) if is_json else _profile_of_sdk(path, name, text)
    mode = profile.get("mode") if is_json else profile.get("type")
    members = _MEMBERS_OF_MODE.get(str(mode))
    if members is None:
        raise CloudError(
            USAGE,
            f"the profile {name!r} has the mode {mode!r}, which is not supported",
            advice="Get temporary credentials first, and set them with api_security_token,"
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
    region = profile.get("region_id")
    return Profile(f"profile {name!r} in {path}", {**found, "api_region": region if isinstance(region, str) else None})


def _profile_of_tool(path: str, name: str, text: str) -> Mapping[str, Any]:
    content = json_profile_file(path, name, "api_profile", text)
    profiles = content.get("profiles") if isinstance(content, Mapping) else None
    for profile in profiles if isinstance(profiles, list) else []:
        if isinstance(profile, Mapping) and profile.get("name") == name:
            return profile
    raise _no_profile(path, name)


def _profile_of_sdk(path: str, name: str, text: str) -> Mapping[str, Any]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        # The text of the error would quote the file.
        raise CloudError(
            USAGE,
            f"the profile {name!r} cannot be read from {path}: it is neither JSON nor INI",
            advice="Check api_profile.",
        ) from None
    if not parser.has_section(name):
        raise _no_profile(path, name)
    return {option: value.split("#")[0].strip() for option, value in parser.items(name)}  # as the SDKs read it


def _no_profile(path: str, name: str) -> CloudError:
    return CloudError(USAGE, f"there is no profile {name!r} in {path}", advice="Check api_profile.")


# An account has one region, whichever tool sets it. The names of the family's own tool come first.
_REGIONS = {
    "ALIBABA_CLOUD": ("ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_REGION"),
    "ALIBABACLOUD": ("ALIBABACLOUD_REGION_ID",),
    "ALICLOUD": ("ALICLOUD_REGION", "ALICLOUD_REGION_ID"),
}


def _family(prefix: str, access_key_id: str, access_key_secret: str) -> Family:
    """Return a key, temporary or not, under the names of one family of environment variables."""
    others = [name for other, names in _REGIONS.items() if other != prefix for name in names]
    return Family(
        (
            Field("api_access_key_id", (f"{prefix}_{access_key_id}",), is_id=True),
            Field("api_access_key_secret", (f"{prefix}_{access_key_secret}",)),
            Field("api_security_token", (f"{prefix}_SECURITY_TOKEN",), required=False),
        ),
        (Field("api_region", _REGIONS[prefix]),),
        borrowed=(Field("api_region", tuple(others)),),
    )


SOURCES = Sources(
    (
        _family("ALIBABA_CLOUD", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET"),
        _family("ALIBABACLOUD", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET"),
        _family("ALICLOUD", "ACCESS_KEY", "SECRET_KEY"),
        _family("ALICLOUD", "ACCESS_KEY_ID", "ACCESS_KEY_SECRET"),
    ),
    Profiles("api_profile", ("ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE", "ALICLOUD_PROFILE"), _load_profile),
    (Field("api_endpoint", ("MULTICLOUD_IAM_ALIBABA_ENDPOINT",)),),
)
"""The sources that the official SDKs, the command line tool and the Terraform provider read."""


class Site(NamedTuple):
    """Describe one of the two installations of Security Center, and its STS."""

    endpoint: str
    sts_endpoint: str


_CHINA = Site("https://tds.cn-shanghai.aliyuncs.com", "https://sts.cn-shanghai.aliyuncs.com")
_INTERNATIONAL = Site("https://tds.ap-southeast-1.aliyuncs.com", "https://sts.ap-southeast-1.aliyuncs.com")
_VENDOR_DOMAIN = ".aliyuncs.com"
_INTERNATIONAL_HOSTS = ("tds.ap-southeast-1.aliyuncs.com", "tds-intl.vpc-proxy.aliyuncs.com")

# The map of the official SDK (docs/dev/apis/alibaba.md, Service).
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
SITES = {
    **dict.fromkeys(_REGIONS_OF_CHINA.split(), _CHINA),
    **dict.fromkeys(_INTERNATIONAL_REGIONS.split(), _INTERNATIONAL),
}
"""The site that serves each region."""


_SITE_ADVICE = "Set api_region to cn-shanghai for the site in China, or ap-southeast-1 for the international one; or set api_endpoint."


def default_endpoint(credentials: Credentials) -> str:
    """Return the given endpoint, or that of the site of the region."""
    given, region = credentials["api_endpoint"], credentials["api_region"]
    if given is not None:
        return given
    if region is not None and region not in SITES:
        raise CloudError(
            USAGE, f"api_region is {region!r}, which no site of Security Center is known to serve", advice=_SITE_ADVICE
        )
    site = _CHINA if region is None else SITES[region]
    for other in credentials.rivals.get("api_region", ()):
        if SITES.get(other.value) != site:
            which = f"of api_region {region}" if region else "in China"
            raise CloudError(
                USAGE,
                f"the credentials ({credentials.signer}) may belong to a site other than the one {which}, because"
                f" {other.name} is {other.shown}",
                advice=_SITE_ADVICE,
            )
    return site.endpoint


def sts_endpoint(options: Mapping[str, Any], endpoint: str) -> str:
    """Return the endpoint of STS. endpoint: that of Security Center; a host that is not the vendor's serves both."""
    given = options["api_sts_endpoint"]
    if given is not None:
        return check_url("api_sts_endpoint", given)
    host = urlsplit(endpoint).hostname or ""
    if not host.endswith(_VENDOR_DOMAIN):
        return endpoint
    return (_INTERNATIONAL if host in _INTERNATIONAL_HOSTS else _CHINA).sts_endpoint

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the credentials and connection options of Tencent Cloud. doc_fragments/_tencent.py describes them."""

from __future__ import annotations

import os
import re
from typing import Any

from .._credentials import Credentials
from .._errors import USAGE, CloudError
from .._options import CONNECTION_OPTIONS, ArgumentSpec
from .._sources import Family, Field, Profile, Profiles, Sources
from .._surroundings import json_profile_file, read_profile_file

API_OPTIONS: ArgumentSpec = {
    "api_secret_id": {"type": "str", "no_log": False},
    "api_secret_key": {"type": "str", "no_log": True},
    "api_token": {"type": "str", "no_log": True},
    "api_profile": {"type": "str"},
    "api_region": {"type": "str"},
    **CONNECTION_OPTIONS,
}

_DOMAIN = "domain"  # of the site: the part of a host name after the product
_PRODUCT = "cam."
_DEFAULT_DOMAIN = "tencentcloudapi.com"
INTERNATIONAL_DOMAIN = "intl.tencentcloudapi.com"


def _load_profile(name: str) -> Profile:
    """Return a profile of the official CLI, from the JSON files ~/.tccli/<name>.credential and <name>.configure."""
    directory = os.environ.get("TENCENTCLOUD_SHARED_CREDENTIALS_DIR") or "~/.tccli"
    stem = os.path.expanduser(os.path.join(directory, name))
    content = _read(f"{stem}.credential", name)
    if content.get("role-arn"):
        raise CloudError(
            USAGE,
            f"the profile {name!r} assumes the role {content['role-arn']}, which is not supported",
            advice="Assume the role first, and set its temporary credentials with api_token.",
        )
    members = {"api_secret_id": "secretId", "api_secret_key": "secretKey", "api_token": "token"}
    values = {option: content.get(member) for option, member in members.items()}
    configured = _read(f"{stem}.configure", name) if os.path.exists(f"{stem}.configure") else {}
    values["api_region"] = _member(configured, "_sys_param", "region")
    host = _member(configured, "cam", "endpoint")
    values[_DOMAIN] = host[len(_PRODUCT) :] if isinstance(host, str) and host.startswith(_PRODUCT) else host
    texts = {option: value for option, value in values.items() if isinstance(value, str)}
    return Profile(f"profile {name!r} in {stem}.credential", texts)


def _read(path: str, name: str) -> dict[str, Any]:
    content = json_profile_file(path, name, "api_profile", read_profile_file(path, name, "api_profile"))
    if not isinstance(content, dict):
        raise CloudError(USAGE, f"the profile {path} is not a JSON object", advice="Create it with the official CLI.")
    return content


def _member(content: dict[str, Any], section: str, name: str) -> Any:
    members = content.get(section)
    return members.get(name) if isinstance(members, dict) else None


SOURCES = Sources(
    (
        Family(
            (
                Field("api_secret_id", ("TENCENTCLOUD_SECRET_ID",), is_id=True),
                Field("api_secret_key", ("TENCENTCLOUD_SECRET_KEY",)),
                # The official CLI reads TENCENTCLOUD_TOKEN, Terraform TENCENTCLOUD_SECURITY_TOKEN.
                Field("api_token", ("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"), required=False),
            ),
            (Field("api_region", ("TENCENTCLOUD_REGION",)), Field(_DOMAIN, ("TENCENTCLOUD_DOMAIN",))),
        ),
    ),
    Profiles("api_profile", ("TENCENTCLOUD_PROFILE", "TCCLI_PROFILE"), _load_profile),
    (Field("api_endpoint", ("MULTICLOUD_IAM_TENCENT_ENDPOINT",)),),
)
"""The variables and files that the official CLI and the Terraform provider read."""


_SITE_ADVICE = (
    "Set api_endpoint to https://cam.tencentcloudapi.com, or https://cam.intl.tencentcloudapi.com for the international"
    " site."
)


def endpoint_of(credentials: Credentials) -> str:
    """Return api_endpoint, or the endpoint in the domain of the credentials."""
    given, domain = credentials["api_endpoint"], credentials.found.get(_DOMAIN)
    if given is not None:
        return given
    if domain and not re.fullmatch(r"[A-Za-z0-9.-]+", domain.value):
        raise CloudError(USAGE, f"{domain.name} is {domain.shown}, which is not a domain name", advice=_SITE_ADVICE)
    named = domain.value if domain else _DEFAULT_DOMAIN
    for other in credentials.rivals.get(_DOMAIN, ()):
        if _site_of(other.value) != _site_of(named):
            raise CloudError(
                USAGE,
                f"the credentials ({credentials.signer}) may belong to a site other than that of {named}, because"
                f" {other.name} is {other.shown}",
                advice=_SITE_ADVICE,
            )
    return f"https://{_PRODUCT}{named}"


def _site_of(host: str) -> str:
    """Return the part of a host name that identifies the site, or the whole name of a foreign host."""
    return next((site for site in (INTERNATIONAL_DOMAIN, _DEFAULT_DOMAIN) if f".{host}".endswith(f".{site}")), host)

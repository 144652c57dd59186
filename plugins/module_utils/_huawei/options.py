# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the credentials and connection options of Huawei Cloud. doc_fragments/_huawei.py describes them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .._credentials import Credentials
from .._endpoint import check_url
from .._errors import USAGE, CloudError
from .._options import CONNECTION_OPTIONS, ArgumentSpec
from .._sources import OPTION, Family, Field, Found, Sources

API_OPTIONS: ArgumentSpec = {
    "api_access_key": {"type": "str", "no_log": False},
    "api_secret_key": {"type": "str", "no_log": True},
    "api_security_token": {"type": "str", "no_log": True},
    "api_auth_token": {"type": "str", "no_log": True},
    "api_domain_id": {"type": "str", "no_log": False},
    "api_region": {"type": "str"},
    **CONNECTION_OPTIONS,
}

_URL = "url"  # of the identity service
_CLOUD = "cloud"  # the domain of a site, as Terraform has it


def _key_pair(access_key: str, secret_key: str, security_token: str) -> tuple[Field, ...]:
    return (
        Field("api_access_key", (access_key,), is_id=True),
        Field("api_secret_key", (secret_key,)),
        Field("api_security_token", (security_token,), required=False),
    )


_PLACES = (
    Field("api_region", ("HW_REGION_NAME",)),
    Field("api_domain_id", ("HW_DOMAIN_ID",)),
    Field(_URL, ("HW_AUTH_URL",)),
    Field(_CLOUD, ("HW_CLOUD",)),
)
_PLACES_OF_SDK = (
    Field("api_region", ("HUAWEICLOUD_SDK_REGION_ID", "HW_REGION_NAME")),
    Field("api_domain_id", ("HUAWEICLOUD_SDK_DOMAIN_ID",)),
    Field(_URL, ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "HW_AUTH_URL")),
    Field(_CLOUD, ("HW_CLOUD",)),
)
_PLACES_OF_TELEKOM = (
    Field("api_region", ("OS_REGION_NAME", "OS_REGION")),
    Field("api_domain_id", ("OS_DOMAIN_ID",)),
    Field(_URL, ("OS_AUTH_URL",)),
)


def _token(*variables: str) -> tuple[Field, ...]:
    return (Field("api_auth_token", variables),)


SOURCES = Sources(
    (
        Family(_key_pair("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_SECURITY_TOKEN"), _PLACES),
        Family(_token("HW_AUTH_TOKEN"), _PLACES),
        Family(_key_pair("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"), _PLACES_OF_SDK),
        # Other sites use the names of OpenStack too, so there is no default site.
        Family(_key_pair("OS_ACCESS_KEY", "OS_SECRET_KEY", "OS_SECURITY_TOKEN"), _PLACES_OF_TELEKOM, False),
        Family(_token("OS_AUTH_TOKEN", "OS_TOKEN"), _PLACES_OF_TELEKOM, False),
    ),
    anywhere=(Field("api_endpoint", ("MULTICLOUD_IAM_HUAWEI_ENDPOINT",)),),
)
"""The sources that the Terraform provider, the official SDKs and the tools of Open Telekom Cloud read."""

_DOMAIN = "myhuaweicloud.com"
_EUROPE = "myhuaweicloud.eu"
_TELEKOM = "otc.t-systems.com"
_SWISS = "sc.otc.t-systems.com"
_REGIONS = """
cn-north-1 cn-north-2 cn-north-4 cn-north-9 cn-north-12 cn-east-2 cn-east-3 cn-east-4 cn-east-5 cn-south-1 cn-south-2
cn-southwest-2 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 af-south-1 la-north-2 la-south-2
na-mexico-1 sa-brazil-1 tr-west-1 me-east-1 ae-ad-1 my-kualalumpur-1 ru-moscow-1 eu-west-0
"""
_HOSTS_OF_TELEKOM = {
    "eu-de": "iam.eu-de.otc.t-systems.com",
    "eu-nl": "iam.eu-nl.otc.t-systems.com",
    "eu-ch2": "iam-pub.eu-ch2.sc.otc.t-systems.com",
}
HOSTS = {
    **{region: f"iam.{region}.{_DOMAIN}" for region in _REGIONS.split()},
    "eu-west-101": f"iam.eu-west-101.{_EUROPE}",
    **_HOSTS_OF_TELEKOM,
}
"""The host of IAM in each region of a known site."""

_SITE_ADVICE = "Set api_endpoint to the address of IAM at the site of the account."


def default_endpoint(credentials: Credentials) -> str:
    """Return the endpoint of IAM: the given one, or the one at the site of the credentials.

    Raises CloudError if the site is not known, because a key must not be sent to another site.
    """
    given = credentials["api_endpoint"]
    if given is not None:
        return given
    region, url, cloud = (credentials.found.get(name) for name in ("api_region", _URL, _CLOUD))
    endpoint = _endpoint(region, url, cloud)
    if endpoint is None and not credentials.has_default_place:
        raise CloudError(
            USAGE,
            f"the credentials ({credentials.signer}) do not identify their site",
            advice=f"Set OS_AUTH_URL or api_region. Or {_SITE_ADVICE[0].lower()}{_SITE_ADVICE[1:]}",
        )
    endpoint = endpoint or f"https://iam.{_DOMAIN}"
    is_explicit = region is not None and region.source == OPTION
    for name in () if is_explicit else (_URL, "api_region", _CLOUD):
        for other in credentials.rivals.get(name, ()):
            if _site_of(_endpoint_of_one(name, other)) != _site_of(endpoint):
                raise CloudError(
                    USAGE,
                    f"the credentials ({credentials.signer}) may belong to a site other than that of {endpoint}, because"
                    f" {other.name} is {other.shown}",
                    advice=f"Set api_region. Or {_SITE_ADVICE[0].lower()}{_SITE_ADVICE[1:]}",
                )
    return endpoint


def _endpoint(region: Found | None, url: Found | None, cloud: Found | None) -> str | None:
    """Return the endpoint of the region or site, or None. An option takes precedence over the environment."""
    is_explicit = region is not None and region.source == OPTION
    if url and not is_explicit:
        return _origin(url)
    if region and region.value in HOSTS and (is_explicit or not cloud):
        return f"https://{HOSTS[region.value]}"
    host = ".".join(place.value for place in (region, cloud) if place)
    if cloud and re.fullmatch(r"[A-Za-z0-9.-]+", host):
        return f"https://iam.{host}"
    if cloud:
        raise CloudError(USAGE, f"{cloud.name} is {cloud.shown}, which is not a domain name", advice=_SITE_ADVICE)
    if region:
        raise CloudError(USAGE, f"api_region is {region.shown}, and no site is known to have it", advice=_SITE_ADVICE)
    return None


def _endpoint_of_one(name: str, place: Found) -> str:
    """Return the endpoint of a single place. For an unknown place, return a text that is not an endpoint."""
    places = {"api_region": None, _URL: None, _CLOUD: None, name: place}
    try:
        return str(_endpoint(places["api_region"], places[_URL], places[_CLOUD]))
    except CloudError:
        return place.value


def _origin(url: Found) -> str:
    """Return scheme, host and port of the URL of the identity service. Its path is a version of the API."""
    parts = urlsplit(check_url(url.name, url.value))
    return f"{parts.scheme}://{parts.netloc}"


def _site_of(endpoint: str) -> str:
    """Return the domain of the known site that a host belongs to, or the host if the site is not known."""
    host = urlsplit(endpoint).hostname or endpoint
    return next((site for site in (_DOMAIN, _EUROPE, _SWISS, _TELEKOM) if host.endswith(f".{site}")), host)

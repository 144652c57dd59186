# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe how to reach an API, and check the URLs for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from ._errors import USAGE, CloudError

SHORTEST_ATTEMPT = 0.001  # seconds; a sleep may overshoot the deadline
PROXY_PASSWORD_ADVICE = (
    "The user and password of a proxy belong in the URL of https_proxy, http_proxy or all_proxy in the environment, as"
    " in http://USER:PASSWORD@HOST:PORT, percent-encoded. api_proxy accepts no password: omit it."
)
_PORTS = {"http": 80, "https": 443}
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_ENDS_AUTHORITY = re.compile(r"[/?#\\]")  # anywhere in a URL after the scheme


@dataclass(frozen=True)
class Settings:
    """Hold how to reach an API.

    endpoint: scheme, host and port. timeout: seconds for one attempt. retries: further attempts. proxy: URL, None for
    the one of the environment. verify: check certificates. ca_path: CA bundle, None for REQUESTS_CA_BUNDLE,
    CURL_CA_BUNDLE or the certifi package.
    """

    endpoint: str
    timeout: float = 30.0
    retries: int = 5
    proxy: str | None = None
    verify: bool = True
    ca_path: str | None = None

    @property
    def longest(self) -> float:
        """Return the seconds that a call may take with all its attempts."""
        return self.timeout * max(self.retries, 1)


def user_information(url: str) -> str:
    """Return the part of a URL that may hold user and password, however badly it is written, or ""."""
    authority, at, _host = (url.partition("://")[2] or url).rpartition("@")
    return authority if at else ""


def without_user(proxy: str) -> str:
    """Return the host and port of a proxy."""
    return proxy.rpartition("://")[2].rpartition("@")[2].rstrip("/")


def check_proxy(proxy: str) -> None:
    """Refuse a proxy of the environment that would make the HTTP libraries fail and quote half of its password."""
    try:
        parts = urlsplit(proxy)
        is_valid = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid = False
    if not is_valid or _ENDS_AUTHORITY.search(user_information(proxy)):
        raise CloudError(
            USAGE,
            "the proxy of the environment is not a URL of scheme, host and port",
            advice="Correct HTTP_PROXY, HTTPS_PROXY or ALL_PROXY. In a user or password, write / as %2F, ? as %3F, # as"
            " %23 and @ as %40.",
        )


def place_of(endpoint: str) -> str:
    """Return a text that is the same however the URL of an endpoint is written."""
    url = urlsplit(endpoint)
    return f"{url.hostname} {url.port or _PORTS.get(url.scheme)} {url.path.rstrip('/')}"


def check_url(option: str, url: str, example: str | None = None) -> str:
    """Return the URL of an option without a slash at its end.

    Refuse one that is not scheme, host and port, or that carries credentials. example: a good one, for the message.
    """
    if "@" in url:
        advice = PROXY_PASSWORD_ADVICE if option == "api_proxy" else "Omit the user and password from the URL."
        raise CloudError(USAGE, f"{option} contains user information", advice=advice)
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_valid = is_valid and not parts.query and not parts.fragment  # paths would be appended to them
    except ValueError:
        is_valid = False
    if not is_valid:
        raise CloudError(
            USAGE,
            f"{option} is {url!r}, which is not a URL of scheme, host and port",
            advice=f"Set {option} to {example or 'https://host or https://host:port'}.",
        )
    return url.rstrip("/")

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Send one request over HTTP, by the same rules for every cloud.

An attempt has a time limit as a whole, verifies certificates, honours proxies and NO_PROXY, never reads ~/.netrc, never
follows a redirect, and turns every failure into a CloudError.
"""

from __future__ import annotations

import os
import re
import traceback
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import unquote

from ._endpoint import PROXY_PASSWORD_ADVICE, Settings, check_proxy, user_information, without_user
from ._errors import CERTIFICATE, PROXY, REPLY, USAGE, CloudError
from ._http_errors import causes_of, network_error
from ._requests import HAS_REQUESTS, Adapter, AuthBase, Response, TimeLeft, requests, urllib3
from ._secrets import Secrets
from ._surroundings import missing_library
from ._tls import tls_failure
from ._wait import CLOCK, Clock

_ASKS_FOR_PASSWORD = re.compile(r"Tunnel connection failed: 407|SOCKS5 authentication")
_PROXY_PASSWORD_REQUIRED = 407
_LARGEST_REPLY = 64 * 1024 * 1024  # bytes; no listing of these APIs comes near


class Http:
    """Send a request, once. Threads may share it."""

    def __init__(self, settings: Settings, clock: Clock = CLOCK, connections: int = 1) -> None:
        if not HAS_REQUESTS:
            raise missing_library("requests")
        self._settings = settings
        self._clock = clock
        self._session = requests.Session()
        # Nothing is taken from the environment: ~/.netrc would replace the signature.
        self._session.trust_env = False
        # Cookies of a reply do not go with the next call.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        # A redirect that is not followed would still be prepared, which may fail, and its body read without limit.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign] # noqa: ARG005
        # The size of a compressed body is unknown until it is decompressed.
        self._session.headers["Accept-Encoding"] = "identity"
        self._is_rejected = False
        adapter = Adapter(pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | str | None,
        timeout: float,
        auth: AuthBase | None = None,
    ) -> Response:
        """Return the complete reply, whatever its status. Raises CloudError without one, or for that of a proxy."""
        proxies = self._proxies(url)
        proxy = requests.utils.select_proxy(url, proxies)
        if self._is_rejected:
            raise self._rejected(proxy)
        try:
            reply = self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                auth=auth,
                timeout=TimeLeft(self._clock, timeout),  # type: ignore[arg-type] # the library's own kind is taken too
                stream=True,
                allow_redirects=False,
                verify=self._verify(),
                proxies=proxies,
            )
            with reply:
                reply.raw.enforce_content_length = True  # as urllib3 does by itself from 2.0 on
                reply._content = self._read(reply)  # what requests does for stream=False
                if reply.status_code == _PROXY_PASSWORD_REQUIRED:
                    raise self._rejected(proxy)
                return reply
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            raise self._failure(error, proxies, proxy) from None

    def _failure(self, error: Exception, proxies: Mapping[str, str], proxy: str | None) -> CloudError:
        """Return the CloudError for an exception of the HTTP libraries, without the passwords of the proxies."""
        causes = causes_of(error)
        if any(_ASKS_FOR_PASSWORD.search(str(cause)) for cause in causes):
            return self._rejected(proxy)
        failure = self._tls_error(causes, proxy) or network_error(error, causes, self._settings.endpoint)
        secrets = Secrets()
        for each in proxies.values():
            information = user_information(each)
            secrets.add(information, unquote(information), unquote(information.partition(":")[2]))
        # If the library failed over the head of a reply, only the frames of the exception refer to that reply, and keep it open.
        for cause in causes:
            traceback.clear_frames(cause.__traceback__)
        return replace(failure, reason=secrets.scrub(failure.reason))

    def close(self) -> None:
        """Close the connections. Sending again opens new ones."""
        self._session.close()

    def _rejected(self, proxy: str | None) -> CloudError:
        """Return the failure of a proxy that rejects its password. It is not asked again, which could lock the user."""
        self._is_rejected = True
        has_password = bool(proxy and user_information(proxy))
        return CloudError(
            PROXY,
            f"{_named(proxy)} {'does not accept its user or password' if has_password else 'asks for a password'}",
            http_status=_PROXY_PASSWORD_REQUIRED,
            advice=PROXY_PASSWORD_ADVICE,
        )

    def _tls_error(self, causes: list[BaseException], proxy: str | None) -> CloudError | None:
        is_of_proxy = isinstance(causes[0], requests.exceptions.ProxyError)
        where = _named(proxy) if is_of_proxy else self._settings.endpoint
        name = "the URL of the proxy" if is_of_proxy else "api_endpoint"
        failure = tls_failure(causes, where, name, self._ca_path())
        if failure is None:
            return None
        return CloudError(CERTIFICATE, failure.reason, advice=failure.advice, maybe_done=failure.maybe_done)

    def _ca_path(self) -> str | None:
        environment = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
        return self._settings.ca_path or environment

    def _verify(self) -> bool | str:
        if not self._settings.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            return False
        path = self._ca_path()
        if path and not os.path.exists(path):
            raise CloudError(
                USAGE,
                f"there are no CA certificates at {path}",
                advice="Check api_ca_path, or REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE in the environment.",
            )
        return path or True

    def _proxies(self, url: str) -> dict[str, str]:
        if self._settings.proxy:
            return {"http": self._settings.proxy, "https": self._settings.proxy}
        found = requests.utils.get_environ_proxies(url)
        # Without a scheme, the library would take the user for the scheme.
        proxies = {name: proxy if "://" in proxy else f"http://{proxy}" for name, proxy in found.items()}
        used = requests.utils.select_proxy(url, proxies)
        if used:
            check_proxy(used)
        return proxies

    def _read(self, reply: Response) -> bytes:
        """Return the body, read in pieces, so that a reply that is too large is noticed in time."""
        # urllib3 before 2.2 can only wait for a number of bytes.
        read = partial(reply.raw.read1, 65536) if hasattr(reply.raw, "read1") else partial(reply.raw.read, 256)
        chunks: list[bytes] = []
        size = 0
        while True:
            chunk = read(decode_content=False)
            if not chunk:
                return _decompressed(reply, b"".join(chunks))
            chunks.append(chunk)
            size += len(chunk)
            if size > _LARGEST_REPLY:
                raise CloudError(
                    REPLY,
                    f"the reply is larger than {_LARGEST_REPLY // 1024 // 1024} MiB",
                    maybe_done=True,
                    advice="Check that api_endpoint is the API itself.",
                )


def _decompressed(reply: Response, content: bytes) -> bytes:
    """Return the body of a reply, or nothing for a compressed error, whose status says enough. Refuse a compressed success."""
    encoding = reply.headers.get("Content-Encoding", "").strip().lower()
    if not content or encoding in ("", "identity"):
        return content
    if reply.status_code >= 300:
        return b""
    raise CloudError(
        REPLY,
        "the reply is compressed, although the request did not allow that",
        http_status=reply.status_code,
        maybe_done=True,
        advice="Check that api_endpoint is the API itself, and the proxy if there is one.",
    )


def _named(proxy: str | None) -> str:
    """Return words for a proxy, by its host and port."""
    return f"the proxy {without_user(proxy)}" if proxy else "something in front of the API"

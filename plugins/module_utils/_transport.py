# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Transport rules, the same for every cloud: one attempt over HTTP, and one loop that repeats it.

An attempt has a time limit as a whole, verifies certificates, honours proxies and NO_PROXY, never
reads ~/.netrc, never follows a redirect, and turns every failure into a CloudError.
"""

from __future__ import annotations

import logging
import os
import random
import re
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from functools import cache, partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Callable, TypeVar
from urllib.parse import unquote, urlsplit

from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    AUTHENTICATION,
    CERTIFICATE,
    DENIED,
    NETWORK,
    PROXY,
    REPLY,
    THROTTLED,
    UNAVAILABLE,
    USAGE,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import Secrets
from ansible_collections.multicloud.iam.plugins.module_utils._surroundings import missing_library
from ansible_collections.multicloud.iam.plugins.module_utils._timed_reply import TimedReply
from ansible_collections.multicloud.iam.plugins.module_utils._tls import tls_failure

# Three of them are the library's, so that its import is guarded in this place alone.
__all__ = (
    "AuthBase",
    "Http",
    "PreparedRequest",
    "Response",
    "Retry",
    "Settings",
    "check_url",
    "retry_after",
    "status_error",
    "user_information",
)

try:
    import requests
    import urllib3
    from requests import PreparedRequest, Response
    from requests.auth import AuthBase
except ImportError:
    HAS_REQUESTS = False
    # Names that the signers and their annotations need; no request is sent without the library.
    AuthBase = object  # type: ignore[assignment,misc]
    PreparedRequest = Response = Any  # type: ignore[assignment,misc]
else:
    HAS_REQUESTS = True


if HAS_REQUESTS:

    class _Adapter(requests.adapters.HTTPAdapter):
        """Has replies read against the clock, also those of proxies."""

        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            super().init_poolmanager(*arguments, **options)
            _read_against_the_clock(self.poolmanager)

        def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(*arguments, **options)
            _read_against_the_clock(manager)
            return manager

    class _Rest(urllib3.Timeout):
        """What is left of the time for an attempt, for whatever of it begins: the parts share one limit."""

        def __init__(self, clock: Callable[[], float], seconds: float) -> None:
            super().__init__()
            self._clock = clock
            self._deadline = clock() + seconds

        def clone(self) -> _Rest:
            return self

        @property
        def connect_timeout(self) -> float:
            return max(self._deadline - self._clock(), _SHORTEST_ATTEMPT)

        read_timeout = connect_timeout


def _read_against_the_clock(manager: Any) -> None:
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _timed(pool) for scheme, pool in pools.items()}


@cache
def _timed(pool: Any) -> Any:
    """A class of pools, those of SOCKS have their own, with connections that make timed replies.

    The time that connecting takes is not there any more for the handshake of TLS, or with a proxy.
    """
    connection = pool.ConnectionCls
    if connection.response_class is TimedReply:
        return pool

    def connect(self: Any) -> Any:
        begin = time.monotonic()
        sock = connection._new_conn(self)
        limit = sock.gettimeout()
        if limit is not None:
            sock.settimeout(max(limit - (time.monotonic() - begin), _SHORTEST_ATTEMPT))
        return sock

    timed = type(connection.__name__, (connection,), {"response_class": TimedReply, "_new_conn": connect})
    return type(pool.__name__, (pool,), {"ConnectionCls": timed})


_SESSION_IN_PATH = re.compile(r"/[0-9a-fA-F]{32}(?=/|$)")


def _hide_secret_parts(record: logging.LogRecord) -> bool:
    """Take out of a log record what of a URL may be a secret: the query, and in the path what may be a session."""

    def harmless(part: Any) -> Any:
        if isinstance(part, BaseException):
            return type(part).__name__
        if not isinstance(part, str):
            return part
        path, question_mark, _query = part.partition("?")
        return _SESSION_IN_PATH.sub("/...", path) + (question_mark and "?...")

    if isinstance(record.args, tuple):
        record.args = tuple(map(harmless, record.args))
    record.exc_info = None
    return True


# One logs the line of every request, at debug level; another the URL, as a warning, when a reply has an odd header.
for _name in ("connection", "connectionpool", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_hide_secret_parts)

T = TypeVar("T")

_ASKS_FOR_PASSWORD = re.compile(r"Tunnel connection failed: 407|SOCKS5 authentication")
_PROXY_SCHEMES = ("http", "https", "socks4", "socks4a", "socks5", "socks5h")
_ENDS_AUTHORITY = re.compile(r"[/?#\\]")  # wherever it stands in a URL behind the scheme
_PROXY_PASSWORD_REQUIRED = 407
_FOR_A_PROXY = (
    "User and password for a proxy belong in the URL of https_proxy, http_proxy or all_proxy in the environment, before"
    " its host and an @, each percent-encoded. api_proxy takes none: leave it out then."
)
_LONGEST_NUMBER = 10  # digits of a Retry-After
_LARGEST_REPLY = 64 * 1024 * 1024  # bytes; no listing of these APIs comes near
_FIRST_PAUSE = 0.5  # seconds; the pause before a repeat is a random part of a bound that doubles from this …
_SHORTEST_ATTEMPT = 0.001  # seconds; a sleep may overshoot the deadline
_SHORTEST_LOOK = 1.0  # seconds; the last look of all comes when the time is over
_SHORTEST_PART = 0.25  # of the time for an attempt; with less, what is sent would be in doubt and not throttled
_LONGEST_PAUSE = 4.0  # … up to this, and then shrinks again to the first: who has waited long comes oftener
_LONGEST_PAUSE_AFTER = 3  # repeats
_SHRINKING = 0.8


@dataclass(frozen=True)
class Settings:
    """How to reach an API.

    endpoint: scheme, host and port. timeout: seconds for one attempt. retries: further attempts.
    proxy: URL, None for the environment's. verify: check certificates. ca_path: CA bundle, None for
    REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE or the certifi package.
    """

    endpoint: str
    timeout: float = 30.0
    retries: int = 5
    proxy: str | None = None
    verify: bool = True
    ca_path: str | None = None

    @property
    def longest(self) -> float:
        """Seconds that a call may take with all its repeats."""
        return self.timeout * max(self.retries, 1)


def user_information(url: str) -> str:
    """The part of a URL that may hold user and password, however badly it is written; "" if none."""
    authority, at, _host = (url.partition("://")[2] or url).rpartition("@")
    return authority if at else ""


def _check_proxy(proxy: str) -> None:
    """Refuse a proxy of the environment over which the HTTP libraries would fail, and quote half of its password."""
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


def check_url(option: str, url: str, example: str | None = None) -> str:
    """Refuse a URL of an option that is not scheme, host and port, or that carries credentials.

    example: how it could look like, for the message.
    """
    if "@" in url:
        advice = _FOR_A_PROXY if option == "api_proxy" else "Leave user and password out of the URL."
        raise CloudError(USAGE, f"{option} carries user information", advice=advice)
    try:
        parts = urlsplit(url)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_valid = is_valid and not parts.query and not parts.fragment  # or paths would be put behind them
    except ValueError:
        is_valid = False
    if not is_valid:
        raise CloudError(
            USAGE,
            f"{option} is {url!r}, which is not a URL of scheme, host and port",
            advice=f"Give it as {example or 'https://host or https://host:port'}.",
        )
    return url.rstrip("/")


class Http:
    """Sends one request, once. Safe to share between threads."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic, connections: int = 1) -> None:
        if not HAS_REQUESTS:
            raise missing_library("requests")
        self._settings = settings
        self._clock = clock
        self._session = requests.Session()
        # Nothing of the environment applies by itself: ~/.netrc would replace the signature.
        self._session.trust_env = False
        # Whatever a reply sets, the next call says nothing but what its task says.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        # Even what is not followed would be prepared, with whatever error that gives, and the body read without limit.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign] # noqa: ARG005
        # What a packed body would unpack to has no limit before it is there.
        self._session.headers["Accept-Encoding"] = "identity"
        self._is_refused = False
        adapter = _Adapter(pool_maxsize=connections)
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
        """The complete reply, whatever its status; raises CloudError if there is none, or only that of a proxy."""
        proxies = self._proxies(url)
        proxy = requests.utils.select_proxy(url, proxies)
        if self._is_refused:
            raise self._refused(proxy)
        try:
            reply = self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                auth=auth,
                timeout=_Rest(self._clock, timeout),  # type: ignore[arg-type] # the library's own kind is taken too
                stream=True,
                allow_redirects=False,
                verify=self._verify(),
                proxies=proxies,
            )
            with reply:
                reply.raw.enforce_content_length = True  # as urllib3 does by itself from 2.0 on
                reply._content = self._read(reply)  # what requests does for stream=False
                if reply.status_code == _PROXY_PASSWORD_REQUIRED:
                    raise self._refused(proxy)
                return reply
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
            UnicodeError,
        ) as error:
            causes = _causes(error)
            if any(_ASKS_FOR_PASSWORD.search(str(cause)) for cause in causes):
                raise self._refused(proxy) from None
            failure = self._tls_error(causes, proxy) or _network_error(error, self._settings)
            secrets = Secrets()
            for proxy in proxies.values():
                information = user_information(proxy)
                secrets.add(information, unquote(information), unquote(information.partition(":")[2]))
            # A reply over whose head the library fails is known to its frames alone, which would keep it open.
            for cause in causes:
                traceback.clear_frames(cause.__traceback__)
            raise replace(failure, reason=secrets.scrub(failure.reason)) from None

    def close(self) -> None:
        """Close the connections; whoever sends again opens new ones."""
        self._session.close()

    def _refused(self, proxy: str | None) -> CloudError:
        """The failure of a proxy that does not accept its password. It is not asked again: that could lock the user."""
        self._is_refused = True
        has_password = bool(proxy and user_information(proxy))
        return CloudError(
            PROXY,
            f"{_named(proxy)} {'does not accept its user or password' if has_password else 'asks for a password'}",
            http_status=_PROXY_PASSWORD_REQUIRED,
            advice=_FOR_A_PROXY,
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
        # Without a scheme, the library would take the user for one.
        proxies = {name: proxy if "://" in proxy else f"http://{proxy}" for name, proxy in found.items()}
        used = requests.utils.select_proxy(url, proxies)
        if used:
            _check_proxy(used)
        return proxies

    def _read(self, reply: Response) -> bytes:
        """The body, read as it comes, so that its size is known in time."""
        # urllib3 before 2.2 can only wait for a number of bytes.
        read = partial(reply.raw.read1, 65536) if hasattr(reply.raw, "read1") else partial(reply.raw.read, 256)
        chunks: list[bytes] = []
        size = 0
        while True:
            chunk = read(decode_content=False)
            if not chunk:
                return _unpacked(reply, b"".join(chunks))
            chunks.append(chunk)
            size += len(chunk)
            if size > _LARGEST_REPLY:
                raise CloudError(
                    REPLY,
                    f"the reply is larger than {_LARGEST_REPLY // 1024 // 1024} MiB",
                    maybe_done=True,
                    advice="Check that api_endpoint is the API itself.",
                )


def _unpacked(reply: Response, content: bytes) -> bytes:
    """The body of a reply as the API means it; of an error that is packed, none, so that its status tells."""
    encoding = reply.headers.get("Content-Encoding", "").strip().lower()
    if not content or encoding in ("", "identity"):
        return content
    if reply.status_code >= 300:
        return b""
    raise CloudError(
        REPLY,
        "the reply is packed, although it was asked for as it is",
        http_status=reply.status_code,
        maybe_done=True,
        advice="Check that api_endpoint is the API itself, and the proxy if there is one.",
    )


def _named(proxy: str | None) -> str:
    """A proxy by its host and port, without user and password."""
    if not proxy:
        return "something before the API"
    return f"the proxy {proxy.rpartition('://')[2].rpartition('@')[2].rstrip('/')}"


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and those wrapped in it, outermost first."""
    pending: list[Any] = [error]
    seen: list[BaseException] = []
    while pending:
        cause = pending.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            pending += [getattr(cause, "reason", None), *cause.args, cause.__cause__]
    return seen


def _is_of_system(cause: BaseException) -> bool:
    return (
        isinstance(cause, OSError) and not isinstance(cause, requests.exceptions.RequestException) and bool(str(cause))
    )


def _network_error(error: Exception, settings: Settings) -> CloudError:
    exceptions = requests.exceptions
    causes = _causes(error)
    # The innermost text is the system's own; the outer ones repeat URLs and object addresses.
    texts = [str(cause) for cause in causes if str(cause) and "object at 0x" not in str(cause)]
    reason = f"{settings.endpoint}: {texts[-1] if texts else type(error).__name__}"
    if any(isinstance(cause, urllib3.exceptions.InvalidHeader) for cause in causes):
        return CloudError(
            REPLY,
            "the reply has a header that makes no sense",
            maybe_done=True,
            advice="Check that api_endpoint is the API itself, and the proxy if there is one.",
        )
    if isinstance(error, (exceptions.InvalidHeader, UnicodeError)):
        # The text of this one quotes the header, which may be the signature.
        return CloudError(
            USAGE,
            "a credential or the region cannot be sent in a header",
            advice="Remove control characters from the credentials and from api_region.",
        )
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.InvalidProxyURL)):
        return CloudError(USAGE, reason, advice="Check api_endpoint and the proxy settings.")
    # From here on a text of the HTTP libraries may quote the reply, with a secret that nobody knows yet.
    own = [str(cause) for cause in causes if _is_of_system(cause)]
    reason = f"{settings.endpoint}: {own[-1] if own else type(causes[-1]).__name__}"
    # Only what says so was never sent: a proxy that breaks off may have passed the request on.
    never_sent = isinstance(error, exceptions.ConnectTimeout) or any(
        isinstance(cause, urllib3.exceptions.NewConnectionError) or "Tunnel connection failed" in str(cause)
        for cause in causes
    )
    if isinstance(error, exceptions.ProxyError):
        return CloudError(
            NETWORK,
            f"the proxy failed: {reason}",
            maybe_done=not never_sent,
            advice="Check api_proxy, or the proxy variables.",
        )
    if isinstance(error, (exceptions.Timeout, urllib3.exceptions.TimeoutError)):
        reason = f"{settings.endpoint}: no complete reply in time"
    return CloudError(
        NETWORK,
        reason,
        maybe_done=not never_sent,
        advice="Check the endpoint and the network, or raise api_timeout.",
    )


def status_error(reply: Response) -> CloudError:
    """What an HTTP status says when the body says nothing an API has promised."""
    status = reply.status_code
    facts: dict[str, Any] = {"http_status": status}
    if status in (301, 302, 303, 307, 308):
        where = _host_of(reply.headers.get("Location", "")) or "an unnamed place"
        return CloudError(
            REPLY,
            f"the endpoint redirects to {where}, and credentials are not sent to where a redirect points",
            advice="Give the right address in api_endpoint.",
            maybe_done=True,
            **facts,
        )
    if status == 429:
        return CloudError(
            THROTTLED,
            "too many requests",
            retry_after=retry_after(reply),
            advice="Send fewer requests.",
            **facts,
        )
    if status >= 500:
        return CloudError(
            UNAVAILABLE,
            "the service or a proxy before it is faulty",
            retry_after=retry_after(reply),
            maybe_done=True,
            advice="Try again later.",
            **facts,
        )
    # 404 is of the page, not of an object: an object that does not exist is for the API to tell.
    category = {401: AUTHENTICATION, 403: DENIED}.get(status, REPLY)
    return CloudError(
        category,
        f"the endpoint answers {reply.reason or 'something else than the API promises'}",
        maybe_done=category == REPLY,
        advice="Check api_endpoint, and the proxy if there is one.",
        **facts,
    )


def _host_of(url: str) -> str | None:
    """The host of a URL; None if none can be read."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def retry_after(reply: Response) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date)."""
    value = reply.headers.get("Retry-After")
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER:
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _longest_pause(number: int) -> float:
    """Seconds before the repeat of that number, from 0.

    At a limit that many hosts share, an ever growing pause would serve those that come anew before those that wait.
    """
    if number < _LONGEST_PAUSE_AFTER:
        return _FIRST_PAUSE * 2.0**number
    return max(_FIRST_PAUSE, _LONGEST_PAUSE * _SHRINKING ** (number - _LONGEST_PAUSE_AFTER))


class Retry:
    """The one loop that repeats a call.

    Repeated are failures that cannot have had an effect (throttling by the gateway, no connection),
    and for calls that are safe to repeat every transient failure. The time between two attempts is
    random (full jitter), so that many hosts do not come back together.

    Of throttling only the deadline makes an end, not the number of attempts: with many hosts at one
    limit every call is turned away several times, and each has its turn in time.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter

    def run(
        self,
        attempt: Callable[[float], T],
        repeatable: bool,
        seconds: float | None = None,
        on_failure: Callable[[CloudError], None] = lambda error: None,  # noqa: ARG005
    ) -> T:
        """Call attempt(seconds) until it succeeds, or until attempts or time are used up.

        repeatable: the call may be sent again although it may have taken effect. seconds: the time for all attempts, if
        it is shorter than the settings allow; at least one second. on_failure: called with the error of each attempt.
        """
        timeout, retries, longest = self._settings.timeout, self._settings.retries, self._settings.longest
        start = self._clock()
        if seconds is not None:
            longest = min(longest, max(seconds, _SHORTEST_LOOK))
            timeout = min(timeout, longest)
        deadline = start + longest
        number = failures = 0
        was_lost = False
        while True:
            try:
                return attempt(min(timeout, max(deadline - self._clock(), _SHORTEST_ATTEMPT)))
            except CloudError as error:
                on_failure(error)
                pause = max(self._jitter(0, _longest_pause(number)), error.retry_after or 0)
                may_repeat = error.is_transient and (repeatable or not error.maybe_done)
                in_time = self._clock() + pause + timeout * _SHORTEST_PART <= deadline
                failures += error.category != THROTTLED
                if not may_repeat or not retries or failures > retries or not in_time:
                    if number:
                        is_doubtful = was_lost and not error.maybe_done
                        doubt = "; an earlier one may have been carried out" if is_doubtful else ""
                        attempts = f"(attempt {number + 1}, after {self._clock() - start:.0f} s{doubt})"
                        raise replace(error, reason=f"{error.reason} {attempts}") from None
                    raise
                was_lost = was_lost or error.maybe_done
            self._sleep(pause)
            number += 1

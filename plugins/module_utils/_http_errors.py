# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Turn failures of HTTP into CloudErrors: exceptions of the libraries, and statuses without a reply of the API."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from ._errors import AUTHENTICATION, DENIED, NETWORK, REPLY, THROTTLED, UNAVAILABLE, USAGE, CloudError
from ._requests import Response, requests, urllib3
from ._wait import CLOCK

_LONGEST_NUMBER = 10  # digits of a Retry-After


def causes_of(error: BaseException) -> list[BaseException]:
    """Return an exception and those wrapped in it, outermost first."""
    pending: list[Any] = [error]
    seen: list[BaseException] = []
    while pending:
        cause = pending.pop(0)
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            pending += [getattr(cause, "reason", None), *cause.args, cause.__cause__]
    return seen


def network_error(error: Exception, causes: list[BaseException], endpoint: str) -> CloudError:
    """Return the CloudError for an exception of the HTTP libraries. causes: as causes_of gives them."""
    exceptions = requests.exceptions
    if any(isinstance(cause, urllib3.exceptions.InvalidHeader) for cause in causes):
        return CloudError(
            REPLY,
            "the reply has a malformed header",
            maybe_done=True,
            advice="Check that api_endpoint is the API itself, and the proxy if there is one.",
        )
    if isinstance(error, (exceptions.InvalidHeader, UnicodeError)):
        # The text of this one quotes the header, which may be the signature.
        return CloudError(
            USAGE,
            "a credential or the region cannot be sent in a header",
            advice="Remove control characters, and characters that are not ASCII, from the credentials and from api_region.",
        )
    if isinstance(error, (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.InvalidProxyURL)):
        # The innermost text; the outer ones repeat URLs and object addresses.
        texts = [str(cause) for cause in causes if str(cause) and "object at 0x" not in str(cause)]
        reason = f"{endpoint}: {texts[-1] if texts else type(error).__name__}"
        return CloudError(USAGE, reason, advice="Check api_endpoint and the proxy settings.")
    return _connection_error(error, causes, endpoint)


def _connection_error(error: Exception, causes: list[BaseException], endpoint: str) -> CloudError:
    exceptions = requests.exceptions
    # Only the system's own text is quoted. The text of a library may quote the reply, with a secret that is not known yet.
    own = [str(cause) for cause in causes if _is_of_system(cause)]
    reason = f"{endpoint}: {own[-1] if own else type(causes[-1]).__name__}"
    maybe_done = not (isinstance(error, exceptions.ConnectTimeout) or any(map(_was_never_sent, causes)))
    if isinstance(error, exceptions.ProxyError):
        advice = "Check api_proxy, or the proxy variables."
        return CloudError(NETWORK, f"the proxy failed: {reason}", maybe_done=maybe_done, advice=advice)
    if isinstance(error, (exceptions.Timeout, urllib3.exceptions.TimeoutError)):
        reason = f"{endpoint}: no complete reply in time"
    advice = "Check the endpoint and the network, or raise api_timeout."
    return CloudError(NETWORK, reason, maybe_done=maybe_done, advice=advice)


def _is_of_system(cause: BaseException) -> bool:
    is_of_library = isinstance(cause, requests.exceptions.RequestException)
    return isinstance(cause, OSError) and not is_of_library and bool(str(cause))


def _was_never_sent(cause: BaseException) -> bool:
    """Return whether a cause proves that nothing was sent. A proxy that breaks off may have passed the request on."""
    return isinstance(cause, urllib3.exceptions.NewConnectionError) or "Tunnel connection failed" in str(cause)


def status_error(reply: Response) -> CloudError:
    """Return the error for an HTTP status if the body is not a reply of the API."""
    status = reply.status_code
    facts: dict[str, Any] = {"http_status": status}
    if status in (301, 302, 303, 307, 308):
        where = _host_of(reply.headers.get("Location", "")) or "an unnamed address"
        return CloudError(
            REPLY,
            f"the endpoint redirects to {where}, and credentials are not sent to another address",
            advice="Correct api_endpoint.",
            maybe_done=True,
            **facts,
        )
    if status == 429:
        return CloudError(
            THROTTLED,
            "too many requests",
            retry_after=retry_after(reply),
            advice="Run fewer tasks at once, or raise api_retries.",
            **facts,
        )
    if status >= 500:
        return CloudError(
            UNAVAILABLE,
            "the service, or a proxy in front of it, has failed",
            retry_after=retry_after(reply),
            maybe_done=True,
            advice="Try again later.",
            **facts,
        )
    # 404 is about the page. Only the API can report whether an object exists.
    category = {401: AUTHENTICATION, 403: DENIED}.get(status, REPLY)
    return CloudError(
        category,
        f"the endpoint replies with {reply.reason or 'something that the API does not promise'}",
        maybe_done=category == REPLY,
        advice="Check api_endpoint, and the proxy if there is one.",
        **facts,
    )


def _host_of(url: str) -> str | None:
    """Return the host of a URL, or None if it has none that can be read."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def retry_after(reply: Response) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), or None."""
    value = reply.headers.get("Retry-After")
    if not value:
        return None
    if value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER:
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - CLOCK.time())
    except (TypeError, ValueError, OverflowError):
        return None

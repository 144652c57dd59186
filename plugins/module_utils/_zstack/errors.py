# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Evaluate replies of ZStack: results, errors in JSON with HTTP status 503, and plain text with other statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .._api import Reply
from .._error_table import ErrorTable
from .._errors import AUTHENTICATION, DENIED, INVALID, NOT_FOUND, QUOTA, REPLY, UNAVAILABLE, CloudError
from .._http_errors import status_error
from .._reply import parse_json, parse_object, quiet_member
from .._requests import Response

SESSION_CODES = ("ID.1001", "ORG_ZSTACK_IDENTITY_10020")
SESSION_ENDED = (
    "The session of this task has ended. Another login may have ended it, if only one session is allowed: run fewer tasks"
    " at once, or sign with an access key."
)
_DEEPEST = 5  # causes within causes that are shown

_TABLE = ErrorTable(
    categories={
        UNAVAILABLE: ("SYS.1000", "SYS.1001", "SYS.1010", "SYS.1017"),
        AUTHENTICATION: ("ID.1000", "ID.1005", "ID.1007", "ID.2001"),
        DENIED: ("ID.1002", "SYS.1018", "SYS.1019", "^.*(no permission to modify|no pemission to do)"),
        NOT_FOUND: ("SYS.1003",),
        # SYS.1007, "argument is invalid", stands for these as well; only the text differs.
        QUOTA: (
            "ID.1003",
            "ID.1006",
            "^.*(number of access keys .*has exceeded|accessKey number for .*exceeds) the max",
        ),
    },
    advice={
        DENIED: "Use the credentials of the key's own account, or of an administrator.",
        QUOTA: "Delete a key that is not needed; an account may have two, unless it is an administrator.",
        "ID.1000": "Check api_account_name and api_password.",
        "ID.1005": "Log in to the console once and change the initial password of the account.",
        "ID.1006": "Log out of sessions that are not used, or sign with an access key.",
        "ID.1007": "Enable the account, or use another one.",
        "ID.2001": "The account asks for more than a password: sign with an access key.",
        "SYS.1000": "Look into the log of the management node if it happens again.",
        **dict.fromkeys(("SYS.1002", "SYS.1004", "SYS.1005", "SYS.1006"), "Look into the log of the management node."),
    },
)


class SessionExpiredError(CloudError):
    """Report that the session no longer exists, and that the server has not begun what was asked for."""


class JobUnknownError(CloudError):
    """Report that the server knows no such job: it never did, or the job ended long ago."""


class JobReply(NamedTuple):
    """Hold the body of a reply. is_running: a job was accepted, or has not ended. error: the job has failed."""

    is_running: bool
    body: dict[str, Any]
    error: CloudError | None = None


def parse_reply(time_zone: str, response: Response) -> Reply:
    """Return the JobReply of a success; raises CloudError for everything else.

    time_zone: api_timezone, for the advice about a wrong one.
    """
    status = response.status_code
    if status in (200, 202):
        return Reply(JobReply(status == 202, parse_object(response.content)))
    if status == 204:
        return Reply(JobReply(False, {}))
    error = _error_in(response.content) if status == 503 else None
    raise api_error(error) if error is not None else _text_error(response, time_zone)


def _text_error(response: Response, time_zone: str) -> CloudError:
    """Return the error that a status and its plain text report."""
    text = response.content.decode("utf-8", "replace").strip()
    status = response.status_code
    if status == 404 and text == "the job has been expired":
        return JobUnknownError(NOT_FOUND, text, http_status=status, maybe_done=True)
    for known in _TEXTS:
        if known.status == status and known.part in text:
            return CloudError(
                known.category,
                text if _is_message(text) else known.part,
                http_status=status,
                maybe_done=known.maybe_done,
                advice=known.advice.format(time_zone=time_zone),
            )
    error = status_error(response)
    if status in (400, 405, 500) and text and _is_message(text):
        error = replace(error, reason=f"{error.reason}: {text}")
    if status == 400:
        return replace(error, category=INVALID, maybe_done=False)
    if status == 500:
        advice = (
            "If this continues, check whether several keys have the ID that signs. Then every call fails like this."
        )
        return replace(error, advice=advice)
    return error


class _Text(NamedTuple):
    """Describe a text of a known reply. part: what the text contains."""

    status: int
    part: str
    category: str
    advice: str
    maybe_done: bool = False


_STRIPPED = "Something in front of the API removes headers: check api_endpoint and the proxy."
_TEXTS = (
    _Text(400, "missing header 'Authorization'", REPLY, _STRIPPED),
    _Text(400, "'Date' must be incuded in request header", REPLY, _STRIPPED),
    _Text(400, "Authorization type must be 'OAuth'", AUTHENTICATION, "Sign with a session or a password."),
    _Text(400, "Duplicate job uuid", REPLY, "Something in front of the API repeats requests.", maybe_done=True),
    _Text(400, "doesn't contain action mapping", REPLY, "Check api_endpoint, and the version of the server."),
    _Text(
        403,
        "requestTimeTooSkewed",
        AUTHENTICATION,
        "The server compares with its own wall clock: api_timezone must be its time zone and is {time_zone}; the clock"
        " of the machine that runs the module may be wrong by 15 minutes at most.",
    ),
    _Text(
        403,
        "does not existed or disabled",
        AUTHENTICATION,
        "The key in api_access_key_id is unknown, disabled or deleted.",
    ),
    _Text(
        403,
        "wrong accessKey signature",
        AUTHENTICATION,
        "api_access_key_secret does not belong to api_access_key_id; or something in front of the API changes paths.",
    ),
    _Text(
        404,
        "no api mapping to",
        REPLY,
        "api_endpoint must end with the path of the server, /zstack by default, and without /v1.",
    ),
)


def _is_message(text: str) -> bool:
    """Return whether a text is a message, not a page. It is shown whole: half a secret would not be recognised."""
    return len(text) <= 300 and "\n" not in text and not text.startswith("<")


def _error_in(content: bytes) -> Mapping[str, Any] | None:
    """Return the error object of a reply, or None if it is not the server's own."""
    try:
        body = parse_json(content)
    except ValueError:
        return None
    error = quiet_member(body, "error", dict)
    return error if error and quiet_member(error, "code", str) else None


def api_error(error: Mapping[str, Any]) -> CloudError:
    """Return the error that a JSON object reports, of a reply or of a job."""
    code = str(error["code"])
    reason = ": ".join(dict.fromkeys(_texts_of(error))) or "no text"
    if code in SESSION_CODES or quiet_member(error, "globalErrorCode", str) in SESSION_CODES:
        return SessionExpiredError(AUTHENTICATION, reason, code=code, http_status=503, advice=SESSION_ENDED)
    return _TABLE.error(code, reason, 503)


def _texts_of(error: Any, depth: int = 0) -> Iterator[str]:
    """Yield the text of an error, then the texts of its causes."""
    text = quiet_member(error, "details", str) or quiet_member(error, "description", str)
    if text:
        yield text.strip()
    if depth < _DEEPEST:
        for cause in [quiet_member(error, "cause", dict), *(quiet_member(error, "causes", list) or [])]:
            yield from _texts_of(cause, depth + 1)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define errors of the ZStack API: short texts from its REST layer, JSON from the services behind it.

The templates contain the server's own spelling mistakes, because clients may depend on them.
"""

from __future__ import annotations

DESCRIPTIONS = {
    "ID.1000": "Unable to authenticate a user",
    "ID.1001": "The session is invalid, either wrong session id or the session has been expired",
    "ID.1002": "The user doesn't have permission to perform the operation",
    "ID.1003": "The operation exceeds the quota",
    "ID.1006": "Max number of active sessions exceeded",
    "ID.1007": "The user is disabled",
    "SYS.1000": "An internal error happened in system",
    "SYS.1001": "An operation timed out",
    "SYS.1003": "A resource can not be found",
    "SYS.1006": "An operation failed",
    "SYS.1007": "One or more API argument is invalid",
    "SYS.1010": "The management server is not ready",
    "SYS.1017": "The operation has been cancelled",
    "SYS.1018": "Resources are not accessible",
    "SYS.1019": "Operation denied",
}
"""Fixed text of each code."""

RATE_LIMITED = "Rate limit exceeded"


class TextError(Exception):
    """Represent a problem that the REST layer reports immediately, as plain text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class ApiError(Exception):
    """Represent a problem that is reported as JSON with HTTP status 503, or by the job of the call."""

    def __init__(self, code: str, template: str, *arguments: object) -> None:
        self.code = code
        self.template = template
        self.arguments = tuple(str(each) for each in arguments)
        self.details = template % self.arguments if arguments else template
        super().__init__(self.details)


def session_expired() -> ApiError:
    """Report that the session is unknown or expired, which the API does not distinguish."""
    return ApiError("ID.1001", "Session expired")


def wrong_login() -> ApiError:
    """Report that the account is unknown or the password is wrong."""
    return ApiError("ID.1000", "wrong account name or password")


def invalid(template: str, given: tuple[object, ...] = ()) -> ApiError:
    """Report an invalid argument. ``given`` holds the values for the template."""
    return ApiError("SYS.1007", template, *given)


def internal(template: str, given: tuple[object, ...] = ()) -> ApiError:
    """Report an unexpected condition. ``given`` holds the values for the template."""
    return ApiError("SYS.1000", template, *given)


def malformed_uuid(name: str, value: str) -> ApiError:
    """Report a value that is not a valid uuid."""
    return ApiError("SYS.1003", "invalid value[%s] of field[%s]", value, name)


def not_found(name: str, uuid: str, kind: str, message: str, newest: bool) -> ApiError:
    """Report that the resource does not exist."""
    if newest:
        short = message.rsplit(".", 1)[-1]
        template = "invalid field[%s] for %s, resource[uuid:%s, type:%s] not found"
        return ApiError("SYS.1003", template, name, short, uuid, kind)
    return ApiError("SYS.1003", "invalid field[%s], resource[uuid:%s, type:%s] not found", name, uuid, kind)


def foreign_key(caller_uuid: str, newest: bool) -> ApiError:
    """Report that the caller may not change keys of this account."""
    if newest:
        return invalid("No permission to modify the AccessKey for current account")
    template = "no pemission to do the operation for [accountUuid:%s, userUuid:%s]"
    return invalid(template, given=(caller_uuid, caller_uuid))

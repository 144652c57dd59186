# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of IAM and of the gateway before it.

Codes and texts: the pages "Error Codes" of IAM and of API Gateway; texts that are not published
are ours. IAM's errors take one of several forms, see ``error_shapes``.
"""

from __future__ import annotations

GATEWAY_AUTHENTICATION = "APIGW.0301"
_AUTHENTICATION_PREFIX = "Incorrect IAM authentication information: "


class ApiError(Exception):
    """An error as a reply tells it.

    ``code`` is shown wherever the error occurs, ``weak_code`` by the operations that know codes.
    """

    def __init__(self, status: int, message: str, code: str | None = None, weak_code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.weak_code = weak_code


def gateway_authentication(reason: str) -> ApiError:
    """The gateway does not accept the signature or the token."""
    text = reason if reason.startswith(_AUTHENTICATION_PREFIX) else _AUTHENTICATION_PREFIX + reason
    return ApiError(401, text, GATEWAY_AUTHENTICATION)


def signature_failure(canonical: str = "") -> ApiError:
    """The signature does not match; the text may show what the server put together."""
    shown = f", canonicalRequest:{canonical.replace(chr(10), '|')}" if canonical else ""
    return gateway_authentication(f"verify aksk signature fail{shown}")


def unknown_key(access: str) -> ApiError:
    """The gateway knows no such key."""
    return gateway_authentication(f"ak {access} not exist")


def no_such_api() -> ApiError:
    """Nothing has this method and path."""
    return ApiError(404, "API does not exist", "APIGW.0101")


def too_many_requests() -> ApiError:
    """The gateway's limit of requests a second is reached."""
    return ApiError(429, "Throttling threshold reached", "APIGW.0308")


def invalid_body() -> ApiError:
    """The body is not what the operation takes."""
    return ApiError(400, "The request body is invalid", weak_code="IAM.0011")


def body_size() -> ApiError:
    """The body is empty or too large."""
    return ApiError(400, "The request body is invalid", weak_code="IAM.1101")


def invalid_parameter(name: str) -> ApiError:
    """A parameter that is unknown, given twice or senseless."""
    return ApiError(400, f"Invalid parameter: {name}.", weak_code="IAM.0007")


def invalid_value(name: str) -> ApiError:
    """A field of the body has the wrong type or an unknown value."""
    return ApiError(400, f"Invalid value of the field {name}.", weak_code="IAM.0073")


def missing_property(name: str) -> ApiError:
    """A field of the body is missing."""
    return ApiError(400, f"The required property {name} is missing.", weak_code="IAM.0072")


def forbidden() -> ApiError:
    """The caller has no role for it."""
    return ApiError(403, "You are not authorized to perform the requested action.", weak_code="IAM.0002")


def denied(action: str) -> ApiError:
    """A policy of the caller forbids it."""
    return ApiError(403, f"Policy doesn't allow {action} to be performed.", weak_code="IAM.0003")


def not_found(kind: str, name: str) -> ApiError:
    """The object does not exist."""
    return ApiError(404, f"Could not find {kind}: {name}.", weak_code="IAM.0004")


def invalid_token() -> ApiError:
    """IAM does not know the token."""
    return ApiError(401, "The X-Auth-Token is invalid!")


def outdated_token() -> ApiError:
    """The token has expired or been made worthless."""
    return ApiError(401, "The token must be updated")


def wrong_password() -> ApiError:
    """Account, user and password do not fit together."""
    return ApiError(401, "The username or password is wrong.")

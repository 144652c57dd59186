# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the errors of IAM and of the gateway in front of it.

Codes and texts: the pages "Error Codes" of IAM and of API Gateway. Texts that are not published
are ours. IAM's errors have one of several forms, see ``error_shapes``.
"""

from __future__ import annotations

GATEWAY_AUTHENTICATION = "APIGW.0301"
_AUTHENTICATION_PREFIX = "Incorrect IAM authentication information: "


class ApiError(Exception):
    """Represent an error in a reply.

    Every operation shows ``code``. Only operations with codes show ``weak_code``.
    """

    def __init__(self, status: int, message: str, code: str | None = None, weak_code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.weak_code = weak_code


def gateway_authentication(reason: str) -> ApiError:
    """Report that the gateway does not accept the signature or the token."""
    text = reason if reason.startswith(_AUTHENTICATION_PREFIX) else _AUTHENTICATION_PREFIX + reason
    return ApiError(401, text, GATEWAY_AUTHENTICATION)


def signature_failure(canonical: str = "") -> ApiError:
    """Report a signature that does not match. The text may show the server's canonical request."""
    shown = f", canonicalRequest:{canonical.replace(chr(10), '|')}" if canonical else ""
    return gateway_authentication(f"verify aksk signature fail{shown}")


def unknown_key(access: str) -> ApiError:
    """Report that the gateway does not know the key."""
    return gateway_authentication(f"ak {access} not exist")


def no_such_api() -> ApiError:
    """Report that no operation has this method and path."""
    return ApiError(404, "API does not exist", "APIGW.0101")


def too_many_requests() -> ApiError:
    """Report that the gateway's limit of requests per second is reached."""
    return ApiError(429, "Throttling threshold reached", "APIGW.0308")


def invalid_body() -> ApiError:
    """Report a body that the operation does not accept."""
    return ApiError(400, "The request body is invalid", weak_code="IAM.0011")


def body_size() -> ApiError:
    """Report a body that is empty or too large."""
    return ApiError(400, "The request body is invalid", weak_code="IAM.1101")


def invalid_parameter(name: str) -> ApiError:
    """Report a parameter that is unknown, duplicate or invalid."""
    return ApiError(400, f"Invalid parameter: {name}.", weak_code="IAM.0007")


def invalid_value(name: str) -> ApiError:
    """Report a field of the body with the wrong type or an unknown value."""
    return ApiError(400, f"Invalid value of the field {name}.", weak_code="IAM.0073")


def missing_property(name: str) -> ApiError:
    """Report that a field of the body is missing."""
    return ApiError(400, f"The required property {name} is missing.", weak_code="IAM.0072")


def forbidden() -> ApiError:
    """Report that the caller does not have the role for the operation."""
    return ApiError(403, "You are not authorized to perform the requested action.", weak_code="IAM.0002")


def denied(action: str) -> ApiError:
    """Report that a policy of the caller denies the operation."""
    return ApiError(403, f"Policy doesn't allow {action} to be performed.", weak_code="IAM.0003")


def not_found(kind: str, name: str) -> ApiError:
    """Report that the object does not exist."""
    return ApiError(404, f"Could not find {kind}: {name}.", weak_code="IAM.0004")


def invalid_token() -> ApiError:
    """Report that IAM does not know the token."""
    return ApiError(401, "The X-Auth-Token is invalid!")


def outdated_token() -> ApiError:
    """Report a token that has expired or been invalidated."""
    return ApiError(401, "The token must be updated")


def wrong_password() -> ApiError:
    """Report that account, user and password do not match."""
    return ApiError(401, "The username or password is wrong.")

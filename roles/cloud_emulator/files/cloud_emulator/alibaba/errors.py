# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the Alibaba Cloud APIs, with the texts of the gateway in English.

Codes: the operation pages of the Security Center API, and the page "Common error codes" of the gateway.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BAD_SIGNATURE = "SignatureDoesNotMatch"
THROTTLED = "Throttling.User"
INVALID_VALUE = "-101"
SERVER_ERROR = "ServerError"

_STATUSES: Mapping[str, int] = {
    "NoPermission": 403,
    "Forbidden": 403,
    "Forbidden.RAM": 403,
    "Forbidden.RiskControl": 403,
    "InvalidApi.NotFound": 404,
    "InvalidAction.NotFound": 404,
    "InvalidAccessKeyId.NotFound": 404,
    SERVER_ERROR: 500,
    "InternalError": 500,
    "ServiceUnavailable": 503,
}
# What other pages of the vendor say of the same errors.
_ALTERNATE_STATUSES: Mapping[str, int] = {
    "InvalidAccessKeyId.NotFound": 400,
    BAD_SIGNATURE: 403,
    "ServiceUnavailable": 403,
}
_ALTERNATE_CODES: Mapping[str, str] = {"InvalidApi.NotFound": "InvalidAction.NotFound"}


class ApiError(Exception):
    """An error that the API reports in its envelope; ``more`` are further fields of the body."""

    def __init__(self, code: str, message: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more or {}


def code_and_status(code: str, alternate: bool) -> tuple[str, int]:
    """Give the code as the chosen pages of the documentation have it, and its HTTP status."""
    if not alternate:
        return code, _STATUSES.get(code, 400)
    code = _ALTERNATE_CODES.get(code, code)
    return code, {**_STATUSES, **_ALTERNATE_STATUSES}.get(code, 400)


def missing(name: str) -> ApiError:
    """A required parameter is not there, or empty."""
    return ApiError(f"Missing{name}", f"{name} is mandatory for this action.")


def invalid(name: str) -> ApiError:
    """A parameter is unknown, occurs twice, or is not of its type."""
    return ApiError(f"Invalid{name}", f"Specified parameter {name} is not valid.")


def invalid_value(detail: str) -> ApiError:
    """The service refuses what the gateway let pass. The emulator adds what is wrong; the service does not."""
    return ApiError(INVALID_VALUE, f"Invalid parameter value. {detail}")


def api_not_found() -> ApiError:
    """There is no such operation, version or HTTP method."""
    return ApiError("InvalidApi.NotFound", "Specified api is not found, please check your url and method.")


def key_not_found() -> ApiError:
    """The access key that signed is unknown."""
    return ApiError("InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def key_inactive() -> ApiError:
    """The access key that signed is disabled."""
    return ApiError("InvalidAccessKeyId.Inactive", "Specified access key is disabled.")


def incomplete_signature(detail: str) -> ApiError:
    """What is signed, or how, does not follow the rules."""
    return ApiError("IncompleteSignature", f"The request signature does not conform to Aliyun standards. {detail}")


def bad_signature(echo: str) -> ApiError:
    """The signature is not the one that the server computed; ``echo`` is what it computed from."""
    return ApiError(BAD_SIGNATURE, echo)


def nonce_used() -> ApiError:
    """The nonce of the request was seen before."""
    return ApiError("SignatureNonceUsed", "Specified signature nonce was used already.")


def bad_time() -> ApiError:
    """The time of the request has the wrong form."""
    return ApiError("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")


def expired_time() -> ApiError:
    """The time of the request is too far from the server's."""
    return ApiError("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def token_expired() -> ApiError:
    """The credential of the token is over."""
    return ApiError("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")


def token_malformed() -> ApiError:
    """The token is none that was ever issued."""
    return ApiError("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")


def token_of_another_key() -> ApiError:
    """The token does not belong to the access key."""
    return ApiError(
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatch with the AccessKey.",
    )


def throttled() -> ApiError:
    """The caller is over the limit."""
    return ApiError(THROTTLED, "Request was denied due to user flow control.")


def server_error() -> ApiError:
    """Something failed, and the service does not say what."""
    return ApiError(SERVER_ERROR, "ServerError")

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define errors of the Alibaba Cloud APIs, with the English texts of the gateway.

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
# The same errors on other pages of the vendor.
_ALTERNATE_STATUSES: Mapping[str, int] = {
    "InvalidAccessKeyId.NotFound": 400,
    BAD_SIGNATURE: 403,
    "ServiceUnavailable": 403,
}
_ALTERNATE_CODES: Mapping[str, str] = {"InvalidApi.NotFound": "InvalidAction.NotFound"}


class ApiError(Exception):
    """Represent an error that the API reports in its envelope. ``more`` holds more fields of the body."""

    def __init__(self, code: str, message: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.more = more or {}


def code_and_status(code: str, alternate: bool) -> tuple[str, int]:
    """Return the code on the chosen pages of the documentation, and its HTTP status."""
    if not alternate:
        return code, _STATUSES.get(code, 400)
    code = _ALTERNATE_CODES.get(code, code)
    return code, {**_STATUSES, **_ALTERNATE_STATUSES}.get(code, 400)


def missing(name: str) -> ApiError:
    """Report that a required parameter is missing or empty."""
    return ApiError(f"Missing{name}", f"{name} is mandatory for this action.")


def invalid(name: str) -> ApiError:
    """Report a parameter that is unknown, duplicate or of the wrong type."""
    return ApiError(f"Invalid{name}", f"Specified parameter {name} is not valid.")


def invalid_value(detail: str) -> ApiError:
    """Report a value that the service rejects. The real service does not add the detail."""
    return ApiError(INVALID_VALUE, f"Invalid parameter value. {detail}")


def api_not_found() -> ApiError:
    """Report an unknown operation, version or HTTP method."""
    return ApiError("InvalidApi.NotFound", "Specified api is not found, please check your url and method.")


def key_not_found() -> ApiError:
    """Report that the access key that signed is unknown."""
    return ApiError("InvalidAccessKeyId.NotFound", "Specified access key is not found.")


def key_inactive() -> ApiError:
    """Report that the access key that signed is disabled."""
    return ApiError("InvalidAccessKeyId.Inactive", "Specified access key is disabled.")


def incomplete_signature(detail: str) -> ApiError:
    """Report a signature that does not comply with the rules."""
    return ApiError("IncompleteSignature", f"The request signature does not conform to Aliyun standards. {detail}")


def bad_signature(echo: str) -> ApiError:
    """Report a signature that does not match. ``echo`` holds the texts that the server computed."""
    return ApiError(BAD_SIGNATURE, echo)


def nonce_used() -> ApiError:
    """Report a nonce that was used before."""
    return ApiError("SignatureNonceUsed", "Specified signature nonce was used already.")


def bad_time() -> ApiError:
    """Report a time of the request in the wrong form."""
    return ApiError("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")


def expired_time() -> ApiError:
    """Report a time of the request that differs too much from the server's."""
    return ApiError("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")


def token_expired() -> ApiError:
    """Report that the token has expired."""
    return ApiError("InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")


def token_malformed() -> ApiError:
    """Report a token that was never issued."""
    return ApiError("InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")


def token_of_another_key() -> ApiError:
    """Report a token that does not belong to the access key."""
    return ApiError(
        "InvalidSecurityToken.MismatchWithAccessKey",
        "Specified SecurityToken mismatch with the AccessKey.",
    )


def throttled() -> ApiError:
    """Report that the caller has exceeded the limit."""
    return ApiError(THROTTLED, "Request was denied due to user flow control.")


def server_error() -> ApiError:
    """Report an unspecified failure."""
    return ApiError(SERVER_ERROR, "ServerError")

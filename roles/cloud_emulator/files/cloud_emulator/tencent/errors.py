# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define errors of the Tencent Cloud API, with the English texts of the gateway.

Codes: the operation pages of the CAM API, and the page "Common Error Codes".
"""

from __future__ import annotations


class ApiError(Exception):
    """Represent an error that the API reports in its envelope."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def missing_parameter(name: str) -> ApiError:
    """Report that a required header or parameter is missing."""
    text = f"The request is missing a required parameter `{name}`."
    return ApiError("MissingParameter", text)


def unknown_parameter(name: str) -> ApiError:
    """Report an undefined parameter, which is not ignored."""
    return ApiError("UnknownParameter", f"The parameter `{name}` is not recognized.")


def wrong_type(name: str) -> ApiError:
    """Report a parameter with the wrong JSON type."""
    return ApiError("InvalidParameter", f"The value type of parameter `{name}` is not valid")


def invalid_authorization() -> ApiError:
    """Report an Authorization header that does not have the form of TC3-HMAC-SHA256."""
    return ApiError(
        "AuthFailure.InvalidAuthorization",
        "The `Authorization` header does not conform to the Tencent Cloud standard.",
    )


def secret_id_not_found() -> ApiError:
    """Report a key that is unknown, disabled or deleted."""
    return ApiError(
        "AuthFailure.SecretIdNotFound",
        "The SecretId is not found, please ensure that your SecretId is correct.",
    )


def signature_expired() -> ApiError:
    """Report a timestamp that differs by more than five minutes."""
    return ApiError("AuthFailure.SignatureExpire", "The signature is expired, please request again.")


def token_failure() -> ApiError:
    """Report a session token that is wrong, expired, missing or not expected."""
    return ApiError("AuthFailure.TokenFailure", "The token is invalid or has expired.")


def signature_failure() -> ApiError:
    """Report a signature that does not match."""
    return ApiError(
        "AuthFailure.SignatureFailure",
        "The provided credentials could not be validated. Please check your signature is correct.",
    )


def no_such_product(service: str) -> ApiError:
    """Report that the service in the credential scope does not exist."""
    return ApiError("NoSuchProduct", f"The specified product=`{service}` does not exist.")


def no_such_version(service: str, version: str) -> ApiError:
    """Report that the service has no such API version."""
    return ApiError(
        "NoSuchVersion",
        f"The specified api version=`{version}` does not exist in service=`{service}`.",
    )


def invalid_action() -> ApiError:
    """Report that the API version has no such operation."""
    return ApiError("InvalidAction", "The request `Action` is invalid or not found.")


def throttled(times: int, limit: int) -> ApiError:
    """Report that the caller has exceeded the limit of the operation in this second."""
    return ApiError(
        "RequestLimitExceeded",
        f"Your current request times equals to `{times}` in a second, which exceeds the frequency "
        f"limit `{limit}` for a second. Please reduce the frequency of calls.",
    )


def unauthorized(request_id: str, operation: str, resource: str) -> ApiError:
    """Report that the caller's policies do not allow the operation."""
    return ApiError(
        "AuthFailure.UnauthorizedOperation",
        "You are not authorized to perform this operation. Check your CAM policies, and ensure "
        f"that you are using the correct access keys. [[request id:{request_id}]you are not "
        f"authorized to perform operation (cam:{operation})\n"
        f"resource ({resource}) has no permission\n]",
    )


def target_not_found() -> ApiError:
    """Report an unknown user with the code of the operations on access keys."""
    return ApiError("InvalidParameter.UserNotExist", "The user does not exist.")


def user_not_found() -> ApiError:
    """Report an unknown user with the code of the operations on users."""
    return ApiError("ResourceNotFound.UserNotExist", "The user does not exist.")

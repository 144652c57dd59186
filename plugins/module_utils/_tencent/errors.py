# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Evaluate replies and errors of CAM and its gateway (docs/dev/apis/tencent.md)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._error_table import ErrorTable
from .._errors import AUTHENTICATION, DENIED, NOT_FOUND, QUOTA, REPLY, THROTTLED, UNAVAILABLE, CloudError
from .._http_errors import status_error
from .._reply import bad_reply, member, optional_member, parse_object, quiet_member
from .._requests import Response

_NAME_IN_USE = "InvalidParameter.SubUserNameInUse"  # the module finds an existing name before a creation

_TABLE = ErrorTable(
    categories={
        THROTTLED: ("RequestLimitExceeded",),
        UNAVAILABLE: ("InternalError", "ServiceUnavailable", "ResourceUnavailable", "ResourceInUse"),
        AUTHENTICATION: ("AuthFailure",),
        DENIED: (
            "UnauthorizedOperation",
            "AuthFailure.UnauthorizedOperation",
            "FailedOperation.ForbidAdd",
            "IpInBlacklist",
            "IpNotInWhitelist",
        ),
        NOT_FOUND: ("ResourceNotFound", "InvalidParameter.UserNotExist"),
        QUOTA: (
            "LimitExceeded",
            "RequestLimitExceeded.CreateUser",
            "OperationDenied.AccessKeyOverLimit",
            "InvalidParameter.SubUserFull",
        ),
        REPLY: ("InvalidAction", "NoSuchProduct", "NoSuchVersion"),
    },
    advice={
        DENIED: "Allow the operation in a CAM policy of the caller.",
        QUOTA: "Delete unused objects, or request a higher quota.",
        REPLY: "Check api_endpoint: it does not serve CAM, or serves another version of it.",
        "AuthFailure.SignatureExpire": "Set the clock of the machine that runs the module. It may differ by up to 5 minutes.",
        "AuthFailure.SecretIdNotFound": "The key in api_secret_id is unknown, disabled or deleted, or belongs to another site.",
        "AuthFailure.SignatureFailure": "api_secret_key does not belong to api_secret_id.",
        "AuthFailure.TokenFailure": "The temporary credentials have expired, or api_token is wrong. Get new credentials.",
        "AuthFailure.InvalidSecretId": "Check api_secret_id. Its value is not a SecretId.",
        "AuthFailure.MFAFailure": "The account requires a second factor for this call, which a key cannot provide. Make the"
        " change in the console, or exclude it from the protection of operations.",
        "FailedOperation.ExistHighRiskOperations": "The service blocks the change as a risk. Confirm it in the console.",
        "FailedOperation.ForbidAdd": "The caller must not create users. Use other credentials.",
        "FailedOperation.Unmodifiable": "The user is managed elsewhere, for example by Identity Center.",
        "InvalidParameter.PasswordViolatedRules": "Choose a password that meets the rules of the account.",
        _NAME_IN_USE: "Another task or user has just created the user. Run this again.",
        "InvalidParameter.UserNameIllegal": "Choose another user name.",
        **dict.fromkeys(
            ("IpInBlacklist", "IpNotInWhitelist"),
            "The account accepts keys only from certain addresses. Run the task from one of them.",
        ),
        "OperationDenied.AccessKeyOverLimit": "An owner can have two keys, active or not. Delete one first.",
        "OperationDenied.HaveKeys": "The user has access keys. Delete them first, or set force to true.",
        "OperationDenied.SubUin": "Only the root account can manage its own keys. Use its credentials.",
        "OperationDenied.UinNotMatch": "The key belongs to another owner. Check target_uin or user_name.",
        "RequestLimitExceeded.CreateUser": "Too many users were created in a short time: wait, and run this again. An account whose"
        " owner is not verified can create 10 a day.",
        "UnauthorizedOperation.DeleteApiKey": "Grant cam:DeleteApiKey to the caller as well, because force deletes keys.",
        "UnknownParameter": "The API does not support this parameter. The international site does not support descriptions.",
        "UnsupportedRegion": "Check api_region.",
    },
)


# Members that a reply must have, with their JSON types. They can be null.
_PROMISED: dict[str, dict[str, type[Any]]] = {
    "ListAccessKeys": {"AccessKeys": list},
    "CreateAccessKey": {"AccessKey": dict},
    "GetSecurityLastUsed": {"SecretIdLastUsedRows": list},
    "GetUser": {"Uin": int, "Name": str},
    "ListUsers": {"Data": list},
    "AddUser": {"Uin": int},
    "GetUserAppId": {"Uin": str, "OwnerUin": str},
}


def parse_reply(response: Response, operation: str) -> str:
    """Return the request ID of a success. Raise CloudError otherwise."""
    if response.status_code != 200:
        raise status_error(response)
    body = member(parse_object(response.content), "Response", dict)
    request_id = quiet_member(body, "RequestId", str)
    error = optional_member(body, "Error", dict)
    if error is not None:
        raise api_error(str(error.get("Code")), str(error.get("Message")), request_id)
    try:
        return _checked(body, operation)
    except CloudError as failure:
        raise replace(failure, request_id=request_id) from None


def _checked(body: dict[str, Any], operation: str) -> str:
    for name, kind in _PROMISED.get(operation, {}).items():
        if name not in body:
            raise bad_reply(f"{name} is missing")
        optional_member(body, name, kind)
    return member(body, "RequestId", str)


def api_error(code: str, message: str, request_id: str | None) -> CloudError:
    """Return the error that the API or its gateway reports. The HTTP status is always 200."""
    is_taken = code == _NAME_IN_USE
    return _TABLE.error(
        code, message, 200, request_id=request_id, is_taken=is_taken, retry_helps=True if is_taken else None
    )

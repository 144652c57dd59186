# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The errors of Tencent Cloud CAM and of its gateway: what each code means, and what to do about it."""

from __future__ import annotations

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as kinds
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError

_THROTTLE = "RequestLimitExceeded"

# Exact codes first, then families (a code and everything that begins with it and a dot).
_CATEGORY_OF_CODE = {
    "RequestLimitExceeded.CreateUser": kinds.QUOTA,
    "OperationDenied.AccessKeyOverLimit": kinds.QUOTA,
    "InvalidParameter.SubUserFull": kinds.QUOTA,
    "InvalidParameter.UserNotExist": kinds.NOT_FOUND,
    "AuthFailure.UnauthorizedOperation": kinds.DENIED,
    "FailedOperation.ForbidAdd": kinds.DENIED,
    "IpInBlacklist": kinds.DENIED,
    "IpNotInWhitelist": kinds.DENIED,
    "InvalidAction": kinds.REPLY,
    "NoSuchProduct": kinds.REPLY,
    "NoSuchVersion": kinds.REPLY,
}

_CATEGORY_OF_FAMILY = {
    _THROTTLE: kinds.THROTTLED,
    "LimitExceeded": kinds.QUOTA,
    "InternalError": kinds.UNAVAILABLE,
    "ServiceUnavailable": kinds.UNAVAILABLE,
    "ResourceUnavailable": kinds.UNAVAILABLE,
    "ResourceInUse": kinds.UNAVAILABLE,
    "AuthFailure": kinds.AUTHENTICATION,
    "UnauthorizedOperation": kinds.DENIED,
    "ResourceNotFound": kinds.NOT_FOUND,
}

_TAKEN_MEANWHILE = "InvalidParameter.SubUserNameInUse"  # a name that is taken is found before, and not created

_ALLOW = "Allow the operation in a CAM policy of the caller."

_NO_CAM = "Check api_endpoint: this one does not serve CAM, or another version of it."

_ADDRESS = "The account allows keys from certain addresses only: call from one of them."

_ADVICE_FOR_CODE = {
    "AuthFailure.SignatureExpire": "Set the clock of the machine that runs the module; 5 minutes are allowed.",
    "AuthFailure.SecretIdNotFound": "The key in api_secret_id is unknown, disabled or deleted, or of another site.",
    "AuthFailure.SignatureFailure": "api_secret_key does not belong to api_secret_id.",
    "AuthFailure.TokenFailure": "The temporary credentials have expired or api_token is wrong: get new ones.",
    "AuthFailure.InvalidSecretId": "What is in api_secret_id is no SecretId of the API: check it.",
    "AuthFailure.MFAFailure": "The account asks for a second factor with this call, which no key can give: make the change"
    " in the console, or have it left out of the protection of operations.",
    "FailedOperation.ExistHighRiskOperations": "The service holds the change back as a risk: confirm it in the console.",
    "FailedOperation.ForbidAdd": "The caller may not make users: use other credentials.",
    "InvalidAction": _NO_CAM,
    "IpInBlacklist": _ADDRESS,
    "IpNotInWhitelist": _ADDRESS,
    "NoSuchProduct": _NO_CAM,
    "NoSuchVersion": _NO_CAM,
    "OperationDenied.AccessKeyOverLimit": "An owner has two keys at most, active or not: delete one first.",
    "OperationDenied.HaveKeys": "The user has access keys: delete them first, or set force to true.",
    "RequestLimitExceeded.CreateUser": "Too many users were made in too short a time: wait. An account whose owner is not"
    " verified may make 10 in a day.",
    "UnauthorizedOperation.DeleteApiKey": "Allow cam:DeleteApiKey to the caller as well, because force deletes keys.",
    "UnsupportedRegion": "Check api_region.",
    "InvalidParameter.PasswordViolatedRules": "Choose a password that meets the rules of the account.",
    "InvalidParameter.UserNameIllegal": "Choose another user name.",
    _TAKEN_MEANWHILE: "The user was made by somebody else at the same time: run this again.",
    "OperationDenied.SubUin": "Only credentials of the root account may manage its keys.",
    "OperationDenied.UinNotMatch": "The key belongs to another owner: check target_uin or user_name.",
    "FailedOperation.Unmodifiable": "The user is managed elsewhere, by Identity Center for example.",
    "UnknownParameter": "The API does not know the parameter; an international endpoint knows no description.",
}

_ADVICE_FOR_CATEGORY = {
    kinds.THROTTLED: "Run fewer tasks at once, or raise api_retries.",
    kinds.UNAVAILABLE: "Try again later.",
    kinds.AUTHENTICATION: "Check the credentials.",
    kinds.DENIED: _ALLOW,
    kinds.NOT_FOUND: "Check the name or id; an object made seconds ago may not be visible yet.",
    kinds.QUOTA: "Delete what is not needed, or ask for a higher quota.",
}


def api_error(code: str, message: str, request_id: str | None) -> CloudError:
    """A business or gateway error of the API (API 3.0 common error codes, CAM error codes)."""
    family = code.split(".", 1)[0]
    category = _CATEGORY_OF_CODE.get(code) or _CATEGORY_OF_FAMILY.get(family, kinds.INVALID)
    is_taken = code == _TAKEN_MEANWHILE
    return CloudError(
        category,
        message,
        code=code,
        request_id=request_id,
        http_status=200,
        maybe_done=category == kinds.UNAVAILABLE,
        advice=_ADVICE_FOR_CODE.get(code) or _ADVICE_FOR_CATEGORY.get(category) or "Change the request accordingly.",
        retry_helps=is_taken or None,
        is_taken=is_taken,
    )

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the meaning and the advice of the errors of CAM and its gateway."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.errors import api_error


@pytest.mark.parametrize(
    ("code", "category", "advice"),
    [
        ("AuthFailure.InvalidSecretId", categories.AUTHENTICATION, "api_secret_id"),
        ("AuthFailure.MFAFailure", categories.AUTHENTICATION, "second factor"),
        ("AuthFailure.UnauthorizedOperation", categories.DENIED, "CAM policy"),
        ("FailedOperation.ExistHighRiskOperations", categories.INVALID, "Confirm it in the console"),
        ("FailedOperation.ForbidAdd", categories.DENIED, "must not create users"),
        ("InvalidAction", categories.REPLY, "Check api_endpoint"),
        ("InvalidParameter.SubUserFull", categories.QUOTA, "higher quota"),
        ("IpInBlacklist", categories.DENIED, "certain addresses"),
        ("IpNotInWhitelist", categories.DENIED, "certain addresses"),
        ("NoSuchVersion", categories.REPLY, "Check api_endpoint"),
        ("OperationDenied.AccessKeyOverLimit", categories.QUOTA, "can have two keys"),
        ("OperationDenied.HaveKeys", categories.INVALID, "set force to true"),
        ("RequestLimitExceeded.CreateUser", categories.QUOTA, "wait"),
        ("RequestLimitExceeded.IPLimitExceeded", categories.THROTTLED, "raise api_retries"),
        ("RequestLimitExceeded.UinLimitExceeded", categories.THROTTLED, "raise api_retries"),
        ("ResourceNotFound.SecretNotExist", categories.NOT_FOUND, "name or ID"),
        ("UnauthorizedOperation.DeleteApiKey", categories.DENIED, "cam:DeleteApiKey"),
        ("UnsupportedRegion", categories.INVALID, "Check api_region"),
        ("Brand.New", categories.INVALID, "Change the request"),
    ],
)
def test_each_code_has_its_meaning_and_advice(code, category, advice):
    error = api_error(code, "text", "1")
    assert (error.category, error.code, error.maybe_done) == (category, code, False)
    assert advice in (error.advice or "")

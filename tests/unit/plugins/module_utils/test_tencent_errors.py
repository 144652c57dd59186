# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the meaning and the advice of the errors of CAM and its gateway."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as kinds
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.errors import api_error


@pytest.mark.parametrize(
    ("code", "category", "advice"),
    [
        ("AuthFailure.InvalidSecretId", kinds.AUTHENTICATION, "api_secret_id"),
        ("AuthFailure.MFAFailure", kinds.AUTHENTICATION, "second factor"),
        ("AuthFailure.UnauthorizedOperation", kinds.DENIED, "CAM policy"),
        ("FailedOperation.ExistHighRiskOperations", kinds.INVALID, "Confirm it in the console"),
        ("FailedOperation.ForbidAdd", kinds.DENIED, "must not create users"),
        ("InvalidAction", kinds.REPLY, "Check api_endpoint"),
        ("InvalidParameter.SubUserFull", kinds.QUOTA, "higher quota"),
        ("IpInBlacklist", kinds.DENIED, "certain addresses"),
        ("IpNotInWhitelist", kinds.DENIED, "certain addresses"),
        ("NoSuchVersion", kinds.REPLY, "Check api_endpoint"),
        ("OperationDenied.AccessKeyOverLimit", kinds.QUOTA, "can have two keys"),
        ("OperationDenied.HaveKeys", kinds.INVALID, "set force to true"),
        ("RequestLimitExceeded.CreateUser", kinds.QUOTA, "wait"),
        ("RequestLimitExceeded.IPLimitExceeded", kinds.THROTTLED, "raise api_retries"),
        ("RequestLimitExceeded.UinLimitExceeded", kinds.THROTTLED, "raise api_retries"),
        ("ResourceNotFound.SecretNotExist", kinds.NOT_FOUND, "name or ID"),
        ("UnauthorizedOperation.DeleteApiKey", kinds.DENIED, "cam:DeleteApiKey"),
        ("UnsupportedRegion", kinds.INVALID, "Check api_region"),
        ("Brand.New", kinds.INVALID, "Change the request"),
    ],
)
def test_each_code_has_its_meaning_and_advice(code, category, advice):
    error = api_error(code, "text", "1")
    assert (error.category, error.code, error.maybe_done) == (category, code, False)
    assert advice in (error.advice or "")

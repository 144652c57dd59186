# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the meaning and the advice of the errors of IAM and its gateway."""

from __future__ import annotations

import json
import re

import pytest
import requests

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.errors import parse_reply

LOCK_OUT = "after five failures the key is locked"
INCORRECT = "Incorrect IAM authentication information: "


def error_of(status, code, message="text"):
    reply = requests.Response()
    reply.status_code = status
    reply._content = json.dumps({"error_code": code, "error_msg": message}).encode()
    with pytest.raises(CloudError) as caught:
        parse_reply(reply)
    return caught.value


@pytest.mark.parametrize(
    ("status", "code", "category", "advice"),
    [
        (400, "IAM.1104", categories.AUTHENTICATION, "sign with another"),
        (400, "IAM.1105", categories.AUTHENTICATION, "has expired: sign with another"),
        (400, "IAM.1106", categories.AUTHENTICATION, "no longer exists"),
        (400, "IAM.1107", categories.AUTHENTICATION, "is disabled: enable it"),
        (400, "IAM.1108", categories.AUTHENTICATION, "get new temporary credentials"),
        (401, "IAM.0061", categories.AUTHENTICATION, "wait"),
        (401, "IAM.0066", categories.AUTHENTICATION, "Get a new token"),
        (401, "IAM.0067", categories.AUTHENTICATION, "Get a new token"),
        (403, "IAM.0002", categories.DENIED, "Allow the operation.*a site other than"),
        (403, "IAM.0003", categories.DENIED, "Allow the operation"),
        (403, "IAM.0080", categories.DENIED, "user of the key that signs is disabled"),
        (403, "IAM.0081", categories.DENIED, "allow programmatic access"),
        (403, "IAM.0082", categories.DENIED, "user of the credentials is disabled"),
        (404, "APIGW.0101", categories.REPLY, "Check api_endpoint"),
        (409, "IAM.0005", categories.INVALID, "Run this again"),
        (410, "IAM.0020", categories.UNAVAILABLE, "Try again later"),
        (429, "IAM.0012", categories.THROTTLED, "raise api_retries"),
        (500, "IAM.0006", categories.UNAVAILABLE, "Try again later"),
        (400, "IAM.0073", categories.INVALID, "Change the request"),
    ],
)
def test_each_code_has_its_meaning_and_advice(status, code, category, advice):
    error = error_of(status, code)
    assert error.category == category

    assert re.search(advice, error.advice), error.advice
    assert LOCK_OUT not in error.advice
    assert code in ("IAM.0002", "IAM.0003") or "iam:credentials" not in error.advice


@pytest.mark.parametrize(
    ("text", "advice", "locks"),
    [
        ("verify aksk signature fail", "Check the credentials and the clock", True),
        ("calc aksk signature fail:signature expired", "the clock", True),
        ("ak HST1 not exist", "unknown, disabled or deleted", False),
        ("AK access failed to reach the limit,forbidden", "wait before you try again", False),
        ("decrypt token fail", "new temporary credentials", False),
        ("token expires, expires_at: 2026", "Get a new token", False),
        ("Get secretKey failed", "disabled or deleted", False),
    ],
)
def test_errors_of_the_gateway_with_one_code_are_distinguished(text, advice, locks):
    error = error_of(401, "APIGW.0301", INCORRECT + text)
    assert error.category == categories.AUTHENTICATION
    assert advice in error.advice
    assert (LOCK_OUT in error.advice) is locks

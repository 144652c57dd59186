# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the endpoints of Alibaba Cloud, and the meaning of its errors."""

from __future__ import annotations

import json

import pytest
import requests

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.errors import parse_reply
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.options import sts_endpoint
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError

CHINA, INTERNATIONAL = "https://tds.cn-shanghai.aliyuncs.com", "https://tds.ap-southeast-1.aliyuncs.com"


@pytest.mark.parametrize(
    ("endpoint", "given", "expected"),
    [
        (CHINA, None, "https://sts.cn-shanghai.aliyuncs.com"),
        (INTERNATIONAL, None, "https://sts.ap-southeast-1.aliyuncs.com"),
        ("https://tds.vpc-proxy.aliyuncs.com", None, "https://sts.cn-shanghai.aliyuncs.com"),
        ("https://tds-intl.vpc-proxy.aliyuncs.com", None, "https://sts.ap-southeast-1.aliyuncs.com"),
        ("http://127.0.0.1:8080", None, "http://127.0.0.1:8080"),
        (CHINA, "https://sts-vpc.cn-shanghai.aliyuncs.com", "https://sts-vpc.cn-shanghai.aliyuncs.com"),
    ],
)
def test_sts_is_next_to_the_site(endpoint, given, expected):
    assert sts_endpoint({"api_sts_endpoint": given}, endpoint) == expected


@pytest.mark.parametrize("given", ["", "sts", "https://me:hidden@sts"])
def test_an_sts_endpoint_that_is_no_url_is_refused(given):
    with pytest.raises(CloudError, match="api_sts_endpoint"):
        sts_endpoint({"api_sts_endpoint": given}, CHINA)


def reply(status, body, **headers):
    made = requests.Response()
    made.status_code = status
    made._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    made.headers.update(headers)
    return made


def error_of(status, body, **headers):
    with pytest.raises(CloudError) as caught:
        parse_reply(reply(status, body, **headers))
    return caught.value


ECHOES = [
    "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&SecretKey%3Dabc",
    "Specified signature is not matched with our calculation.  Server String To Sign is:POST&%2F&SecretKey%3Dabc",
    "Specified signature does not match our calculation. server StringToSign is [ACS3 x] server CanonicalRequest is [SecretKey=abc]",
    "Bad. server CanonicalRequest is [POST\n/\nSecretKey=abc]",
]


@pytest.mark.parametrize("text", ECHOES)
@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "Whatever"])
def test_a_text_ends_where_it_begins_to_repeat_the_request(text, code):
    error = error_of(400, {"Code": code, "Message": text, "RequestId": "R"})
    assert "SecretKey" not in str(error)
    assert error.reason.endswith(".")
    assert (error.code, error.request_id, error.http_status) == (code, "R", 400)


@pytest.mark.parametrize(
    ("status", "code", "category"),
    [
        (400, "Throttling.User", categories.THROTTLED),
        (429, "Anything", categories.THROTTLED),
        (403, "Anything", categories.DENIED),
        (401, "Anything", categories.AUTHENTICATION),
        (500, "Anything", categories.UNAVAILABLE),
        (403, "ServiceUnavailable", categories.UNAVAILABLE),
        (404, "InvalidAccessKeyId.NotFound", categories.AUTHENTICATION),
        (404, "Anything.NotFound", categories.INVALID),
        (400, -101, categories.INVALID),
    ],
)
def test_a_failure_has_a_category(status, code, category):
    error = error_of(status, {"Code": code, "Message": "m", "RequestId": "R"})
    assert (error.category, error.code) == (category, str(code))
    # No error code reports a missing object, so no error counts as its deletion.
    assert error.category != categories.NOT_FOUND
    assert error.maybe_done == (category == categories.UNAVAILABLE)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("IncompleteSignature", "check the proxy"),
        ("InvalidSecurityToken.MismatchWithAccessKey", "Get new ones"),
        ("InvalidTimeStamp.Expired", "Set the clock"),
        ("InvalidTimeStamp.Format", "Set the clock"),
        ("MissingSecurityToken", "set api_security_token"),
        ("Forbidden.RAM", "RAM policy"),
        ("Forbidden.RiskControl", "risk control"),
    ],
)
def test_a_failure_has_suitable_advice(code, advice):
    assert advice in error_of(403, {"Code": code, "Message": "m", "RequestId": "R"}).advice


def test_a_repeated_nonce_means_that_the_request_arrived_twice():
    error = error_of(400, {"Code": "SignatureNonceUsed", "Message": "m"})
    assert (error.retryable, error.maybe_done) == (True, True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("250", 0.25),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("60000", 60.0),
        ("9" * 9, 999999.999),
        ("9" * 10, None),
        ("9" * 400, None),
        ("\u0661\u0662", None),
        ("\u00b2", None),
    ],
)
def test_the_gateway_gives_the_pause_in_milliseconds(value, seconds):
    error = error_of(429, {"Code": "Throttling", "Message": "m"}, **{"x-acs-retry-after": value})
    assert error.retry_after == seconds
    usual = error_of(429, {"Code": "Throttling", "Message": "m"}, **{"x-acs-retry-after": value, "Retry-After": "7"})
    assert usual.retry_after == (seconds or 7)


def test_the_diagnosis_for_the_vendor_is_not_shown():
    detail = {
        "AuthAction": "yundun-sas:X",
        "PolicyType": "P",
        "NoPermissionType": 7,
        "EncodedDiagnosticMessage": "AAAA",
    }
    error = error_of(403, {"Code": "NoPermission", "Message": "m", "AccessDeniedDetail": detail})
    assert error.advice == "Grant yundun-sas:X to the caller (P)."
    for odd in ("text", None, {}, {"AuthAction": 1}):
        assert "RAM policy" in error_of(403, {"Code": "NoPermission", "AccessDeniedDetail": odd}).advice


@pytest.mark.parametrize("body", [b"", b"<html>", [], {"error": "x"}, {"Code": None}, {"Code": {}}])
@pytest.mark.parametrize(
    ("status", "category"), [(502, categories.UNAVAILABLE), (404, categories.REPLY), (403, categories.DENIED)]
)
def test_a_body_that_is_not_from_the_api_is_judged_by_its_status(body, status, category):
    error = error_of(status, body)
    assert (error.category, error.code, error.http_status) == (category, None, status)


@pytest.mark.parametrize("code", ["200", 200, "", None, "success"])
def test_a_successful_reply_may_have_a_code(code):
    assert parse_reply(reply(200, {"RequestId": "R", "Code": code, "Success": True})).request_id == "R"


@pytest.mark.parametrize(("status", "body"), [(502, b"<html>"), (400, b'{"Code": "X", "Mess'), (200, b'{"Data": {"Au')])
def test_the_header_gives_the_request_id_if_the_body_does_not(status, body):
    assert error_of(status, body, **{"x-acs-request-id": "R"}).request_id == "R"
    whole = {"Code": "X", "Message": "m", "RequestId": "of the body"}
    assert error_of(400, whole, **{"x-acs-request-id": "R"}).request_id == "of the body"

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the replies of ZStack: the meaning of each text and code in docs/dev/apis/zstack.md, and what a query can express."""

from __future__ import annotations

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as categories
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.client import can_be_queried
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.errors import (
    JobUnknownError,
    SessionExpiredError,
    api_error,
    parse_reply,
)
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.jobs import job_in
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.options import is_uuid, trim


def reply(status, body):
    made = requests.Response()
    made.status_code = status
    made._content = body if isinstance(body, bytes) else body.encode()
    return made


def understood(status, body):
    return parse_reply("+08:00", reply(status, body)).content


def failure(status, body):
    with pytest.raises(CloudError) as caught:
        understood(status, body)
    return caught.value


@pytest.mark.parametrize(
    ("status", "text", "category", "advice"),
    [
        (400, "missing header 'Authorization'", categories.REPLY, "removes headers"),
        (400, "'Date' must be incuded in request header", categories.REPLY, "removes headers"),
        (400, "Authorization type must be 'OAuth'", categories.AUTHENTICATION, "session"),
        (400, "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'", categories.INVALID, ""),
        (400, "Duplicate job uuid[1]", categories.REPLY, "repeats requests"),
        (400, "the body doesn't contain action mapping to the URL[/v1/x]", categories.REPLY, "version"),
        (400, "Invalid query parameter. 'limit' must be an integer", categories.INVALID, ""),
        (403, "requestTimeTooSkewed", categories.AUTHENTICATION, "api_timezone must be its time zone and is +08:00"),
        (
            403,
            "access key id: X does not existed or disabled",
            categories.AUTHENTICATION,
            "unknown, disabled or deleted",
        ),
        (403, "wrong accessKey signature", categories.AUTHENTICATION, "api_access_key_secret"),
        (403, "<html>no</html>", categories.DENIED, ""),
        (404, "no api mapping to /v1/v1", categories.REPLY, "without /v1"),
        (404, "<html>not here</html>", categories.REPLY, ""),
        (405, "The method[POST] is not allowed", categories.REPLY, ""),
        (429, "Rate limit exceeded", categories.THROTTLED, ""),
        (500, "", categories.UNAVAILABLE, "several keys have the ID"),
        (503, "<html>busy</html>", categories.UNAVAILABLE, ""),
        (503, '{"error": {}}', categories.UNAVAILABLE, ""),
        (503, '{"error": "x"}', categories.UNAVAILABLE, ""),
        (503, "[]", categories.UNAVAILABLE, ""),
        (503, "[" * 200_000, categories.UNAVAILABLE, ""),
        (401, "", categories.AUTHENTICATION, ""),
        (302, "", categories.REPLY, ""),
        (200, "<html>", categories.REPLY, ""),
        (200, "[]", categories.REPLY, ""),
        (202, "", categories.REPLY, ""),
    ],
    ids=lambda value: str(value)[:60],
)
def test_each_text_has_its_meaning_and_advice(status, text, category, advice):
    error = failure(status, text)
    assert error.category == category
    assert advice in error.advice
    assert "<" not in error.reason


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_long_or_wrapped_text_is_not_reported(status):
    for text in ("x" * 301, "Authorization: a\nb"):
        assert text not in str(failure(status, text))


def test_an_unknown_job_is_distinguished_from_a_missing_page():
    assert isinstance(failure(404, "the job has been expired"), JobUnknownError)
    assert not isinstance(failure(404, "Not Found"), JobUnknownError)


def test_a_result_is_distinguished_from_a_running_job():
    assert understood(202, "{}")[:2] == (True, {})
    assert understood(200, '{"inventory": {"a": "\\u003d"}}')[:2] == (False, {"inventory": {"a": "="}})
    assert understood(204, "")[:2] == (False, {})


@pytest.mark.parametrize(
    ("code", "details", "category"),
    [
        ("ID.1000", "wrong account name or password", categories.AUTHENTICATION),
        ("ID.1001", "Session expired", categories.AUTHENTICATION),
        ("ID.1002", "no", categories.DENIED),
        ("ID.1006", "Login sessions hit limit", categories.QUOTA),
        ("ID.1007", "failed to login: account is disabled", categories.AUTHENTICATION),
        ("SYS.1000", "An internal error", categories.UNAVAILABLE),
        ("SYS.1001", "timeout", categories.UNAVAILABLE),
        ("SYS.1003", "resource[uuid:1] not found", categories.NOT_FOUND),
        ("SYS.1018", "no", categories.DENIED),
        ("SYS.1019", "operation[API:x] is denied: no permission", categories.DENIED),
        ("SYS.1007", "The number of access keys for account[uuid=1] has exceeded the maximum limit", categories.QUOTA),
        ("SYS.1007", "accessKey number for [accountId: 1, userID: 2]exceeds the max", categories.QUOTA),
        (
            "SYS.1007",
            "field[description] of message[x] exceeds max length of string. expected was <= 1",
            categories.INVALID,
        ),
        ("SYS.1007", "No permission to modify the AccessKey for current account", categories.DENIED),
        ("SYS.1007", "no pemission to do the operation for [accountUuid:1, userUuid:2]", categories.DENIED),
        ("SYS.1007", "no system tag matches x", categories.INVALID),
        ("SYS.1006", "broken", categories.INVALID),
        ("NEW.1", "whatever", categories.INVALID),
    ],
)
def test_each_code_has_its_category(code, details, category):
    error = failure(503, json.dumps({"error": {"code": code, "description": "d", "details": details}}))
    assert (error.category, error.code, error.reason) == (category, code, details)
    assert ("log of the management node" in error.advice) is (code in ("SYS.1000", "SYS.1006"))
    assert error.maybe_done == (category == categories.UNAVAILABLE)


@pytest.mark.parametrize(
    "error",
    [
        {"code": "ID.1001"},
        {"code": "ORG_ZSTACK_IDENTITY_10020"},
        {"code": "SYS.9", "globalErrorCode": "ORG_ZSTACK_IDENTITY_10020"},
    ],
)
def test_an_expired_session_is_recognised_in_all_its_forms(error):
    assert isinstance(api_error(error), SessionExpiredError)


def test_causes_are_reported_once_and_to_a_limited_depth():
    error = {
        "code": "SYS.1006",
        "details": "a",
        "cause": {"details": "b"},
        "causes": [{"description": "b"}, {"details": "c"}, 5],
    }
    assert api_error(error).reason == "a: b: c"
    endless: dict[str, object] = {"code": "X", "details": "x"}
    endless["cause"] = endless
    assert api_error(endless).reason == "x"
    assert api_error({"code": "X", "details": 5, "cause": []}).reason == "no text"


@pytest.mark.parametrize(
    ("location", "job"),
    [
        (
            "http://10.0.0.9:8080/zstack/v1/api-jobs/967a26b7431c49c0b1d50d709ef1aef3",
            "967a26b7431c49c0b1d50d709ef1aef3",
        ),
        ("/v1/api-jobs/967a26b7431c49c0b1d50d709ef1aef3/", "967a26b7431c49c0b1d50d709ef1aef3"),
        ("http://host/v1/api-jobs/../accesskeys", None),
        ("http://host/v1/api-jobs/967a26b7431c49c0b1d50d709ef1aef3?x=1", None),
        (None, None),
        (5, None),
    ],
)
def test_only_the_id_in_the_location_of_a_job_counts(location, job):
    assert job_in({"location": location}) == job


OPERATORS = ("!=", ">=", "<=", "!?=", "!~=", "~=", "?=", "=", ">", "<", "is null", "not null")


@given(st.text(alphabet="ab!?~=<> isnult", max_size=12))
def test_a_condition_is_sent_only_if_the_server_splits_it_where_it_was_joined(value):
    text = f"AccessKeyID={value}"
    operator = next(each for each in OPERATORS if each in text)
    assert can_be_queried("AccessKeyID", value) == (operator == "=")


@given(st.text(alphabet="\x00\t\n\r \x1fab\xa0\u3000", max_size=6))
def test_texts_are_trimmed_as_the_server_does(text):
    kept = trim(text)
    assert kept in text
    assert not kept or (kept[0] > " " and kept[-1] > " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36c27e8ff05c4780bf6d2fa65700f22e", True),
        ("36C27E8FF05C4780BF6D2FA65700F22E", False),
        ("36c27e8f-f05c-4780-bf6d-2fa65700f22e", False),
        ("36c27e8ff05c0780bf6d2fa65700f22e", False),
        ("36c27e8ff05c4780cf6d2fa65700f22e", False),
        ("36c27e8ff05c4780bf6d2fa65700f22e\n", False),
    ],
)
def test_a_uuid_is_what_the_server_accepts(text, expected):
    assert is_uuid(text) == expected

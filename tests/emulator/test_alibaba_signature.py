# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test signatures of Alibaba Cloud: examples from the SDK, and everything that must be rejected."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cloud_emulator.alibaba import signature
from werkzeug.datastructures import Headers

from ansible_collections.multicloud.iam.tests.support.alibaba import (
    LIST,
    MODIFY,
    OPERATOR,
    OPERATOR_INACTIVE,
    ROOT,
    TEMPORARY,
    TOKEN,
    Client,
    acs3_signature,
    canonical,
    flat,
    legacy_signature,
    utc,
)
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

SECRET = "EXAMPLESECRET"
PARAMS = flat({"AuthIds": "2832", "AuthModules": ["HOST", "CSPM"], "SecretKey": "a/b+c= d~*", "Status": 0})
QUERY = "AuthIds=2832&AuthModules.1=HOST&AuthModules.2=CSPM&SecretKey=a%2Fb%2Bc%3D%20d~%2A&Status=0"
BODY = b"AuthIds=2832&AuthModules.1=HOST&AuthModules.2=CSPM&SecretKey=a%2Fb%2Bc%3D+d~%2A&Status=0"
NONCE = "0123456789abcdef0123456789abcdef"
DATE = "2026-01-02T03:04:05Z"
EXPIRED = ("STS.expired", "Invented-Secret-2")
IDENTITY = "GetCallerIdentity"
KINDS = pytest.mark.parametrize("legacy", [False, True], ids=["acs3", "legacy"])


@pytest.fixture
def ali(emulator: Emulator) -> Iterator[Client]:
    """Return a client that signs with the key of the account."""
    client = Client(emulator.url)
    yield client
    client.session.close()


def example_headers(body: bytes) -> dict[str, str]:
    """Return the headers of the examples."""
    return {
        "host": "tds.cn-shanghai.aliyuncs.com",
        "x-acs-action": MODIFY,
        "x-acs-version": "2018-12-03",
        "x-acs-date": DATE,
        "x-acs-signature-nonce": NONCE,
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "accept": "application/json",
        **({"content-type": "application/x-www-form-urlencoded"} if body else {}),
    }


@pytest.mark.parametrize(
    ("params", "body", "expected"),
    [
        pytest.param(PARAMS, b"", "786793aef96537f961ded4f8ad2e5ddb465948354f68e4e25934212f0308a36a", id="query"),
        pytest.param({}, BODY, "02e5a428e52b343da05d89748d5740537e596346e96bc06308f166ffc3a90083", id="body"),
    ],
)
def test_examples_of_the_sdk(params: dict[str, str], body: bytes, expected: str) -> None:
    headers = example_headers(body)
    assert canonical(params) == (QUERY if params else "")
    names, result = acs3_signature("POST", canonical(params), headers, SECRET)
    assert result == expected

    pairs = list(reversed(params.items()))
    text = signature.canonical_request("POST", pairs, Headers(headers), tuple(names.split(";")))
    assert signature.body_hash(body) == headers["x-acs-content-sha256"]
    assert signature.sign(SECRET, signature.text_to_sign(text)) == expected


def test_the_legacy_example_of_the_sdk() -> None:
    params = {
        **PARAMS,
        "Action": MODIFY,
        "Format": "json",
        "Version": "2018-12-03",
        "Timestamp": DATE,
        "SignatureNonce": NONCE,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "AccessKeyId": "LTAIEXAMPLE",
    }
    expected = "/toFbf4fzcbR+3hf9uSxlHMULMY="
    assert legacy_signature("POST", params, SECRET) == expected
    text = signature.legacy_text_to_sign("POST", [*params.items(), ("Signature", "x")])
    assert signature.legacy_sign(SECRET, text) == expected


@KINDS
@pytest.mark.parametrize("in_body", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_good_signatures_pass(ali: Client, legacy: bool, in_body: bool, method: str) -> None:
    client = replace(ali, legacy=legacy, in_body=in_body, method=method)
    assert client.code(LIST, {"VendorAuthAlias": "a b+c/\u5bc6~*'", "PageSize": 1}) is None


@KINDS
def test_changed_parameters_fail(ali: Client, legacy: bool) -> None:
    wire = replace(ali, legacy=legacy).wire(LIST, {"PageSize": 1})
    wire.query = wire.query.replace("PageSize=1", "PageSize=2")
    assert ali.send(wire).json()["Code"] == "SignatureDoesNotMatch"


@KINDS
def test_a_changed_body_fails(ali: Client, legacy: bool) -> None:
    wire = replace(ali, legacy=legacy, in_body=True).wire(LIST, {"PageSize": 1})
    wire.body = wire.body.replace(b"1", b"2")
    reply = ali.send(wire)
    assert (reply.status_code, reply.json()["Code"]) == (400, "SignatureDoesNotMatch")


def test_the_declared_hash_must_be_that_of_the_body(ali: Client) -> None:
    ali.in_body = True
    assert ali.code(LIST, {}, headers={"x-acs-content-sha256": "0" * 64}) == "SignatureDoesNotMatch"


def test_changed_headers_fail(ali: Client) -> None:
    wire = ali.wire(IDENTITY, headers={"user-agent": "one"})
    wire.headers["user-agent"] = "two"
    assert ali.send(wire).json()["Code"] == "SignatureDoesNotMatch"


@KINDS
def test_a_wrong_secret_fails(ali: Client, legacy: bool) -> None:
    assert replace(ali, key=(ROOT[0], "wrong"), legacy=legacy).code(IDENTITY) == "SignatureDoesNotMatch"


def test_what_a_mismatch_echoes(ali: Client) -> None:
    secret = "Canary/1 +"
    wrong = replace(ali, key=(ROOT[0], "wrong"))
    text = wrong.call(MODIFY, {"AuthIds": 2832, "SecretKey": secret})["Message"]
    assert text.startswith(
        "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n"
    )
    assert f"server CanonicalRequest is [POST\n/\nAuthIds=2832&SecretKey={quote(secret, safe='')}\nhost:" in text

    text = replace(wrong, in_body=True).call(MODIFY, {"AuthIds": 2832, "SecretKey": secret})["Message"]
    assert quote(secret, safe="") not in text
    assert quote_plus(secret) not in text

    for in_body in (False, True):
        legacy = replace(wrong, legacy=True, in_body=in_body)
        text = legacy.call(MODIFY, {"AuthIds": 2832, "SecretKey": secret})["Message"]
        assert text.startswith(
            "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3D"
        )
        assert quote(quote(secret, safe=""), safe="") in text


@KINDS
def test_a_nonce_is_good_for_one_call(ali: Client, legacy: bool) -> None:
    wire = replace(ali, legacy=legacy).wire(IDENTITY)
    assert [ali.send(wire).json().get("Code") for _unused in range(2)] == [None, "SignatureNonceUsed"]


def test_a_nonce_of_a_bad_signature_is_not_used_up(ali: Client) -> None:
    headers = {"x-acs-signature-nonce": NONCE}
    assert replace(ali, key=(ROOT[0], "wrong")).code(IDENTITY, headers=headers) == "SignatureDoesNotMatch"
    assert ali.code(IDENTITY, headers=headers) is None
    assert replace(ali, key=OPERATOR).code(IDENTITY, headers=headers) is None


@KINDS
@pytest.mark.parametrize(
    ("difference", "code"),
    [(-910, "InvalidTimeStamp.Expired"), (910, "InvalidTimeStamp.Expired"), (-880, None), (880, None)],
)
def test_clocks(ali: Client, legacy: bool, difference: int, code: str | None) -> None:
    assert timed(ali, legacy, utc(time.time() + difference)) == code


@KINDS
@pytest.mark.parametrize("text", ["1700000000", "2026-01-02 03:04:05", "2026-01-02T03:04:05+00:00"])
def test_forms_of_times(ali: Client, legacy: bool, text: str) -> None:
    assert timed(ali, legacy, text) == "InvalidTimeStamp.Format"


def timed(client: Client, legacy: bool, text: str) -> str | None:
    """Send a request with this time."""
    more: dict[str, Any] = {"Timestamp": text} if legacy else {"headers": {"x-acs-date": text}}
    return replace(client, legacy=legacy).code(IDENTITY, **more)


@pytest.mark.parametrize(
    "name", ["host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-extra"]
)
def test_headers_that_must_be_signed(ali: Client, name: str) -> None:
    wire = ali.wire(IDENTITY, headers={"x-acs-extra": "1"})
    wire.headers["Authorization"] = wire.headers["Authorization"].replace(f"{name};", "")
    assert ali.send(wire).json()["Code"] == "IncompleteSignature"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("x-acs-action", "MissingAction"),
        ("x-acs-version", "MissingVersion"),
        ("x-acs-date", "IncompleteSignature"),
        ("x-acs-signature-nonce", "IncompleteSignature"),
    ],
)
def test_headers_that_must_be_sent(ali: Client, name: str, code: str) -> None:
    wire = ali.wire(IDENTITY)
    del wire.headers[name]
    assert ali.send(wire).json()["Code"] == code


@pytest.mark.parametrize("name", ["x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"])
def test_headers_that_must_be_sent_and_signed(ali: Client, name: str) -> None:
    wire = ali.wire(IDENTITY)
    del wire.headers[name]
    wire.headers["Authorization"] = wire.headers["Authorization"].replace(f"{name};", "")
    assert ali.send(wire).json()["Code"] == "IncompleteSignature"


@pytest.mark.parametrize(
    "value",
    [
        "ACS3-HMAC-SHA256 Credential=a,Signature=b",
        "ACS3-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=" + "0" * 64,
        "ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=" + "0" * 64,
    ],
)
def test_the_authorization_has_a_form(ali: Client, value: str) -> None:
    wire = ali.wire(IDENTITY)
    wire.headers["Authorization"] = value
    assert ali.send(wire).json()["Code"] == "IncompleteSignature"


def test_unsigned_requests_fail(ali: Client) -> None:
    wire = ali.wire(IDENTITY)
    del wire.headers["Authorization"]
    reply = ali.send(wire).json()
    assert (reply["Code"], reply["Message"]) == ("MissingAction", "Action is mandatory for this action.")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        *[
            (name, "", f"Missing{name}")
            for name in ("Action", "Version", "AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce")
        ],
        ("SignatureMethod", "HMAC-SHA256", "InvalidSignatureMethod"),
        ("SignatureVersion", "2.0", "InvalidSignatureVersion"),
    ],
)
def test_parameters_of_the_legacy_way(ali: Client, name: str, value: str, code: str) -> None:
    more: dict[str, Any] = {name: value}
    assert replace(ali, legacy=True).code(IDENTITY, **more) == code


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [
        pytest.param(("LTAInobody", "x"), 404, "InvalidAccessKeyId.NotFound", id="unknown"),
        pytest.param(OPERATOR_INACTIVE, 400, "InvalidAccessKeyId.Inactive", id="inactive"),
    ],
)
@KINDS
def test_unusable_keys(ali: Client, legacy: bool, key: tuple[str, str], status: int, code: str) -> None:
    reply = replace(ali, legacy=legacy, key=key).post(IDENTITY)
    assert (reply.status_code, reply.json()["Code"]) == (status, code)


@pytest.mark.parametrize(
    ("key", "token", "code"),
    [
        pytest.param(TEMPORARY, TOKEN, None, id="right"),
        pytest.param(TEMPORARY, "", "MissingSecurityToken", id="missing"),
        pytest.param(TEMPORARY, "other", "InvalidSecurityToken.Malformed", id="unknown"),
        pytest.param(TEMPORARY, "Invented-Token-1", "InvalidSecurityToken.MismatchWithAccessKey", id="of another key"),
        pytest.param(ROOT, TOKEN, "InvalidSecurityToken.MismatchWithAccessKey", id="not expected"),
        pytest.param(EXPIRED, "Invented-Token-2", "InvalidSecurityToken.Expired", id="expired"),
    ],
)
@KINDS
def test_tokens(
    emulator: Emulator, ali: Client, legacy: bool, key: tuple[str, str], token: str, code: str | None
) -> None:
    credentials = [
        {"access_key_id": "STS.second", "access_key_secret": "Invented-Secret-1", "token": "Invented-Token-1"},
        {
            "access_key_id": EXPIRED[0],
            "access_key_secret": EXPIRED[1],
            "token": "Invented-Token-2",
            "expires": "2026-01-01T00:00:00Z",
        },
    ]
    emulator.seed({"alibaba": {"temporary_credentials": credentials}})
    assert replace(ali, legacy=legacy, key=key, token=token).code(IDENTITY) == code


@KINDS
@pytest.mark.parametrize(("action", "version"), [("Nothing", "2018-12-03"), (LIST, "2015-04-01"), (LIST, "2020-01-01")])
def test_unknown_operations(ali: Client, legacy: bool, action: str, version: str) -> None:
    more: dict[str, Any] = {"Version": version} if legacy else {"headers": {"x-acs-version": version}}
    reply = replace(ali, legacy=legacy).post(action, **more)
    assert (reply.status_code, reply.json()["Code"]) == (404, "InvalidApi.NotFound")
    assert reply.json()["Message"] == "Specified api is not found, please check your url and method."


def test_other_methods_are_not_found(ali: Client) -> None:
    assert replace(ali, method="PUT").code(IDENTITY) == "InvalidApi.NotFound"

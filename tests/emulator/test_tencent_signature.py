# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test signatures: the vendor's examples, and everything that must be rejected."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from cloud_emulator.tencent import signature
from werkzeug.datastructures import Headers

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import ALICE, ALICE_INACTIVE, TEMPORARY, TOKEN, Client

SDK_KEY = "SecretKeyExample00000000000000000"
SDK_TIME = 1700000000
DOC_TIME = 1551113065
DOC_BODY = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
DOC_HEADERS = {
    "Content-Type": "application/json; charset=utf-8",
    "Host": "cvm.tencentcloudapi.com",
    "X-TC-Action": "DescribeInstances",
}


def computed(
    key: str, timestamp: int, headers: dict[str, str], signed: tuple[str, ...], body: bytes
) -> tuple[str, str, str]:
    """Compute payload hash, hash of the canonical request and signature."""
    wire = Headers(headers)
    payload = signature.payload_hash(wire, body)
    canonical = signature.canonical_request("POST", "", wire, signed, payload)
    date = signature.utc_date(timestamp)
    service = "cvm" if headers["Host"].startswith("cvm.") else "cam"
    authorization = signature.Authorization("id", date, service, signed, "")
    result = signature.sign(key, authorization, str(timestamp), canonical)
    return payload, signature._sha256(canonical.encode()), result


@pytest.mark.parametrize(
    ("key", "signed", "canonical", "expected"),
    [
        pytest.param(
            "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
            ("content-type", "host"),
            "5ffe6a04c0664d6b969fab9a13bdab201d63ee709638e2749d62a09ca18d7031",
            "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
            id="two headers",
        ),
        pytest.param(
            "*" * 32,
            ("content-type", "host", "x-tc-action"),
            "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84",
            "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f",
            id="action signed too",
        ),
    ],
)
def test_documented_examples(key: str, signed: tuple[str, ...], canonical: str, expected: str) -> None:
    payload = "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    assert computed(key, DOC_TIME, DOC_HEADERS, signed, DOC_BODY) == (payload, canonical, expected)


@pytest.mark.parametrize(
    ("host", "body", "canonical", "expected"),
    [
        pytest.param(
            "127.0.0.1:8080",
            b'{"TargetUin": 100000000001}',
            "327b3affcbc4aff441cd2b557252ea0b162eb542c170cbbc8ed48f8b1ee41750",
            "44e9977f6b74722048c5372271f484a41722680466d8941036e8c6a8f925c630",
            id="host with port",
        ),
        pytest.param(
            "cam.tencentcloudapi.com",
            b"{}",
            "82220eb7aed4a7728f5f54f82c7f068e257c47d3b6f47347a3eec0c5f0d4e477",
            "e26ba523a75e78fb96939c03ab9d5a50508b0b2f2d1cf65a33f73180f8f26dd9",
            id="no parameters",
        ),
        pytest.param(
            "cam.intl.tencentcloudapi.com",
            rb'{"Name": "alice", "Remark": "\u5907\u6ce8", "ConsoleLogin": 1}',
            "5e81ca214a1c27666e514dcf9ac135b10f389f2d5acc7fdf6725f87a388ca4e5",
            "3c012018639ebaf397ce33ac2a3bcc54d2c595f3fc0edebd7c7528aef4c33bdd",
            id="escaped text",
        ),
    ],
)
def test_requests_of_the_sdk(host: str, body: bytes, canonical: str, expected: str) -> None:
    headers = {"Content-Type": "application/json", "Host": host}
    signed = ("content-type", "host")
    _unused, hashed, result = computed(SDK_KEY, SDK_TIME, headers, signed, body)
    assert (hashed, result) == (canonical, expected)


def test_payload_hash_of_the_sdk_example() -> None:
    payload = signature.payload_hash(Headers(), b'{"TargetUin": 100000000001}')
    assert payload == "bee1955c9ca100c0aa0f392bfe5ba038fea9c1ea62c31fea0ed2c340c011b724"


def test_scope_of_the_sdk_example() -> None:
    parsed = signature.parse_authorization(
        "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE/2023-11-14/cam/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={'0' * 64}"
    )
    assert parsed is not None
    assert parsed.scope == "2023-11-14/cam/tc3_request"
    assert signature.utc_date(SDK_TIME) == parsed.date


def error_of(client: Client, headers: dict[str, str], body: bytes = b"{}") -> str | None:
    """Send a request, and return the error code."""
    code: str | None = client.send(headers, body).json()["Response"].get("Error", {}).get("Code")
    return code


def test_a_right_signature_passes(root: Client) -> None:
    assert error_of(root, root.headers("GetUserAppId", b"{}")) is None


def test_a_changed_body_fails(root: Client) -> None:
    headers = root.headers("GetUser", b'{"Name": "alice"}')
    reply = root.send(headers, b'{"Name":"alice"}').json()["Response"]
    assert reply["Error"] == {
        "Code": "AuthFailure.SignatureFailure",
        "Message": "The provided credentials could not be validated. Please check your signature is correct.",
    }
    assert reply["RequestId"]


def test_a_wrong_key_fails(root: Client) -> None:
    wrong = replace(root, key=(root.key[0], "x" * 32))
    assert wrong.code("GetUserAppId") == "AuthFailure.SignatureFailure"


def test_signed_headers_are_honoured(root: Client) -> None:
    headers = root.headers("GetUserAppId", b"{}")
    headers["Authorization"] = headers["Authorization"].replace("content-type;host", "content-type;host;x-tc-action")
    assert error_of(root, headers) == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize("difference", [-310, 310])
def test_a_wrong_clock_fails(root: Client, difference: int) -> None:
    headers = root.headers("GetUserAppId", b"{}", timestamp=int(time.time()) + difference)
    assert error_of(root, headers) == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize("difference", [-290, 290])
def test_a_slightly_wrong_clock_passes(root: Client, difference: int) -> None:
    headers = root.headers("GetUserAppId", b"{}", timestamp=int(time.time()) + difference)
    assert error_of(root, headers) is None


def test_the_date_must_be_that_of_the_timestamp(root: Client) -> None:
    headers = root.headers("GetUserAppId", b"{}", date="2020-01-01")
    assert error_of(root, headers) == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize("name", ["Action", "Version", "Timestamp"])
def test_headers_are_required(root: Client, name: str) -> None:
    headers = root.headers("GetUserAppId", b"{}")
    del headers[f"X-TC-{name}"]
    error = root.send(headers, b"{}").json()["Response"]["Error"]
    assert error["Code"] == "MissingParameter"
    assert f"`{name}`" in error["Message"]


@pytest.mark.parametrize("value", ["", "Basic YTpi", "TC3-HMAC-SHA256 Credential=a/b/c"])
def test_the_authorization_has_a_form(root: Client, value: str) -> None:
    headers = {**root.headers("GetUserAppId", b"{}"), "Authorization": value}
    assert error_of(root, headers) == "AuthFailure.InvalidAuthorization"


@pytest.mark.parametrize("key", [("AKIDnobody", "x"), ALICE_INACTIVE], ids=["unknown", "inactive"])
def test_unusable_keys_fail(root: Client, key: tuple[str, str]) -> None:
    assert replace(root, key=key).code("GetUserAppId") == "AuthFailure.SecretIdNotFound"


@pytest.mark.parametrize(
    ("key", "token", "code"),
    [
        pytest.param(TEMPORARY, TOKEN, None, id="right"),
        pytest.param(TEMPORARY, "", "AuthFailure.TokenFailure", id="missing"),
        pytest.param(TEMPORARY, "other", "AuthFailure.TokenFailure", id="wrong"),
        pytest.param(ALICE, TOKEN, "AuthFailure.TokenFailure", id="not expected"),
    ],
)
def test_tokens(root: Client, key: tuple[str, str], token: str, code: str | None) -> None:
    assert replace(root, key=key, token=token).code("GetUserAppId") == code


def test_an_expired_token_fails(emulator: Emulator, root: Client) -> None:
    expired = {
        "access_key_id": "AKIDexpired",
        "secret_access_key": "Expired-Secret-1",
        "token": "Expired-Token-1",
        "expires": "2026-01-01T00:00:00Z",
    }
    emulator.seed({"tencent": {"temporary_credentials": [expired]}})
    client = replace(root, key=("AKIDexpired", "Expired-Secret-1"), token="Expired-Token-1")
    assert client.code("GetUserAppId") == "AuthFailure.TokenFailure"


def test_an_unsigned_payload_must_be_declared_by_the_signer(root: Client) -> None:
    body = json.dumps({"Name": "alice"}).encode()
    unsigned = root.headers("GetUser", b"UNSIGNED-PAYLOAD")
    assert error_of(root, unsigned, body) == "AuthFailure.SignatureFailure"
    declared = {**unsigned, "X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"}
    assert error_of(root, declared, body) is None


@pytest.mark.parametrize(
    ("service", "version", "action", "code"),
    [
        ("cvm", "2017-03-12", "DescribeInstances", "NoSuchProduct"),
        ("cam", "2018-08-13", "GetUser", "NoSuchVersion"),
        ("cam", "2019-01-16", "GetCallerIdentity", "InvalidAction"),
        ("sts", "2018-08-13", "GetUser", "InvalidAction"),
    ],
)
def test_service_version_and_action(root: Client, service: str, version: str, action: str, code: str) -> None:
    assert replace(root, service=service, version=version).code(action) == code


def test_get_is_not_supported(root: Client) -> None:
    headers = root.headers("GetUserAppId", b"")
    reply = root.session.get(f"{root.url}/", headers=headers, timeout=10)
    assert reply.json()["Response"]["Error"]["Code"] == "UnsupportedProtocol"


@pytest.mark.parametrize("signed", ["content-type", "host"])
def test_content_type_and_host_must_be_signed(root: Client, signed: str) -> None:
    headers = root.headers("GetUserAppId", b"{}")
    text = headers["Authorization"].replace("content-type;host", signed)
    assert error_of(root, {**headers, "Authorization": text}) == "AuthFailure.InvalidAuthorization"

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test signatures and tokens: vectors of the SDK and of the vendor, and everything that must be rejected."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import Any

import pytest
from cloud_emulator.huawei import signature as emulated
from werkzeug.datastructures import Headers

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import (
    ALICE,
    ALICE_INACTIVE,
    ALICE_TOKEN,
    DAN,
    DESK,
    DOMAIN,
    ID,
    KEYS,
    ROOT,
    ROOT_TOKEN,
    SECURITY_TOKEN,
    TEMPORARY,
    TOKENS,
    USERS,
    HuaweiClient,
    canonical_request,
    error_of,
    signature,
)

SECRET = "SKexample0000000000000000000000000000001"
VENDOR_SECRET = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"
DATE = "20260101T000000Z"
LOCAL = {
    "Content-Type": "application/json",
    "Host": "127.0.0.1:8080",
    "X-Domain-Id": "d78cbac186b744899480f25bd022f468",
    "X-Sdk-Date": DATE,
}
GLOBAL = {"Host": "iam.myhuaweicloud.com", "X-Sdk-Date": DATE}
SAMPLE = {"content-type": "application/json", "host": "service.region.example.com", "x-sdk-date": "20191115T033655Z"}
FAILS = "Incorrect IAM authentication information: "


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "secret", "hashed", "expected"),
    [
        pytest.param(
            "GET",
            f"{KEYS}?user_id=07609fb9358010e21f7bc003751c7c32",
            LOCAL,
            b"",
            SECRET,
            "f31c65d8b48f7d66d4776c2f2e057e61c77e0d8478767947fa7aedaeaaa4a929",
            "28fc33f1bd8c701ca3b2bb42a756fd6a84c3e68fe5d793447b804e790d44b49a",
            id="list",
        ),
        pytest.param(
            "POST",
            KEYS,
            {**LOCAL, "Content-Type": "application/json;charset=utf-8"},
            b'{"credential": {"user_id": "07609fb9358010e21f7bc003751c7c32", "description": "ci"}}',
            SECRET,
            "1197a3ae0089692fbedae2ca379d9decbe5f24ab0a1ea5c6b5b7e21c7987b194",
            "56e034ad1c4a19708e3e98cdbe1f59c145ef67018baf6d09dda86a3f367bac4c",
            id="create",
        ),
        pytest.param(
            "DELETE",
            f"{KEYS}/LOSZM4YRVLKOY9E8XEXA",
            GLOBAL,
            b"",
            SECRET,
            "3e2ab09dc98b22f48b4749bc0e23c43ca1de3e4a3fd2e84b794c852a7879adfb",
            "7cbf4cb0f67273fcf7510ab8bf254e5bfe90ad7d2256314119cbcfca97640a5b",
            id="delete",
        ),
        pytest.param(
            "GET",
            "/v3/users?enabled=true&name=a%20b~c%2F%C3%BC",
            GLOBAL,
            b"",
            SECRET,
            "bb96c88e7a5a0f5faea348b871ec9f2c9b23337fa72e561ff6ae81392aec3a73",
            "f46a6e22b50ed7ed8395a394b01c7d69f7a64c00eeca090e4e2adc079d7b4e87",
            id="escapes",
        ),
        pytest.param(
            "GET",
            "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0",
            SAMPLE,
            b"",
            VENDOR_SECRET,
            "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a",
            "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe",
            id="vendor's sample",
        ),
    ],
)
def test_vectors(
    method: str, target: str, headers: dict[str, str], body: bytes, secret: str, hashed: str, expected: str
) -> None:
    date = {name.lower(): value for name, value in headers.items()}["x-sdk-date"]
    ours = canonical_request(method, target, headers, body)
    path, _mark, query = target.partition("?")
    wire = Headers(headers)
    names = sorted(name.lower() for name in headers)
    theirs = emulated.canonical_request(method, path, query, wire, names, emulated.payload_hash(wire, body))
    for canonical in (ours, theirs):
        assert hashlib.sha256(canonical.encode()).hexdigest() == hashed
    assert signature(secret, date, ours) == emulated.sign(secret, date, theirs) == expected


@pytest.mark.parametrize(
    ("path", "query", "canonical"),
    [
        ("/v3/users/", "", "/v3/users/\n"),
        ("/v3/a%2Fb", "", "/v3/a/b/\n"),
        ("/v3/%7Ba%7D", "", "/v3/%7Ba%7D/\n"),
        ("/v3", "b=1&a=&a=%2B+", "/v3/\na=&a=%2B%2B&b=1"),
        ("/v3", "a~=1&a=1", "/v3/\na=1&a~=1"),
    ],
)
def test_canonical_form(path: str, query: str, canonical: str) -> None:
    request = emulated.canonical_request("GET", path, query, Headers(), [], "")
    assert request == f"GET\n{canonical}\n\n\n"


def authorize(owner: HuaweiClient, signed: str) -> dict[str, str]:
    """Return headers, and sign only some of them, in the given order."""
    headers = owner.headers("GET", KEYS)
    values = {name.lower(): value for name, value in headers.items()}
    lines = "".join(f"{name}:{values[name]}\n" for name in signed.split(";"))
    canonical = "\n".join(["GET", f"{KEYS}/", "", lines, signed, hashlib.sha256(b"").hexdigest()])
    proof = signature(owner.key[1], headers["X-Sdk-Date"], canonical)
    text = f"SDK-HMAC-SHA256 Access={owner.key[0]}, SignedHeaders={signed}, Signature={proof}"
    return {**headers, "Authorization": text}


def reason(owner: HuaweiClient, headers: dict[str, str], body: bytes = b"") -> str | None:
    """List the keys, and return the reason of the gateway's rejection."""
    reply = owner.send("GET", KEYS, headers, body)
    if reply.ok:
        return None
    fields = reply.json()
    assert reply.status_code == 401
    assert fields["error_code"] == "APIGW.0301"
    assert fields["request_id"] == reply.headers["X-Request-Id"]
    assert fields["error_msg"].startswith(FAILS)
    text: str = fields["error_msg"].removeprefix(FAILS)
    return text


@pytest.mark.parametrize("signed", ["host;x-sdk-date", "x-sdk-date", "content-type;host;x-domain-id;x-sdk-date"])
def test_only_the_date_has_to_be_signed(owner: HuaweiClient, signed: str) -> None:
    assert reason(owner, authorize(owner, signed)) is None


@pytest.mark.parametrize("signed", ["host", "x-sdk-date;host", "host;host;x-sdk-date"])
def test_signed_headers_have_rules(owner: HuaweiClient, signed: str) -> None:
    assert reason(owner, authorize(owner, signed)) == "verify aksk signature fail"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"X-Domain-Id": "0" * 32}, "verify aksk signature fail"),
        ({"Content-Type": "application/json"}, "verify aksk signature fail"),
        ({"X-Sdk-Date": "now"}, "verify aksk signature fail"),
        ({"X-Sdk-Date": "20261399T000000Z"}, "verify aksk signature fail"),
        ({"Authorization": "SDK-HMAC-SHA256 Access=a"}, "verify aksk signature fail"),
        ({"Authorization": "Basic YTpi"}, "x-auth-token not found"),
        ({"Authorization": ""}, "x-auth-token not found"),
    ],
)
def test_changed_headers_fail(owner: HuaweiClient, change: dict[str, str], expected: str) -> None:
    assert reason(owner, {**owner.headers("GET", KEYS), **change}) == expected


def test_the_body_is_signed(owner: HuaweiClient) -> None:
    body = b'{"credential": {"description": "a"}}'
    headers = owner.headers("PUT", f"{KEYS}/{ROOT[0]}", body)
    assert error_of(owner.send("PUT", f"{KEYS}/{ROOT[0]}", headers, body.replace(b'"a"', b'"b"'))) == (
        401,
        "APIGW.0301",
    )
    assert error_of(owner.send("PUT", f"{KEYS}/{ROOT[0]}", headers, body)) is None


@pytest.mark.parametrize(
    ("declared", "passes"),
    [("UNSIGNED-PAYLOAD", True), (hashlib.sha256(b"{}").hexdigest(), True), (hashlib.sha256(b"").hexdigest(), False)],
)
def test_the_hash_of_a_body_can_be_declared(owner: HuaweiClient, declared: str, passes: bool) -> None:
    target = f"{KEYS}/{ROOT[0]}"
    headers = owner.headers("PUT", target, b"{}", **{"X-Sdk-Content-Sha256": declared})
    signed = {name: value for name, value in headers.items() if name != "Authorization"}
    lines = canonical_request("PUT", target, signed, b"{}").split("\n")
    proof = signature(owner.key[1], headers["X-Sdk-Date"], "\n".join([*lines[:-1], declared]))
    text = f"{headers['Authorization'].rpartition('=')[0]}={proof}"
    status, code = error_of(owner.send("PUT", target, {**headers, "Authorization": text}, b"{}")) or (200, "")
    assert (status, code == "APIGW.0301") == ((400, False) if passes else (401, True))


def test_canonical_request_in_the_error(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", canonical_in_signature_error=True)
    wrong = replace(owner, key=(ROOT[0], "x" * 40))
    text = reason(owner, wrong.headers("GET", KEYS))
    assert text is not None
    assert text.startswith(f"verify aksk signature fail, canonicalRequest:GET|{KEYS}/||content-type:application/json")
    assert "\n" not in text


def stamp(difference: float) -> str:
    """Return a date for X-Sdk-Date."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + difference))


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (-910, "calc aksk signature fail:signature expired"),
        (910, "calc aksk signature fail:signature expired"),
        (-890, None),
        (890, None),
    ],
)
def test_the_clock(owner: HuaweiClient, difference: int, expected: str | None) -> None:
    assert reason(owner, owner.headers("GET", KEYS, date=stamp(difference))) == expected


def test_clock_skew_of_the_emulator(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", clock_skew_seconds=1000)
    assert reason(owner, owner.headers("GET", KEYS)) == "calc aksk signature fail:signature expired"


@pytest.mark.parametrize("key", [("AKNOBODY", "x"), ALICE_INACTIVE], ids=["unknown", "inactive"])
def test_unusable_keys(owner: HuaweiClient, key: tuple[str, str]) -> None:
    assert reason(owner, replace(owner, key=key).headers("GET", KEYS)) == f"ak {key[0]} not exist"


@pytest.mark.parametrize(
    ("mode", "status", "text"),
    [
        ("not_exist", 401, f"{FAILS}ak {ALICE_INACTIVE[0]} not exist"),
        ("secret_key_failed", 401, f"{FAILS}Get secretKey failed"),
        ("iam_code", 400, "The access key is inactive."),
    ],
)
def test_inactive_keys(emulator: Emulator, owner: HuaweiClient, mode: str, status: int, text: str) -> None:
    emulator.modes("huawei", inactive_key=mode)
    reply = replace(owner, key=ALICE_INACTIVE).request("GET", KEYS)
    assert (reply.status_code, reply.json()["error_msg"]) == (status, text)


@pytest.mark.parametrize(("key", "code"), [(DAN, "IAM.0080"), (DESK, "IAM.0081")])
def test_users_who_may_not_call(owner: HuaweiClient, key: tuple[str, str], code: str) -> None:
    assert replace(owner, key=key).error("GET", KEYS) == (403, code)


def test_six_failures_in_a_row_lock_a_key(emulator: Emulator, owner: HuaweiClient) -> None:
    locked = "AK access failed to reach the limit,forbidden"
    wrong = replace(owner, key=(ROOT[0], "x" * 40))
    for _unused in range(5):
        assert reason(wrong, wrong.headers("GET", KEYS)) == "verify aksk signature fail"
    assert reason(owner, owner.headers("GET", KEYS)) is None
    for _unused in range(6):
        assert reason(wrong, wrong.headers("GET", KEYS)) == "verify aksk signature fail"
    assert reason(owner, owner.headers("GET", KEYS)) == locked
    alice = replace(owner, key=ALICE)
    assert reason(alice, alice.headers("GET", KEYS)) is None
    emulator.modes("huawei", clock_skew_seconds=290)
    assert reason(owner, owner.headers("GET", KEYS)) == locked
    emulator.modes("huawei", clock_skew_seconds=310)
    assert reason(owner, owner.headers("GET", KEYS)) is None


@pytest.mark.parametrize(
    ("key", "token", "expected"),
    [
        pytest.param(TEMPORARY, SECURITY_TOKEN, None, id="right"),
        pytest.param(TEMPORARY, "", f"ak {TEMPORARY[0]} not exist", id="missing"),
        pytest.param(TEMPORARY, "other", "decrypt token fail", id="wrong"),
        pytest.param(ALICE, SECURITY_TOKEN, "decrypt token fail", id="not expected"),
    ],
)
def test_security_tokens(owner: HuaweiClient, key: tuple[str, str], token: str, expected: str | None) -> None:
    client = replace(owner, key=key, security_token=token)
    assert reason(client, client.headers("GET", KEYS)) == expected


def test_a_security_token_need_not_be_signed(owner: HuaweiClient) -> None:
    client = replace(owner, key=TEMPORARY)
    assert reason(client, {**client.headers("GET", KEYS), "X-Security-Token": SECURITY_TOKEN}) is None


def test_an_expired_security_token(emulator: Emulator, owner: HuaweiClient) -> None:
    old = {
        "access": "HSTOLD",
        "secret": "Canary-Secret-1",
        "security_token": "Canary-Token-1",
        "expires": "2026-01-01T00:00:00Z",
    }
    emulator.seed({"huawei": {"temporary_credentials": [old]}})
    client = replace(owner, key=("HSTOLD", "Canary-Secret-1"), security_token="Canary-Token-1")
    assert client.error("GET", KEYS) == (400, "IAM.1108")


@pytest.mark.parametrize(
    ("mode", "kind", "expected"),
    [
        ("iam", "Canary-Unknown", "The X-Auth-Token is invalid!"),
        ("iam", "Canary-Expired", "The token must be updated"),
        ("gateway", "unknown", f"{FAILS}decrypt token fail"),
        ("gateway", "Canary-Expired", f"{FAILS}token expires, expires_at: 2026-01-01T00:00:00.000000Z"),
    ],
)
def test_bad_tokens(emulator: Emulator, owner: HuaweiClient, mode: str, kind: str, expected: str) -> None:
    emulator.modes("huawei", token_errors=mode)
    emulator.seed({"huawei": {"tokens": [{"value": "Canary-Expired", "expires": "2026-01-01T00:00:00Z"}]}})
    reply = replace(owner, token=kind).request("GET", KEYS)
    assert reply.status_code == 401
    fields: Any = reply.json()
    assert (fields["error"]["message"] if mode == "iam" else fields["error_msg"]) == expected


def test_a_token_of_a_project_is_not_enough(emulator: Emulator, owner: HuaweiClient) -> None:
    project = emulator.state("huawei")["projects"][0]["id"]
    emulator.seed({"huawei": {"tokens": [{"value": "Canary-Narrow", "user": "root", "project_id": project}]}})
    narrow = replace(owner, token="Canary-Narrow", domain="")
    assert narrow.error("GET", KEYS) == (403, "You are not authorized to perform the requested action.")
    assert narrow.error("GET", "/v3/projects") is None


def test_the_account_named_must_be_the_own(owner: HuaweiClient) -> None:
    forbidden = (403, "You are not authorized to perform the requested action.")
    assert replace(owner, domain="0" * 32).error("GET", KEYS) == forbidden
    assert replace(owner, domain="").error("GET", KEYS) is None
    assert replace(owner, domain="").error("GET", USERS) == forbidden
    assert replace(owner, domain="", token=ROOT_TOKEN).error("GET", USERS) is None
    project = {**owner.headers("GET", KEYS), "X-Project-Id": "0" * 32}
    assert error_of(owner.send("GET", KEYS, project)) == forbidden


@pytest.mark.parametrize(
    ("token", "subject", "expected"),
    [
        (ALICE_TOKEN, ALICE_TOKEN, "alice"),
        (ROOT_TOKEN, ALICE_TOKEN, "alice"),
        (ROOT_TOKEN, ROOT_TOKEN, "root"),
        (ALICE_TOKEN, ROOT_TOKEN, 403),
        (ALICE_TOKEN, "unknown", 403),
        (ROOT_TOKEN, "unknown", 404),
        (ROOT_TOKEN, "", 400),
    ],
)
def test_looking_at_tokens(owner: HuaweiClient, token: str, subject: str, expected: str | int) -> None:
    client = replace(owner, token=token)
    reply = client.send("GET", TOKENS, {**client.headers("GET", TOKENS), "X-Subject-Token": subject})
    if isinstance(expected, int):
        assert reply.status_code == expected
        return
    assert reply.headers["X-Subject-Token"] == subject
    fields = reply.json()["token"]
    assert (fields["user"]["id"], fields["user"]["name"]) == (ID[expected], expected)
    assert fields["user"]["domain"] == fields["domain"] == {"id": DOMAIN, "name": "emulator-account"}

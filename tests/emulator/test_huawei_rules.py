# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the rules of the operations on keys, users and tokens."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import (
    ALICE,
    ALICE_INACTIVE,
    ALICE_PASSWORD,
    ALICE_TOKEN,
    AUDITOR,
    BOB,
    DOMAIN,
    DOMAIN_NAME,
    FOREIGN,
    ID,
    KEYS,
    NOBODY,
    OS_USERS,
    ROOT,
    ROOT_PASSWORD,
    ROOT_TOKEN,
    TOKENS,
    USERS,
    HuaweiClient,
    error_of,
)

FORBIDDEN = (403, "You are not authorized to perform the requested action.")
INVALID = (400, "The request body is invalid")
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"


@pytest.fixture
def bob(owner: HuaweiClient) -> HuaweiClient:
    """Return a client of a user without any permission."""
    return replace(owner, key=BOB)


def key(**fields: Any) -> dict[str, Any]:
    """Return the body of an operation on a key."""
    return {"credential": fields}


def user(**fields: Any) -> dict[str, Any]:
    """Return the body of an operation on a user."""
    return {"user": fields}


def not_found(kind: str, name: str) -> tuple[int, str]:
    """Return the error about an object that does not exist."""
    return 404, f"Could not find {kind}: {name}."


CREATE = ("POST", KEYS)
UPDATE = ("PUT", f"{KEYS}/{BOB[0]}")


@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        (*CREATE, {}, (400, "The required property credential is missing.")),
        (*CREATE, key(), (400, "The required property credential.user_id is missing.")),
        (*CREATE, {"credential": []}, (400, "Invalid value of the field credential.")),
        (*CREATE, key(user_id=1), (400, "Invalid value of the field credential.user_id.")),
        (
            *CREATE,
            key(user_id=ID["carol"], description=None),
            (400, "Invalid value of the field credential.description."),
        ),
        (*CREATE, key(user_id=ID["carol"], status="inactive"), (400, "Invalid parameter: credential.status.")),
        (*CREATE, {**key(user_id=ID["carol"]), "more": 1}, (400, "Invalid parameter: more.")),
        (*CREATE, [], INVALID),
        (*CREATE, None, INVALID),
        (*CREATE, key(user_id=ID["carol"], description="x" * 33000), INVALID),
        (*CREATE, key(user_id=NOBODY), not_found("user", NOBODY)),
        (*CREATE, key(user_id=ID["alice"]), (400, "akSkNumExceed")),
        (*CREATE, key(user_id=ID["carol"], description="\u5907\u6ce8, <a> & 'b'"), None),
        (*UPDATE, key(), INVALID),
        (*UPDATE, key(status="Active"), (400, "Invalid value of the field credential.status.")),
        (*UPDATE, key(status=None), (400, "Invalid value of the field credential.status.")),
        (*UPDATE, key(user_id=ID["bob"]), (400, "Invalid parameter: credential.user_id.")),
        (*UPDATE, key(description=""), None),
        ("GET", f"{KEYS}?user_id={NOBODY}", None, not_found("user", NOBODY)),
        ("GET", f"{KEYS}?user_id=", None, None),
        ("GET", f"{KEYS}?limit=1", None, (400, "Invalid parameter: limit.")),
        ("GET", f"{KEYS}?user_id=a&user_id=a", None, (400, "Invalid parameter: user_id.")),
        ("GET", f"{KEYS}/UNKNOWN", None, not_found("credential", "UNKNOWN")),
        ("GET", f"{KEYS}/%7Baccess_key%7D", None, not_found("credential", "{access_key}")),
        ("PUT", f"{KEYS}/UNKNOWN", key(status="active"), not_found("credential", "UNKNOWN")),
        ("DELETE", f"{KEYS}/UNKNOWN", None, not_found("credential", "UNKNOWN")),
        ("GET", f"{KEYS}/{FOREIGN}", None, not_found("credential", FOREIGN)),
        ("GET", "/v3/projects?enabled=yes", None, (400, "Invalid parameter: enabled.")),
        ("PATCH", f"{KEYS}/{BOB[0]}", key(status="active"), (404, "APIGW.0101")),
        ("DELETE", f"{KEYS}/", None, (404, "APIGW.0101")),
        ("GET", "/v3/OS-CREDENTIAL/credentials", None, (404, "APIGW.0101")),
        ("GET", "/v5/users", None, (404, "APIGW.0101")),
        ("GET", f"{USERS}/{NOBODY}", None, not_found("user", NOBODY)),
        ("GET", f"{OS_USERS}/{NOBODY}", None, (404, "IAM.0004")),
        ("DELETE", f"{USERS}/{NOBODY}", None, not_found("user", NOBODY)),
        ("GET", f"{USERS}?domain_id={'0' * 32}", None, FORBIDDEN),
        ("GET", f"{USERS}?page=1", None, (400, "Invalid parameter: page.")),
        ("GET", f"{USERS}?password_expires_at=soon", None, (400, "Invalid parameter: password_expires_at.")),
        ("PUT", f"{OS_USERS}/{ID['bob']}", {}, (400, "IAM.0072")),
        ("PUT", f"{OS_USERS}/{ID['bob']}", None, (400, "IAM.1101")),
        ("PUT", f"{OS_USERS}/{ID['bob']}", user(nickname="b"), (400, "IAM.0007")),
        ("PUT", f"{OS_USERS}/{ID['bob']}", user(enabled="true"), (400, "IAM.0073")),
        ("PUT", f"{OS_USERS}/{ID['bob']}", user(domain_id=DOMAIN), (400, "IAM.0007")),
        ("PUT", f"{OS_USERS}/{ID['bob']}/login-protect", {"login_protect": {"enabled": True}}, (400, "IAM.0072")),
        (
            "PUT",
            f"{OS_USERS}/{ID['bob']}/login-protect",
            {"login_protect": {"enabled": True, "verification_method": "none"}},
            (400, "IAM.0073"),
        ),
    ],
)
def test_input(owner: HuaweiClient, method: str, target: str, body: Any, expected: tuple[int, str] | None) -> None:
    assert owner.error(method, target, body) == expected


@pytest.mark.parametrize("body", [b"{", b'{"credential": {}, "credential": {}}', b'"text"', b"\xff"])
def test_bodies_that_are_no_json_object(owner: HuaweiClient, body: bytes) -> None:
    assert error_of(owner.send(*CREATE, owner.headers(*CREATE, body), body)) == INVALID


def test_bodies_have_a_type(owner: HuaweiClient) -> None:
    body = b'{"credential": {"description": "x"}}'
    for content_type, expected in (("text/plain", INVALID), ("application/json", None)):
        headers = owner.headers(*UPDATE, body, **{"Content-Type": content_type})
        assert error_of(owner.send(*UPDATE, headers, body)) == expected


def test_every_reply_has_its_ids(emulator: Emulator, owner: HuaweiClient) -> None:
    replies = [
        owner.request("GET", KEYS),
        owner.request("GET", f"{KEYS}/UNKNOWN"),
        owner.request("GET", "/v5/unknown"),
        owner.request("DELETE", f"{KEYS}/{BOB[0]}"),
        replace(owner, key=("AKNOBODY", "x")).request("GET", KEYS),
    ]
    assert [call["request_id"] for call in emulator.journal()] == [r.headers["X-Request-Id"] for r in replies]
    assert all(reply.headers["X-Iam-Trace-Id"] for reply in replies)
    assert {reply.headers.get("Content-Type") for reply in replies} == {"application/json; charset=UTF-8", None}


def test_fields_of_a_key(owner: HuaweiClient) -> None:
    reply = owner.request(*CREATE, key(user_id=ID["carol"], description="ci"))
    made = reply.json()["credential"]
    assert reply.status_code == 201
    assert made.keys() == {"access", "secret", "status", "create_time", "user_id", "description"}
    assert re.fullmatch(r"[A-Z0-9]{20}", made["access"])
    assert re.fullmatch(r"[A-Za-z0-9]{40}", made["secret"])
    assert re.fullmatch(TIME, made["create_time"])
    age = datetime.now(timezone.utc) - datetime.fromisoformat(made["create_time"])
    assert abs(age.total_seconds()) < 5
    common = {name: made[name] for name in ("access", "status", "create_time", "user_id")}

    listed = owner.call("GET", f"{KEYS}?user_id={ID['carol']}")
    assert listed == {"credentials": [{**common, "description": "ci"}]}
    shown = owner.call("GET", f"{KEYS}/{made['access']}")
    assert shown == key(**common, description="ci", last_use_time=made["create_time"])
    changed = owner.call("PUT", f"{KEYS}/{made['access']}", key(status="inactive", description="new"))
    assert changed == key(**{**common, "status": "inactive"})
    reply = owner.request("DELETE", f"{KEYS}/{made['access']}")
    assert (reply.status_code, reply.content) == (204, b"")


def test_a_key_of_the_example(owner: HuaweiClient) -> None:
    assert owner.call("GET", f"{KEYS}/{ALICE[0]}") == key(
        access=ALICE[0],
        user_id=ID["alice"],
        status="active",
        create_time="2025-04-01T09:05:00.000000Z",
        description="ci-deploy",
        last_use_time="2026-06-02T10:00:00.000000Z",
    )
    never = owner.call("GET", f"{KEYS}/{BOB[0]}")["credential"]
    assert never["last_use_time"] == never["create_time"]
    assert never["description"] == ""


def test_updates_leave_the_rest_alone(emulator: Emulator, owner: HuaweiClient) -> None:
    def change(**fields: str) -> tuple[str, str]:
        owner.call("PUT", f"{KEYS}/{ALICE[0]}", key(**fields))
        shown = owner.call("GET", f"{KEYS}/{ALICE[0]}")["credential"]
        return shown["status"], shown["description"]

    assert change(description="new") == ("active", "new")
    assert change(status="inactive") == ("inactive", "new")
    assert change(description="") == ("inactive", "")
    emulator.clear_journal()
    assert change(status="inactive") == ("inactive", "")
    assert [call["committed"] for call in emulator.journal()] == [False, False]


def test_two_keys_at_most_in_a_race(emulator: Emulator, owner: HuaweiClient) -> None:
    def create(_unused: int) -> tuple[int, str] | None:
        client = HuaweiClient(emulator.url)
        try:
            return client.error(*CREATE, key(user_id=ID["carol"]))
        finally:
            client.session.close()

    with ThreadPoolExecutor(8) as pool:
        errors = list(pool.map(create, range(8)))
    assert errors.count(None) == 2
    assert errors.count((400, "akSkNumExceed")) == 6
    assert sum(call["committed"] for call in emulator.journal()) == 2


def test_an_inactive_key_counts(owner: HuaweiClient) -> None:
    owner.call("DELETE", f"{KEYS}/{ALICE[0]}")
    assert owner.error(*CREATE, key(user_id=ID["alice"])) is None
    assert owner.error(*CREATE, key(user_id=ID["alice"])) == (400, "akSkNumExceed")


@pytest.mark.parametrize(("method", "body"), [("PUT", key(status="inactive")), ("DELETE", None)])
def test_a_lost_signing_key_fails_at_once(bob: HuaweiClient, method: str, body: Any) -> None:
    assert bob.error(method, f"{KEYS}/{BOB[0]}", body) is None
    assert bob.error("GET", KEYS) == (401, "APIGW.0301")


@pytest.mark.parametrize(
    ("method", "target", "body", "expected"),
    [
        ("GET", KEYS, None, None),
        ("GET", f"{KEYS}?user_id={ID['bob']}", None, None),
        ("GET", f"{KEYS}/{BOB[0]}", None, None),
        (*CREATE, key(user_id=ID["bob"]), None),
        (*UPDATE, key(description="x"), None),
        ("GET", f"{USERS}/{ID['bob']}", None, None),
        ("GET", f"{OS_USERS}/{ID['bob']}", None, None),
        ("GET", "/v3/auth/domains", None, None),
        ("GET", f"{KEYS}?user_id={ID['alice']}", None, FORBIDDEN),
        ("GET", f"{KEYS}?user_id={NOBODY}", None, FORBIDDEN),
        ("GET", f"{KEYS}/{ALICE[0]}", None, FORBIDDEN),
        (*CREATE, key(user_id=ID["alice"]), FORBIDDEN),
        ("PUT", f"{KEYS}/{ALICE[0]}", key(description="x"), FORBIDDEN),
        ("DELETE", f"{KEYS}/{ALICE[0]}", None, FORBIDDEN),
        ("GET", USERS, None, FORBIDDEN),
        ("GET", f"{USERS}/{ID['alice']}", None, FORBIDDEN),
        ("GET", f"{OS_USERS}/{ID['alice']}", None, (403, "IAM.0002")),
        ("POST", OS_USERS, user(name="new", domain_id=DOMAIN), (403, "IAM.0002")),
        ("PUT", f"{OS_USERS}/{ID['bob']}", user(description="x"), (403, "IAM.0002")),
        ("PATCH", f"{USERS}/{ID['bob']}", user(description="x"), FORBIDDEN),
        ("DELETE", f"{USERS}/{ID['bob']}", None, FORBIDDEN),
        ("PUT", f"{OS_USERS}/{ID['alice']}/info", user(email="x@example.com"), (403, "IAM.0002")),
        (
            "POST",
            f"{USERS}/{ID['alice']}/password",
            user(password="Canary-Pass-3", original_password=ALICE_PASSWORD),
            FORBIDDEN,
        ),
    ],
)
def test_users_reach_their_own_things_only(
    bob: HuaweiClient, method: str, target: str, body: Any, expected: tuple[int, str] | None
) -> None:
    assert bob.error(method, target, body) == expected


def test_the_real_refusal_has_110_bytes(bob: HuaweiClient) -> None:
    reply = bob.request("GET", USERS)
    assert reply.headers["Content-Length"] == "110"
    assert reply.json()["error"]["title"] == "Forbidden"


def test_policies(owner: HuaweiClient) -> None:
    auditor = replace(owner, key=AUDITOR)
    assert len(auditor.call("GET", f"{KEYS}?user_id={ID['alice']}")["credentials"]) == 2
    assert auditor.error("GET", USERS) is None
    for method, target, body, action in (
        (*CREATE, key(user_id=ID["auditor"]), "createCredential"),
        ("PUT", f"{KEYS}/{AUDITOR[0]}", key(description="x"), "updateCredential"),
        ("DELETE", f"{KEYS}/{ALICE[0]}", None, "deleteCredential"),
    ):
        text = f"Policy doesn't allow iam:credentials:{action} to be performed."
        assert auditor.error(method, target, body) == (403, text)


def test_users_of_the_example(owner: HuaweiClient) -> None:
    reply = owner.call("GET", USERS)
    assert [each["name"] for each in reply["users"]] == list(ID)
    assert reply["links"].keys() == {"self", "previous", "next"}
    listed = reply["users"][1]
    assert (listed["id"], listed["domain_id"], listed["enabled"]) == (ID["alice"], DOMAIN, True)
    assert (listed["password_expires_at"], listed["access_mode"]) == (None, "default")
    assert owner.call("GET", f"{USERS}/{ID['alice']}") == {"user": listed}
    shown = owner.call("GET", f"{OS_USERS}/{ID['alice']}")["user"]
    assert (shown["phone"], shown["areacode"], shown["email"]) == ("0086-13800000001", "0086", "alice@example.com")
    assert shown["create_time"] == "2025-04-01 09:00:00.0"
    assert (shown["last_login_time"], "password_expires_at" in shown) == (None, False)
    assert owner.call("GET", f"{OS_USERS}/{ID['bob']}")["user"]["phone"] == "-"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=alice", ["alice"]),
        ("name=ali", []),
        ("name=ALICE", []),
        ("enabled=false", ["disabled-dan"]),
        ("enabled=true&name=disabled-dan", []),
        (f"domain_id={DOMAIN}&name=bob", ["bob"]),
        ("password_expires_at=lt:2030-01-01T00:00:00Z", ["expiring"]),
        ("password_expires_at=gte:2030-01-01T00:00:00Z", []),
    ],
)
def test_filters_of_users(emulator: Emulator, owner: HuaweiClient, query: str, names: list[str]) -> None:
    emulator.seed({"huawei": {"users": [{"name": "expiring", "password_expires_at": "2029-01-01T00:00:00Z"}]}})
    assert [each["name"] for each in owner.call("GET", f"{USERS}?{query}")["users"]] == names


NEW = {"name": "new", "domain_id": DOMAIN}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"domain_id": DOMAIN}, "1100"),
        ({"name": "new"}, "1100"),
        ({**NEW, "domain_id": "0" * 32}, "IAM.0002"),
        ({**NEW, "name": ""}, "1101"),
        ({**NEW, "name": "1new"}, "1101"),
        ({**NEW, "name": " new"}, "1101"),
        ({**NEW, "name": "n" * 65}, "1101"),
        ({**NEW, "name": "a@b"}, "1101"),
        ({**NEW, "name": "alice"}, "1109"),
        ({**NEW, "name": "n" * 64}, None),
        ({**NEW, "name": "New user_1.a-b"}, None),
        ({**NEW, "email": "x"}, "1102"),
        ({**NEW, "email": "x" * 250 + "@a.org"}, "1102"),
        ({**NEW, "email": "alice@example.com"}, "1110"),
        ({**NEW, "phone": "123"}, "1106"),
        ({**NEW, "areacode": "0086"}, "1106"),
        ({**NEW, "areacode": "0086", "phone": "1" * 33}, "1104"),
        ({**NEW, "areacode": "0086", "phone": "12a"}, "1104"),
        ({**NEW, "areacode": "0086", "phone": "13800000001"}, "1111"),
        ({**NEW, "areacode": "0049", "phone": "13800000001"}, None),
        ({**NEW, "password": "aB1-x"}, "1103"),
        ({**NEW, "password": "aB1-" * 9}, "1103"),
        ({**NEW, "password": "abcdefgh"}, "1118"),
        ({**NEW, "password": "A-1234567", "areacode": "0086", "phone": "1234567"}, "1118"),
        ({**NEW, "password": "abcde1"}, None),
        ({**NEW, "access_mode": "all"}, "1120"),
        ({**NEW, "access_mode": "programmatic"}, None),
        ({**NEW, "xuser_id": "x"}, "IAM.0072"),
        ({**NEW, "xuser_id": "x", "xuser_type": "Other"}, "IAM.0073"),
        ({**NEW, "xuser_id": "x" * 129, "xuser_type": "TenantIdp"}, "IAM.0073"),
        ({**NEW, "xuser_id": "x", "xuser_type": "TenantIdp"}, None),
    ],
)
def test_creating_users(owner: HuaweiClient, fields: dict[str, Any], code: str | None) -> None:
    error = owner.error("POST", OS_USERS, user(**fields))
    assert (error and error[1]) == code


def test_a_created_user(emulator: Emulator, owner: HuaweiClient) -> None:
    made = owner.call("POST", OS_USERS, user(**NEW, password="Canary-Pass-4"))["user"]
    assert re.fullmatch(r"[0-9a-f]{32}", made["id"])
    assert re.fullmatch(TIME[:-1], made["create_time"])
    assert (made["enabled"], made["pwd_status"], made["access_mode"]) == (True, True, "default")
    assert (made["status"], made["password_expires_at"], made["is_domain_owner"]) == (None, None, False)
    assert (made["email"], made["phone"], made["areacode"], made["xuser_id"]) == ("", "", "", "")
    assert "password" not in made
    assert "Canary-Pass-4" in emulator.secrets()
    assert emulator.journal()[-1]["params"] == user(**NEW, password="***")


def test_names_are_taken(owner: HuaweiClient) -> None:
    conflict = owner.request("POST", USERS, user(name="alice", domain_id=DOMAIN))
    assert (conflict.status_code, conflict.json()["error"]["title"]) == (409, "Conflict")
    assert owner.error("PUT", f"{OS_USERS}/{ID['bob']}", user(name="alice")) == (400, "1109")
    assert owner.error("PUT", f"{OS_USERS}/{ID['alice']}", user(name="alice")) is None


def test_the_quota_of_users(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.seed({"huawei": {"generate_users": {"count": 43}}})
    assert owner.error("POST", OS_USERS, user(**NEW)) == (400, "1115")


def test_an_updated_user(owner: HuaweiClient) -> None:
    changed = owner.call("PUT", f"{OS_USERS}/{ID['alice']}", user(description="new"))["user"]
    assert (changed["description"], changed["email"]) == ("new", "alice@example.com")
    assert "password_expires_at" not in changed
    assert changed["links"]["self"].endswith(f"/v3/users/{ID['alice']}")
    same = user(password=ALICE_PASSWORD)
    assert owner.error("PUT", f"{OS_USERS}/{ID['alice']}", same) == (400, "1108")
    assert owner.error("PUT", f"{OS_USERS}/{ID['alice']}", user(password="Canary-Pass-5")) is None


def test_deleting_users(owner: HuaweiClient, bob: HuaweiClient) -> None:
    assert owner.error("DELETE", f"{USERS}/{ID['root']}") is not None
    assert bob.error("GET", KEYS) is None
    assert owner.request("DELETE", f"{USERS}/{ID['bob']}").status_code == 204
    assert bob.error("GET", KEYS) == (401, "APIGW.0301")
    assert owner.error("GET", f"{KEYS}?user_id={ID['bob']}") == not_found("user", ID["bob"])
    assert owner.error("GET", f"{KEYS}/{BOB[0]}") == not_found("credential", BOB[0])


def test_disabling_a_user(owner: HuaweiClient) -> None:
    alice, by_token = replace(owner, key=ALICE), replace(owner, token=ALICE_TOKEN)
    assert by_token.error("GET", KEYS) is None
    assert owner.error("PUT", f"{OS_USERS}/{ID['alice']}", user(enabled=False)) is None
    assert alice.error("GET", KEYS) == (403, "IAM.0080")
    assert by_token.error("GET", KEYS) == (401, "The token must be updated")


def login(name: str = "alice", password: str = ALICE_PASSWORD, **scope: Any) -> dict[str, Any]:
    """Return the body of a token request."""
    who = {"name": name, "password": password, "domain": {"name": DOMAIN_NAME}}
    identity = {"methods": ["password"], "password": {"user": who}}
    return {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}


def elsewhere() -> dict[str, Any]:
    """Return a token request that names a wrong account for the user."""
    body = login()
    body["auth"]["identity"]["password"]["user"]["domain"]["name"] = "other"
    return body


def token(owner: HuaweiClient, body: Any, query: str = "") -> Any:
    """Request a token, without any credentials."""
    return owner.session.post(f"{owner.url}{TOKENS}{query}", json=body, timeout=10)


def test_a_token(emulator: Emulator, owner: HuaweiClient) -> None:
    reply = token(owner, login(domain={"name": DOMAIN_NAME}), "?nocatalog=true")
    assert reply.status_code == 201
    value = reply.headers["X-Subject-Token"]
    assert value.startswith("MII")
    fields = reply.json()["token"]
    assert (fields["methods"], fields["catalog"], fields["domain"]["id"]) == (["password"], [], DOMAIN)
    assert fields["user"]["id"] == ID["alice"]
    issued, expires = (datetime.fromisoformat(fields[name]) for name in ("issued_at", "expires_at"))
    assert (expires - issued).total_seconds() == 24 * 3600
    assert replace(owner, token=value).error("GET", KEYS) is None
    assert replace(owner, token=ALICE_TOKEN).error("GET", KEYS) is None
    assert {value, ALICE_PASSWORD} <= emulator.secrets()
    call = emulator.journal()[0]
    assert (call["write"], call["committed"]) == (False, False)
    assert call["params"]["auth"]["identity"]["password"]["user"]["password"] == "***"
    assert token(owner, login()).json()["token"]["catalog"]


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (login(password="Canary-Wrong-1"), 401, "The username or password is wrong."),
        (login("nobody"), 401, "The username or password is wrong."),
        (login("bob", ""), 401, "The username or password is wrong."),
        (elsewhere(), 401, "The username or password is wrong."),
        (login(domain={"name": "other"}), 401, "The username or password is wrong."),
        (login(project={"name": "nowhere"}), 401, "The username or password is wrong."),
        (login("desk", "Invented-Pass-4"), 403, "IAM.0081"),
        (login("disabled-dan", "Invented-Pass-5"), 403, "IAM.0082"),
        ({"auth": {"identity": {}}}, 400, ""),
        ({"auth": {"identity": {**login()["auth"]["identity"], "methods": ["token"]}}}, 400, INVALID[1]),
    ],
)
def test_refused_tokens(owner: HuaweiClient, body: Any, status: int, text: str) -> None:
    error = error_of(token(owner, body))
    assert error is not None
    assert (error[0], text in error[1]) == (status, True)


@pytest.mark.parametrize(
    ("scope", "kind"),
    [
        ({}, "domain"),
        ({"domain": {"id": DOMAIN}}, "domain"),
        ({"project": {"name": "cn-north-4"}}, "project"),
        ({"project": {"id": "c" + "0" * 30 + "2"}, "domain": {"id": DOMAIN}}, "project"),
    ],
)
def test_scopes_of_tokens(owner: HuaweiClient, scope: dict[str, Any], kind: str) -> None:
    fields = token(owner, login("root", ROOT_PASSWORD, **scope)).json()["token"]
    assert {"domain", "project"} & fields.keys() == {kind}
    assert {role["name"] for role in fields["roles"]} == {"te_admin", "secu_admin"}


def test_wrong_passwords_lock_the_login(emulator: Emulator, owner: HuaweiClient) -> None:
    for _unused in range(6):
        assert token(owner, login(password="Canary-Pass-7")).status_code == 401
    assert "Canary-Pass-7" in emulator.secrets()
    assert error_of(token(owner, login())) == (401, "IAM.0061")
    assert token(owner, login("root", ROOT_PASSWORD)).status_code == 201
    emulator.modes("huawei", clock_skew_seconds=310)
    assert token(owner, login()).status_code == 201


def test_a_second_factor(emulator: Emulator, owner: HuaweiClient) -> None:
    protected = {"name": "alice", "login_protect": True, "verification_method": "vmfa", "mfa_passcode": "123456"}
    emulator.seed({"huawei": {"users": [protected]}})
    assert token(owner, login()).status_code == 401
    body = login()
    identity = body["auth"]["identity"]
    identity |= {"methods": ["password", "totp"], "totp": {"user": {"id": ID["alice"], "passcode": "000000"}}}
    assert token(owner, body).status_code == 401
    identity["totp"]["user"]["passcode"] = "123456"
    assert token(owner, body).json()["token"]["mfa_authn_at"]
    assert "123456" not in str(emulator.journal())


def test_a_new_password_ends_tokens(owner: HuaweiClient) -> None:
    by_token = replace(owner, token=ALICE_TOKEN)
    change = user(password="Canary-Pass-6", original_password="Canary-Wrong-2")
    target = f"{USERS}/{ID['alice']}/password"
    assert by_token.error("POST", target, change) == (401, "The username or password is wrong.")
    assert by_token.error("GET", KEYS) is None
    change["user"]["original_password"] = ALICE_PASSWORD
    assert by_token.request("POST", target, change).status_code == 204
    assert by_token.error("GET", KEYS) == (401, "The token must be updated")
    assert token(owner, login(password="Canary-Pass-6")).status_code == 201


def test_who_it_is(owner: HuaweiClient, bob: HuaweiClient) -> None:
    assert bob.call("GET", "/v5/caller-identity") == {"account_id": DOMAIN}
    domains = bob.call("GET", "/v3/auth/domains")["domains"]
    assert [(each["id"], each["name"], each["enabled"]) for each in domains] == [(DOMAIN, DOMAIN_NAME, True)]
    assert bob.call("GET", f"{KEYS}/{BOB[0]}")["credential"]["user_id"] == ID["bob"]
    names = [each["name"] for each in owner.call("GET", "/v3/projects")["projects"]]
    assert names == ["cn-north-4", "eu-west-101"]
    assert owner.call("GET", "/v3/projects?name=nowhere")["projects"] == []


def test_what_the_journal_shows(emulator: Emulator, owner: HuaweiClient) -> None:
    owner.request(*UPDATE, key(status="inactive"))
    replace(owner, token=ALICE_TOKEN).request("GET", f"{KEYS}?user_id={ID['alice']}")
    owner.request("GET", "/v3/unknown")
    first, second, third = emulator.journal()
    assert (first["action"], first["write"], first["committed"]) == ("UpdatePermanentAccessKey", True, True)
    assert first["params"] == {"access_key": BOB[0], **key(status="inactive")}
    assert first["caller"] == {"id": ID["root"], "access_key_id": ROOT[0]}
    assert (second["action"], second["write"]) == ("ListPermanentAccessKeys", False)
    assert second["params"] == {"user_id": ID["alice"]}
    assert second["caller"] == {"id": ID["alice"], "access_key_id": None}
    assert (third["action"], third["code"], third["status"]) == ("GET /v3/unknown", "APIGW.0101", 404)


def test_the_state_shows_no_secret(emulator: Emulator, owner: HuaweiClient) -> None:
    made = owner.call(*CREATE, key(user_id=ID["carol"]))["credential"]
    assert token(owner, login(password="Canary-Pass-8")).status_code == 401
    secrets = {made["secret"], ROOT[1], ROOT_TOKEN, ALICE_INACTIVE[1], ROOT_PASSWORD, "Canary-Pass-8"}
    assert secrets <= emulator.secrets()
    text = str(emulator.state("huawei")) + str(emulator.journal())
    assert [secret for secret in secrets if secret in text] == []
    assert made["access"] in text


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ({"users": [{}]}, "name is missing"),
        ({"users": [{"name": "x", "id": ID["bob"]}]}, "is already in use"),
        ({"users": [{"name": "bob", "id": NOBODY}]}, "another id"),
        ({"users": [{"name": "bob", "keys": [{"access": ALICE[0]}]}]}, "another user"),
        ({"users": [{"name": "bob", "keys": [{"status": "Active"}]}]}, "active or inactive"),
        ({"account": {"id": NOBODY}}, "cannot change"),
        ({"tokens": [{"user": "nobody"}]}, "the user nobody does not exist"),
        ({"tokens": [{"project_id": "x"}]}, "the project x does not exist"),
        ({"unknown": []}, "unknown name"),
    ],
)
def test_senseless_seeds_are_refused(emulator: Emulator, seed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        emulator.seed({"huawei": seed})


def test_a_seed_can_leave_out_almost_everything(owner: HuaweiClient, emulator: Emulator) -> None:
    emulator.seed({"huawei": {"generate_users": {"count": 2, "prefix": "load-", "keys": 2}}})
    users = owner.call("GET", f"{USERS}?name=load-0002")["users"]
    keys = owner.call("GET", f"{KEYS}?user_id={users[0]['id']}")["credentials"]
    assert all(re.fullmatch(r"[A-Z0-9]{20}", each["access"]) for each in keys)
    assert len(keys) == 2

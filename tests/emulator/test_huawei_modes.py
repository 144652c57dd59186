# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modes of Huawei Cloud, the faults with a special form, and the rate limit."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from cloud_emulator.exchange import Request
from cloud_emulator.huawei.cloud import Huawei
from cloud_emulator.secret_log import SecretLog
from werkzeug.datastructures import Headers

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import (
    ALICE,
    ALICE_TOKEN,
    BOB,
    DOMAIN,
    FOREIGN,
    ID,
    KEYS,
    NOBODY,
    OS_USERS,
    ROOT,
    ROOT_TOKEN,
    SECURITY_TOKEN,
    TEMPORARY,
    USERS,
    HuaweiClient,
    error_of,
)

FORBIDDEN = (403, "You are not authorized to perform the requested action.")
CAROL = {"credential": {"user_id": ID["carol"], "description": "marker"}}
BOB_KEY = f"{KEYS}/{BOB[0]}"


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("A", {"error": {"message": "Could not find credential: X.", "code": 404, "title": "Not Found"}}),
        (
            "A-prime",
            {
                "error": {
                    "code": 404,
                    "error_code": None,
                    "error_msg": None,
                    "message": "Could not find credential: X.",
                    "title": "Not Found",
                }
            },
        ),
        ("B", {"error_msg": "Could not find credential: X.", "error_code": "IAM.0004"}),
        (
            "B-prime",
            {"error_msg": "Could not find credential: X.", "error_code": "IAM.0004", "request_id": "the header's"},
        ),
        ("C", {"errorcode": ["IAM.0004"]}),
    ],
)
def test_shapes_of_errors(emulator: Emulator, owner: HuaweiClient, shape: str, body: Any) -> None:
    emulator.modes("huawei", error_shape=shape)
    reply = owner.request("GET", f"{KEYS}/X")
    if "request_id" in body:
        body = {**body, "request_id": reply.headers["X-Request-Id"]}
    assert (reply.status_code, reply.json()) == (404, body)
    # The gateway is not IAM.
    assert replace(owner, key=("AKNOBODY", "x")).request("GET", KEYS).json().keys() == {
        "error_msg",
        "error_code",
        "request_id",
    }


def test_errors_as_pages(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", error_shape="html")
    reply = owner.request("GET", f"{KEYS}/X")
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "text/html")
    assert "404 Not Found" in reply.text
    assert reply.headers["X-Request-Id"]


def test_each_operation_has_its_own_shape(owner: HuaweiClient) -> None:
    body = {"user": {"name": "alice", "domain_id": DOMAIN}}
    assert owner.request("POST", OS_USERS, body).json() == {
        "error_msg": "The user name exists already.",
        "error_code": "1109",
    }
    assert owner.request("POST", USERS, body).json()["error"]["code"] == 409
    query = owner.request("GET", "/v5/caller-identity?a=1")
    assert query.json() == {
        "error_msg": "Invalid parameter: a.",
        "error_code": "IAM.0007",
        "request_id": query.headers["X-Request-Id"],
    }


@pytest.mark.parametrize(
    ("modes", "status", "retry_after"),
    [({}, 429, None), ({"retry_after": "3"}, 429, "3"), ({"throttle_status": 503, "retry_after": "1"}, 503, "1")],
)
@pytest.mark.parametrize(
    ("code", "shape"), [(None, {"error_msg", "error_code", "request_id"}), ("IAM.0012", {"error_msg", "error_code"})]
)
def test_throttling(
    emulator: Emulator,
    owner: HuaweiClient,
    modes: dict[str, Any],
    status: int,
    retry_after: str | None,
    code: str | None,
    shape: set[str],
) -> None:
    emulator.modes("huawei", **modes)
    emulator.fault("throttle", "CreatePermanentAccessKey", cloud="huawei", times=1, **({"code": code} if code else {}))
    reply = owner.request("POST", KEYS, CAROL)
    assert (reply.status_code, reply.headers.get("Retry-After")) == (status, retry_after)
    assert reply.json().keys() == shape
    assert reply.json()["error_code"] == (code or "APIGW.0308")
    assert owner.error("POST", KEYS, CAROL) is None


@pytest.mark.parametrize(
    ("code", "status", "body"),
    [
        ("500", 500, {"error": {"message": "broken", "code": 500, "title": "Internal Server Error"}}),
        ("IAM.0006", 500, {"error_msg": "broken", "error_code": "IAM.0006"}),
        ("IAM.0020", 410, {"error_msg": "broken", "error_code": "IAM.0020"}),
        ("1118", 400, {"error_msg": "broken", "error_code": "1118"}),
    ],
)
def test_errors_by_code(emulator: Emulator, owner: HuaweiClient, code: str, status: int, body: Any) -> None:
    emulator.fault("error", cloud="huawei", code=code, message="broken")
    reply = owner.request("GET", KEYS)
    assert (reply.status_code, reply.json()) == (status, body)


def test_an_injected_signature_error(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.fault("error", cloud="huawei", code="APIGW.0301", message="decrypt token fail")
    assert (
        owner.request("GET", KEYS).json()["error_msg"] == "Incorrect IAM authentication information: decrypt token fail"
    )


@pytest.mark.parametrize("kind", ["token", "temporary"])
def test_the_gateway_repeats_requests_in_one_line(emulator: Emulator, owner: HuaweiClient, kind: str) -> None:
    emulator.fault("echo_request", cloud="huawei")
    temporary = replace(owner, key=TEMPORARY, security_token=SECURITY_TOKEN)
    reply = (replace(owner, token=ROOT_TOKEN) if kind == "token" else temporary).request("GET", KEYS)
    text = reply.json()["error_msg"]
    assert (reply.status_code, "\n" in text) == (401, False)
    assert f"verify aksk signature fail, canonicalRequest:GET|{KEYS}/||" in text
    assert (ROOT_TOKEN if kind == "token" else SECURITY_TOKEN) in text


@pytest.mark.parametrize(("name", "status"), [("html", 502), ("empty", 200), ("wrong_type", 200), ("redirect", 302)])
def test_faults_of_every_cloud(emulator: Emulator, owner: HuaweiClient, name: str, status: int) -> None:
    more = {"location": "http://127.0.0.1:9/"} if name == "redirect" else {}
    emulator.fault(name, cloud="huawei", **more)
    assert owner.request("GET", KEYS).status_code == status


def test_a_field_can_be_null(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.fault("null_field", cloud="huawei", field="secret")
    assert owner.call("POST", KEYS, CAROL)["credential"]["secret"] is None
    assert owner.request("DELETE", BOB_KEY).status_code == 204


@pytest.mark.parametrize(("mode", "shown"), [("absent", None), ("present", "new")])
def test_put_description(emulator: Emulator, owner: HuaweiClient, mode: str, shown: str | None) -> None:
    emulator.modes("huawei", put_description=mode)
    changed = owner.call("PUT", BOB_KEY, {"credential": {"description": "new"}})["credential"]
    assert changed.get("description") == shown


def test_times_without_a_fraction(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", create_time_fraction=False)
    shown = owner.call("GET", f"{KEYS}/{ALICE[0]}")["credential"]
    assert (shown["create_time"], shown["last_use_time"]) == ("2025-04-01T09:05:00Z", "2026-06-02T10:00:00Z")
    made = owner.call("POST", KEYS, CAROL)["credential"]
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}Z", made["create_time"])


@pytest.mark.parametrize(
    ("mode", "descriptions"),
    [("newest_first", ["ci-deploy", "ci-deploy-old"]), ("oldest_first", ["ci-deploy-old", "ci-deploy"])],
)
def test_order_of_keys(emulator: Emulator, owner: HuaweiClient, mode: str, descriptions: list[str]) -> None:
    emulator.modes("huawei", list_order=mode)
    listed = owner.call("GET", f"{KEYS}?user_id={ID['alice']}")["credentials"]
    assert [each["description"] for each in listed] == descriptions


def test_last_use_is_recorded_if_the_mode_is_set(emulator: Emulator, owner: HuaweiClient) -> None:
    def last_use(seen_by: HuaweiClient) -> str:
        text: str = seen_by.call("GET", BOB_KEY)["credential"]["last_use_time"]
        return text

    bob = replace(owner, key=BOB)
    created = last_use(bob)
    assert last_use(owner) == created
    emulator.modes("huawei", record_last_use=True)
    first = last_use(bob)
    assert first > created
    assert last_use(bob) == last_use(owner) == first
    emulator.modes("huawei", clock_skew_seconds=895)
    assert last_use(bob) == first
    assert not any(call["committed"] for call in emulator.journal())


def test_key_protection(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", key_protection=True)
    bob = replace(owner, key=BOB)
    assert bob.error("GET", KEYS) is None
    assert bob.error("POST", KEYS, {"credential": {"user_id": ID["bob"]}}) == FORBIDDEN
    assert bob.error("PUT", BOB_KEY, {"credential": {"status": "inactive"}}) == FORBIDDEN
    assert bob.error("DELETE", BOB_KEY) == FORBIDDEN
    assert owner.error("DELETE", BOB_KEY) is None


@pytest.mark.parametrize(
    ("mode", "change", "ends"),
    [
        ("never", "update", False),
        ("update", "update", True),
        ("any", "update", True),
        ("update", "delete", False),
        ("any", "delete", True),
        ("any", "create", True),
    ],
)
def test_changing_a_key_can_end_tokens(
    emulator: Emulator, owner: HuaweiClient, mode: str, change: str, ends: bool
) -> None:
    emulator.modes("huawei", token_invalidated_by_key_change=mode)
    emulator.seed({"huawei": {"tokens": [{"value": "Canary-Token-Bob", "user": "bob"}]}})
    calls: dict[str, tuple[str, str, Any]] = {
        "create": ("POST", KEYS, {"credential": {"user_id": ID["bob"]}}),
        "update": ("PUT", BOB_KEY, {"credential": {"description": "x"}}),
        "delete": ("DELETE", BOB_KEY, None),
    }
    assert owner.error(*calls[change]) is None
    error = replace(owner, token="Canary-Token-Bob").error("GET", KEYS)
    assert error == ((401, "The token must be updated") if ends else None)
    assert replace(owner, token=ALICE_TOKEN).error("GET", KEYS) is None


@pytest.mark.parametrize(
    ("mode", "listed", "created"), [("not_found", 404, 404), ("empty_list", 200, 404), ("bad_request", 400, 400)]
)
def test_unknown_users(emulator: Emulator, owner: HuaweiClient, mode: str, listed: int, created: int) -> None:
    emulator.modes("huawei", unknown_user=mode)
    assert owner.request("GET", f"{KEYS}?user_id={NOBODY}").status_code == listed
    assert owner.request("POST", KEYS, {"credential": {"user_id": NOBODY}}).status_code == created


@pytest.mark.parametrize(("mode", "status"), [("not_found", 404), ("forbidden", 403)])
@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("PUT", {"credential": {"status": "active"}}), ("DELETE", None)]
)
def test_keys_of_other_accounts(
    emulator: Emulator, owner: HuaweiClient, mode: str, status: int, method: str, body: Any
) -> None:
    emulator.modes("huawei", foreign_key=mode)
    assert owner.request(method, f"{KEYS}/{FOREIGN}", body).status_code == status


def test_hidden_users(emulator: Emulator, owner: HuaweiClient) -> None:
    def names(query: str) -> set[str]:
        return {each["name"] for each in owner.call("GET", f"{USERS}{query}")["users"]}

    assert "disabled-dan" in names("")
    emulator.modes("huawei", hide_disabled_users=True)
    assert names("") == set(ID) - {"disabled-dan"}
    assert names("?enabled=false") == {"disabled-dan"}


def test_naming_the_account(emulator: Emulator, owner: HuaweiClient) -> None:
    nameless = replace(owner, domain="")
    others = f"{KEYS}?user_id={ID['bob']}"
    assert nameless.error("GET", USERS) == nameless.error("GET", f"{USERS}/{ID['bob']}") == FORBIDDEN
    assert nameless.error("GET", others) is None
    emulator.modes("huawei", require_domain_id=False, require_domain_id_for_keys=True)
    assert nameless.error("GET", USERS) is nameless.error("GET", f"{USERS}/{ID['bob']}") is None
    assert nameless.error("GET", others) == FORBIDDEN
    assert nameless.error("GET", KEYS) is None


def test_no_domains(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", auth_domains="empty")
    assert owner.call("GET", "/v3/auth/domains")["domains"] == []


def test_a_login_protection_that_was_never_set(emulator: Emulator, owner: HuaweiClient) -> None:
    target = f"{OS_USERS}/{ID['bob']}/login-protect"
    assert owner.error("GET", target) == (404, "IAM.0004")
    emulator.modes("huawei", login_protect_unset="none")
    assert owner.call("GET", target)["login_protect"] == {
        "user_id": ID["bob"],
        "enabled": False,
        "verification_method": "none",
    }


def test_late_visibility(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", visibility_delay_seconds=0.6)
    made = owner.call("POST", KEYS, CAROL)["credential"]
    user = owner.call("POST", OS_USERS, {"user": {"name": "new", "domain_id": DOMAIN}})["user"]
    by_new_key = replace(owner, key=(made["access"], made["secret"]))
    calls: list[tuple[HuaweiClient, str, str, Any]] = [
        (by_new_key, "GET", KEYS, None),
        (owner, "GET", f"{KEYS}/{made['access']}", None),
        (owner, "PUT", f"{KEYS}/{made['access']}", {"credential": {"description": "x"}}),
        (owner, "GET", f"{USERS}/{user['id']}", None),
        (owner, "GET", f"{OS_USERS}/{user['id']}", None),
        (owner, "POST", KEYS, {"credential": {"user_id": user["id"]}}),
    ]
    statuses = [client.request(*call).status_code for client, *call in calls]
    assert statuses == [401, 404, 404, 404, 404, 404]
    assert owner.call("GET", f"{KEYS}?user_id={ID['carol']}")["credentials"] == []
    assert owner.call("GET", f"{USERS}?name=new")["users"] == []
    assert owner.error("POST", OS_USERS, {"user": {"name": "new", "domain_id": DOMAIN}}) == (400, "1109")

    time.sleep(0.7)
    assert [client.error(*call) for client, *call in calls] == [None] * len(calls)
    assert len(owner.call("GET", f"{KEYS}?user_id={ID['carol']}")["credentials"]) == 1
    assert len(owner.call("GET", f"{USERS}?name=new")["users"]) == 1


def test_content_type(emulator: Emulator, owner: HuaweiClient) -> None:
    emulator.modes("huawei", content_type="absent")
    assert "Content-Type" not in owner.request("GET", KEYS).headers


@pytest.mark.parametrize("modes", [{"error_shape": "D"}, {"throttle_status": 200}, {"retry_after": 1}, {"unknown": 1}])
def test_senseless_modes_are_refused(emulator: Emulator, modes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.modes("huawei", key_protection=True, **modes)
    assert emulator.control("POST", "modes", {})["huawei"]["key_protection"] is False


def listing(arrived: float) -> Request:
    """Return a request that arrives at a given time."""
    headers = Headers({"X-Auth-Token": "Invented-Token-1", "Host": "127.0.0.1"})
    return Request("GET", KEYS, "", headers, b"", arrived)


def test_the_rate_limit() -> None:
    cloud = Huawei(SecretLog(None))
    cloud.seed({"tokens": [{"value": "Invented-Token-1"}]})
    assert {cloud.handle(listing(1000.5)).status for _unused in range(201)} == {200}
    cloud.modes.change({"rate_limits": True})
    replies = [cloud.handle(listing(2000.5)) for _unused in range(201)]
    assert {reply.status for reply in replies[:200]} == {200}
    assert (replies[200].status, replies[200].code) == (429, "APIGW.0308")
    other = Request("GET", "/v3/auth/domains", "", listing(0).headers, b"", 2000.5)
    assert cloud.handle(other).status == 200
    assert cloud.handle(listing(2001.5)).status == 200


def test_a_body_of_more_than_twelve_megabytes(owner: HuaweiClient) -> None:
    body = b" " * (12 * 1024 * 1024 + 1)
    reply = owner.send("POST", KEYS, owner.headers("POST", KEYS, body), body)
    assert error_of(reply) == (401, "APIGW.0301")
    assert reply.json()["error_msg"].endswith("calc aksk signature fail:body too large")
    assert ROOT[1] not in reply.text

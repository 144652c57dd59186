# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modules of Huawei Cloud over HTTP: what they make of each reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import (
    ALICE,
    ALICE_INACTIVE,
    ALICE_TOKEN,
    BOB,
    DAN,
    DOMAIN,
    FOREIGN,
    ID,
    ROOT,
    ROOT_TOKEN,
    SECURITY_TOKEN,
    TEMPORARY,
)
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner, diff_of

Run = Callable[..., Result]

CLOUD = "huawei"
LIST, SHOW, CREATE_KEY, UPDATE, DELETE = (
    f"{verb}PermanentAccessKey{plural}"
    for verb, plural in (("List", "s"), ("Show", ""), ("Create", ""), ("Update", ""), ("Delete", ""))
)
DISABLE = {"user_id": ID["bob"], "access_key": BOB[0], "status": "inactive"}
DESCRIBE = {**DISABLE, "description": "no reply to a change shows this"}
CREATE = {"user_id": ID["carol"], "description": "ci", "allow_unregistered_secret": True}
NO_KEY = {"api_access_key": None, "api_secret_key": None}


@pytest.fixture
def run(emulator: Emulator) -> Run:
    """Run a module against the emulator."""
    return Runner(emulator, "iam_credential", {"api_access_key": ROOT[0], "api_secret_key": ROOT[1]})


def keys_of(emulator: Emulator, name: str) -> list[dict[str, Any]]:
    users = emulator.state(CLOUD)["users"]
    keys: list[dict[str, Any]] = next(user["keys"] for user in users if user["name"] == name)
    return keys


def fault(emulator: Emulator, spec: dict[str, Any], action: str | None = None, **more: Any) -> None:
    emulator.faults([{**spec, "cloud": CLOUD, "action": action, **more}])


def name(spec: dict[str, Any]) -> str:
    return "-".join(map(str, spec.values()))


STALE = {"access": BOB[0], "user_id": ID["bob"], "status": "active", "create_time": "2025-05-01T09:05:00Z"}


@pytest.mark.parametrize(
    ("options", "modes", "looks"),
    [
        (DISABLE, {}, []),
        (DESCRIBE, {}, [SHOW]),
        ({**DESCRIBE, "status": None}, {}, [SHOW]),
        (DESCRIBE, {"put_description": "present"}, []),
    ],
)
def test_a_key_is_read_again_only_if_the_reply_does_not_show_the_change(
    emulator: Emulator, run: Run, options: dict[str, Any], modes: dict[str, Any], looks: list[str]
) -> None:
    emulator.modes(CLOUD, **modes)
    result = run(**options)
    assert emulator.actions() == [LIST, UPDATE, *looks]
    (key,) = keys_of(emulator, "bob")
    assert (key["status"], key["description"]) == (options["status"] or "active", options.get("description", ""))
    shown = result["access_key"]
    assert (result["changed"], shown["status"], shown["description"] or "") == (True, key["status"], key["description"])
    assert run(**options)["access_key"] == shown


def test_a_cleared_description_is_distinguished_from_a_missing_one(emulator: Emulator, run: Run) -> None:
    run(**DESCRIBE)
    assert run(**{**DISABLE, "description": ""})["access_key"]["description"] is None
    assert emulator.actions()[-3:] == [LIST, UPDATE, SHOW]


@pytest.mark.parametrize("reply", [STALE, {**STALE, "access": ALICE[0], "status": "inactive"}, {"access": BOB[0]}])
def test_a_reply_with_another_state_or_key_proves_no_change(
    emulator: Emulator, run: Run, reply: dict[str, Any]
) -> None:
    fault(emulator, {"fault": "wrong_type", "body": {"credential": reply}, "commit": True}, UPDATE)
    result = run(**DISABLE)
    assert (result["changed"], result["access_key"]["status"]) == (True, "inactive")
    assert emulator.actions() == [LIST, UPDATE, SHOW]


def test_a_change_is_read_until_it_is_visible(emulator: Emulator, run: Run) -> None:
    fault(emulator, {"fault": "wrong_type", "body": {"credential": STALE}}, SHOW, times=2)
    result = run(**DESCRIBE)
    assert (result["changed"], result["access_key"]["status"]) == (True, "inactive")
    assert emulator.actions() == [LIST, UPDATE, SHOW, SHOW, SHOW]


@pytest.mark.parametrize(("action", "options"), [(UPDATE, DISABLE), (SHOW, DESCRIBE)])
def test_a_change_that_never_becomes_visible_is_a_failure(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, action: str, options: dict[str, Any]
) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._apply._UNTIL_PROPAGATED", 0.5)
    fault(emulator, {"fault": "wrong_type", "body": {"credential": STALE}}, action)
    result = run(**options)
    assert "accepted the change, and still shows status as 'active'" in result["msg"]
    assert (result["failed"], result["changed"]) == (True, True)


def test_a_change_that_cannot_be_confirmed_is_a_failure(emulator: Emulator, run: Run) -> None:
    fault(emulator, {"fault": "error", "code": "IAM.0002", "message": "no"}, SHOW)
    result = run(**DESCRIBE)
    assert "Could not read access key" in result["msg"]
    assert (result["failed"], result["changed"]) == (True, True)


# --- forms of errors, and their meaning ---

SHAPES = ["by_api", "A", "A-prime", "B"]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_of_an_error_is_read(emulator: Emulator, run: Run, shape: str) -> None:
    emulator.modes(CLOUD, error_shape=shape)
    gone = run(access_key="HSTNOBODY00000000001", state="absent")
    assert (gone["changed"], gone.get("failed")) == (False, None)
    wanted = run(access_key="HSTNOBODY00000000001", status="active")
    assert wanted["error"]["category"] == "not_found"
    assert wanted["error"]["request_id"] in wanted["msg"]


def test_a_page_does_not_prove_that_a_key_was_deleted(emulator: Emulator, run: Run) -> None:
    emulator.modes(CLOUD, error_shape="html")
    result = run(access_key="HSTNOBODY00000000001", state="absent")
    assert (result["failed"], result["error"]["category"]) == (True, "reply")


def test_a_missing_api_does_not_prove_that_a_key_was_deleted(emulator: Emulator, run: Run) -> None:
    body = {"error_msg": "API does not exist", "error_code": "APIGW.0101", "request_id": "0" * 32}
    fault(emulator, {"fault": "wrong_type", "body": body})
    emulator.clear_faults()
    fault(emulator, {"fault": "status", "status": 404, "body": str(body).replace("'", '"')})
    result = run(access_key="HSTNOBODY00000000001", state="absent")
    assert (result["failed"], result["error"]["category"]) == (True, "reply")
    assert "api_endpoint" in result["msg"]


def test_a_reply_about_another_key_is_an_error(emulator: Emulator, run: Run) -> None:
    other = {"access": ALICE[0], "user_id": ID["alice"], "status": "active"}
    fault(emulator, {"fault": "wrong_type", "body": {"credential": other}}, SHOW)
    result = run(access_key=BOB[0], status="inactive")
    assert f"it is about the access key {ALICE[0]}" in result["msg"]
    assert UPDATE not in emulator.actions()


@pytest.mark.parametrize("text", ["../../users", "x/y", "x?y=z", "x#y", "x%2Fy", "x y", "x\n", "é", "."])
@pytest.mark.parametrize(
    ("module", "named"),
    [
        ("iam_credential", lambda text: {"access_key": text, "state": "absent"}),
        ("iam_credential", lambda text: {"user_id": text, "access_key": BOB[0], "state": "absent"}),
        ("iam_credential_info", lambda text: {"user_ids": [text]}),
    ],
)
def test_a_value_that_would_change_the_path_is_refused(
    emulator: Emulator, run: Run, module: str, named: Callable[[str], dict[str, Any]], text: str
) -> None:
    result = run(module, **named(text))
    assert result["error"]["category"] == "usage"
    assert emulator.journal() == []


def test_only_a_reply_without_content_confirms_a_deletion(emulator: Emulator, run: Run) -> None:
    fault(emulator, {"fault": "wrong_type", "body": {"message": "not found"}}, DELETE)
    result = run(access_key=BOB[0], state="absent")
    assert "it has content" in result["msg"]
    assert len(keys_of(emulator, "bob")) == 1


@pytest.mark.parametrize(("whose", "key"), [("alice", ALICE[0]), ("bob", BOB[0])])
def test_a_creation_whose_reply_names_another_key_deletes_no_key(
    emulator: Emulator, run: Run, whose: str, key: str
) -> None:
    """A cache in front of the API may do this: the reply to a read has the same form, but no secret."""
    shown = {"access": key, "user_id": ID[whose], "status": "active", "create_time": "2025-05-01T09:05:00Z"}
    fault(emulator, {"fault": "wrong_type", "body": {"credential": shown}, "commit": True}, CREATE_KEY)
    result = run(**{**CREATE, "user_id": ID["bob"]})
    assert f"about access_key {key}, which" in result["msg"]
    (made,) = (each["access"] for each in keys_of(emulator, "bob") if each["access"] != BOB[0])
    assert made in result["msg"]
    assert DELETE not in emulator.actions()


@pytest.mark.parametrize("foreign", ["not_found", "forbidden"])
def test_a_key_of_another_account_is_not_found(emulator: Emulator, run: Run, foreign: str) -> None:
    emulator.modes(CLOUD, foreign_key=foreign)
    result = run(access_key=FOREIGN, status="inactive")
    assert result["error"]["category"] == {"not_found": "not_found", "forbidden": "denied"}[foreign]


def test_a_signature_error_that_shows_the_request_shows_no_secret(emulator: Emulator, run: Run) -> None:
    emulator.modes(CLOUD, canonical_in_signature_error=True)
    keys = {"api_access_key": TEMPORARY[0], "api_secret_key": "wrong", "api_security_token": SECURITY_TOKEN}
    result = run(**DISABLE, **keys)
    assert (result["error"]["category"], result["error"]["code"]) == ("authentication", "APIGW.0301")
    assert "locked" in result["msg"]
    assert SECURITY_TOKEN not in str(result)
    assert len(emulator.actions()) == 1


# --- credentials ---


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"api_access_key": TEMPORARY[0], "api_secret_key": TEMPORARY[1], "api_security_token": SECURITY_TOKEN},
        {**NO_KEY, "api_auth_token": ROOT_TOKEN},
        {"api_domain_id": DOMAIN},
        {"api_expected_account": DOMAIN},
    ],
    ids=["key", "temporary", "token", "domain", "expected"],
)
def test_every_kind_of_credentials_works(emulator: Emulator, run: Run, credentials: dict[str, Any]) -> None:
    assert run(user_name="bob", status="inactive", **credentials)["changed"]
    asked = "KeystoneListAuthDomains" in emulator.actions()
    assert asked == (credentials.get("api_domain_id") is None and "api_auth_token" not in credentials)


@pytest.mark.parametrize(
    ("credentials", "reads"),
    [
        ({}, [LIST]),
        ({**NO_KEY, "api_auth_token": ALICE_TOKEN}, [LIST]),
        (
            {"api_access_key": TEMPORARY[0], "api_secret_key": TEMPORARY[1], "api_security_token": SECURITY_TOKEN},
            [LIST],
        ),
    ],
    ids=["key", "token", "temporary"],
)
def test_a_caller_with_keys_is_identified_by_them(
    emulator: Emulator, run: Run, credentials: dict[str, Any], reads: list[str]
) -> None:
    if "api_auth_token" in credentials:
        run(access_key=ALICE_INACTIVE[0], state="absent")
        emulator.clear_journal()
    result = run(description="mine", allow_unregistered_secret=True, **credentials)
    assert result["changed"]
    assert emulator.actions() == [*reads, LIST, CREATE_KEY]
    assert result["access_key"]["owner"] is None


def test_a_caller_without_keys_is_looked_up(emulator: Emulator, run: Run) -> None:
    for key in (ALICE[0], ALICE_INACTIVE[0]):
        run(access_key=key, state="absent")
    emulator.clear_journal()
    options = {"description": "mine", "allow_unregistered_secret": True, **NO_KEY, "api_auth_token": ALICE_TOKEN}
    promised = run(**options, check_mode=True)
    result = run(**options)
    reads = [LIST, "KeystoneValidateToken"]
    assert emulator.actions() == [*reads, *reads, LIST, CREATE_KEY]
    assert promised["access_key"]["user_id"] == result["access_key"]["user_id"] == ID["alice"]


@pytest.mark.parametrize("change", [{}, {"description": "so that the key is read again"}])
def test_a_token_that_ends_with_the_change_of_a_key_causes_no_failure(
    emulator: Emulator, run: Run, change: dict[str, str]
) -> None:
    emulator.modes(CLOUD, token_invalidated_by_key_change="update")
    options = {"access_key": ALICE[0], "status": "inactive", **NO_KEY, "api_auth_token": ALICE_TOKEN}
    result = run(**options, **change)
    assert result["changed"]
    assert ["This has ended the token" in warning for warning in result["warnings"]] == [True] * len(change)
    again = run(**options)
    assert again["error"]["category"] == "authentication"
    assert "new" in again["error"]["advice"] or "credentials" in again["error"]["advice"]


# --- an account that cannot be looked up ---

WHOAMI, USERS = "KeystoneListAuthDomains", "KeystoneListUsers"
NO_LOOK_UP: list[dict[str, Any]] = [
    {"fault": "error", "code": "APIGW.0101", "message": "API does not exist"},
    {"fault": "error", "code": "IAM.0002", "message": "no"},
    {"fault": "error", "code": "IAM.0006", "message": "no"},
    {"fault": "wrong_type", "body": {"domains": []}},
    {"fault": "wrong_type", "body": {"domains": [{"id": "1"}, {"id": "2"}]}},
    {"fault": "wrong_type", "body": {}},
    {"fault": "html", "status": 200},
]


@pytest.mark.parametrize("spec", NO_LOOK_UP, ids=name)
def test_a_name_is_used_as_far_as_possible_without_the_account(
    emulator: Emulator, run: Run, spec: dict[str, Any]
) -> None:
    fault(emulator, spec, WHOAMI)
    emulator.modes(CLOUD, require_domain_id=False)
    asked = {"user_name": "bob", "status": "inactive", "api_retries": 0}
    assert run(**asked)["changed"]
    assert emulator.actions() == [WHOAMI, USERS, LIST, UPDATE]
    assert (
        run("iam_credential_info", user_names=["bob", "carol"], api_retries=0)["access_keys"][0]["owner"] == ID["bob"]
    )
    emulator.modes(CLOUD, require_domain_id=True)
    denied = run(**asked)
    assert (denied["error"]["category"], denied["error"]["api_operation"]) == ("denied", USERS)
    assert "does not name the account, which could not be looked up (" in denied["error"]["advice"]
    assert "set api_domain_id" in denied["error"]["advice"]
    assert "api_endpoint: it does not serve IAM" not in denied["msg"]
    assert not run(**asked, api_domain_id=DOMAIN)["changed"]


@pytest.mark.parametrize("spec", NO_LOOK_UP, ids=name)
def test_an_unknown_account_is_not_the_expected_one(emulator: Emulator, run: Run, spec: dict[str, Any]) -> None:
    fault(emulator, spec, WHOAMI)
    for more in ({}, {"api_domain_id": DOMAIN}):
        result = run(**DISABLE, **more, api_expected_account=DOMAIN, api_retries=0)
        assert result["failed"]
        assert "api_expected_account" in result["msg"]
    assert set(emulator.actions()) == {WHOAMI}


@pytest.mark.parametrize(
    "spec",
    [
        {"fault": "error", "code": "APIGW.0301", "message": "verify aksk signature fail"},
        {"fault": "reset_before"},
        {"fault": "throttle"},
    ],
    ids=name,
)
def test_a_lookup_that_fails_like_every_call_ends_the_task(emulator: Emulator, run: Run, spec: dict[str, Any]) -> None:
    fault(emulator, spec, WHOAMI)
    assert run(user_name="bob", status="inactive", api_retries=0)["error"]["api_operation"] == WHOAMI
    assert USERS not in emulator.actions()


# --- reasons to refuse a change of a key ---

PROTECTION, PERMISSION = "access key protection may be enabled in the security settings", "iam:credentials:*"


@pytest.mark.parametrize(
    ("options", "is_own"),
    [
        ({"access_key": ALICE[0], "status": "inactive"}, True),  # it signs
        ({"description": "second", "status": "active"}, True),  # a key of the caller, because no owner is given
        ({"description": "second", "state": "absent"}, True),
        ({"access_key": ALICE_INACTIVE[0], "status": "active"}, False),
        ({"access_key": ALICE_INACTIVE[0], "state": "absent"}, False),
        ({"user_id": ID["alice"], "access_key": ALICE_INACTIVE[0], "status": "active"}, False),
    ],
)
def test_the_protection_of_own_keys_is_named(
    emulator: Emulator, run: Run, options: dict[str, Any], is_own: bool
) -> None:
    run(access_key=ALICE_INACTIVE[0], description="second")
    emulator.modes(CLOUD, key_protection=True)
    alice = {"api_access_key": ALICE[0], "api_secret_key": ALICE[1]}
    result = run(**options, **alice, allow_self_lockout=True)
    assert result["error"]["category"] == "denied"
    assert PROTECTION in result["error"]["advice"]
    assert (PERMISSION in result["error"]["advice"]) is not is_own


def test_a_protected_creation_names_the_protection_too(emulator: Emulator, run: Run) -> None:
    run(access_key=ALICE_INACTIVE[0], state="absent")
    emulator.modes(CLOUD, key_protection=True)
    result = run(description="x", allow_unregistered_secret=True, api_access_key=ALICE[0], api_secret_key=ALICE[1])
    assert (result["error"]["api_operation"], PERMISSION in result["msg"]) == (CREATE_KEY, False)
    assert PROTECTION in result["error"]["advice"]


def test_a_failed_read_does_not_name_the_protection(emulator: Emulator, run: Run) -> None:
    fault(emulator, {"fault": "error", "code": "IAM.0002", "message": "no"}, LIST)
    result = run(**DISABLE)
    assert PERMISSION in result["error"]["advice"]
    assert PROTECTION not in result["error"]["advice"]


@pytest.mark.parametrize("hidden", [True, False])
def test_a_disabled_user_is_found_by_name(emulator: Emulator, run: Run, hidden: bool) -> None:
    emulator.modes(CLOUD, hide_disabled_users=hidden)
    result = run(user_name="disabled-dan", status="inactive")
    assert (result["changed"], result["access_key"]["id"]) == (True, DAN[0])
    keys = run("iam_credential_info", all_users=True)["access_keys"]
    assert len([key for key in keys if key["id"] == DAN[0]]) == 1


@pytest.mark.parametrize("mode", ["not_found", "bad_request"])
def test_a_user_who_does_not_exist_is_named(emulator: Emulator, run: Run, mode: str) -> None:
    emulator.modes(CLOUD, unknown_user=mode)
    result = run(user_id="f" * 32, description="x", allow_unregistered_secret=True)
    assert result["failed"]
    assert "user " + "f" * 32 in result["msg"]


# --- reports ---


def test_the_last_use_costs_a_call_only_for_keys_that_pass_the_other_filters(emulator: Emulator, run: Run) -> None:
    keys = run("iam_credential_info", user_names=["alice"], status="inactive")["access_keys"]
    assert [(key["id"], key["last_used_state"]) for key in keys] == [(ALICE_INACTIVE[0], "never")]
    assert emulator.actions().count(SHOW) == 1


@pytest.mark.parametrize("fraction", [True, False])
def test_a_key_is_unused_by_its_last_use(emulator: Emulator, run: Run, fraction: bool) -> None:
    emulator.modes(CLOUD, create_time_fraction=fraction)
    (used,) = [key for key in run("iam_credential_info", user_names=["alice"])["access_keys"] if key["id"] == ALICE[0]]
    assert (used["last_used"], used["last_used_state"]) == ("2026-06-02T10:00:00Z", "used")
    days = used["unused_days"]
    assert [
        key["id"] for key in run("iam_credential_info", user_names=["alice"], unused_for_days=days + 1)["access_keys"]
    ] == [ALICE_INACTIVE[0]]


def test_a_last_use_that_is_not_reported_is_unknown(emulator: Emulator, run: Run) -> None:
    emulator.fault("null_field", SHOW, CLOUD, field="last_use_time", drop=True)
    keys = run("iam_credential_info", user_ids=[ID["alice"]])["access_keys"]
    assert {(key["last_used_state"], key["unused_days"]) for key in keys} == {("unknown", None)}
    assert run("iam_credential_info", user_ids=[ID["alice"]], unused_for_days=0)["access_keys"] == []


def test_without_permission_the_last_use_is_unknown(emulator: Emulator, run: Run) -> None:
    fault(emulator, {"fault": "error", "code": "IAM.0002", "message": "no"}, SHOW)
    result = run("iam_credential_info", user_names=["alice"])
    assert {key["last_used_state"] for key in result["access_keys"]} == {"unknown"}
    assert "last use of the keys is unknown" in result["warnings"][0]


def test_a_failed_listing_is_not_an_empty_one(emulator: Emulator, run: Run) -> None:
    fault(emulator, {"fault": "error", "code": "IAM.0006", "message": "no"}, LIST, after=2)
    assert run("iam_credential_info", all_users=True, api_retries=0)["failed"]


# --- other cases ---

NOT_FOUND = '{"error": {"message": "The resource could not be found.", "code": 404, "title": "Not Found"}}'
PAGES = ['{"message": "no Route matched with those values"}', '{"error": {"message": "not found"}}']


def test_wrong_credentials_are_sent_once_before_owners_are_read_in_parallel(emulator: Emulator, run: Run) -> None:
    emulator.fault("delay", LIST, CLOUD, seconds=0.2)
    nobodies = [f"f{number:031}" for number in range(15)]
    result = run("iam_credential_info", user_ids=nobodies, api_secret_key="wrong" + "x" * 35)
    assert result["error"]["category"] == "authentication"
    assert len(emulator.actions()) == 1


@pytest.mark.parametrize(
    ("action", "module", "options"),
    [
        (LIST, "iam_credential", {"state": "absent", "description": "x"}),
        (LIST, "iam_credential_info", {"all_users": True}),
        (LIST, "iam_credential_info", {}),
        ("KeystoneListUsers", "iam_credential", {"state": "absent", "user_name": "alice", "access_key": ALICE[0]}),
        ("KeystoneListAuthDomains", "iam_credential", {"state": "absent", "user_name": "alice", "description": "x"}),
    ],
)
def test_a_listing_that_is_not_found_is_not_an_empty_one(
    emulator: Emulator, run: Run, action: str, module: str, options: dict[str, Any]
) -> None:
    emulator.fault("status", action, CLOUD, status=404, body=NOT_FOUND)
    assert run(module, **options).get("failed")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("action", [DELETE, SHOW])
def test_the_page_of_a_gateway_is_not_an_error_of_the_api(emulator: Emulator, run: Run, action: str, page: str) -> None:
    emulator.fault("status", action, CLOUD, status=404, body=page)
    result = run(access_key=ALICE[0], state="absent")
    assert (result["failed"], result["error"]["category"]) == (True, "reply")
    assert len(keys_of(emulator, "alice")) == 2


def test_a_task_with_a_temporary_key_and_no_owner_gets_advice(emulator: Emulator, run: Run) -> None:
    keys = {"api_access_key": TEMPORARY[0], "api_secret_key": TEMPORARY[1], "api_security_token": SECURITY_TOKEN}
    assert run(access_key=ROOT[0], state="absent", **keys)["changed"]
    result = run(description="x", allow_unregistered_secret=True, **keys)
    assert "Set user_id or user_name" in result["msg"]
    assert CREATE_KEY not in emulator.actions()


def test_an_empty_region_is_refused(run: Run) -> None:
    assert "api_region is given, but empty" in run(**DISABLE, api_region="")["msg"]


def test_a_zero_time_is_valid(emulator: Emulator, run: Run) -> None:
    item = {"access": BOB[0], "user_id": ID["bob"], "status": "active", "last_use_time": "0001-01-01T00:00:00Z"}
    fault(emulator, {"fault": "wrong_type", "body": {"credential": item}}, SHOW)
    (key,) = run("iam_credential_info", user_ids=[ID["bob"]])["access_keys"]
    assert key["last_used"] == "0001-01-01T00:00:00Z"


def test_text_that_is_not_unicode_is_refused(run: Run) -> None:
    result = run(user_name="al\udce9ice", description="x")
    assert (result["failed"], result["error"]["category"]) == (True, "usage")


def test_a_user_who_is_named_twice_is_listed_once(emulator: Emulator, run: Run) -> None:
    keys = run("iam_credential_info", user_ids=[ID["alice"]], user_names=["alice"])["access_keys"]
    assert sorted(key["id"] for key in keys) == sorted([ALICE[0], ALICE_INACTIVE[0]])


def test_a_key_that_is_deleted_while_it_is_read_does_not_end_a_report(emulator: Emulator, run: Run) -> None:
    emulator.fault("status", SHOW, CLOUD, status=404, body=NOT_FOUND, times=1)
    keys = run("iam_credential_info", all_users=True)["access_keys"]
    assert [key["last_used_state"] for key in keys].count("unknown") == 1


def test_a_description_that_looks_like_a_url_with_credentials_is_returned_unchanged(
    emulator: Emulator, run: Run
) -> None:
    """Otherwise a task that identifies the key by it would create another one."""
    description = "https://ci@gitlab.example/group"
    made = run(user_name="carol", description=description, allow_unregistered_secret=True)
    assert made["access_key"]["description"] == diff_of(made)["after"]["description"] == description
    assert not run(user_name="carol", description=made["access_key"]["description"])["changed"]
    listed = run("iam_credential_info", user_names=["carol"])["access_keys"]
    assert [key["description"] for key in listed] == [description]


def test_an_id_that_would_change_the_path_of_a_call_is_refused(emulator: Emulator, run: Run) -> None:
    for key_id in ("../users", "a/b", "a?b"):
        assert "access_key_ids is" in run("iam_credential_info", access_key_ids=[key_id])["msg"]
    assert emulator.actions() == []

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards of all clouds, in check mode and for real: whatever is refused is refused alike, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

Options = Mapping[str, Any]
Run = Callable[..., Result]


def spell(value: Any) -> str | None:
    """Name a case by its module and the options that it gives."""
    return " ".join(value) if isinstance(value, Mapping) else None


MARKED = {"description": "ci-deploy"}
BOTH_MODES = pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])


def tencent_key(key: tuple[str, str], **more: str) -> Options:
    return {"api_secret_id": key[0], "api_secret_key": key[1], **more}


def huawei_key(key: tuple[str, str], **more: str) -> Options:
    return {"api_access_key": key[0], "api_secret_key": key[1], **more}


def alibaba_key(key: tuple[str, str], **more: str) -> Options:
    return {"api_access_key_id": key[0], "api_access_key_secret": key[1], **more}


def zstack_key(key: tuple[str, str]) -> Options:
    return {"api_access_key_id": key[0], "api_access_key_secret": key[1]}


# The key that signs where a case says nothing else, by the module's cloud.
ADMINISTRATORS = {
    "cam": tencent_key(tencent.ROOT),
    "iam": huawei_key(huawei.ROOT),
    "sas": alibaba_key(alibaba.ROOT),
    "zstack": zstack_key(zstack.ADMIN),
}
TENCENT_TEMPORARY = tencent_key(tencent.TEMPORARY, api_token=tencent.TOKEN)
HUAWEI_TEMPORARY = huawei_key(huawei.TEMPORARY, api_security_token=huawei.SECURITY_TOKEN)
ALIBABA_TEMPORARY = alibaba_key(alibaba.TEMPORARY, api_security_token=alibaba.TOKEN)
ZSTACK_PASSWORD = {"api_account_name": "admin", "api_password": zstack.PASSWORDS["admin"]}
ZSTACK_SESSION = {"api_session_uuid": zstack.SESSION}

ALICE, BOB = str(tencent.UIN["alice"]), str(tencent.UIN["bob"])


def signed(module: str, options: Options) -> dict[str, Any]:
    """The options, with the administrator's key where they have no credentials of their own."""
    given = set(options) - {"api_expected_account"}
    own = any(name.startswith("api_") for name in given) or "environment" in given
    return {**({} if own else ADMINISTRATORS[module.split("_")[0]]), **options}


@pytest.fixture
def run(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a module; "environment" among its options is set in the environment, and is no option."""
    monkeypatch.setenv("HOME", str(tmp_path))
    runner = Runner(emulator, "", {})

    def run(module: str, options: Options, *, check_mode: bool) -> Result:
        given = signed(module, options)
        with monkeypatch.context() as patch:
            for name, value in given.pop("environment", {}).items():
                patch.setenv(name, value)
            return runner(module, check_mode=check_mode, **given)

    return run


def writes(emulator: Emulator) -> list[str]:
    return [call["action"] for call in emulator.journal() if call["write"]]


# --- what says nothing for certain selects nothing ---

EMPTY_MARKER = "description is empty, and without"
SAS_KEY = {"vendor": "Tencent", "secret_id": "AKIDEmulatorTencent00000000000000001"}
SELECT_NOTHING: list[tuple[str, Options, str]] = [
    ("cam_access_key", {"user_name": "bob", "description": ""}, EMPTY_MARKER),
    ("iam_credential", {"user_name": "bob", "description": ""}, EMPTY_MARKER),
    ("zstack_accesskey", {"account_name": "bob", "description": ""}, EMPTY_MARKER),
    ("sas_vendor_ak", {**SAS_KEY, "vendor_auth_alias": ""}, "vendor_auth_alias is empty, and without auth_id"),
    ("sas_vendor_ak", {"vendor": "Tencent", "secret_id": "AKIDEmu***"}, "secret_id has a mask in it"),
    ("sas_vendor_ak", {"vendor_auth_alias": "tencent-***"}, "vendor_auth_alias has a mask in it"),
    ("cam_access_key", {"user_name": "bob", "access_key_id": "AKIDEmulatorBob***"}, "access_key_id has a mask in it"),
    ("cam_user", {"name": "bo*"}, "name has a mask in it"),
    ("iam_credential", {"access_key": "HSTEMULATORBOB***"}, "access_key has a mask in it"),
    ("zstack_accesskey", {"access_key_id": "EmulatorBob***"}, "access_key_id has a mask in it"),
    ("cam_access_key", {"user_name": "bob", "access_key_id": f"{tencent.BOB[0]}\n"}, "access_key_id has white space"),
    ("cam_access_key", {"user_name": " bob", "access_key_id": tencent.BOB[0]}, "user_name has white space"),
    ("cam_access_key", {"user_name": "alice", "description": "ci-deploy "}, "description has white space"),
    ("cam_access_key", {"target_uin": "0", "access_key_id": tencent.BOB[0]}, "target_uin is '0'"),
    ("cam_access_key", {"target_uin": f"000{BOB}", "access_key_id": tencent.BOB[0]}, f"target_uin is '000{BOB}'"),
    ("cam_user", {"name": "carol\n"}, "name has white space"),
    ("cam_user", {"name": "ca\trol"}, "name has a control character"),
    ("iam_credential", {"user_name": "alice", "description": "ci-deploy\n"}, "description has white space"),
    ("iam_credential", {"access_key": huawei.BOB[0], "description": "x "}, "description has white space"),
    ("sas_vendor_ak", {**SAS_KEY, "secret_id": f"{SAS_KEY['secret_id']}\n"}, "secret_id has white space"),
    ("sas_vendor_ak", {"vendor_auth_alias": "tencent-prod\n"}, "vendor_auth_alias has white space"),
    ("zstack_accesskey", {"account_name": "bob ", "description": "x"}, "account_name has white space"),
    ("zstack_accesskey", {"uuid": f"{zstack.KEY_UUID['bob']}\n"}, "uuid has white space"),
]


@BOTH_MODES
@pytest.mark.parametrize("wish", [{"status": "inactive"}, {"state": "absent"}], ids=spell)
@pytest.mark.parametrize(("module", "options", "text"), SELECT_NOTHING)
def test_what_says_nothing_for_certain_selects_nothing(
    emulator: Emulator, run: Run, module: str, options: Options, text: str, wish: Options, *, check_mode: bool
) -> None:
    if module == "cam_user":
        wish = {"remark": "found"} if "status" in wish else wish
    if text == EMPTY_MARKER and "state" in wish:
        text = "does not say which key to delete"
    result = run(module, {**options, **wish}, check_mode=check_mode)
    assert result["failed"]
    assert text in result["msg"]
    assert emulator.actions() == []


NOBODY: list[tuple[str, str]] = [
    ("cam_access_key_info", "target_uins"),
    ("cam_access_key_info", "user_names"),
    ("cam_user_info", "names"),
    ("iam_credential_info", "user_ids"),
    ("iam_credential_info", "user_names"),
    ("sas_vendor_ak_info", "auth_ids"),
    ("zstack_accesskey_info", "account_uuids"),
    ("zstack_accesskey_info", "account_names"),
]


@pytest.mark.parametrize(("module", "option"), NOBODY)
def test_an_empty_list_is_nobody_and_costs_no_call(emulator: Emulator, run: Run, module: str, option: str) -> None:
    result = run(module, {option: []}, check_mode=False)
    assert next(result[name] for name in ("access_keys", "users", "vendor_aks") if name in result) == []
    assert emulator.actions() == []


NEAR: list[tuple[str, Options, str]] = [
    ("cam_access_key", {"user_name": "bob", "access_key_id": tencent.BOB[0].lower()}, tencent.BOB[0]),
    ("cam_access_key", {"target_uin": ALICE, "description": "CI-deploy"}, tencent.ALICE[0]),
    ("iam_credential", {"user_name": "bob", "access_key": huawei.BOB[0].lower()}, huawei.BOB[0]),
    ("iam_credential", {"user_id": huawei.ID["alice"], "description": "ci- deploy"}, huawei.ALICE[0]),
    ("sas_vendor_ak", {"vendor": "Tencent", "secret_id": SAS_KEY["secret_id"].upper()}, SAS_KEY["secret_id"]),
    ("sas_vendor_ak", {"vendor": "Tencent", "vendor_auth_alias": "Tencent-Prod"}, SAS_KEY["secret_id"]),
    ("zstack_accesskey", {"access_key_id": zstack.BOB[0].lower()}, zstack.KEY_UUID["bob"]),
    ("zstack_accesskey", {"account_name": "alice", "description": "0ci-deploy"}, zstack.KEY_UUID["alice"]),
]


@BOTH_MODES
@pytest.mark.parametrize(("module", "options", "near"), NEAR)
def test_what_is_absent_but_for_its_spelling_is_named_without_a_further_call(
    emulator: Emulator, run: Run, module: str, options: Options, near: str, *, check_mode: bool
) -> None:
    result = run(module, {"state": "absent", **options}, check_mode=check_mode)
    calls = emulator.actions()
    assert result["changed"] is False
    assert len(result["warnings"]) == 1
    assert "blanks or zeros only" in result["warnings"][0]
    assert near in result["warnings"][0]
    # The ordinary case of a task that is run again.
    emulator.clear_journal()
    which = next(
        name
        for name in ("access_key_id", "access_key", "secret_id", "vendor_auth_alias", "description")
        if name in options
    )
    again = run(module, {"state": "absent", **options, which: "quite-another-one"}, check_mode=check_mode)
    assert (again["changed"], again["warnings"]) == (False, [])
    assert emulator.actions() == calls


def test_a_key_of_another_account_is_not_left_alone_in_silence(emulator: Emulator, run: Run) -> None:
    options = {"access_key_id": zstack.BOB[0], "account_name": "alice", "state": "absent"}
    result = run("zstack_accesskey", options, check_mode=False)
    assert (result["changed"], len(result["warnings"])) == (False, 1)
    assert "is left alone, because it belongs to account" in result["warnings"][0]
    assert writes(emulator) == []


# --- a failed listing is no empty one ---

GHOST_UIN, GHOST_ID = "100000000099", "f" * 32
_GHOST = {"Uin": int(GHOST_UIN), "Name": "ghost", "Uid": 99, "ConsoleLogin": 0}
_NO_SUCH_USER = "Could not find user."
# By module: the cloud, how it says that it does not find the owner of a listing, and a listing of users who are not there.
NOT_FOUND: dict[str, tuple[str, dict[str, Any], dict[str, Any], int]] = {
    "cam_access_key": (
        "tencent",
        {"fault": "error", "action": "ListAccessKeys", "code": "InvalidParameter.UserNotExist", "message": "no user"},
        {"fault": "wrong_type", "action": "ListUsers", "body": {"Response": {"Data": [_GHOST], "RequestId": "r"}}},
        1,
    ),
    "iam_credential": (
        "huawei",
        {
            "fault": "status",
            "action": "ListPermanentAccessKeys",
            "status": 404,
            "body": json.dumps({"error_code": "IAM.0004", "error_msg": _NO_SUCH_USER}),
        },
        {
            "fault": "wrong_type",
            "action": "KeystoneListUsers",
            "body": {"users": [{"id": GHOST_ID, "name": "ghost"}], "links": {}},
        },
        2,
    ),
}
OWNERS: dict[str, list[tuple[Options, Options]]] = {
    "cam_access_key": [
        ({"target_uin": ALICE}, {"target_uin": GHOST_UIN}),
        ({"target_uin": str(tencent.UIN["root"])}, {"target_uin": GHOST_UIN}),  # whom no listing of users has
        ({"user_name": "alice"}, {"user_name": "ghost"}),
    ],
    "iam_credential": [
        ({"user_id": huawei.ID["alice"]}, {"user_id": GHOST_ID}),
        ({"user_name": "alice"}, {"user_name": "ghost"}),
    ],
    "zstack_accesskey": [({}, {"account_name": "ghost"}), ({}, {"account_uuid": "ca401000000040008000000000000099"})],
}
OWNED = [(module, *owners) for module, pairs in OWNERS.items() for owners in pairs]


@pytest.mark.parametrize("module", NOT_FOUND)
def test_users_whose_keys_cannot_be_listed_were_not_deleted(emulator: Emulator, run: Run, module: str) -> None:
    cloud, not_found, _ghosts, _listings = NOT_FOUND[module]
    emulator.faults([{"cloud": cloud, **not_found}])
    result = run(f"{module}_info", {"all_users": True}, check_mode=False)
    assert (result.get("failed"), result["error"]["category"]) == (True, "not_found")
    assert "nothing is known about its keys" in result["msg"]


@pytest.mark.parametrize("module", NOT_FOUND)
def test_a_user_who_is_deleted_meanwhile_has_no_keys(emulator: Emulator, run: Run, module: str) -> None:
    cloud, _not_found, ghosts, listings = NOT_FOUND[module]
    emulator.faults([{"cloud": cloud, **ghosts, "times": listings}])
    result = run(f"{module}_info", {"all_users": True}, check_mode=False)
    assert result["access_keys"] == []
    assert [warning for warning in result["warnings"] if "ghost" in warning and "was deleted while" in warning]


@BOTH_MODES
@pytest.mark.parametrize(("module", "there", "gone"), OWNED)
def test_a_key_is_absent_only_if_its_owner_certainly_is(
    emulator: Emulator, run: Run, module: str, there: Options, gone: Options, *, check_mode: bool
) -> None:
    wish = {"state": "absent", **MARKED}
    absent = run(module, {**wish, **gone}, check_mode=check_mode)
    assert (absent["changed"], len(absent["warnings"])) == (False, 1)
    assert "was not found, and so no key of it" in absent["warnings"][0]
    if there:
        cloud, not_found, *_unused = NOT_FOUND[module]
        emulator.faults([{"cloud": cloud, **not_found}])
        refused = run(module, {**wish, **there}, check_mode=check_mode)
        assert (refused.get("failed"), refused["error"]["category"]) == (True, "not_found")
        assert "nothing is known about its keys" in refused["msg"]
    assert writes(emulator) == []


@pytest.mark.parametrize("module", NOT_FOUND)
def test_an_owner_is_not_certainly_gone_where_nobody_may_look(emulator: Emulator, run: Run, module: str) -> None:
    cloud, _not_found, ghosts, _listings = NOT_FOUND[module]
    emulator.faults([{"cloud": cloud, "fault": "status", "status": 500, "action": ghosts["action"]}])
    _there, gone = OWNERS[module][0]
    signing = {**ADMINISTRATORS[module.split("_")[0]], "api_retries": 0}
    refused = run(module, {"state": "absent", **MARKED, **gone, **signing}, check_mode=False)
    assert (refused.get("failed"), refused["error"]["category"]) == (True, "not_found")
    assert "looking again failed as well" in refused["msg"]


# --- nobody is locked out ---

DISABLE, DELETE = {"status": "inactive"}, {"state": "absent"}
OWN_KEY = "this key signs this very call"
OWN_USER = "this user signs this very call"
KEYS_OF_ALICE = {"target_uin": ALICE}
TENCENT_ENVIRONMENT = {"TENCENTCLOUD_SECRET_ID": tencent.ALICE[0], "TENCENTCLOUD_SECRET_KEY": tencent.ALICE[1]}

OWN_KEYS: list[tuple[str, str, Options]] = [
    ("by id", "cam_access_key", {"access_key_id": tencent.ROOT[0]}),
    (
        "by id and name",
        "cam_access_key",
        {"user_name": "alice", "access_key_id": tencent.ALICE[0], **tencent_key(tencent.ALICE)},
    ),
    ("by marker", "cam_access_key", {**KEYS_OF_ALICE, **MARKED, **tencent_key(tencent.ALICE)}),
    ("the only one", "cam_access_key", tencent_key(tencent.BOB)),
    ("of a profile", "cam_access_key", {**KEYS_OF_ALICE, **MARKED, "api_profile": "alice"}),
    ("of the environment", "cam_access_key", {**KEYS_OF_ALICE, **MARKED, "environment": TENCENT_ENVIRONMENT}),
    (
        "of a profile in the environment",
        "cam_access_key",
        {**KEYS_OF_ALICE, **MARKED, "environment": {"TENCENTCLOUD_PROFILE": "alice"}},
    ),
    ("by id", "iam_credential", {"access_key": huawei.ROOT[0]}),
    ("by id and owner", "iam_credential", {"access_key": huawei.ROOT[0], "user_id": huawei.ID["root"]}),
    ("by id and name", "iam_credential", {"access_key": huawei.ROOT[0], "user_name": "root"}),
    ("by marker", "iam_credential", {**MARKED, **huawei_key(huawei.ALICE)}),
    ("the only one", "iam_credential", huawei_key(huawei.BOB)),
    (
        "of the environment",
        "iam_credential",
        {**MARKED, "environment": {"HW_ACCESS_KEY": huawei.ALICE[0], "HW_SECRET_KEY": huawei.ALICE[1]}},
    ),
    ("by uuid", "zstack_accesskey", {"uuid": zstack.KEY_UUID["admin"]}),
    ("by id", "zstack_accesskey", {"access_key_id": zstack.ADMIN[0]}),
    # The database of the server does not tell the two apart.
    (
        "by uuid, signed in another spelling",
        "zstack_accesskey",
        {"uuid": zstack.KEY_UUID["admin"], **zstack_key((zstack.ADMIN[0].upper(), zstack.ADMIN[1]))},
    ),
    ("by marker", "zstack_accesskey", {**MARKED, **zstack_key(zstack.ALICE)}),
    (
        "by marker and owner",
        "zstack_accesskey",
        {**MARKED, "account_name": "alice", **zstack_key(zstack.ALICE)},
    ),
    ("the only one", "zstack_accesskey", zstack_key(zstack.BOB)),
    (
        "of the environment",
        "zstack_accesskey",
        {
            **MARKED,
            "environment": {"ZSTACK_ACCESS_KEY_ID": zstack.ALICE[0], "ZSTACK_ACCESS_KEY_SECRET": zstack.ALICE[1]},
        },
    ),
]
OWN_USERS: list[tuple[str, str, Options]] = [
    (f"{how}{' by force' if force else ''}", "cam_user", {"name": "alice", "force": force, **signing})
    for how, signing in {
        "by its key": tencent_key(tencent.ALICE),
        "by its other key": tencent_key((tencent.ALICE_INACTIVE[0], tencent.ALICE_INACTIVE[1])),
        "by temporary credentials": TENCENT_TEMPORARY,
        "by a profile": {"api_profile": "alice"},
        "by the environment": {"environment": TENCENT_ENVIRONMENT},
    }.items()
    for force in (True, False)
]


def _is_deletable(module: str, options: Options) -> bool:
    """Whether state=absent takes the options: it needs to be told which key, and on CAM whose."""
    identities = {"access_key_id", "access_key", "uuid", "description"}
    has_owner = module != "cam_access_key" or {"target_uin", "user_name"} & set(options)
    return bool(identities & set(options) and has_owner)


SELF_LOCKOUTS = [
    *(
        pytest.param(module, {**which, **DISABLE}, OWN_KEY, id=f"{module}: disable {how}")
        for how, module, which in OWN_KEYS
    ),
    *(
        pytest.param(module, {**which, **DELETE}, OWN_KEY, id=f"{module}: delete {how}")
        for how, module, which in OWN_KEYS
        if _is_deletable(module, which)
    ),
    *(
        pytest.param(module, {**which, **DELETE}, OWN_USER, id=f"{module}: delete {how}")
        for how, module, which in OWN_USERS
    ),
]


@pytest.fixture
def profile(tmp_path: Path) -> None:
    """The profile of the official command line tool that some cases name."""
    (tmp_path / ".tccli").mkdir()
    content = {"secretId": tencent.ALICE[0], "secretKey": tencent.ALICE[1]}
    (tmp_path / ".tccli" / "alice.credential").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("module", "options", "text"), SELF_LOCKOUTS)
def test_nobody_is_locked_out_unless_asked_for(
    emulator: Emulator, run: Run, module: str, options: Options, text: str
) -> None:
    """The refusal is the same in check mode; with allow_self_lockout the task does what it says."""
    emulator.seed(
        {
            "tencent": {
                "users": [{"name": "alice", "keys": [{"access_key_id": tencent.ALICE_INACTIVE[0], "status": "Active"}]}]
            }
        }
    )
    refusals = [run(module, options, check_mode=check_mode) for check_mode in (True, False)]
    for refused in refusals:
        assert refused["error"]["category"] == "refused"
        assert text in refused["msg"]
        assert "allow_self_lockout" in refused["error"]["advice"]
    assert _without_request_id(refusals[0]) == _without_request_id(refusals[1])
    allowed = {**options, "allow_self_lockout": True, **({"force": True} if module == "cam_user" else {})}
    assert run(module, allowed, check_mode=True)["changed"]
    assert writes(emulator) == []
    before = statuses(emulator)
    done = run(module, allowed, check_mode=False)
    assert (done["changed"], done.get("failed", False)) == (True, False), done.get("msg")
    assert len(writes(emulator)) == 1
    after = statuses(emulator)
    changed = {after.get(key) for key, status in before.items() if after.get(key) != status}
    assert changed == {None if "state" in options else "inactive"}


def statuses(emulator: Emulator) -> dict[str, str]:
    """The status of each key by its id, whatever the cloud calls it."""
    tencents, huaweis, zstacks = (emulator.state(cloud) for cloud in ("tencent", "huawei", "zstack"))
    owners = [tencents["account"], *tencents["users"], *huaweis["users"], *zstacks["accounts"]]
    words = {"Active": "active", "Enabled": "active", "Inactive": "inactive", "Disabled": "inactive"}
    found = {}
    for key in (key for owner in owners for key in owner["keys"]):
        key_id = key.get("uuid") or key.get("access") or key["access_key_id"]
        status = key.get("state") or key["status"]
        found[key_id] = words.get(status, status)
    return found


def _without_request_id(result: Result) -> str:
    return str(result["msg"]).replace(str(result["error"]["request_id"]), "")


# What signs here is no key, or not the one that is changed: nothing is lost.
NO_SELF_LOCKOUTS: list[tuple[str, Options]] = [
    ("cam_access_key", {**KEYS_OF_ALICE, **MARKED, **DISABLE, **TENCENT_TEMPORARY}),
    (
        "cam_access_key",
        {**KEYS_OF_ALICE, "access_key_id": tencent.ALICE_INACTIVE[0], **DELETE, **tencent_key(tencent.ALICE)},
    ),
    ("cam_user", {"name": "bob", "force": True, **DELETE, **tencent_key(tencent.ALICE)}),
    ("cam_user", {"name": "carol", **DELETE, **TENCENT_TEMPORARY}),
    # It keeps people off the console, and no call.
    ("cam_user", {"name": "alice", "console_login": False, **tencent_key(tencent.ALICE)}),
    ("iam_credential", {"access_key": huawei.ROOT[0], **DISABLE, **HUAWEI_TEMPORARY}),
    ("iam_credential", {"access_key": huawei.ROOT[0], **DISABLE, "api_auth_token": huawei.ROOT_TOKEN}),
    ("iam_credential", {"access_key": huawei.ROOT[0], "description": "renamed"}),
    ("zstack_accesskey", {"uuid": zstack.KEY_UUID["admin"], **DISABLE, **ZSTACK_PASSWORD}),
    ("zstack_accesskey", {"uuid": zstack.KEY_UUID["admin"], **DELETE, **ZSTACK_SESSION}),
]


@BOTH_MODES
@pytest.mark.parametrize(("module", "options"), NO_SELF_LOCKOUTS, ids=spell)
def test_what_locks_nobody_out_is_not_refused(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    result = run(module, options, check_mode=check_mode)
    assert result["changed"], result.get("msg")
    assert len(writes(emulator)) == (0 if check_mode else 1)


@BOTH_MODES
@pytest.mark.parametrize("signing", [tencent_key(tencent.ROOT), TENCENT_TEMPORARY], ids=["key", "temporary"])
def test_a_user_who_may_be_the_caller_is_not_deleted(
    emulator: Emulator, run: Run, signing: Options, check_mode: bool
) -> None:
    """As long as it cannot be told whose the keys are, or who calls."""
    is_temporary = "api_token" in signing
    emulator.fault("status", "GetUserAppId" if is_temporary else "ListAccessKeys", status=403)
    result = run("cam_user", {"name": "alice", "force": True, **DELETE, **signing}, check_mode=check_mode)
    assert result["error"]["category"] == "denied"
    assert writes(emulator) == []


# --- the expected account ---

TENCENT_ACCOUNT = "100000000000"
STATE_TASKS: list[tuple[str, Options]] = [
    ("cam_access_key", {"target_uin": BOB, "access_key_id": tencent.BOB[0], **DISABLE}),
    ("cam_access_key", {"target_uin": BOB, "access_key_id": tencent.BOB[0], **DELETE, **TENCENT_TEMPORARY}),
    ("cam_user", {"name": "new"}),
    ("cam_user", {"name": "carol", **DELETE, "api_profile": "alice"}),
    ("iam_credential", {"access_key": huawei.BOB[0], **DISABLE}),
    ("iam_credential", {"access_key": huawei.BOB[0], **DELETE, **HUAWEI_TEMPORARY}),
    ("iam_credential", {"access_key": huawei.BOB[0], **DELETE, "api_auth_token": huawei.ROOT_TOKEN}),
    ("sas_vendor_ak", {"vendor_auth_alias": "aws-prod", **DISABLE}),
    ("sas_vendor_ak", {"vendor_auth_alias": "aws-prod", **DELETE, **ALIBABA_TEMPORARY}),
    ("zstack_accesskey", {"uuid": zstack.KEY_UUID["bob"], **DISABLE}),
    ("zstack_accesskey", {"uuid": zstack.KEY_UUID["bob"], **DELETE, **ZSTACK_PASSWORD}),
]
INFO_TASKS: list[tuple[str, Options]] = [
    ("cam_access_key_info", {"all_users": True}),
    ("cam_user_info", {}),
    ("iam_credential_info", {"all_users": True}),
    ("iam_credential_info", {"api_auth_token": huawei.ROOT_TOKEN}),
    ("sas_vendor_ak_info", {}),
    ("zstack_accesskey_info", {"all_users": True}),
    ("zstack_accesskey_info", ZSTACK_PASSWORD),
]
ALL_TASKS = [*STATE_TASKS, *INFO_TASKS]
ACCOUNTS = {
    "cam": TENCENT_ACCOUNT,
    "iam": huawei.DOMAIN,
    "sas": alibaba.ACCOUNT,
    "zstack": zstack.ACCOUNT["admin"],
}
# What may be called before the account is known: how each cloud tells it, and what that takes.
WHO_AM_I = {
    "GetUserAppId",
    "KeystoneListAuthDomains",
    "GetCallerIdentity",
    "QueryAccessKey",
    "LogInByAccount",
    "LogOut",
}


def account(module: str) -> str:
    return ACCOUNTS[module.split("_")[0]]


@BOTH_MODES
@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("module", "options"), ALL_TASKS, ids=spell)
def test_a_task_in_the_expected_account_is_done(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    result = run(module, {**options, "api_expected_account": account(module)}, check_mode=check_mode)
    assert result["changed"] == (not module.endswith("_info")), result.get("msg")


@BOTH_MODES
@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("expected", ["1", "0{}", "{}0"])
@pytest.mark.parametrize(("module", "options"), ALL_TASKS, ids=spell)
def test_a_task_in_another_account_is_refused_before_anything_is_looked_at(
    emulator: Emulator, run: Run, module: str, options: Options, expected: str, check_mode: bool
) -> None:
    wanted = expected.format(account(module))
    result = run(module, {**options, "api_expected_account": wanted}, check_mode=check_mode)
    assert result["error"]["category"] == "refused"
    assert f"belong to account {account(module)}, and api_expected_account is {wanted}" in result["msg"]
    assert set(emulator.actions()) <= WHO_AM_I
    assert writes(emulator) == []


# How each cloud does not tell whose the credentials are.
UNTOLD: dict[str, dict[str, Any]] = {
    "GetUserAppId": {"cloud": "tencent", "fault": "null_field", "field": "OwnerUin"},
    "KeystoneListAuthDomains": {"cloud": "huawei", "fault": "wrong_type", "body": {"domains": []}},
    "GetCallerIdentity": {"cloud": "alibaba", "fault": "null_field", "field": "AccountId"},
    "QueryAccessKey": {"cloud": "zstack", "fault": "null_field", "field": "accountUuid"},
    "LogInByAccount": {"cloud": "zstack", "fault": "null_field", "field": "accountUuid"},
}


@BOTH_MODES
@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("how", ["untold", "forbidden"])
@pytest.mark.parametrize(("module", "options"), ALL_TASKS, ids=spell)
def test_an_account_that_cannot_be_told_is_not_the_expected_one(
    emulator: Emulator, run: Run, module: str, options: Options, how: str, check_mode: bool
) -> None:
    clouds = {"cam": "tencent", "iam": "huawei", "sas": "alibaba", "zstack": "zstack"}
    cloud = clouds[module.split("_")[0]]
    for action, fault in UNTOLD.items():
        if fault["cloud"] != cloud:
            continue
        armed = fault if how == "untold" else {"cloud": cloud, "fault": "status", "status": 403}
        emulator.faults([{"action": action, **armed}])
    result = run(module, {**options, "api_expected_account": account(module)}, check_mode=check_mode)
    assert result["failed"]
    assert set(emulator.actions()) <= WHO_AM_I
    assert writes(emulator) == []


@BOTH_MODES
@pytest.mark.parametrize("module", ["zstack_accesskey", "zstack_accesskey_info"])
def test_a_session_does_not_tell_its_account(emulator: Emulator, run: Run, module: str, check_mode: bool) -> None:
    which = {} if module.endswith("_info") else {"uuid": zstack.KEY_UUID["bob"], **DISABLE}
    options = {**which, **ZSTACK_SESSION, "api_expected_account": account("zstack")}
    result = run(module, options, check_mode=check_mode)
    assert "do not tell which account they belong to" in result["msg"]
    assert emulator.journal() == []


# --- the limit of two ---

OF_ALICE: dict[str, Options] = {
    "cam_access_key": {"target_uin": ALICE},
    "iam_credential": {"user_id": huawei.ID["alice"]},
    "zstack_accesskey": {"account_uuid": zstack.ACCOUNT["alice"]},
}
IDS_OF_ALICE = {
    "cam_access_key": {tencent.ALICE[0], tencent.ALICE_INACTIVE[0]},
    "iam_credential": {huawei.ALICE[0], huawei.ALICE_INACTIVE[0]},
    "zstack_accesskey": {zstack.KEY_UUID["alice"], zstack.KEY_UUID["alice disabled"]},
}
# Two days ago with and without use; ZStack does not tell the last use.
LAST_USES = {
    "cam_access_key": {"used", "never"},
    "iam_credential": {"used", "never"},
    "zstack_accesskey": {"unknown"},
}
THIRD_KEYS: list[tuple[str, Options]] = [
    (module, {**owner, **asked, **registered})
    for module, owner in OF_ALICE.items()
    for asked in (
        {"description": "third"},
        {"create": "always"},
        {"description": "third", "create": "always", **DISABLE},
    )
    # The limit counts, whether or not the secret would have a home.
    for registered in ({"allow_unregistered_secret": True}, {})
]


@BOTH_MODES
@pytest.mark.parametrize(("module", "options"), THIRD_KEYS, ids=spell)
def test_a_third_key_is_refused_with_the_two_that_exist(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    result = run(module, options, check_mode=check_mode)
    assert result["error"]["category"] == "quota"
    keys = result["access_keys"]
    assert {key["id"] for key in keys} == IDS_OF_ALICE[module]
    assert {key["status"] for key in keys} == {"active", "inactive"}
    assert {key["last_used_state"] for key in keys} == LAST_USES[module]
    for key in keys:
        described = result["msg"][result["msg"].index(key["id"]) :].split(")")[0]
        assert f"({key['status']}" in described
        assert key["age_days"] > 0
        assert f"{key['age_days']} days old" in described
        used = {"used": f"last used {key['last_used']}", "never": "never used", "unknown": "last used unknown"}
        assert used[key["last_used_state"]] in described
    assert writes(emulator) == []


LAST_USE_CALLS = {"cam_access_key": "GetSecurityLastUsed", "iam_credential": "ShowPermanentAccessKey"}


@BOTH_MODES
@pytest.mark.parametrize("module", LAST_USE_CALLS)
def test_the_limit_is_told_even_where_the_last_use_is_not(
    emulator: Emulator, run: Run, module: str, check_mode: bool
) -> None:
    cloud = "tencent" if module == "cam_access_key" else "huawei"
    emulator.fault("status", LAST_USE_CALLS[module], cloud=cloud, status=403)
    result = run(module, {**OF_ALICE[module], "create": "always"}, check_mode=check_mode)
    assert result["error"]["category"] == "quota"
    assert {key["last_used_state"] for key in result["access_keys"]} == {"unknown"}
    assert all(key["id"] in result["msg"] for key in result["access_keys"])
    assert writes(emulator) == []


REJECTED_CODES = {"cam_access_key": "AuthFailure.SignatureFailure", "iam_credential": "APIGW.0301"}


@BOTH_MODES
@pytest.mark.parametrize("module", LAST_USE_CALLS)
def test_credentials_that_are_rejected_over_the_last_use_are_told_as_that(
    emulator: Emulator, run: Run, module: str, check_mode: bool
) -> None:
    """Or the next item would be tried with them."""
    cloud = "tencent" if module == "cam_access_key" else "huawei"
    code = REJECTED_CODES[module]
    emulator.fault("error", LAST_USE_CALLS[module], cloud=cloud, code=code, message="no")
    result = run(module, {**OF_ALICE[module], "create": "always"}, check_mode=check_mode)
    assert (result["error"]["category"], result["error"]["code"]) == ("authentication", code)
    assert emulator.actions().count(LAST_USE_CALLS[module]) == 1
    assert writes(emulator) == []


LISTINGS = {
    "cam_access_key": ("tencent", "ListAccessKeys"),
    "iam_credential": ("huawei", "ListPermanentAccessKeys"),
    "zstack_accesskey": ("zstack", "QueryAccessKey"),
}


@BOTH_MODES
@pytest.mark.parametrize("module", LISTINGS)
def test_no_key_is_made_where_the_existing_ones_cannot_be_counted(
    emulator: Emulator, run: Run, module: str, check_mode: bool
) -> None:
    cloud, action = LISTINGS[module]
    emulator.fault("status", action, cloud=cloud, status=403)
    options = {**OF_ALICE[module], "create": "always", "allow_unregistered_secret": True}
    assert run(module, options, check_mode=check_mode)["failed"]
    assert writes(emulator) == []


@BOTH_MODES
def test_no_key_is_made_where_it_is_not_known_whether_the_account_has_a_limit(
    emulator: Emulator, run: Run, check_mode: bool
) -> None:
    emulator.fault("status", "QueryAccount", cloud="zstack", status=403)
    options = {**OF_ALICE["zstack_accesskey"], "create": "always", "allow_unregistered_secret": True}
    result = run("zstack_accesskey", options, check_mode=check_mode)
    assert result["failed"]
    assert writes(emulator) == []


# --- rejected credentials are not tried on ---

WRONG = "Wrong-Secret-0000000001"
MANY_UINS = [str(number) for number in range(100000000001, 100000000021)]
REJECTIONS: list[tuple[str, Options]] = [
    (module, {**which, **signing, **guard})
    for module, which in [
        *(
            (module, {name: value for name, value in options.items() if not name.startswith("api_")})
            for module, options in STATE_TASKS
        ),
        ("cam_access_key", {"user_name": "alice", "create": "always"}),
        ("iam_credential", {"user_name": "alice", "create": "always"}),
        ("zstack_accesskey", {"account_name": "alice", "create": "always"}),
        ("cam_access_key_info", {"all_users": True}),
        ("cam_access_key_info", {"target_uins": MANY_UINS}),
        ("cam_access_key_info", {"user_names": ["alice", "bob", "carol"]}),
        ("cam_user_info", {"names": ["alice", "bob", "carol"]}),
        ("iam_credential_info", {"all_users": True}),
        ("iam_credential_info", {"user_ids": list(huawei.ID.values())}),
        ("iam_credential_info", {"user_names": ["alice", "bob"]}),
        ("sas_vendor_ak_info", {"supported_modules": True}),
        ("zstack_accesskey_info", {"all_users": True}),
        ("zstack_accesskey_info", {"account_names": ["alice", "bob"]}),
    ]
    for signing in {
        "cam": (tencent_key((tencent.ROOT[0], WRONG)), {**TENCENT_TEMPORARY, "api_token": WRONG}),
        "iam": (huawei_key((huawei.ROOT[0], WRONG)), {"api_auth_token": WRONG}),
        "sas": (alibaba_key((alibaba.ROOT[0], WRONG)), {**ALIBABA_TEMPORARY, "api_security_token": WRONG}),
        "zstack": (
            zstack_key((zstack.ADMIN[0], WRONG)),
            {"api_session_uuid": zstack.EXPIRED_SESSION},
            {**ZSTACK_PASSWORD, "api_password": WRONG},
        ),
    }[module.split("_")[0]]
    for guard in ({}, {"api_expected_account": account(module)})
    # A session that nobody knows tells no account either, so that nothing is sent.
    if not (guard and "api_session_uuid" in signing)
]


@BOTH_MODES
@pytest.mark.parametrize(("module", "options"), REJECTIONS, ids=spell)
def test_rejected_credentials_are_sent_once(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    """Not even by many reads side by side, of which the first shows that the others are in vain."""
    if module.endswith("_info"):
        for cloud in ("tencent", "huawei", "alibaba", "zstack"):
            emulator.fault("delay", cloud=cloud, seconds=0.15)  # a network takes its time
    result = run(module, options, check_mode=check_mode)
    assert result["error"]["category"] == "authentication"
    assert len(emulator.actions()) == 1

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the guards of all clouds, in check mode and for real: they refuse the same tasks, and change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import (
    DELETE,
    DISABLE,
    EMPTY_MARKER,
    MARKED,
    Guards,
    Options,
    TwoKeys,
)
from ansible_collections.multicloud.iam.tests.support import tencent, zstack
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF, CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

Run = Callable[..., Result]


def spell(value: Any) -> str | None:
    """Return the name of a case: its module and its options."""
    return " ".join(value) if isinstance(value, Mapping) else None


BOTH_MODES = pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])


TENCENT_TEMPORARY = {**tencent.CLOUD.signing(tencent.TEMPORARY), "api_token": tencent.TOKEN}
PARTS: list[Guards] = [part.GUARDS for part in parts("modules").values()]


def signed(module: str, options: Options) -> dict[str, Any]:
    """Return the options, with the administrator's key if they have no credentials."""
    given = set(options) - {"api_expected_account"}
    own = any(name.startswith("api_") for name in given) or "environment" in given
    return {**({} if own else CLOUDS[CLOUD_OF[module]].signing()), **options}


@pytest.fixture
def run(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a module. The option "environment" is set in the environment instead."""
    monkeypatch.setenv("HOME", str(tmp_path))
    runner = Runner(emulator, "", {})

    def run(module: str, options: Options, *, check_mode: bool) -> Result:
        given = signed(module, options)
        with monkeypatch.context() as patch:
            for name, value in given.pop("environment", {}).items():
                patch.setenv(name, value)
            return runner(module, check_mode=check_mode, **given)

    return run


# --- an uncertain value selects nothing ---


@BOTH_MODES
@pytest.mark.parametrize("wish", [{"status": "inactive"}, {"state": "absent"}], ids=spell)
@pytest.mark.parametrize(("module", "options", "text"), [each for part in PARTS for each in part.select_nothing])
def test_an_ambiguous_selection_is_refused(
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


@pytest.mark.parametrize(("module", "option"), [each for part in PARTS for each in part.nobody])
def test_an_empty_list_selects_nothing_without_a_call(emulator: Emulator, run: Run, module: str, option: str) -> None:
    result = run(module, {option: []}, check_mode=False)
    assert next(result[name] for name in ("access_keys", "users", "vendor_aks") if name in result) == []
    assert emulator.actions() == []


@BOTH_MODES
@pytest.mark.parametrize(("module", "options", "near"), [each for part in PARTS for each in part.near])
def test_a_near_match_of_an_absent_object_is_named_without_another_call(
    emulator: Emulator, run: Run, module: str, options: Options, near: str, *, check_mode: bool
) -> None:
    result = run(module, {"state": "absent", **options}, check_mode=check_mode)
    calls = emulator.actions()
    assert result["changed"] is False
    assert len(result["warnings"]) == 1
    assert "blanks or leading zeros" in result["warnings"][0]
    assert near in result["warnings"][0]
    # The usual case: a task runs again.
    emulator.clear_journal()
    which = next(
        name
        for name in ("access_key_id", "access_key", "secret_id", "vendor_auth_alias", "description")
        if name in options
    )
    again = run(module, {"state": "absent", **options, which: "quite-another-one"}, check_mode=check_mode)
    assert (again["changed"], again["warnings"]) == (False, [])
    assert emulator.actions() == calls


def test_leaving_a_key_of_another_account_alone_causes_a_warning(emulator: Emulator, run: Run) -> None:
    options = {"access_key_id": zstack.BOB[0], "account_name": "alice", "state": "absent"}
    result = run("zstack_accesskey", options, check_mode=False)
    assert (result["changed"], len(result["warnings"])) == (False, 1)
    assert "is left alone, because it belongs to account" in result["warnings"][0]
    assert emulator.writes() == []


# --- a failed list is not an empty one ---

NOT_FOUND = {module: each for part in PARTS for module, each in part.not_found.items()}
OWNERS = {module: owners for part in PARTS for module, owners in part.owners.items()}
OWNED = [(module, *owners) for module, pairs in OWNERS.items() for owners in pairs]


def does_not_find(emulator: Emulator, module: str, **fault: Any) -> None:
    """Arm a fault at the cloud of a module."""
    emulator.faults([{"cloud": CLOUD_OF[module], **fault}])


@pytest.mark.parametrize("module", NOT_FOUND)
def test_a_user_whose_keys_cannot_be_listed_was_not_deleted(emulator: Emulator, run: Run, module: str) -> None:
    does_not_find(emulator, module, **NOT_FOUND[module].listing)
    result = run(f"{module}_info", {"all_users": True}, check_mode=False)
    assert (result.get("failed"), result["error"]["category"]) == (True, "not_found")
    assert "nothing is known about its keys" in result["msg"]


@pytest.mark.parametrize("module", NOT_FOUND)
def test_a_user_who_is_deleted_meanwhile_has_no_keys(emulator: Emulator, run: Run, module: str) -> None:
    does_not_find(emulator, module, **NOT_FOUND[module].users, times=NOT_FOUND[module].calls)
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
    assert "was not found, so it has no keys" in absent["warnings"][0]
    if there:
        does_not_find(emulator, module, **NOT_FOUND[module].listing)
        refused = run(module, {**wish, **there}, check_mode=check_mode)
        assert (refused.get("failed"), refused["error"]["category"]) == (True, "not_found")
        assert "nothing is known about its keys" in refused["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize("module", NOT_FOUND)
def test_an_owner_who_cannot_be_looked_up_is_not_certainly_deleted(emulator: Emulator, run: Run, module: str) -> None:
    does_not_find(emulator, module, fault="status", status=500, action=NOT_FOUND[module].users["action"])
    _there, gone = OWNERS[module][0]
    signing = {**CLOUDS[CLOUD_OF[module]].signing(), "api_retries": 0}
    refused = run(module, {"state": "absent", **MARKED, **gone, **signing}, check_mode=False)
    assert (refused.get("failed"), refused["error"]["category"]) == (True, "not_found")
    assert "another lookup failed as well" in refused["msg"]


# --- no self-lockout ---

OWN_KEY = "this key signs the calls of this task"
OWN_USER = "this user signs the calls of this task"
OWN_KEYS = [each for part in PARTS for each in part.own_keys]
OWN_USERS = [
    (f"{how}{' by force' if force else ''}", module, {**options, "force": force})
    for part in PARTS
    for how, module, options in part.own_users
    for force in (True, False)
]


def _is_deletable(module: str, options: Options) -> bool:
    """Return whether state=absent accepts the options. It needs the key, and on CAM the owner."""
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
    """Write the profile of the official command line tool that some cases name."""
    (tmp_path / ".tccli").mkdir()
    content = {"secretId": tencent.ALICE[0], "secretKey": tencent.ALICE[1]}
    (tmp_path / ".tccli" / "alice.credential").write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("module", "options", "text"), SELF_LOCKOUTS)
def test_a_self_lockout_is_refused_unless_allowed(
    emulator: Emulator, run: Run, module: str, options: Options, text: str
) -> None:
    """The refusal is the same in check mode. With allow_self_lockout the task runs."""
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
    assert emulator.writes() == []
    before = statuses(emulator)
    done = run(module, allowed, check_mode=False)
    assert (done["changed"], done.get("failed", False)) == (True, False), done.get("msg")
    assert len(emulator.writes()) == 1
    after = statuses(emulator)
    changed = {after.get(key) for key, status in before.items() if after.get(key) != status}
    assert changed == {None if "state" in options else "inactive"}


def keys_in(state: Any) -> list[dict[str, Any]]:
    """Return the keys of all owners in the state of a cloud."""
    if isinstance(state, list):
        return [key for each in state for key in keys_in(each)]
    if not isinstance(state, dict):
        return []
    below = [key for name, each in state.items() if name != "keys" for key in keys_in(each)]
    return [*state.get("keys", []), *below]


def statuses(emulator: Emulator) -> dict[str, str]:
    """Return the status of each key by its ID, in the words of the cloud."""
    states = [emulator.state(cloud) for cloud in CLOUDS]
    words = {"Active": "active", "Enabled": "active", "Inactive": "inactive", "Disabled": "inactive"}
    found = {}
    for key in (key for state in states for key in keys_in(state)):
        key_id = next(key[name] for name in ("uuid", "access", "access_key_id", "id") if name in key)
        status = key.get("state") or key.get("status", "")
        found[key_id] = words.get(status, status)
    return found


def _without_request_id(result: Result) -> str:
    return str(result["msg"]).replace(str(result["error"]["request_id"]), "")


# The caller does not sign with the key that changes, so it is not locked out.
NO_SELF_LOCKOUTS = [each for part in PARTS for each in part.no_self_lockouts]


@BOTH_MODES
@pytest.mark.parametrize(("module", "options"), NO_SELF_LOCKOUTS, ids=spell)
def test_a_change_that_locks_nobody_out_is_allowed(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    result = run(module, options, check_mode=check_mode)
    assert result["changed"], result.get("msg")
    assert len(emulator.writes()) == (0 if check_mode else 1)


@BOTH_MODES
@pytest.mark.parametrize("signing", [tencent.CLOUD.signing(), TENCENT_TEMPORARY], ids=["key", "temporary"])
def test_a_user_who_may_be_the_caller_is_not_deleted(
    emulator: Emulator, run: Run, signing: Options, check_mode: bool
) -> None:
    """The owner of the keys, or the caller, is unknown."""
    is_temporary = "api_token" in signing
    emulator.fault("status", "GetUserAppId" if is_temporary else "ListAccessKeys", status=403)
    result = run("cam_user", {"name": "alice", "force": True, **DELETE, **signing}, check_mode=check_mode)
    assert result["error"]["category"] == "denied"
    assert emulator.writes() == []


# --- the expected account ---

STATE_TASKS = [each for part in PARTS for each in part.state_tasks]
ALL_TASKS = [*STATE_TASKS, *(each for part in PARTS for each in part.info_tasks)]
# The calls that each cloud needs to return the account, which are allowed before it is known.
WHO_AM_I = {action for part in PARTS for action in (*part.account_faults, *part.account_calls)}


def account(module: str) -> str:
    return CLOUDS[CLOUD_OF[module]].account


@BOTH_MODES
@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(("module", "options"), ALL_TASKS, ids=spell)
def test_a_task_in_the_expected_account_runs(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    result = run(module, {**options, "api_expected_account": account(module)}, check_mode=check_mode)
    assert result["changed"] == (not module.endswith("_info")), result.get("msg")


@BOTH_MODES
@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("expected", ["1", "0{}", "{}0"])
@pytest.mark.parametrize(("module", "options"), ALL_TASKS, ids=spell)
def test_a_task_in_another_account_is_refused_before_any_read(
    emulator: Emulator, run: Run, module: str, options: Options, expected: str, check_mode: bool
) -> None:
    wanted = expected.format(account(module))
    result = run(module, {**options, "api_expected_account": wanted}, check_mode=check_mode)
    assert result["error"]["category"] == "refused"
    assert f"belong to account {account(module)}, and api_expected_account is {wanted}" in result["msg"]
    assert set(emulator.actions()) <= WHO_AM_I
    assert emulator.writes() == []


@BOTH_MODES
@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("how", ["account_faults", "forbidden"])
@pytest.mark.parametrize(("module", "options"), ALL_TASKS, ids=spell)
def test_an_unknown_account_is_not_the_expected_one(
    emulator: Emulator, run: Run, module: str, options: Options, how: str, check_mode: bool
) -> None:
    cloud = CLOUD_OF[module]
    account_faults: Mapping[str, Any] = parts("modules")[cloud].GUARDS.account_faults
    for action, fault in account_faults.items():
        armed = fault if how == "account_faults" else {"fault": "status", "status": 403}
        emulator.faults([{"cloud": cloud, "action": action, **armed}])
    result = run(module, {**options, "api_expected_account": account(module)}, check_mode=check_mode)
    assert result["failed"]
    assert set(emulator.actions()) <= WHO_AM_I
    assert emulator.writes() == []


@BOTH_MODES
@pytest.mark.parametrize("module", ["zstack_accesskey", "zstack_accesskey_info"])
def test_a_session_does_not_identify_its_account(emulator: Emulator, run: Run, module: str, check_mode: bool) -> None:
    which = {} if module.endswith("_info") else {"uuid": zstack.KEY_UUID["bob"], **DISABLE}
    options = {**which, "api_session_uuid": zstack.SESSION, "api_expected_account": account(module)}
    result = run(module, options, check_mode=check_mode)
    assert "do not show which account they belong to" in result["msg"]
    assert emulator.journal() == []


# --- the limit of two ---

TWO_KEYS: dict[str, TwoKeys] = {module: each for part in PARTS for module, each in part.two_keys.items()}
THIRD_KEYS: list[tuple[str, Options]] = [
    (module, {**two.owner, **asked, **registered})
    for module, two in TWO_KEYS.items()
    for asked in (
        {"description": "third"},
        {"create": "always"},
        {"description": "third", "create": "always", **DISABLE},
    )
    # The limit applies whether or not the secret is registered.
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
    assert {key["id"] for key in keys} == TWO_KEYS[module].ids
    assert {key["status"] for key in keys} == {"active", "inactive"}
    assert {key["last_used_state"] for key in keys} == TWO_KEYS[module].last_uses
    for key in keys:
        described = result["msg"][result["msg"].index(key["id"]) :].split(")")[0]
        assert f"({key['status']}" in described
        assert key["age_days"] > 0
        assert f"{key['age_days']} days old" in described
        used = {"used": f"last used {key['last_used']}", "never": "never used", "unknown": "last used unknown"}
        assert used[key["last_used_state"]] in described
    assert emulator.writes() == []


LAST_USE_CALLS = {module: two.last_use_call for module, two in TWO_KEYS.items() if two.last_use_call}


@BOTH_MODES
@pytest.mark.parametrize("module", LAST_USE_CALLS)
def test_the_limit_is_reported_even_without_the_last_use(
    emulator: Emulator, run: Run, module: str, check_mode: bool
) -> None:
    emulator.fault("status", LAST_USE_CALLS[module], cloud=CLOUD_OF[module], status=403)
    result = run(module, {**TWO_KEYS[module].owner, "create": "always"}, check_mode=check_mode)
    assert result["error"]["category"] == "quota"
    assert {key["last_used_state"] for key in result["access_keys"]} == {"unknown"}
    assert all(key["id"] in result["msg"] for key in result["access_keys"])
    assert emulator.writes() == []


@BOTH_MODES
@pytest.mark.parametrize("module", LAST_USE_CALLS)
def test_credentials_that_are_rejected_for_the_last_use_are_reported_as_rejected(
    emulator: Emulator, run: Run, module: str, check_mode: bool
) -> None:
    """Otherwise the next item would use them again."""
    code = TWO_KEYS[module].rejection
    emulator.fault("error", LAST_USE_CALLS[module], cloud=CLOUD_OF[module], code=code, message="no")
    result = run(module, {**TWO_KEYS[module].owner, "create": "always"}, check_mode=check_mode)
    assert (result["error"]["category"], result["error"]["code"]) == ("authentication", code)
    assert emulator.actions().count(LAST_USE_CALLS[module]) == 1
    assert emulator.writes() == []


@BOTH_MODES
@pytest.mark.parametrize("module", TWO_KEYS)
def test_no_key_is_created_if_the_existing_ones_cannot_be_counted(
    emulator: Emulator, run: Run, module: str, check_mode: bool
) -> None:
    emulator.fault("status", TWO_KEYS[module].listing, cloud=CLOUD_OF[module], status=403)
    options = {**TWO_KEYS[module].owner, "create": "always", "allow_unregistered_secret": True}
    assert run(module, options, check_mode=check_mode)["failed"]
    assert emulator.writes() == []


@BOTH_MODES
def test_no_key_is_created_if_the_limit_of_the_account_is_unknown(
    emulator: Emulator, run: Run, check_mode: bool
) -> None:
    emulator.fault("status", "QueryAccount", cloud="zstack", status=403)
    options = {**TWO_KEYS["zstack_accesskey"].owner, "create": "always", "allow_unregistered_secret": True}
    result = run("zstack_accesskey", options, check_mode=check_mode)
    assert result["failed"]
    assert emulator.writes() == []


# --- rejected credentials are not sent again ---

REJECTIONS = [
    (module, {**{name: value for name, value in options.items() if not name.startswith("api_")}, **signing, **guard})
    for part in PARTS
    for module, options in (*part.state_tasks, *part.rejected_tasks)
    for signing in part.rejected_signing
    for guard in ({}, {"api_expected_account": account(module)})
    # An unknown session has no account either, so nothing is sent.
    if not (guard and "api_session_uuid" in signing)
]


@BOTH_MODES
@pytest.mark.parametrize(("module", "options"), REJECTIONS, ids=spell)
def test_rejected_credentials_are_sent_once(
    emulator: Emulator, run: Run, module: str, options: Options, check_mode: bool
) -> None:
    """Many parallel reads wait for the first one, which shows that the others would fail."""
    if module.endswith("_info"):
        for cloud in CLOUDS:
            emulator.fault("delay", cloud=cloud, seconds=0.15)  # like the latency of a network
    result = run(module, options, check_mode=check_mode)
    assert result["error"]["category"] == "authentication"
    assert len(emulator.actions()) == 1

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modules of Tencent Cloud over HTTP: what they make of each reply."""

from __future__ import annotations

import json
import re
import socketserver
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.loopback import Loopback
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner, diff_of, load_module
from ansible_collections.multicloud.iam.tests.support.relay import Relay
from ansible_collections.multicloud.iam.tests.support.tencent import ALICE, ALICE_INACTIVE, AUDITOR, BOB, ROOT, UIN

Run = Callable[..., Result]

DISABLE = {"target_uin": UIN["bob"], "access_key_id": BOB[0], "status": "inactive"}
CREATE = {"target_uin": UIN["carol"], "description": "ci", "allow_unregistered_secret": True}


@pytest.fixture
def run(emulator: Emulator) -> Run:
    """Run a module against the emulator."""
    return Runner(emulator, "cam_access_key", {"api_secret_id": ROOT[0], "api_secret_key": ROOT[1]})


def keys_of(emulator: Emulator, name: str) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = next(user["keys"] for user in emulator.state()["users"] if user["name"] == name)
    return keys


INTERNATIONAL = "http://cam.intl.tencentcloudapi.com"


def test_the_quota_of_user_creations_is_not_throttling(emulator: Emulator, run: Run) -> None:
    emulator.fault("throttle", "AddUser", code="RequestLimitExceeded.CreateUser")
    result = run("cam_user", name="new")
    assert (result["failed"], result["error"]["category"]) == (True, "quota")
    assert emulator.actions() == ["GetUser", "GetUser", "AddUser", "GetUser"]


def test_a_masked_contact_is_compared_as_far_as_possible(emulator: Emulator, run: Run) -> None:
    emulator.seed({"tencent": {"users": [{"name": "zed", "phone_num": "13800000001", "email": "zed@example.com"}]}})
    emulator.modes(mask_contacts=True)
    fits = {"name": "zed", "phone_num": "13877770001", "email": "zoe@example.com"}

    def both(**options: Any) -> tuple[Result, list[str]]:
        results = [run("cam_user", check_mode=check_mode, **options) for check_mode in (True, False)]
        checked, real = (
            {name: result.get(name) for name in ("changed", "user", "diff", "warnings")} for result in results
        )
        assert checked == real
        return results[1], [warning.split(" of ")[0] for warning in results[1]["warnings"]]

    phone, email = ("The cloud shows the " + name for name in ("phone_num", "email"))
    result, warnings = both(**fits)
    assert (result["changed"], warnings) == (False, [phone, email])
    assert "user zed only as 138****0001. It may differ" in result["warnings"][0]
    result, warnings = both(**{**fits, "phone_num": "13899999999"})
    assert (result["changed"], diff_of(result)["before"], warnings) == (True, {"phone_num": "138****0001"}, [email])
    result, warnings = both(**{**fits, "phone_num": "13877779999", "email": "other@example.org"})
    assert (result["changed"], diff_of(result)["after"], warnings) == (True, {"email": "other@example.org"}, [phone])
    result, warnings = both(name="zed", remark="no contact is asked for")
    assert (result["changed"], warnings) == (True, [])
    (zed,) = (user for user in emulator.state()["users"] if user["name"] == "zed")
    assert (zed["phone_num"], zed["email"]) == ("13899999999", "other@example.org")


def test_a_masked_contact_is_never_sent(emulator: Emulator, run: Run) -> None:
    for option in ({"phone_num": "138****0001"}, {"email": "z****.com"}):
        assert "which is masked" in run("cam_user", name="alice", **option)["msg"]
    assert emulator.actions() == []


@pytest.mark.parametrize("modes", [{}, {"phone_pair": True}, {"phone_pair": True, "bare_country_code": True}])
def test_phone_number_and_country_code_are_sent_as_a_pair(emulator: Emulator, run: Run, modes: dict[str, Any]) -> None:
    emulator.modes(**modes)
    steps = [
        ({"phone_num": "1"}, True, ("1", "86")),
        ({"phone_num": "1"}, False, None),
        ({"phone_num": "1", "country_code": "0086"}, False, None),
        ({"phone_num": "2"}, True, ("2", "86")),
        ({"phone_num": "2", "country_code": "+852"}, True, ("2", "852")),
        ({"phone_num": "2", "country_code": "00852"}, False, None),
        ({"country_code": "001"}, True, ("2", "1")),
        ({"country_code": "1"}, False, None),
    ]
    for options, changed, sent in steps:
        checked, real = (run("cam_user", name="phoned", check_mode=check, **options) for check in (True, False))
        assert (real["changed"], checked["changed"], checked["diff"]) == (changed, changed, real["diff"])
        known = {name: value for name, value in checked["user"].items() if value is not None}
        assert {**known, "uin": real["user"]["uin"], "uid": real["user"]["uid"]} == real["user"]
        call = emulator.journal()[-1]
        if sent:
            assert (call["params"]["PhoneNum"], call["params"]["CountryCode"]) == sent
        else:
            assert call["action"] == "GetUser"


def test_without_a_phone_number_no_country_code_is_sent(emulator: Emulator, run: Run) -> None:
    run("cam_user", name="mute", country_code="852")
    assert not {"PhoneNum", "CountryCode"} & emulator.journal()[-1]["params"].keys()


def test_a_failed_retry_says_that_the_earlier_attempt_may_have_been_carried_out(emulator: Emulator, run: Run) -> None:
    emulator.fault("reset_after", "UpdateAccessKey", times=1)
    emulator.fault("error", "UpdateAccessKey", code="UnauthorizedOperation", message="no", times=1)
    result = run(**DISABLE)
    assert (result["failed"], result["error"]["category"]) == (True, "denied")
    assert "an earlier one may have been carried out" in result["msg"]
    assert keys_of(emulator, "bob")[0]["status"] == "Inactive"


def relay_with_two_lengths(emulator: Emulator, action: str) -> Relay:
    """Return a relay that adds a header that no library accepts to the reply to an operation."""

    def alter(reply: bytes) -> bytes:
        _before, _line, request = relay.sent.rpartition(b"POST / ")
        return re.sub(rb"(Content-Length:) ", rb"\1 1, ", reply, count=1) if action.encode() in request else reply

    relay = Relay(emulator.port, alter=alter)
    return relay


def test_a_creation_whose_reply_has_a_malformed_header_is_named(emulator: Emulator, run: Run) -> None:
    with relay_with_two_lengths(emulator, "CreateAccessKey") as way:
        result = run(**CREATE, api_endpoint=way.url)
    (made,) = keys_of(emulator, "carol")
    assert emulator.actions() == ["ListAccessKeys", "ListAccessKeys", "CreateAccessKey", "ListAccessKeys"]
    assert (result["error"]["category"], result["error"]["retryable"]) == ("reply", False)
    assert f"access_key_id {made['access_key_id']} appeared" in result["msg"]
    assert "credential" not in result["msg"]


def test_a_change_whose_reply_has_a_malformed_header_is_an_error_of_the_reply(emulator: Emulator, run: Run) -> None:
    with relay_with_two_lengths(emulator, "UpdateAccessKey") as way:
        result = run(**DISABLE, api_endpoint=way.url)
    assert result["error"]["category"] == "reply"
    assert "credential" not in result["msg"]


def test_the_advice_for_the_international_site_says_how_to_create_a_key(emulator: Emulator, run: Run) -> None:
    emulator.modes(international=True)
    there = {"api_endpoint": INTERNATIONAL, "api_proxy": emulator.url, "allow_unregistered_secret": True}
    both = "create=if_none creates the first key of an owner, and create=always creates one more on every run"
    for options, category in (
        ({"user_name": "alice", "create": "always"}, "quota"),
        ({"user_name": "carol"}, "refused"),
        ({"user_name": "carol", "description": "x"}, "usage"),
    ):
        result = run(**there, **options)
        assert (result["error"]["category"], both in result["error"]["advice"]) == (category, True)
        assert "a description," not in result["error"]["advice"]
        assert both not in run(**{**there, "api_endpoint": emulator.url, "api_proxy": None}, **options).get("msg", "")
    assert (
        both not in run("cam_access_key_info", **{**there, "allow_unregistered_secret": None}, description="x")["msg"]
    )


def test_a_secret_that_is_not_unicode_loses_no_key(emulator: Emulator, run: Run) -> None:
    key = {"AccessKeyId": "AKIDodd", "SecretAccessKey": "Canary-\ud800", "Status": "Active"}
    body = {"Response": {"AccessKey": {**key, "CreateTime": "2026-01-02 03:04:05"}, "RequestId": "1"}}
    emulator.fault("wrong_type", "CreateAccessKey", body=body)
    result = run(**CREATE)
    assert (result["changed"], result["access_key"]["id"], result["secret"]) == (True, "AKIDodd", "Canary-?")
    assert json.dumps(result, ensure_ascii=False).encode()


NOT_THERE = [
    ("cam_user", {"name": "alice", "state": "absent", "force": True}, "GetUser"),
    ("cam_user", {"name": "alice", "state": "absent", "force": True}, "DeleteUser"),
    ("cam_user", {"name": "alice", "remark": "x"}, "GetUser"),
    ("cam_user_info", {"names": ["alice"]}, "GetUser"),
    ("cam_access_key", {**DISABLE, "state": "absent"}, "ListAccessKeys"),
    ("cam_access_key", {**DISABLE, "state": "absent"}, "DeleteAccessKey"),
    ("cam_access_key_info", {"all_users": True}, "ListAccessKeys"),
]


@pytest.mark.parametrize(("module", "options", "action"), NOT_THERE)
def test_a_missing_page_is_not_a_missing_object(
    emulator: Emulator, run: Run, module: str, options: dict[str, Any], action: str
) -> None:
    emulator.fault("status", action, status=404)
    result = run(module, **options)
    assert (result["failed"], result["error"]["category"]) == (True, "reply")
    assert not [call for call in emulator.journal() if call["committed"]]


@pytest.mark.parametrize("secret", [None, "Canary-Repeated-Secret-1"])
def test_a_reply_that_names_an_older_key_deletes_nothing(emulator: Emulator, run: Run, secret: str | None) -> None:
    (there,) = keys_of(emulator, "bob")
    key = {"AccessKeyId": there["access_key_id"], "SecretAccessKey": secret, "Status": "Active"}
    body = {"Response": {"AccessKey": key, "RequestId": "1"}}
    emulator.faults([{"fault": "wrong_type", "action": "CreateAccessKey", "body": body}])
    result = run(**{**CREATE, "target_uin": UIN["bob"]}, status="inactive")
    assert f"access_key_id {there['access_key_id']}, which existed before" in result["msg"]
    assert (result["error"]["request_id"], result["changed"]) == ("1", False)
    assert emulator.actions() == ["ListAccessKeys", "ListAccessKeys", "CreateAccessKey", "ListAccessKeys"]
    assert there in keys_of(emulator, "bob")


@pytest.mark.parametrize("mode", [{"description": "absent"}, {"create_reply_without_description": True}])
def test_a_description_that_is_missing_in_the_reply_cannot_identify_a_key(
    emulator: Emulator, run: Run, mode: dict[str, Any]
) -> None:
    emulator.modes(**mode)
    result = run(**CREATE)
    assert result["changed"]
    assert "cannot identify the object" in result["warnings"][0]
    assert result["access_key"]["id"] in result["warnings"][0]


class TricklingSocksProxy(socketserver.StreamRequestHandler):
    """Accept every connection, and reply with a head that never ends."""

    def handle(self) -> None:
        _version, methods = self.rfile.read(2)
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        _version, _connect, _reserved, _by_name, length = self.rfile.read(5)
        self.rfile.read(length + 2)
        self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            for _each in range(50):
                self.wfile.write(b"X: y\r\n")
                time.sleep(0.1)


def test_the_time_limit_ends_a_head_that_trickles_through_a_socks_proxy(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(TricklingSocksProxy) as proxy:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://127.0.0.1:{proxy.port}")
        start = time.monotonic()
        result = run(**DISABLE, api_endpoint=INTERNATIONAL, api_timeout=0.5, api_retries=0)
    assert "no complete reply in time" in result["msg"]
    assert time.monotonic() - start < 3


# --- differences from the SDK ---


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, emulator.url)
    assert run(**DISABLE, api_endpoint=INTERNATIONAL)["changed"]


def test_a_given_proxy_comes_first(emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert run(**DISABLE, api_endpoint=INTERNATIONAL, api_proxy=emulator.url)["changed"]


@pytest.mark.parametrize("exceptions", ["127.0.0.1", "127.0.0.0/8", "*", "localhost,127.0.0.1"])
def test_no_proxy_is_honoured(run: Run, monkeypatch: pytest.MonkeyPatch, exceptions: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", exceptions)
    assert run(**DISABLE)["changed"]


def test_a_proxy_that_fails_is_named_without_its_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:proxy-secret@127.0.0.1:1")
    result = run(**DISABLE, api_retries=0)
    assert "the proxy failed" in result["msg"]
    assert "proxy-secret" not in str(result)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    directory, authority = tmp_path_factory.mktemp("ca"), trustme.CA()
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    return authority, directory


@pytest.fixture(params=["127.0.0.1"])
def secure(
    authority: tuple[trustme.CA, Path], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Emulator, str]]:
    ca, directory = authority
    issued = ca.issue_cert(request.param)
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    options = ("--tls-cert", str(tmp_path / "cert.pem"), "--tls-key", str(tmp_path / "key.pem"))
    with Emulator(None, *options, ca=directory / "ca.pem") as emulator:
        yield emulator, str(directory / "ca.pem")


def test_a_certificate_is_checked_against_the_given_authority(
    secure: tuple[Emulator, str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator, ca = secure
    unknown = run(**DISABLE, api_endpoint=emulator.url)
    assert unknown["error"]["category"] == "certificate"
    assert "api_ca_path" in unknown["msg"]
    assert emulator.actions() == []
    assert run(**DISABLE, api_endpoint=emulator.url, api_ca_path=ca)["changed"]
    assert not run(**DISABLE, api_endpoint=emulator.url, api_validate_certs=False)["changed"]
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca)
    assert not run(**DISABLE, api_endpoint=emulator.url)["changed"]


def test_the_handshake_and_the_reply_share_one_time_limit(secure: tuple[Emulator, str], run: Run) -> None:
    emulator, ca = secure
    emulator.fault("delay", "ListAccessKeys", seconds=10)
    with Relay(emulator.port, on_connect=lambda: time.sleep(1.2)) as relay:
        start = time.monotonic()
        where = relay.url.replace("http:", "https:")
        result = run(**DISABLE, api_endpoint=where, api_ca_path=ca, api_timeout=1.5, api_retries=0)
        assert time.monotonic() - start < 2.4
    assert "no complete reply in time" in result["msg"]


@pytest.mark.parametrize("secure", ["other.example"], indirect=True)
def test_a_certificate_for_another_host_is_not_accepted(secure: tuple[Emulator, str], run: Run) -> None:
    emulator, ca = secure
    result = run(**DISABLE, api_endpoint=emulator.url.replace("127.0.0.1", "localhost"), api_ca_path=ca)
    assert result["error"]["category"] == "certificate"


def test_a_missing_ca_file_is_named(secure: tuple[Emulator, str], run: Run) -> None:
    result = run(**DISABLE, api_endpoint=secure[0].url, api_ca_path="/no/such/bundle.pem", api_retries=0)
    assert "/no/such/bundle.pem" in result["msg"]
    assert "api_ca_path" in result["msg"]


@pytest.mark.parametrize(("remark", "write"), [("Backups", []), ("new", ["UpdateUser"])])
def test_a_user_that_another_user_creates_meanwhile_is_updated(
    emulator: Emulator, run: Run, remark: str, write: list[str]
) -> None:
    emulator.fault("error", "GetUser", code="ResourceNotFound.UserNotExist", times=3)
    result = run("cam_user", name="bob", remark=remark)
    assert emulator.actions() == ["GetUser", "GetUser", "AddUser", "GetUser", "GetUser", *write]
    assert (result["changed"], result["user"]["remark"]) == (bool(write), remark)


def test_an_invisible_user_that_another_user_has_created_is_left_to_the_next_run(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._creation.UNTIL_LISTED", 0.5)
    emulator.fault("error", "AddUser", code="InvalidParameter.SubUserNameInUse", times=1)
    result = run("cam_user", name="newcomer")
    assert result["error"]["retryable"]
    assert "Run this again" in result["msg"]


# --- reports ---


def test_last_use_is_looked_up_for_ten_keys_per_call_and_matched_by_id(emulator: Emulator, run: Run) -> None:
    emulator.seed({"tencent": {"generate_users": {"count": 30, "prefix": "many-", "keys": 1}}})
    result = run("cam_access_key_info", all_users=True)
    total = sum(len(user["keys"]) for user in emulator.state()["users"])
    assert len(result["access_keys"]) == total
    calls = emulator.actions()
    assert (calls.count("ListUsers"), calls.count("ListAccessKeys")) == (1, len(emulator.state()["users"]))
    assert calls.count("GetSecurityLastUsed") == -(-total // 10)
    assert [key["last_used"] for key in result["access_keys"] if key["id"] == ALICE[0]] == ["2026-06-02T10:00:00Z"]


def test_many_owners_are_read_within_the_rate_limit(emulator: Emulator, run: Run) -> None:
    emulator.modes(rate_limits=True)
    emulator.seed({"tencent": {"generate_users": {"count": 60, "prefix": "many-", "keys": 2}}})
    result = run("cam_access_key_info", all_users=True, api_retries=0)
    assert not result.get("failed")
    assert [call["code"] for call in emulator.journal() if call["code"]] == []
    # The last use has a separate rate limit, so it is read while keys are still being listed.
    assert "ListAccessKeys" in emulator.actions()[emulator.actions().index("GetSecurityLastUsed") :]


def test_without_permission_the_last_use_is_unknown(emulator: Emulator, run: Run) -> None:
    emulator.fault("error", "GetSecurityLastUsed", code="AuthFailure.UnauthorizedOperation", message="no")
    result = run("cam_access_key_info", user_names=["alice"], unused_for_days=0)
    assert result["access_keys"] == []
    assert "last use of the keys is unknown" in result["warnings"][0]


def test_a_missing_row_means_an_unknown_last_use(emulator: Emulator, run: Run) -> None:
    emulator.faults(
        [
            {
                "fault": "wrong_type",
                "action": "GetSecurityLastUsed",
                "body": {"Response": {"SecretIdLastUsedRows": [], "RequestId": "1"}},
            }
        ]
    )
    keys = run("cam_access_key_info", user_names=["alice"])["access_keys"]
    assert {key["last_used_state"] for key in keys} == {"unknown"}


def test_a_date_without_a_time_is_its_last_second_in_beijing(emulator: Emulator, run: Run) -> None:
    emulator.fault("null_field", "GetSecurityLastUsed", field="LastSecretUsedDate", drop=True)
    keys = run("cam_access_key_info", user_names=["alice"])["access_keys"]
    assert [key["last_used"] for key in keys if key["id"] == ALICE[0]] == ["2026-06-02T15:59:59Z"]


def test_warnings_that_are_errors_do_not_fail_a_task(run: Run) -> None:
    """The SDK calls functions that newer versions of Python deprecate. Ansible removes filters that are set while a plugin is loaded."""
    load_module("cam_access_key")
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        assert run(**DISABLE)["changed"]


def test_a_failure_of_the_sdk_before_any_call_is_not_a_bad_reply(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_unused: object) -> str:
        raise LookupError(ROOT[1])

    monkeypatch.setattr("tencentcloud.common.sign.Sign.sign_tc3", fail)
    result = run(**CREATE)
    assert result["error"]["category"] == "usage"
    assert "fails with LookupError before anything is sent" in result["msg"]
    assert result["error"]["http_status"] is None
    assert emulator.actions() == []


# --- keys whose owners are not known ---

NOWHERE = "AKIDNowhere0000000001"


def find(run: Run, *ids: str, **options: Any) -> Result:
    return run("cam_access_key_info", access_key_ids=list(ids), **options)


def cam_seed(users: int) -> dict[str, Any]:
    return {
        "tencent": {
            "users": [
                {
                    "name": f"user{number}",
                    "uin": 200000000000 + number,
                    "keys": [{"access_key_id": f"AKIDuser{number:06}", "secret_access_key": f"Canary-{number:016}"}],
                }
                for number in range(users)
            ]
        }
    }


def test_named_owners_are_asked_before_all_others(emulator: Emulator, run: Run) -> None:
    emulator.seed(cam_seed(60))
    result = find(run, "AKIDuser000055", target_uins=["200000000055"])
    assert [key["owner"] for key in result["access_keys"]] == ["200000000055"]
    assert sorted(emulator.actions()) == ["GetSecurityLastUsed", "GetUserAppId", "ListAccessKeys", "ListAccessKeys"]
    emulator.clear_journal()
    assert find(run, ALICE[0], user_names=["bob"])["access_keys"][0]["user_name"] == "alice"
    assert "Could not list the access keys of owner 7" in find(run, NOWHERE, target_uins=["7"])["msg"]


def test_the_scan_stops_when_all_keys_are_found(emulator: Emulator, run: Run) -> None:
    emulator.seed(cam_seed(80))
    result = find(run, "AKIDuser000001", "AKIDuser000003")
    assert [key["user_name"] for key in result["access_keys"]] == ["user1", "user3"]
    assert emulator.actions().count("ListAccessKeys") < 40
    assert "throttled" not in str(emulator.journal())


def test_a_listing_that_is_denied_hides_no_other_key(emulator: Emulator, run: Run) -> None:
    """The listing of one of the users is denied. It is not said which one, because they are asked at the same time."""
    emulator.fault("error", "ListAccessKeys", code="UnauthorizedOperation", after=2, times=1)
    existing = [ALICE[0], BOB[0], AUDITOR[0]]
    result = find(run, NOWHERE, *existing)
    unknown = {each["id"]: each["reasons"] for each in result["unknown"]}
    assert len(result["access_keys"]) >= 2
    assert sorted([*[key["id"] for key in result["access_keys"]], *unknown]) == sorted([NOWHERE, *existing])
    assert result["not_found"] == []
    (reason,) = unknown[NOWHERE]
    assert "Could not list the access keys of user " in reason


def test_a_scan_ends_with_the_first_failure_of_all_calls(emulator: Emulator, run: Run) -> None:
    """Otherwise, each of many users would take as long as all retries."""
    emulator.seed(cam_seed(60))
    emulator.fault("reset_before", "ListAccessKeys", after=8)
    result = find(run, ALICE[0], "AKIDuser000055", api_retries=0)
    assert [key["id"] for key in result["access_keys"]] == [ALICE[0]]
    (unknown,) = result["unknown"]
    assert unknown["id"] == "AKIDuser000055"
    assert "more calls were not sent after this failure" in unknown["reasons"][-1]
    assert emulator.actions().count("ListAccessKeys") < 40


def test_a_user_who_is_deleted_during_the_scan_has_no_keys(emulator: Emulator, run: Run) -> None:
    ghost = {"Uin": 100000000099, "Name": "ghost", "Uid": 99, "ConsoleLogin": 0}
    body = {"Response": {"Data": [ghost], "RequestId": "r"}}
    emulator.fault("wrong_type", "ListUsers", body=body, times=1)
    result = find(run, NOWHERE)
    assert (result["not_found"], result["unknown"]) == ([NOWHERE], [])
    assert emulator.actions().count("ListUsers") == 2


def test_a_user_who_is_not_found_and_still_listed_is_unknown(emulator: Emulator, run: Run) -> None:
    emulator.fault("error", "ListAccessKeys", code="InvalidParameter.UserNotExist", after=1, times=1)
    result = find(run, NOWHERE)
    (unknown,) = result["unknown"]
    assert (unknown["id"], emulator.actions().count("ListUsers")) == (NOWHERE, 2)


def test_the_root_account_is_unknown_to_a_user(emulator: Emulator, run: Run) -> None:
    result = find(run, ROOT[0], api_secret_id=ALICE[0], api_secret_key=ALICE[1])
    (unknown,) = result["unknown"]
    assert "root account" in unknown["reasons"][0]


def test_an_id_in_another_case_is_named(run: Run) -> None:
    result = find(run, BOB[0].upper())
    assert result["not_found"] == [BOB[0].upper()]
    assert any(BOB[0] in warning for warning in result["warnings"])


def test_a_key_is_disabled_before_the_other_users_are_asked(emulator: Emulator, run: Run) -> None:
    emulator.seed(cam_seed(60))
    result = run("cam_access_key_status", access_key_ids=["AKIDuser000001", NOWHERE], status="inactive")
    assert [each["outcome"] for each in result["access_keys"]] == ["changed", "not_found"]
    actions = emulator.actions()
    assert actions.index("UpdateAccessKey") < 40 < len(actions) - actions[::-1].index("ListAccessKeys")


def test_a_key_of_unknown_status_is_disabled_and_read_again(emulator: Emulator, run: Run) -> None:
    row = {"AccessKeyId": ALICE_INACTIVE[0], "Status": "Frozen", "CreateTime": "2020-01-02 03:04:05"}
    alice = {"api_secret_id": ALICE[0], "api_secret_key": ALICE[1]}
    body = {"Response": {"AccessKeys": [row], "RequestId": "1"}}
    for check_mode in (True, False):
        emulator.fault("wrong_type", "ListAccessKeys", body=body, times=1)
        result = run(
            "cam_access_key_status",
            access_key_ids=[ALICE_INACTIVE[0]],
            status="inactive",
            check_mode=check_mode,
            **alice,
        )
        (key,) = result["access_keys"]
        assert (key["outcome"], key["status_before"], key["status"]) == ("changed", None, "inactive")
    assert emulator.writes() == ["UpdateAccessKey"]


def test_a_change_that_is_not_seen_is_unconfirmed(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._key_status._UNTIL_VISIBLE", 0.5)
    emulator.fault("wrong_type", "UpdateAccessKey", body={"Response": {"RequestId": "1"}})
    result = run("cam_access_key_status", access_key_ids=[BOB[0]], status="inactive")
    (key,) = result["access_keys"]
    assert (key["outcome"], key["status"], result["failed"], result["changed"]) == ("unconfirmed", "active", True, True)
    assert "is still active" in result["msg"]


def test_a_key_that_cannot_be_read_again_is_unconfirmed(emulator: Emulator, run: Run) -> None:
    emulator.fault("error", "ListAccessKeys", code="UnauthorizedOperation", after=1)
    alice = {"api_secret_id": ALICE[0], "api_secret_key": ALICE[1]}
    result = run("cam_access_key_status", access_key_ids=[ALICE_INACTIVE[0]], status="active", **alice)
    (key,) = result["access_keys"]
    assert (key["outcome"], key["status"], result["changed"]) == ("unconfirmed", None, True)
    assert {each["status"] for each in keys_of(emulator, "alice")} == {"Active"}

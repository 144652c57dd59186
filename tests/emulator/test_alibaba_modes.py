# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modes of Alibaba Cloud, and the faults with a special form."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.alibaba import (
    ADD,
    AUTH_ID,
    DELETE,
    LIST,
    MODIFY,
    NEW,
    OPERATOR,
    TEMPORARY,
    TOKEN,
    Client,
)
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

MODULES = "GetSupportedModules"
HOSTS = {**NEW, "AuthModules": ["HOST", "CSPM"], "Lang": "en"}
AWS = {"AuthIds": AUTH_ID["aws-prod"]}
NO_ENTRY = {"AuthIds": 99, "VendorAuthAlias": "other"}


@pytest.fixture
def modes(emulator: Emulator) -> partial[None]:
    """Return a function that sets modes of Alibaba Cloud."""
    return partial(emulator.modes, cloud="alibaba")


def statuses(entry: dict[str, Any]) -> tuple[Any, ...]:
    """Return the state of an entry's validation."""
    modules = [(module["ModuleServiceStatus"], module.get("Message")) for module in entry["AuthModules"]]
    return (entry["ServiceStatus"], entry.get("Message"), *modules)


def message(reply: dict[str, Any]) -> str:
    """Return the detail that the emulator adds to the text of -101."""
    assert reply["Code"] == "-101"
    return str(reply["Message"]).removeprefix("Invalid parameter value. ")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (0, None, (0, None), (0, None))),
        (
            {"validation_outcome": 1},
            (
                1,
                "The IAM user is forbidden in the currently selected region",
                (1, "ak_domain_error"),
                (1, "ak_domain_error"),
            ),
        ),
        (
            {"validation_outcome": 3},
            (3, "The validation timed out", (3, "ak_verify_timeout"), (3, "ak_verify_timeout")),
        ),
        (
            {"validation_outcome": 1, "validation_message": "no such key", "validation_modules": "HOST=0,CSPM=3"},
            (1, "no such key", (0, None), (3, "ak_verify_timeout")),
        ),
        ({"validation_modules": "CSPM=1"}, (0, None, (0, None), (1, "ak_domain_error"))),
        ({"validation_never_ends": True}, (2, None, (2, None), (2, None))),
    ],
)
def test_outcomes_of_a_validation(ali: Client, modes: Any, settings: dict[str, Any], expected: tuple[Any, ...]) -> None:
    modes(**settings)
    added = ali.call(ADD, HOSTS)["Data"]
    assert statuses(added) == (2, None, (2, None), (2, None))
    assert statuses(ali.entry(added["AuthId"])) == expected


def test_a_validation_takes_its_time(ali: Client, modes: Any, emulator: Emulator) -> None:
    modes(validation_seconds=0.5)
    auth_id = ali.call(ADD, HOSTS)["Data"]["AuthId"]
    assert ali.entry(auth_id)["ServiceStatus"] == 2
    assert "VendorUid" not in ali.entry(auth_id)
    time.sleep(0.6)
    assert ali.entry(auth_id)["ServiceStatus"] == 0
    assert ali.entry(auth_id)["VendorUserName"].startswith("AlibabaCloud_")
    modes(validation_outcome=1)
    assert ali.entry(auth_id)["ServiceStatus"] == 0
    assert [call["committed"] for call in emulator.journal()] == [True, False, False, False, False, False]


def test_synchronous_validation(ali: Client, modes: Any) -> None:
    modes(validation_synchronous=True)
    assert ali.call(ADD, HOSTS)["Data"]["ServiceStatus"] == 0
    modes(validation_outcome=1)
    assert message(ali.call(ADD, HOSTS)) == "The IAM user is forbidden in the currently selected region"
    assert message(ali.call(MODIFY, {**AWS, "SecretKey": "Canary-4", "Lang": "en"})).startswith("The IAM user")
    assert len(ali.entries()) == 7


@pytest.mark.parametrize(("rule", "expected"), [("secret", [0, 2]), ("always", [2, 2]), ("never", [0, 0])])
def test_when_a_change_is_validated(ali: Client, modes: Any, rule: str, expected: list[int]) -> None:
    modes(modify_retriggers_validation=rule)
    changes = [{"VendorAuthAlias": "other"}, {"SecretKey": "Canary-5"}]
    assert [ali.call(MODIFY, {**AWS, **change})["Data"]["ServiceStatus"] for change in changes] == expected
    entry = ali.entry(AUTH_ID["aws-prod"])
    assert (entry["ServiceStatus"], entry["VendorUid"]) == (0, "123456789012")


@pytest.mark.parametrize(
    ("semantics", "expected"),
    [("replace", ["TRIAL", "HOST"]), ("merge", ["HOST", "CSPM", "TRIAL"]), ("ignore", ["HOST", "CSPM"])],
)
def test_modify_semantics(ali: Client, modes: Any, semantics: str, expected: list[str]) -> None:
    modes(modify_semantics=semantics)
    changed = ali.call(MODIFY, {**AWS, "AuthModules": ["TRIAL", "HOST"]})["Data"]
    assert [module["Module"] for module in changed["AuthModules"]] == expected
    assert not any("TrailStatus" in module for module in changed["AuthModules"])
    listed = ali.entry(AUTH_ID["aws-prod"])["AuthModules"]
    assert ("init" in [module.get("TrailStatus") for module in listed]) == ("TRIAL" in expected)
    assert {module["ModuleServiceStatus"] for module in listed} == {0}


def test_the_secret_may_be_required(ali: Client, modes: Any) -> None:
    modes(require_secret_on_modify=True)
    assert message(ali.call(MODIFY, {**AWS, "Status": 1})) == "SecretId is required."
    assert message(ali.call(MODIFY, {**AWS, "Status": 1, "SecretId": "x"})) == "SecretKey is required."
    assert ali.code(MODIFY, {**AWS, "Status": 1, "SecretId": "x", "SecretKey": "Canary-6"}) is None


def test_a_secret_id_alone(ali: Client, modes: Any) -> None:
    alone = {**AWS, "SecretId": "AKIAother"}
    assert message(ali.call(MODIFY, alone)) == "SecretKey is required with another SecretId."
    assert ali.code(MODIFY, {**AWS, "SecretId": "AKIAEMULATORAWS00001"}) is None
    modes(secret_id_alone="allowed")
    assert ali.call(MODIFY, alone)["Data"]["SecretId"] == "AKIAother"


def test_the_domain_may_be_required(ali: Client, modes: Any) -> None:
    assert ali.code(MODIFY, {**AWS, "Status": 1}) is None
    modes(require_domain=True)
    assert message(ali.call(MODIFY, {**AWS, "Status": 1})) == "Domain is required for AWS."
    assert ali.code(MODIFY, {**AWS, "Status": 1, "Domain": "china"}) is None
    assert ali.code(MODIFY, {"AuthIds": AUTH_ID["tencent-prod"], "Status": 1}) is None


def test_empty_strings(ali: Client, modes: Any) -> None:
    modes(empty_strings="ignored")
    assert ali.call(MODIFY, {**AWS, "VendorAuthAlias": ""})["Data"]["VendorAuthAlias"] == "aws-prod"
    modes(empty_strings="clear")
    assert ali.call(MODIFY, {**AWS, "VendorAuthAlias": ""})["Data"]["VendorAuthAlias"] == ""


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [("error_-101", 400, "-101"), ("server_error", 500, "ServerError"), ("silent_success", 200, None)],
)
@pytest.mark.parametrize(("action", "params"), [(MODIFY, NO_ENTRY), (DELETE, {"AuthId": 99})])
def test_unknown_entries(
    emulator: Emulator,
    ali: Client,
    modes: Any,
    action: str,
    params: dict[str, Any],
    mode: str,
    status: int,
    code: str | None,
) -> None:
    modes(unknown_auth_id=mode)
    reply = ali.post(action, params)
    assert (reply.status_code, reply.json().get("Code")) == (status, code)
    assert emulator.journal()[-1]["committed"] is False


def test_deletion_of_modules(ali: Client, modes: Any) -> None:
    modes(delete_auth_modules="partial")
    entry = {"AuthId": AUTH_ID["aws-prod"]}
    ali.call(DELETE, {**entry, "AuthModules": ["HOST"]})
    assert [module["Module"] for module in ali.entry(entry["AuthId"])["AuthModules"]] == ["CSPM"]
    ali.call(DELETE, {**entry, "AuthModules": ["CSPM", "SIEM"]})
    assert ali.entries(AuthIds=entry["AuthId"]) == []


def test_duplicates(ali: Client, modes: Any) -> None:
    ids = [ali.call(ADD, NEW)["Data"]["AuthId"] for _unused in range(2)]
    assert ids == [2838, 2839]
    modes(duplicate_add="rejected")
    assert ali.code(MODIFY, {"AuthIds": 2838, "SecretId": NEW["SecretId"], "VendorAuthAlias": "other"}) is None
    assert message(ali.call(ADD, NEW)) == "The AccessKey exists."
    params = {"AuthIds": AUTH_ID["tencent-prod"], "SecretKey": NEW["SecretKey"]}
    assert message(ali.call(MODIFY, {**params, "SecretId": NEW["SecretId"]})) == "The AccessKey exists."
    assert ali.code(MODIFY, {**params, "SecretId": "AKIDEmulatorTencent00000000000000001"}) is None
    assert ali.code(ADD, {**NEW, "SecretId": "another"}) is None


def test_a_limit_of_entries(ali: Client, modes: Any) -> None:
    modes(max_entries=7)
    assert ali.code(ADD, NEW) is None
    assert message(ali.call(ADD, NEW)) == "The number of AccessKeys exceeds the limit."


def test_parameters_in_the_body_may_not_be_seen(ali: Client, modes: Any) -> None:
    modes(accept_form_body=False)
    assert ali.code(DELETE, {"AuthId": 2832}) == "MissingAuthId"
    assert replace(ali, legacy=True).code(DELETE, {"AuthId": 2832}) is None
    assert replace(ali, in_body=False).code(DELETE, {"AuthId": 2833}) is None


def test_unknown_parameters_may_be_ignored(ali: Client, modes: Any) -> None:
    modes(ignore_unknown_parameters=True)
    assert [entry["AuthId"] for entry in ali.entries(Vendor="Azure", Xyz=1)] == [AUTH_ID["azure-prod"]]


def test_several_ids(ali: Client, modes: Any) -> None:
    assert ali.code(LIST, {"AuthIds": "2832,2834"}) == "-101"
    modes(comma_separated_auth_ids=True)
    assert [entry["AuthId"] for entry in ali.entries(AuthIds="2832,2834")] == [2832, 2834]
    assert ali.code(LIST, {"AuthIds": "2832,x"}) == "-101"


def test_the_alias_may_be_searched_for(ali: Client, modes: Any) -> None:
    modes(alias_filter="fuzzy")
    found = [entry["VendorAuthAlias"] for entry in ali.entries(VendorAuthAlias="prod")]
    assert found == ["aws-prod", "tencent-prod", "azure-prod", "oracle-prod"]


def test_masked_secret_ids(ali: Client, modes: Any) -> None:
    modes(mask_secret_id=True)
    assert ali.entry(AUTH_ID["aws-prod"])["SecretId"] == "AKIAEMU***"
    assert ali.call(ADD, {**NEW, "SecretId": "AKID"})["Data"]["SecretId"] == "AK***"


def test_secret_ids_of_primary_accounts(ali: Client, modes: Any) -> None:
    root, prod = "AKIAEMULATORAWSROOT1", "AKIAEMULATORAWS00001"
    assert ali.entry(AUTH_ID["aws-root"])["SecretId"] == root
    modes(primary_secret_id_replaced=True)
    listed = [ali.entry(AUTH_ID["aws-root"])["SecretId"] for _unused in range(2)]
    assert listed[0] == listed[1] != root
    assert listed[0].startswith("AKIA")
    assert ali.entry(AUTH_ID["aws-prod"])["SecretId"] == prod
    assert ali.call(MODIFY, {"AuthIds": AUTH_ID["aws-root"], "Status": 1})["Data"]["SecretId"] == root


def test_extend_info_as_it_was_sent(ali: Client, modes: Any) -> None:
    modes(extend_info_server_keys=False)
    assert json.loads(ali.entry(AUTH_ID["oracle-prod"])["ExtendInfo"]).keys() == {"fingerprint"}


def test_null_fields_and_missing_lists(ali: Client, modes: Any) -> None:
    auth_id = ali.call(ADD, NEW)["Data"]["AuthId"]
    assert ali.entry(auth_id)["AuthModules"] == []
    assert "VendorAuthAlias" not in ali.entry(auth_id)
    modes(missing_lists=True)
    assert "AuthModules" not in ali.entry(auth_id)
    assert "CloudVendorAccountAKs" not in ali.call(LIST, {"AuthIds": 99})
    modes(null_fields="null")
    entry = ali.entry(auth_id)
    for name in ("VendorAuthAlias", "CtdrCloudUserId", "Message", "ExtendInfo", "AuthModules"):
        assert entry[name] is None
    assert ali.call(LIST, {"AuthIds": 99})["CloudVendorAccountAKs"] is None
    assert ali.entry(AUTH_ID["aws-prod"])["AuthModules"][0]["TrailStatus"] is None


def test_extra_fields(ali: Client, modes: Any) -> None:
    before = ali.entries()
    modes(extra_fields=True)
    assert all(set(after) - set(entry) == {"EmulatorExtra"} for entry, after in zip(before, ali.entries(), strict=True))


def test_sort_order(ali: Client, modes: Any) -> None:
    modes(sort_order="newest_first")
    assert [entry["AuthId"] for entry in ali.entries(PageSize=2)] == [2837, 2836]


def test_large_pages(ali: Client, modes: Any) -> None:
    modes(max_page_size=4)
    assert message(ali.call(LIST, {"PageSize": 5})) == "PageSize must not be greater than 4."
    modes(oversized_page="capped")
    info = ali.call(LIST, {"PageSize": 5})["PageInfo"]
    assert info == {"Count": 4, "CurrentPage": 1, "PageSize": 4, "TotalCount": 6}


FORMS = [
    ("400_throttling_user", 400, "Throttling.User", None),
    ("429_retry_after", 429, "Throttling.User", "750"),
    ("503_service_unavailable", 503, "ServiceUnavailable", None),
    ("rejected_throttling", 400, "Rejected.Throttling", None),
]


@pytest.mark.parametrize(("form", "status", "code", "after"), FORMS)
def test_forms_of_throttling(
    emulator: Emulator, ali: Client, modes: Any, form: str, status: int, code: str, after: str | None
) -> None:
    modes(throttle_form=form, retry_after_milliseconds=750)
    emulator.fault("throttle", cloud="alibaba", times=1)
    reply = ali.post(MODULES)
    assert (reply.status_code, reply.json()["Code"], reply.headers.get("x-acs-retry-after")) == (status, code, after)
    assert emulator.journal()[-1]["code"] == code
    assert ali.code(MODULES) is None


def test_rate_limits(emulator: Emulator, ali: Client, modes: Any) -> None:
    modes(rate_limits=True)
    operator = replace(ali, key=OPERATOR)
    for _unused in range(5):
        time.sleep(1.02 - time.time() % 1)
        second = int(time.time())
        codes = [ali.code(MODULES) for _unused in range(11)]
        others = [operator.code(MODULES), ali.code("GetCallerIdentity")]
        if int(time.time()) == second:
            break
    assert codes == [None] * 10 + ["Throttling.User"]
    assert others == [None, None]


@pytest.mark.parametrize(
    ("key", "action", "expected"),
    [
        (("LTAInobody", "x"), MODULES, (400, "InvalidAccessKeyId.NotFound")),
        ((OPERATOR[0], "x"), MODULES, (403, "SignatureDoesNotMatch")),
        (OPERATOR, "Nothing", (404, "InvalidAction.NotFound")),
    ],
)
def test_what_other_pages_say_of_errors(
    ali: Client, modes: Any, key: tuple[str, str], action: str, expected: tuple[int, str]
) -> None:
    modes(alternate_errors=True)
    reply = replace(ali, key=key).post(action)
    assert (reply.status_code, reply.json()["Code"]) == expected


def test_a_numeric_code(ali: Client, modes: Any) -> None:
    modes(numeric_error_code=True)
    assert ali.call(DELETE, {"AuthId": 99})["Code"] == -101
    assert ali.code(DELETE) == "MissingAuthId"


def test_clock_skew(ali: Client, modes: Any) -> None:
    modes(clock_skew_seconds=1000)
    assert ali.code(MODULES) == "InvalidTimeStamp.Expired"
    modes(clock_skew_seconds=600)
    assert ali.code(MODULES) is None


def test_late_visibility(ali: Client, modes: Any) -> None:
    modes(visibility_delay_seconds=0.5, duplicate_add="rejected")
    auth_id = ali.call(ADD, NEW)["Data"]["AuthId"]
    assert ali.entries(AuthIds=auth_id) == []
    assert ali.code(MODIFY, {"AuthIds": auth_id, "Status": 1}) == "-101"
    assert ali.code(DELETE, {"AuthId": auth_id}) == "-101"
    assert message(ali.call(ADD, NEW)) == "The AccessKey exists."
    time.sleep(0.6)
    assert ali.code(MODIFY, {"AuthIds": auth_id, "Status": 1}) is None
    assert ali.entry(auth_id)["Status"] == 1


def test_content_type(ali: Client, modes: Any) -> None:
    modes(content_type="text/plain")
    assert ali.post(MODULES).headers["Content-Type"] == "text/plain"


@pytest.mark.parametrize(
    "settings",
    [
        {"validation_outcome": 2},
        {"validation_modules": "CSPM"},
        {"validation_modules": "CSPM=2"},
        {"validation_modules": 1},
        {"throttle_form": "other"},
        {"max_page_size": "1"},
    ],
)
def test_senseless_modes_are_refused(emulator: Emulator, modes: Any, settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="400"):
        modes(mask_secret_id=True, **settings)
    assert emulator.control("POST", "modes", {})["alibaba"]["mask_secret_id"] is False


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("in_body", [False, True])
def test_an_echo_shows_everything(emulator: Emulator, ali: Client, legacy: bool, in_body: bool) -> None:
    emulator.fault("echo_request", cloud="alibaba", action=MODIFY)
    client = replace(ali, key=TEMPORARY, token=TOKEN, legacy=legacy, in_body=in_body)
    reply = client.call(MODIFY, {**AWS, "SecretKey": "Canary-7"})
    assert reply["Code"] == "SignatureDoesNotMatch"
    assert reply["Message"].startswith("Specified signature ")
    assert ("server string to sign is:" if legacy else "server CanonicalRequest is [") in reply["Message"]
    assert "Canary-7" in reply["Message"]
    assert TOKEN in reply["Message"]
    assert [call["committed"] for call in emulator.journal()] == [False]


def test_a_lost_reply(emulator: Emulator, ali: Client) -> None:
    emulator.fault("null_field", cloud="alibaba", action=LIST, field="SecretId", times=1)
    assert {entry["SecretId"] for entry in ali.entries()} == {None}
    emulator.fault("html", cloud="alibaba", action=ADD, commit=True, times=1)
    assert ali.post(ADD, NEW).status_code == 502
    assert [entry["SecretId"] for entry in ali.entries()].count(NEW["SecretId"]) == 1

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modules of Alibaba Cloud over HTTP: what they promise, and what they make of each reply."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from ansible_collections.multicloud.iam.tests.support.alibaba import (
    ACCOUNT,
    ADD,
    AUDITOR,
    AUTH_ID,
    DELETE,
    ENTRY,
    LIST,
    MODIFY,
    OPERATOR,
    OPERATOR_INACTIVE,
    ROOT,
    TEMPORARY,
    TOKEN,
    Client,
    listing,
)
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner, diff_of, load_module, run_module

from alibabacloud_sas20181203 import models  # isort: skip - after support.alibaba, which sets up the environment

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.attributes import WIRE_NAMES
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.vendor_ak import VendorAk

Run = Callable[..., Result]

AWS = {"auth_id": str(AUTH_ID["aws-prod"]), "domain": "global"}
DISABLE: dict[str, Any] = {**AWS, "status": "inactive"}
SECRET = "Canary-Vendor/Secret+1= ~*%é"
NEW = {
    "vendor_auth_alias": "new",
    "vendor": "Tencent",
    "ak_type": "sub",
    "secret_id": "AKIDnew",
    "secret_key": SECRET,
    "auth_modules": ["HOST", "CSPM"],
}
AWS_SECRET_ID = "AKIAEMULATORAWS00001"


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("ALIBABA_CLOUD", "ALICLOUD", "MULTICLOUD"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def run(emulator: Emulator) -> Run:
    """Run a module against the emulator."""
    signing = {"api_access_key_id": ROOT[0], "api_access_key_secret": ROOT[1]}
    return Runner(emulator, "sas_vendor_ak", signing, secrets=[ROOT[1], SECRET])


@pytest.fixture
def both(emulator: Emulator, run: Run) -> Run:
    """Run a module in check mode and then for real. Both must report the same, and check mode must change nothing."""
    seen = 0

    def both(**options: Any) -> Result:
        nonlocal seen
        checked = run(**options, check_mode=True)
        assert not [call for call in emulator.journal(since=seen) if call["committed"]]
        real = run(**options)
        seen = max([seen, *(call["n"] for call in emulator.journal())])
        same = ("changed", "failed", "msg", "diff", "warnings")
        uuids = {*checked["request_ids"], *real["request_ids"]}

        def summary(result: Result) -> dict[str, Any]:
            found = {name: result.get(name) for name in same}
            for uuid in uuids:
                found["msg"] = found["msg"] and found["msg"].replace(uuid, "")
            return found

        assert summary(checked) == summary(real)
        if not real.get("failed"):
            known = {name: value for name, value in (checked["vendor_ak"] or {}).items() if value is not None}
            assert {**(real["vendor_ak"] or {}), **known} == (real["vendor_ak"] or {})
        return real

    return both


def sent(emulator: Emulator, action: str = MODIFY) -> dict[str, Any]:
    """Return the parameters of the last call of an operation, without those that every call has."""
    params: dict[str, Any] = [call["params"] for call in emulator.journal() if call["action"] == action][-1]
    assert params.pop("Lang") == "en" if action != DELETE else "Lang" not in params
    return params


def entries(emulator: Emulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = emulator.state("alibaba")["entries"]
    return found


def entry(emulator: Emulator, alias: str) -> dict[str, Any]:
    (found,) = (each for each in entries(emulator) if each["alias"] == alias)
    return found


def modes(emulator: Emulator, **values: Any) -> None:
    emulator.modes("alibaba", **values)


def fault(emulator: Emulator, name: str, action: str | None = None, **arguments: Any) -> None:
    emulator.fault(name, action, "alibaba", **arguments)


# --- the life of an entry, and the calls of each step ---


def test_the_life_of_an_entry(emulator: Emulator, both: Run) -> None:
    def step(**options: Any) -> tuple[Result, list[str]]:
        before = len(emulator.actions())
        result = both(**options)
        # The first read is from check mode.
        return result, emulator.actions()[before + 1 :]

    made, calls = step(**NEW)
    assert (made["changed"], calls) == (True, [LIST, LIST, ADD])
    assert made["vendor_ak"]["secret_id"] == "AKIDnew"
    assert list(made["vendor_ak"])[:6] == ["id", "status", "owner", "description", "create_time", "last_used"]
    assert sent(emulator, ADD) == {
        "Vendor": "Tencent",
        "AkType": "sub",
        "SecretId": "AKIDnew",
        "SecretKey": "***",
        "AuthModules": ["CSPM", "HOST"],
        "VendorAuthAlias": "new",
    }
    again, calls = step(**NEW)
    assert (again["changed"], calls) == (False, [LIST])
    assert again["vendor_ak"]["id"] == made["vendor_ak"]["id"]
    off, calls = step(vendor_auth_alias="new", vendor="Tencent", status="inactive")
    assert (off["changed"], calls) == (True, [LIST, MODIFY])
    assert off["vendor_ak"]["status"] == "inactive"
    assert sent(emulator) == {"AuthIds": made["vendor_ak"]["id"], "Status": "1"}
    _unused, calls = step(vendor_auth_alias="new", vendor="Tencent", status="inactive")
    assert calls == [LIST]
    gone, calls = step(vendor="Tencent", secret_id="AKIDnew", state="absent")
    assert (gone["changed"], calls) == (True, [LIST, DELETE])
    assert sent(emulator, DELETE) == {"AuthId": made["vendor_ak"]["id"]}
    gone, calls = step(vendor="Tencent", secret_id="AKIDnew", state="absent")
    assert (gone["changed"], gone["vendor_ak"], calls) == (False, None, [LIST])


SHOWN = {"auth_modules": ["CSPM"], "vendor_auth_alias": "renamed", "ctdr_cloud_user_id": "7", "status": "inactive"}
OTHER_KEY = {"secret_id": "AKIAANOTHER", "secret_key": SECRET}
SAME_KEY = {"secret_id": AWS_SECRET_ID, "secret_key": SECRET}


@pytest.mark.parametrize(
    ("options", "modes", "looks"),
    [
        ({**AWS, "status": "inactive"}, {}, 0),
        ({**AWS, "status": "inactive"}, {"mask_secret_id": True, "null_fields": "null"}, 0),
        ({**AWS, **SHOWN}, {}, 0),
        ({**AWS, **SHOWN, **SAME_KEY}, {}, 0),
        ({**AWS, **SAME_KEY, "update_secret": "always"}, {}, 0),
        # No reply shows whether the secret is checked, who owns the key, or the content of extend_info.
        ({**AWS, **SAME_KEY, "update_secret": "always"}, {"modify_retriggers_validation": "never"}, 1),
        ({**AWS, **SAME_KEY, "update_secret": "always"}, {"mask_secret_id": True}, 1),
        ({**AWS, **OTHER_KEY}, {}, 1),
        ({**AWS, "extend_info": {"remark": "x"}}, {}, 1),
        ({"auth_id": str(AUTH_ID["oracle-prod"]), "domain": "global", "status": "inactive"}, {}, 1),
    ],
)
def test_an_entry_is_read_again_only_if_the_reply_does_not_show_the_change(
    emulator: Emulator, both: Run, options: dict[str, Any], modes: dict[str, Any], looks: int
) -> None:
    emulator.modes("alibaba", **modes)
    result = both(**options)
    assert result["changed"]
    assert emulator.actions() == [LIST, LIST, MODIFY, *[LIST] * looks]
    volatile = ("service_status", "modules", "message", *(["secret_id"] if "mask_secret_id" in modes else []))
    seen = both(**{**options, "update_secret": "on_create"})["vendor_ak"]
    assert {**seen, **dict.fromkeys(volatile)} == {**result["vendor_ak"], **dict.fromkeys(volatile)}


@pytest.mark.parametrize(
    "field", ["AuthId", "Vendor", "AkType", "Status", "AuthModules", "VendorAuthAlias", "CtdrCloudUserId"]
)
def test_an_incomplete_reply_proves_no_change(emulator: Emulator, run: Run, field: str) -> None:
    fault(emulator, "null_field", MODIFY, field=field)
    result = run(**AWS, **SHOWN)
    assert (result["changed"], result["vendor_ak"]["status"]) == (True, "inactive")
    assert emulator.actions() == [LIST, MODIFY, LIST]


def test_a_contradicting_reply_is_a_failure_unless_the_list_shows_the_change(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._apply._UNTIL_PROPAGATED", 0.5)
    fault(emulator, "wrong_type", MODIFY, body={"RequestId": "1", "Data": {**ENTRY, "Status": 0}})
    result = run(**DISABLE)
    assert "accepted the change, and still shows status as 'active'" in result["msg"]
    assert (result["failed"], result["changed"]) == (True, True)


def test_a_new_inactive_entry_is_added_and_disabled(emulator: Emulator, both: Run) -> None:
    result = both(**NEW, status="inactive")
    assert result["vendor_ak"]["status"] == "inactive"
    assert entry(emulator, "new")["status"] == 1
    assert emulator.actions()[1:] == [LIST, LIST, ADD, MODIFY]


def test_everything_that_can_be_set_is_set(emulator: Emulator, both: Run) -> None:
    options = {
        "auth_id": str(AUTH_ID["azure-prod"]),
        "secret_id": "00000000-0000-4000-8000-000000000099",
        "secret_key": SECRET,
        "status": "inactive",
        "auth_modules": ["CSPM"],
        "regions": ["westeurope", "eastus"],
        "tenant_id": "00000000-0000-4000-8000-000000000098",
        "subscription_ids": ["s1", "s2"],
        "domain": "china",
        "vendor_auth_alias": "azure renamed",
        "ctdr_cloud_user_id": "azure_demo_2",
        "extend_info": {"remark": "x"},
    }
    before = entry(emulator, "azure-prod")
    assert both(**options)["changed"]
    after = entry(emulator, "azure renamed")
    assert (after["status"], after["secret_set"]) == (1, before["secret_set"] + 1)
    for name in ("secret_id", "regions", "tenant_id", "subscription_ids", "domain", "ctdr_cloud_user_id"):
        assert after[name] == options[name]
    assert [each["module"] for each in after["modules"]] == ["CSPM"]
    assert json.loads(after["extend_info"]) == {"remark": "x"}
    assert not both(**options)["changed"]


@pytest.mark.parametrize(
    ("model", "without"),
    [
        (models.ModifyCloudVendorAccountAKRequest, {"Vendor", "AkType"}),
        (models.AddCloudVendorAccountAKRequest, {"Status"}),
    ],
)
def test_every_field_of_the_api_can_be_set_from_an_option(model: type[Any], without: set[str]) -> None:
    attributes = {
        name: ["x"] if name in ("auth_modules", "regions", "subscription_ids") else "x" for name in vars(model())
    }
    fields = set(model(**{name: value for name, value in attributes.items() if not name.startswith("_")}).to_map())
    options = load_module("sas_vendor_ak").argument_spec
    assert set(WIRE_NAMES) <= set(options)
    assert fields - {"AuthIds", "Lang"} == set(WIRE_NAMES.values()) - without


# --- identification of an entry ---


IDENTIFIED = [
    ({"auth_id": "2832"}, "2832"),
    ({"vendor_auth_alias": "aws-prod"}, "2832"),
    ({"vendor_auth_alias": "aws-prod", "vendor": "AWS"}, "2832"),
    ({"vendor": "AWS", "secret_id": AWS_SECRET_ID}, "2832"),
    ({"vendor_auth_alias": "aws-root", "vendor": "AWS", "ak_type": "primary"}, "2837"),
]


@pytest.mark.parametrize(("options", "auth_id"), IDENTIFIED, ids=str)
@pytest.mark.parametrize("alias_filter", ["exact", "fuzzy"])
def test_an_entry_is_identified_by_id_by_alias_or_by_vendor_and_key(
    emulator: Emulator, both: Run, options: Result, auth_id: str, alias_filter: str
) -> None:
    emulator.seed({"alibaba": {"entries": [{"vendor": "AWS", "secret_id": "AKIA2", "alias": "aws-prod-2"}]}})
    modes(emulator, alias_filter=alias_filter)
    result = both(**options, domain="global", status="inactive")
    assert (result["changed"], result["vendor_ak"]["id"]) == (True, auth_id)
    assert [each["auth_id"] for each in entries(emulator) if each["status"] == 1] == sorted({2834, int(auth_id)})


TWINS = {
    "alibaba": {
        "entries": [
            {"auth_id": 1, "vendor": "UCloud", "secret_id": "twin", "alias": "twin"},
            {"auth_id": 2, "vendor": "UCloud", "secret_id": "twin", "alias": "twin"},
        ]
    }
}

REFUSED = [
    ({}, "does not identify an entry", []),
    ({"vendor": "AWS"}, "does not identify an entry", []),
    ({"secret_id": AWS_SECRET_ID}, "does not identify an entry", []),
    ({"auth_id": "x1"}, "auth_id is 'x1'", []),
    ({"auth_id": "0"}, "auth_id is '0'", []),
    ({"auth_id": ""}, "auth_id is given, but empty", []),
    ({"vendor": "", "secret_id": "x"}, "vendor is given, but empty", []),
    ({"vendor": "AWS", "secret_id": ""}, "secret_id is given, but empty", []),
    ({"vendor_auth_alias": "", "vendor": "AWS", "secret_id": "x"}, "vendor_auth_alias is empty", []),
    ({"auth_id": "99"}, "there is no entry 99 at this site", [LIST]),
    ({"vendor_auth_alias": "twin"}, r"2 entries match: 1 \(UCloud twin.*; 2 \(", [LIST]),
    ({"vendor": "UCloud", "secret_id": "twin"}, r"2 entries match: 1 \(UCloud twin.*; 2 \(", [LIST]),
    ({"vendor_auth_alias": "twin", "state": "absent"}, "2 entries match", [LIST]),
    ({"vendor_auth_alias": "none"}, "needs vendor and ak_type and secret_id and secret_key", [LIST]),
    ({"vendor_auth_alias": "none", "status": "inactive"}, "there is no such entry", [LIST]),
    ({**NEW, "secret_key": None}, "a new one needs secret_key", [LIST]),
    ({**NEW, "ak_type": None}, "a new one needs ak_type", [LIST]),
    ({**NEW, "secret_key": ""}, "secret_key is empty", []),
    (
        {**NEW, "vendor": "UCloud", "domain": "global", "secret_id": "twin"},
        "already exists under another alias: 1 ",
        [LIST],
    ),
    ({**AWS, "vendor": "Tencent"}, "its vendor is 'AWS' and 'Tencent' was asked for", [LIST]),
    ({**AWS, "ak_type": "primary"}, "its ak_type is 'sub' and 'primary' was asked for", [LIST]),
    (
        {**AWS, "secret_id": "AKIANEW"},
        f"its secret_id is '{AWS_SECRET_ID}', and another one requires secret_key",
        [LIST],
    ),
    ({**NEW, "vendor": "aws"}, "vendor is 'aws'. It is spelled AWS", []),
    ({**NEW, "vendor": "Google"}, "It is spelled google", []),
    ({**NEW, "vendor": "google", "ak_type": "primary"}, "google only has 'sub'", []),
    ({**NEW, "vendor": "WIZ"}, "WIZ only has 'ctdr'", []),
    ({**NEW, "vendor": "KingsoftCloud", "domain": "global"}, "KingsoftCloud only has 'china'", []),
    ({**NEW, "vendor": "OracleCloud", "domain": "china"}, "OracleCloud only has 'global'", []),
    ({**NEW, "vendor": "Azure", "domain": "global"}, "a key of Azure needs tenant_id", [LIST]),
    ({**NEW, "vendor": "OracleCloud", "domain": "global"}, "a key of OracleCloud needs tenant_id", [LIST]),
    ({**NEW, "vendor": "AWS", "domain": "europe"}, "domain is 'europe', but only HUAWEICLOUD has a European site", []),
    ({**NEW, "vendor": "Tencent", "domain": "europe"}, "only HUAWEICLOUD has a European site", []),
    ({**NEW, "vendor": "WIZ", "ak_type": "ctdr", "auth_modules": None}, "ctdr needs auth_modules", [LIST]),
    ({**NEW, "auth_modules": ["SIEM"]}, "SIEM needs ctdr_cloud_user_id", [LIST]),
    ({**AWS, "auth_modules": []}, "auth_modules is empty, and the API has no way to clear it", []),
    ({**AWS, "regions": []}, "regions is empty", []),
    ({**AWS, "subscription_ids": []}, "subscription_ids is empty", []),
    ({**AWS, "extend_info": {}}, "extend_info is empty", []),
    ({**AWS, "extend_info": {"private_key": "PEM"}}, "extend_info contains private_key", []),
    ({**AWS, "extend_info": '{"private_key_id": "1"}'}, "extend_info contains private_key_id", []),
    ({**AWS, "extend_info": {"": "x"}}, "extend_info has a member without a name", []),
    ({**AWS, "wait_timeout": 0}, "wait_timeout is 0", []),
    ({**AWS, "wait_timeout": float("nan")}, "wait_timeout is nan", []),
    ({**AWS, "wait_timeout": float("inf")}, "wait_timeout is inf", []),
    ({**AWS, "wait_timeout": 86401}, "wait_timeout is 86401", []),
    ({"vendor": "AWS", "ak_type": "primary", "secret_id": "x"}, "primary .* Set auth_id or vendor_auth_alias", [LIST]),
    ({**AWS, "api_region": "mars-1", "api_endpoint": None}, "api_region is 'mars-1'", []),
    ({**AWS, "api_region": "", "api_endpoint": None}, "api_region is given, but empty", []),
    ({**AWS, "api_endpoint": "http://127.0.0.1:1/sas"}, "has a path", []),
    ({**AWS, "vendor_auth_alias": "lone \ud800"}, "vendor_auth_alias has characters that are not Unicode", []),
]


@pytest.mark.parametrize(
    ("options", "message", "calls"), REFUSED, ids=lambda value: str(value)[:70].encode("ascii", "replace").decode()
)
def test_impossible_options_are_refused_before_any_change(
    emulator: Emulator, run: Run, options: Result, message: str, calls: list[str]
) -> None:
    emulator.seed(TWINS)
    for check_mode in (True, False):
        emulator.clear_journal()
        result = run(**options, check_mode=check_mode)
        assert result["failed"]
        assert re.search(message, result["msg"]), result["msg"]
        assert emulator.actions() == calls


@pytest.mark.parametrize(
    "vendor", ["HUAWEICLOUD", "Azure", "AWS", "VOLCENGINE", "KingsoftCloud", "UCloud", "BaiduCloud", "OracleCloud"]
)
def test_a_new_key_needs_the_domain_if_the_vendor_has_several_sites(emulator: Emulator, both: Run, vendor: str) -> None:
    result = both(**{**NEW, "vendor": vendor, "tenant_id": "t"})
    assert f"a key of {vendor} needs domain" in result["msg"]
    assert emulator.actions() == [LIST, LIST]


def test_the_european_site_is_accepted_for_vendors_that_have_it_and_for_unknown_ones(both: Run, run: Run) -> None:
    assert both(**{**NEW, "vendor": "HUAWEICLOUD", "domain": "europe"})["changed"]
    assert run(**{**NEW, "vendor": "Nimbus", "domain": "europe"})["error"]["code"] == "-101"


PRIMARY = {"vendor": "AWS", "ak_type": "primary", "secret_id": "AKIAROOT2", "secret_key": SECRET, "domain": "global"}


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_primary_key_that_is_not_listed_may_still_exist(
    emulator: Emulator, both: Run, replaced: bool, state: str
) -> None:
    """Security Center may list another SecretId for it."""
    modes(emulator, primary_secret_id_replaced=replaced)
    before = len(entries(emulator))
    result = both(**PRIMARY, state=state)
    assert "a primary key may be listed with a secret_id other than its own" in result["msg"]
    assert result["error"]["advice"] == "Set auth_id or vendor_auth_alias."
    # Without ak_type, it may be one of the listed ones.
    unsaid = both(**{**PRIMARY, "ak_type": None}, state=state)
    assert "may be one of these: 2837 (AWS " in unsaid["msg"]
    assert unsaid["error"]["advice"] == "Set auth_id or vendor_auth_alias."
    assert not both(vendor="AWS", ak_type="sub", secret_id="AKIAROOT2", state="absent")["changed"]
    assert not both(vendor="Tencent", secret_id="AKIDROOT2", state="absent")["changed"]
    assert len(entries(emulator)) == before
    assert both(**PRIMARY, vendor_auth_alias="root2")["changed"]
    assert not both(**PRIMARY, vendor_auth_alias="root2")["changed"]


def test_a_primary_key_that_is_listed_is_identified_by_its_secret_id(emulator: Emulator, both: Run) -> None:
    named = {"vendor": "AWS", "secret_id": "AKIAEMULATORAWSROOT1"}
    for options in (named, {**named, "ak_type": "primary"}):
        assert both(**options)["vendor_ak"]["id"] == "2837"


@pytest.mark.parametrize(
    ("option", "value"),
    [("auth_modules", ["HOSTS"]), ("ak_type", "root"), ("domain", "mars"), ("lang", "de"), ("extend_info", "no json")],
)
def test_a_meaningless_value_is_refused(run: Run, option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=option):
        run(**{**AWS, option: value})


def test_an_unknown_vendor_is_left_to_the_api(emulator: Emulator, run: Run) -> None:
    result = run(**{**NEW, "vendor": "Nimbus"})
    assert (result["error"]["code"], result["error"]["category"]) == ("-101", "invalid")
    assert "Could not create entry 'new' of Nimbus: -101: " in result["msg"]
    assert not run(**{**NEW, "vendor": "Nimbus"}, check_mode=True).get("failed")


def test_an_unsupported_module_is_left_to_the_api(run: Run) -> None:
    result = run(**{**NEW, "vendor": "UCloud", "domain": "global"})
    assert result["error"]["code"] == "-101"
    assert "sas_vendor_ak_info" in result["error"]["advice"]


def test_an_absent_entry_is_no_change(both: Run) -> None:
    for options in ({"auth_id": "99"}, {"vendor_auth_alias": "none"}, {"vendor": "Tencent", "secret_id": "none"}):
        result = both(**options, state="absent")
        assert (result["changed"], result["vendor_ak"]) == (False, None)


def test_the_alias_of_an_entry_that_is_named_by_id_is_set_and_cleared(emulator: Emulator, both: Run) -> None:
    assert both(**AWS, vendor_auth_alias="renamed")["vendor_ak"]["description"] == "renamed"
    assert entry(emulator, "renamed")["auth_id"] == 2832
    cleared = both(**AWS, vendor_auth_alias="")
    assert cleared["changed"]
    assert sent(emulator)["VendorAuthAlias"] == ""
    assert (cleared["vendor_ak"]["vendor_auth_alias"], cleared["vendor_ak"]["description"]) == (None, None)
    assert not both(**AWS, vendor_auth_alias="")["changed"]


# --- unreadable attributes ---


def test_unreadable_attributes_are_sent_with_a_change_and_never_alone(emulator: Emulator, both: Run) -> None:
    unreadable = {"domain": "china", "regions": ["cn-north-1"], "tenant_id": "t", "subscription_ids": ["s"]}
    options = {"auth_id": "2832", "secret_id": AWS_SECRET_ID, "secret_key": SECRET, **unreadable}
    assert not both(**options)["changed"]
    result = both(**options, status="inactive")
    assert sent(emulator) == {
        "AuthIds": "2832",
        "SecretId": AWS_SECRET_ID,
        "SecretKey": "***",
        "Status": "1",
        "Domain": "china",
        "Regions": ["cn-north-1"],
        "TenantId": "t",
        "SubscriptionIds": ["s"],
    }
    assert diff_of(result)["after"]["secret_key"] == "(new value, not shown)"
    assert diff_of(result)["before"]["domain"] == "(the cloud does not return it)"
    assert "secret_id" not in diff_of(result)["after"]


def test_with_always_unreadable_attributes_are_sent_on_every_run(emulator: Emulator, both: Run) -> None:
    options = {**AWS, "secret_id": AWS_SECRET_ID, "secret_key": SECRET, "update_secret": "always"}
    for _run in range(2):
        assert both(**options)["changed"]
        assert sent(emulator) == {
            "AuthIds": "2832", "SecretId": AWS_SECRET_ID, "SecretKey": "***", "Domain": "global"
        }  # fmt: skip
    assert entry(emulator, "aws-prod")["secret_set"] == 3


def test_only_the_change_is_sent(emulator: Emulator, both: Run) -> None:
    both(auth_id="2833", status="inactive", vendor="Tencent", ak_type="sub", auth_modules=["TRIAL", "HOST", "HOST"])
    assert sent(emulator) == {"AuthIds": "2833", "Status": "1"}


def test_a_new_key_for_an_entry(emulator: Emulator, both: Run) -> None:
    options = {"vendor_auth_alias": "tencent-prod", "secret_id": "AKIDnext", "secret_key": SECRET}
    assert both(**options)["vendor_ak"]["secret_id"] == "AKIDnext"
    assert sent(emulator) == {"AuthIds": "2833", "SecretId": "AKIDnext", "SecretKey": "***"}
    assert not both(**options)["changed"]


AWS_ROOT = {"auth_id": "2837", "domain": "global"}


@pytest.mark.parametrize("replaced", [False, True])
def test_the_key_of_a_primary_account_is_not_compared(emulator: Emulator, both: Run, replaced: bool) -> None:
    modes(emulator, primary_secret_id_replaced=replaced)
    options = {**AWS, "auth_id": "2837", "secret_id": "AKIAEMULATORAWSROOT1", "secret_key": SECRET}
    assert not both(**options)["changed"]
    assert both(**options, update_secret="always")["changed"]
    assert sent(emulator)["SecretId"] == "AKIAEMULATORAWSROOT1"
    along = both(**options, status="inactive")
    assert diff_of(along)["after"]["secret_id"] == "AKIAEMULATORAWSROOT1"
    # Without its secret, it is not sent, so it changes nothing.
    for secret_id in ("AKIAEMULATORAWSROOT1", "AKIAANOTHER"):
        assert not both(**AWS_ROOT, secret_id=secret_id)["changed"]
        both(**AWS_ROOT, secret_id=secret_id, vendor_auth_alias=f"root {secret_id}")
        assert "SecretId" not in sent(emulator)
        refused = both(**AWS_ROOT, secret_id=secret_id, update_secret="always")
        assert "its secret_id is only sent with its secret, which requires secret_key" in refused["msg"]


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.parametrize("secret_id", ["AKIAROOT2", None])
def test_the_key_that_is_listed_for_a_primary_one_is_not_predicted(
    emulator: Emulator, run: Run, both: Run, replaced: bool, secret_id: str | None
) -> None:
    modes(emulator, primary_secret_id_replaced=replaced)
    options = {**AWS_ROOT, "secret_id": secret_id, "secret_key": SECRET}
    for change in ({"update_secret": "always"}, {"status": "inactive"}):
        assert run(**options, **change, check_mode=True)["vendor_ak"]["secret_id"] is None
        real = both(**options, **change)["vendor_ak"]["secret_id"]
        assert real == both(**AWS_ROOT)["vendor_ak"]["secret_id"]
        assert (real == (secret_id or "AKIAEMULATORAWSROOT1")) is not replaced
    # Without a secret, no part of the key is sent.
    assert run(**AWS_ROOT, status="active", check_mode=True)["vendor_ak"]["secret_id"] == real


def test_a_masked_secret_id_is_tolerated_and_proves_nothing(emulator: Emulator, both: Run) -> None:
    modes(emulator, mask_secret_id=True)
    named = both(vendor_auth_alias="aws-prod", secret_id=AWS_SECRET_ID, secret_key=SECRET)
    assert not named["changed"]
    assert "only as AKIAEMU***" in named["warnings"][0]
    for state in ("present", "absent"):
        doubtful = both(vendor="AWS", secret_id=AWS_SECRET_ID, state=state, secret_key=SECRET, ak_type="sub")
        assert "masks secret_id, and these entries may have it: 2832 (" in doubtful["msg"]
    changed = both(**AWS, secret_id="ASIAOTHER", secret_key=SECRET)
    assert (changed["vendor_ak"]["secret_id"], changed["warnings"]) == ("ASIAOTHER", [])
    # It is sent together with its secret, so there is no warning.
    assert both(**AWS, secret_id="ASIAOTHER", secret_key=SECRET, status="inactive")["warnings"] == []
    assert both(**NEW, status="inactive")["vendor_ak"]["secret_id"] == "AKIDnew"


def test_a_partly_shown_key_is_not_added_a_second_time(emulator: Emulator, both: Run) -> None:
    modes(emulator, mask_secret_id=True)
    again = {**NEW, "secret_id": "AKIDEmulatorTencent00000000000000001"}
    result = both(**again)
    assert "this key may already exist under another alias: 2833 (Tencent AKIDEmu***" in result["msg"]
    assert "set auth_id to that of the entry" in result["error"]["advice"]
    assert len(entries(emulator)) == 6


def test_a_new_entry_whose_key_is_partly_shown_causes_a_warning(emulator: Emulator, run: Run) -> None:
    modes(emulator, mask_secret_id=True)
    by_key = run(**{**NEW, "vendor_auth_alias": None})
    (warning,) = by_key["warnings"]
    assert "shows the secret_id of the new entry only as AKI***" in warning
    assert f"Use auth_id {by_key['vendor_ak']['id']}" in warning
    assert "these entries may have it" in run(**{**NEW, "vendor_auth_alias": None})["msg"]
    assert run(**{**NEW, "secret_id": "another"})["warnings"] == []


def test_an_alias_of_another_entry_is_refused(emulator: Emulator, run: Run) -> None:
    listed = [{**ENTRY, "VendorAuthAlias": "one"}, {**ENTRY, "AuthId": 2833, "VendorAuthAlias": "two"}]
    fault(emulator, "wrong_type", LIST, body=listing(*listed))
    result = run(**AWS, vendor_auth_alias="two")
    assert "another entry has the alias 'two': 2833 (" in result["msg"]
    assert set(emulator.actions()) == {LIST}
    assert not run(**AWS, vendor_auth_alias="one")["changed"]


def test_extend_info_is_compared_by_the_given_members_and_sent_as_a_whole(emulator: Emulator, both: Run) -> None:
    emulator.seed({"alibaba": {"entries": [{"auth_id": 5, "vendor": "WIZ", "secret_id": "w", "alias": "wiz",
                                            "extend_info": '{"product": "a", "remark": "b", "private_key": "Canary-In-Info"}',
                                            "ctdr_cloud_user_id": "u", "modules": [{"module": "SIEM"}]}]}})  # fmt: skip
    unchanged = both(vendor_auth_alias="wiz", extend_info={"product": "a"})
    assert (unchanged["changed"], unchanged["vendor_ak"]["extend_info"]) == (False, {"product": "a", "remark": "b"})
    assert "Canary-In-Info" not in str(unchanged)
    changed = both(vendor_auth_alias="wiz", extend_info='{"product": "c"}')
    assert json.loads(entry(emulator, "wiz")["extend_info"]) == {"product": "c", "remark": "b"}
    assert diff_of(changed)["before"]["extend_info"] == {"product": "a", "remark": "b"}


def test_members_that_the_service_adds_to_extend_info_are_not_sent_back(emulator: Emulator, both: Run) -> None:
    assert not both(
        vendor_auth_alias="oracle-prod", extend_info={"fingerprint": "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff"}
    )["changed"]
    assert both(vendor_auth_alias="oracle-prod", domain="global", extend_info={"fingerprint": "aa"})["changed"]
    assert json.loads(entry(emulator, "oracle-prod")["extend_info"]) == {"fingerprint": "aa"}
    oracle = {"vendor": "OracleCloud", "domain": "global", "tenant_id": "t", "extend_info": {"fingerprint": "b"}}
    assert both(**{**NEW, **oracle}, status="inactive")["vendor_ak"]["extend_info"]["tenancy"] == "t"


# --- undocumented behaviour ---


def test_the_service_may_require_the_domain_with_each_change(emulator: Emulator, both: Run, run: Run) -> None:
    modes(emulator, require_domain=True, require_secret_on_modify=True)
    whole = {**NEW, "vendor": "AWS", "domain": "global"}
    assert both(**whole, status="inactive")["vendor_ak"]["status"] == "inactive"
    assert both(**whole, status="active")["changed"]
    result = run(vendor_auth_alias="aws-prod", status="inactive")
    assert "need domain, even for an update" in result["msg"]


@pytest.mark.parametrize(
    ("mode", "options", "shown"),
    [
        ({"modify_semantics": "merge"}, {"auth_modules": ["HOST"]}, r"auth_modules as \['CSPM', 'HOST'\]"),
        ({"modify_semantics": "ignore"}, {"auth_modules": ["HOST"]}, r"auth_modules as \['CSPM', 'HOST'\]"),
        ({"empty_strings": "ignored"}, {"vendor_auth_alias": ""}, "vendor_auth_alias as 'aws-prod'"),
    ],
)
def test_a_change_that_is_accepted_but_has_no_effect_is_a_failure(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, mode: Result, options: Result, shown: str
) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._apply._UNTIL_PROPAGATED", 0.3)
    modes(emulator, **mode)
    result = run(**AWS, **options)
    assert result["changed"]
    assert re.search(f"still shows {shown}", result["msg"])


@pytest.mark.parametrize("answer", ["error_-101", "server_error", "silent_success"])
@pytest.mark.parametrize(
    "options", [{}, {"null_fields": "null"}, {"missing_lists": True}, {"sort_order": "newest_first"}]
)
def test_a_task_converges_however_the_service_replies(
    emulator: Emulator, both: Run, answer: str, options: dict[str, Any]
) -> None:
    modes(emulator, unknown_auth_id=answer, **options)
    assert both(**NEW, status="inactive")["changed"]
    assert not both(**NEW, status="inactive")["changed"]
    assert both(vendor_auth_alias="new", state="absent")["changed"]
    assert not both(vendor_auth_alias="new", state="absent")["changed"]


@pytest.mark.parametrize("answer", ["error_-101", "server_error", "silent_success"])
def test_a_deletion_whose_reply_is_lost_is_done(emulator: Emulator, run: Run, answer: str) -> None:
    modes(emulator, unknown_auth_id=answer)
    fault(emulator, "reset_after", DELETE, times=1)
    assert run(**AWS, state="absent", api_retries=1)["changed"]
    assert 2832 not in [each["auth_id"] for each in entries(emulator)]


def test_a_rejected_deletion_is_a_failure(emulator: Emulator, run: Run) -> None:
    fault(emulator, "error", DELETE, code="-101", message="no")
    assert run(**AWS, state="absent")["error"]["code"] == "-101"
    assert emulator.actions() == [LIST, DELETE, LIST]


def test_all_entries_are_read_from_all_pages(emulator: Emulator, both: Run, run: Run) -> None:
    emulator.seed({"alibaba": {"generate_entries": {"count": 230}}})
    assert len(run("sas_vendor_ak_info")["vendor_aks"]) == 236
    assert emulator.actions() == [LIST] * 3
    assert not both(vendor_auth_alias="load-0230", vendor="Tencent", status="active")["changed"]
    modes(emulator, max_page_size=30, oversized_page="capped")
    emulator.clear_journal()
    assert len(run("sas_vendor_ak_info")["vendor_aks"]) == 236
    assert emulator.actions() == [LIST] * 8


# --- the wait for the validation ---


def test_the_wait_ends_with_the_validation(emulator: Emulator, run: Run) -> None:
    modes(emulator, validation_seconds=0.6)
    assert run(**NEW)["vendor_ak"]["service_status"] == "validating"
    result = run(**{**NEW, "status": "active"}, wait=True)
    assert (result["changed"], result["vendor_ak"]["service_status"]) == (False, "in_use")
    assert result["vendor_ak"]["owner"]
    assert [each["status"] for each in result["vendor_ak"]["modules"]] == ["in_use", "in_use"]


FAILED_VALIDATIONS = [
    (
        {"validation_outcome": 1},
        "failed: The IAM user is forbidden .*CSPM abnormal .ak_domain_error.; HOST",
        "abnormal",
    ),
    ({"validation_outcome": 3}, "timed out at the service: The validation timed out", "timed_out"),
    ({"validation_outcome": 1, "validation_message": "no such tenant"}, "failed: no such tenant", "abnormal"),
    ({"validation_never_ends": True}, "has not ended within 0.5 s: CSPM validating; HOST validating", "validating"),
]


@pytest.mark.parametrize(("mode", "message", "status"), FAILED_VALIDATIONS, ids=str)
def test_a_failed_validation_is_a_failure(
    emulator: Emulator, run: Run, mode: Result, message: str, status: str
) -> None:
    modes(emulator, **mode)
    for is_new in (True, False):
        result = run(**NEW, wait=True, wait_timeout=0.5)
        assert (result["failed"], result["changed"], result["vendor_ak"]["service_status"]) == (True, is_new, status)
        assert re.search(f"Could not validate entry 'new' of Tencent: .*{message}", result["msg"])
        assert result["error"]["retryable"] == (status == "validating")
    assert entry(emulator, "new")
    # It is not a failure without the wait, or if the entry should be inactive.
    assert not run(**NEW).get("failed")
    assert not run(**NEW, wait=True, status="inactive").get("failed")


@pytest.mark.parametrize("answer", ["error_-101", "silent_success"])
def test_the_wait_includes_the_time_until_an_entry_is_visible(emulator: Emulator, run: Run, answer: str) -> None:
    modes(emulator, visibility_delay_seconds=1, unknown_auth_id=answer)
    result = run(**NEW, wait=True)
    assert (result["changed"], result["vendor_ak"]["service_status"]) == (True, "in_use")


def test_the_wait_ends_if_an_entry_disappears(emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    modes(emulator, validation_never_ends=True)
    run(**NEW)
    fault(emulator, "wrong_type", LIST, body=listing(), after=1)
    start = time.monotonic()
    result = run(**NEW, wait=True)
    assert time.monotonic() - start < 4
    assert re.search("Could not validate entry 'new' of Tencent: entry [0-9]+ is no longer listed", result["msg"])
    assert result["vendor_ak"]["service_status"] == "validating"
    # The task also stops waiting for an entry that was never listed.
    emulator.reset()
    modes(emulator, visibility_delay_seconds=60)
    monkeypatch.setattr(
        "ansible_collections.multicloud.iam.plugins.module_utils._alibaba.vendor_ak._LISTED_WITHIN", 0.5
    )
    result = run(**NEW, wait=True)
    assert (result["error"]["category"], result["error"]["attempted"], result["changed"]) == (
        "not_found", "validate", True
    )  # fmt: skip


@pytest.mark.parametrize("retriggers", ["secret", "never"])
@pytest.mark.parametrize("seconds", [0, 0.3])
def test_an_unseen_validation_of_a_new_secret_causes_a_warning(
    emulator: Emulator, run: Run, retriggers: str, seconds: float
) -> None:
    modes(emulator, modify_retriggers_validation=retriggers, validation_seconds=seconds)
    options = {**AWS, "secret_id": "AKIAROTATED", "secret_key": SECRET, "wait": True}
    result = run(**options)
    assert (result["changed"], result["vendor_ak"]["service_status"]) == (True, "in_use")
    warned = [text for text in result["warnings"] if "No validation of the new secret of entry" in text]
    assert len(warned) == (retriggers == "never")
    assert run(**options)["warnings"] == []


def test_a_failed_module_is_reported(emulator: Emulator, run: Run) -> None:
    modes(emulator, validation_modules="CSPM=1")
    result = run(**NEW, wait=True)
    assert result["vendor_ak"]["service_status"] == "in_use"
    assert result["warnings"] == [
        "Not all modules of entry 'new' of Tencent work with the key: CSPM abnormal (ak_domain_error)"
    ]


def test_the_wait_for_a_silent_service_ends_in_time(emulator: Emulator, run: Run) -> None:
    modes(emulator, validation_seconds=60)
    fault(emulator, "hold", LIST, after=2, seconds=60)
    result = run(**NEW, wait=True, wait_timeout=1, api_timeout=5, api_retries=3)
    assert (result["failed"], result["error"]["category"]) == (True, "network")
    assert emulator.hits() == 1


def test_check_mode_does_not_wait(emulator: Emulator, run: Run) -> None:
    modes(emulator, validation_never_ends=True)
    assert run(**NEW, wait=True, check_mode=True)["changed"]
    assert run(vendor_auth_alias="huawei-test", wait=True, status="inactive", check_mode=True)["changed"] is False


# --- failures of the connection and of the service ---


@pytest.mark.parametrize("form", ["400_throttling_user", "429_retry_after", "rejected_throttling"])
def test_throttling_is_waited_out_even_for_an_addition(emulator: Emulator, run: Run, form: str) -> None:
    modes(emulator, throttle_form=form, retry_after_milliseconds=600)
    fault(emulator, "throttle", times=2, after=2)
    start = time.monotonic()
    assert run(**NEW)["changed"]
    assert emulator.actions() == [LIST, LIST, ADD, ADD, ADD]
    assert len(entries(emulator)) == 7
    if form == "429_retry_after":
        assert 1.2 <= time.monotonic() - start < 12


@pytest.mark.parametrize(("status", "code"), [(429, "Throttling.User"), (503, "ServiceUnavailable")])
def test_retry_after_is_honoured_as_well(emulator: Emulator, run: Run, status: int, code: str) -> None:
    body = json.dumps({"Code": code, "Message": "m", "RequestId": "R"})
    fault(emulator, "status", LIST, status=status, headers={"Retry-After": "2"}, body=body, times=1)
    start = time.monotonic()
    assert run(**DISABLE)["changed"]
    assert 2 <= time.monotonic() - start < 8


@pytest.mark.parametrize("value", ["9" * 400, "\u0661\u0662".encode().decode("latin-1"), "-1", "1e3", "9" * 10])
def test_a_malformed_time_to_wait_is_ignored(emulator: Emulator, run: Run, value: str) -> None:
    body = json.dumps({"Code": "Throttling.User", "Message": "m", "RequestId": "R"})
    fault(emulator, "status", LIST, status=429, headers={"x-acs-retry-after": value}, body=body, times=1)
    assert run(**DISABLE)["changed"]


def test_an_endlessly_nested_reply_is_an_ordinary_error(emulator: Emulator, run: Run) -> None:
    for status in (200, 502):
        fault(emulator, "status", LIST, status=status, body="[" * 200000)
        assert run(**DISABLE, api_retries=0)["error"]["http_status"] == status
        emulator.clear_faults()
    fault(emulator, "wrong_type", LIST, body=listing({**ENTRY, "ExtendInfo": "[" * 200000}))
    assert "ExtendInfo is not a JSON object" in run("sas_vendor_ak_info")["warnings"][0]


def test_an_unavailable_service_may_have_processed_the_call(emulator: Emulator, run: Run) -> None:
    modes(emulator, throttle_form="503_service_unavailable")
    fault(emulator, "throttle", ADD, times=1)
    result = run(**NEW)
    assert "Nothing new is listed" in result["msg"]
    assert emulator.actions() == [LIST, LIST, ADD, LIST]
    assert not result["error"]["retryable"]


@pytest.mark.parametrize("code", ["InternalError", "SignatureNonceUsed"])
def test_a_read_is_repeated(emulator: Emulator, run: Run, code: str) -> None:
    fault(emulator, "error", LIST, code=code, message="oops", times=2)
    assert run(**DISABLE)["changed"]
    assert emulator.actions() == [LIST, LIST, LIST, MODIFY]


@pytest.mark.parametrize(
    ("alias", "secret_id", "may_be_ours"),
    [("theirs", "AKIDtheirs", False), ("theirs", "AKIDnew", True), ("new", "AKIDtheirs", True)],
)
def test_an_entry_of_another_user_is_named_only_if_it_may_be_ours(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, alias: str, secret_id: str, may_be_ours: bool
) -> None:
    look = VendorAk.appeared
    theirs = {"Vendor": "Tencent", "AkType": "sub", "SecretKey": SECRET, "AuthModules": ["HOST"]}

    def appeared_later(resource: VendorAk) -> Any:
        assert Client(emulator.url).code(ADD, {**theirs, "VendorAuthAlias": alias, "SecretId": secret_id}) is None
        return look(resource)

    monkeypatch.setattr(VendorAk, "appeared", appeared_later)
    fault(emulator, "reset_before", ADD, times=1)
    result = run(**NEW)
    auth_id = str(entry(emulator, alias)["auth_id"])
    assert [each["id"] for each in result["appeared"]] == ([auth_id] if may_be_ours else [])
    assert (f"auth_id {auth_id} appeared" in result["msg"]) == may_be_ours
    assert result["error"]["retryable"] == may_be_ours


def test_an_addition_whose_reply_names_an_older_entry_deletes_nothing(emulator: Emulator, run: Run) -> None:
    """It is not known whether the service replies to the addition of a known account with the existing entry."""
    there = entry(emulator, "tencent-prod")
    summary = {"AuthId": there["auth_id"], "AkType": "sub", "Vendor": "Tencent", "SecretId": NEW["secret_id"]}
    status = {"Status": 0, "ServiceStatus": 0}
    fault(emulator, "wrong_type", ADD, body={"RequestId": "1", "Data": {**summary, **status}})
    result = run(**NEW, status="inactive")
    assert f"auth_id {there['auth_id']}, which existed before" in result["msg"]
    assert emulator.actions() == [LIST, LIST, ADD, LIST]
    assert entry(emulator, "tencent-prod") == there


def test_an_entry_that_cannot_be_disabled_is_deleted_again(emulator: Emulator, run: Run) -> None:
    fault(emulator, "error", MODIFY, code="-101", message="no")
    result = run(**NEW, status="inactive")
    assert "which had just been created, was deleted." in result["msg"]
    # Again, because it may have become visible only after the change.
    assert emulator.actions() == [LIST, LIST, ADD, MODIFY, LIST, MODIFY, LIST, DELETE]
    assert len(entries(emulator)) == 6


def test_an_entry_that_disappears_after_its_change_is_a_failure(emulator: Emulator, run: Run) -> None:
    fault(emulator, "wrong_type", LIST, body=listing(), after=1)
    result = run(**DISABLE, extend_info={"remark": "no reply to a change shows this"})
    assert (result["failed"], result["changed"], result["error"]["category"]) == (True, True, "not_found")
    assert "Could not confirm the change of entry 2832: entry 2832 is no longer listed" in result["msg"]


def test_an_ignored_filter_identifies_nothing(emulator: Emulator, run: Run) -> None:
    other = {**ENTRY, "Vendor": "Tencent", "VendorAuthAlias": "shared"}
    fault(emulator, "wrong_type", LIST, body=listing(other))
    for options in ({"vendor_auth_alias": "shared"}, {"secret_id": "x"}):
        result = run(**options, vendor="AWS", state="absent")
        assert (result["changed"], result["vendor_ak"]) == (False, None)
    assert run(auth_id="2833", state="absent")["vendor_ak"] is None
    assert run("sas_vendor_ak_info", vendor="AWS")["vendor_aks"] == []


CODES = [
    ("NoPermission", "denied"),
    ("Forbidden.RAM", "denied"),
    ("-101", "invalid"),
    ("MissingAuthIds", "invalid"),
    ("InvalidApi.NotFound", "reply"),
    ("InvalidAction.NotFound", "reply"),
    ("InvalidAccessKeyId.NotFound", "authentication"),
    ("SignatureDoesNotMatch", "authentication"),
    ("IncompleteSignature", "authentication"),
    ("InvalidTimeStamp.Expired", "authentication"),
    ("InvalidSecurityToken.Expired", "authentication"),
    ("Throttling", "throttled"),
    ("Throttling.Api", "throttled"),
    ("Rejected.Throttling", "throttled"),
    ("ServerError", "unavailable"),
    ("Brand.New", "invalid"),
]


@pytest.mark.parametrize(("code", "category"), CODES)
@pytest.mark.parametrize("alternate", [False, True])
def test_a_code_has_one_meaning_for_all_statuses(
    emulator: Emulator, run: Run, code: str, category: str, alternate: bool
) -> None:
    modes(emulator, alternate_errors=alternate, numeric_error_code=alternate)
    fault(emulator, "error", code=code, message="text of the service")
    result = run(**DISABLE, api_retries=0)
    shown = "InvalidAction.NotFound" if alternate and code == "InvalidApi.NotFound" else code
    assert (result["error"]["category"], result["error"]["code"]) == (category, shown)
    assert f"Could not read entry 2832: {shown}: text of the service ({LIST}, request ID " in result["msg"]
    assert result["error"]["request_id"] == emulator.journal()[0]["request_id"]


def test_a_missing_permission_is_named(emulator: Emulator, run: Run) -> None:
    result = run(**DISABLE, api_access_key_id=AUDITOR[0], api_access_key_secret=AUDITOR[1])
    assert result["error"]["category"] == "denied"
    assert (
        "Grant yundun-sas:ModifyCloudVendorAccountAK to the caller (AccountLevelIdentityBasedPolicy, " in result["msg"]
    )
    assert "EncodedDiagnosticMessage" not in str(result)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ((ROOT[0], "wrong"), "SignatureDoesNotMatch"),
        (("LTAInobody", "x"), "InvalidAccessKeyId.NotFound"),
        (OPERATOR_INACTIVE, "InvalidAccessKeyId.Inactive"),
    ],
)
def test_an_error_about_credentials_does_not_show_the_request(run: Run, key: tuple[str, str], code: str) -> None:
    result = run(**NEW, api_access_key_id=key[0], api_access_key_secret=key[1])
    assert (result["error"]["code"], result["error"]["category"]) == (code, "authentication")
    assert "server" not in result["msg"].lower()


SECRETS = [
    "a/b+c= d~*",
    "100%25%2F?#&;",
    "schlüssel-密钥-😀",
    "-----BEGIN KEY-----\nMIIE/+==\nv Zz\n-----END KEY-----\n",
    'q"\\<>',
]


@pytest.mark.parametrize("secret", SECRETS, ids=range(len(SECRETS)))
def test_an_error_that_echoes_the_request_shows_no_secret(emulator: Emulator, run: Run, secret: str) -> None:
    for action, options in ((ADD, NEW), (MODIFY, {**AWS, "update_secret": "always"})):
        fault(emulator, "echo_request", action)
        result = run(**{**options, "secret_key": secret})
        assert result["error"]["code"] == "SignatureDoesNotMatch"
        assert "SecretKey" not in result["msg"]
        assert secret in emulator.secrets()
        emulator.clear_faults()
        # Even if the text is not cut, because it begins differently.
        for text in (
            secret,
            quote(secret, safe=""),
            quote_plus(secret),
            quote(quote(secret, safe=""), safe=""),
            json.dumps(secret),
        ):
            fault(emulator, "error", action, code="-101", message=f"parameter SecretKey={text} is not valid")
            result = run(**{**options, "secret_key": secret})
            assert "parameter SecretKey=" in result["msg"]
            assert text not in result["msg"]
            assert "********" in result["msg"]
            emulator.clear_faults()


def test_a_connection_that_fails_shows_no_query(run: Run) -> None:
    for endpoint in ("http://127.0.0.1:1", "https://127.0.0.1:1", "http://no.such.host.invalid"):
        result = run(**NEW, api_endpoint=endpoint, api_retries=0)
        assert result["error"]["category"] == "network"
        assert "SecretId" not in result["msg"]
        assert "?" not in result["msg"]


# --- the caller ---


def test_temporary_credentials(emulator: Emulator, run: Run) -> None:
    signing = {"api_access_key_id": TEMPORARY[0], "api_access_key_secret": TEMPORARY[1]}
    assert run(**DISABLE, **signing, api_security_token=TOKEN)["changed"]
    assert run(**DISABLE, **signing)["error"]["code"] == "MissingSecurityToken"
    wrong = run(**DISABLE, **signing, api_security_token="Wrong-Token-0001")
    assert wrong["error"]["category"] == "authentication"
    assert "Wrong-Token-0001" not in str(wrong)


FAMILIES = [
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"),
]


@pytest.mark.parametrize(("key_id", "secret"), FAMILIES)
def test_credentials_of_the_environment(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, key_id: str, secret: str
) -> None:
    monkeypatch.setenv(key_id, OPERATOR[0])
    monkeypatch.setenv(secret, OPERATOR[1])
    monkeypatch.setenv("MULTICLOUD_IAM_ALIBABA_ENDPOINT", emulator.url)
    nothing = dict.fromkeys(("api_endpoint", "api_access_key_id", "api_access_key_secret"))
    options: dict[str, Any] = {name: value for name, value in {**DISABLE, **nothing}.items() if value is not None}
    assert run_module("sas_vendor_ak", **options)["changed"]
    assert {call["caller"]["access_key_id"] for call in emulator.journal()} == {OPERATOR[0]}


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aliyun").mkdir()
    key = {"access_key_id": OPERATOR[0], "access_key_secret": OPERATOR[1], "region_id": "eu-central-1"}
    temporary = {"access_key_id": TEMPORARY[0], "access_key_secret": TEMPORARY[1], "sts_token": TOKEN}
    content = {
        "current": "plain",
        "profiles": [
            {"name": "plain", "mode": "AK", **key},
            {"name": "temporary", "mode": "StsToken", **temporary},
            {"name": "tokenless", "mode": "StsToken", **key},
            {"name": "role", "mode": "RamRoleArn", "ram_role_arn": "acs:ram::1:role/x", **key},
            {"name": "program", "mode": "External", "process_command": "touch /nowhere"},
            {"name": "half", "mode": "AK", "access_key_id": "x"},
        ],
    }
    (tmp_path / ".aliyun" / "config.json").write_text(json.dumps(content))


@pytest.mark.parametrize(("name", "key"), [("plain", OPERATOR), ("temporary", TEMPORARY)])
@pytest.mark.parametrize("by_variable", [False, True])
def test_credentials_of_a_profile(
    emulator: Emulator,
    run: Run,
    profiles: None,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    key: tuple[str, str],
    by_variable: bool,
) -> None:
    if by_variable:
        monkeypatch.setenv("ALIBABA_CLOUD_PROFILE", name)
    options = {} if by_variable else {"api_profile": name}
    assert run_module("sas_vendor_ak", **{**DISABLE, **options, "api_endpoint": emulator.url})["changed"]
    assert {call["caller"]["access_key_id"] for call in emulator.journal()} == {key[0]}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tokenless", "has no sts_token"),
        ("role", "the mode 'RamRoleArn', which is not supported"),
        ("program", "the mode 'External', which is not supported"),
        ("half", "has no access_key_secret"),
        ("other", "there is no profile 'other'"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused(emulator: Emulator, profiles: None, name: str, message: str) -> None:
    result = run_module("sas_vendor_ak", **DISABLE, api_profile=name, api_endpoint=emulator.url)
    assert message in result["msg"]
    assert OPERATOR[1] not in str(result)
    assert emulator.actions() == []


def test_a_profile_is_not_read_if_that_is_forbidden(
    emulator: Emulator, profiles: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true")
    result = run_module("sas_vendor_ak", **DISABLE, api_profile="plain", api_endpoint=emulator.url)
    assert "ALIBABA_CLOUD_CLI_PROFILE_DISABLED forbids it" in result["msg"]


def test_the_expected_account_is_checked_first(emulator: Emulator, run: Run) -> None:
    assert run(**DISABLE, api_expected_account=ACCOUNT)["changed"]
    assert emulator.actions() == ["GetCallerIdentity", LIST, MODIFY]
    other = run(**DISABLE, api_expected_account="1")
    assert f"belong to account {ACCOUNT}, and api_expected_account is 1" in other["msg"]
    fault(emulator, "null_field", "GetCallerIdentity", field="AccountId")
    assert "AccountId is missing" in run(**DISABLE, api_expected_account=ACCOUNT)["msg"]


def test_sts_may_be_somewhere_else(emulator: Emulator, run: Run) -> None:
    with Emulator() as elsewhere:
        assert run(**DISABLE, api_expected_account=ACCOUNT, api_sts_endpoint=elsewhere.url)["changed"]
        assert elsewhere.actions() == ["GetCallerIdentity"]
    assert emulator.actions() == [LIST, MODIFY]
    assert "api_sts_endpoint is 'x'" in run(**DISABLE, api_sts_endpoint="x")["msg"]


def test_the_endpoint_follows_the_region(emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The URL is refused before TLS, because the emulator as a proxy serves plain HTTP only."""
    for region, host in (
        ("eu-central-1", "tds.ap-southeast-1"),
        ("cn-hongkong", "tds.cn-shanghai"),
        (None, "tds.cn-shanghai"),
    ):
        result = run(**DISABLE, api_region=region, api_endpoint=None, api_proxy="http://127.0.0.1:1", api_retries=0)
        assert f"https://{host}.aliyuncs.com" in result["msg"]


# --- reports ---


def test_the_report_lists_filters_and_pages(emulator: Emulator, run: Run) -> None:
    def ids(**options: Any) -> list[str]:
        return [each["id"] for each in run("sas_vendor_ak_info", **options)["vendor_aks"]]

    everything = ids()
    assert everything == [str(number) for number in range(2832, 2838)]
    assert ids(vendor="AWS") == ["2832", "2837"]
    assert ids(status="inactive") == ["2834"]
    assert ids(vendor_auth_alias="aws-prod") == ["2832"]
    assert ids(sub_account_name="AlibabaCloud_scan") == ["2833"]
    assert ids(auth_ids=["2833"]) == ["2833"]
    assert ids(auth_ids=["2836", "2833", "99"]) == ["2833", "2836"]
    assert ids(vendor="AWS", status="inactive") == []
    before = len(emulator.actions())
    assert ids(auth_ids=[]) == []
    assert len(emulator.actions()) == before
    modes(emulator, alias_filter="fuzzy")
    assert ids(vendor_auth_alias="aws") == []
    assert not [call for call in emulator.journal() if call["write"]]


def test_the_report_marks_an_unknown_last_use(run: Run) -> None:
    (found,) = run("sas_vendor_ak_info", auth_ids=["2834"])["vendor_aks"]
    assert (found["last_used_state"], found["age_days"], found["unused_days"]) == ("unknown", None, None)
    assert found["service_status"] == "abnormal"
    assert found["modules"] == [
        {"module": "CSPM", "status": "abnormal", "message": "ak_domain_error"},
        {"module": "HOST", "status": "in_use", "message": None},
    ]


def test_regions_and_modules_on_request(emulator: Emulator, run: Run) -> None:
    result = run("sas_vendor_ak_info", auth_ids=[], regions_of="HUAWEICLOUD", supported_modules=True)
    assert result["vendor_aks"] == []
    assert {"region_id": "af-south-1", "area": "africa", "selected": True, "disabled": False} in result["regions"]
    of_ucloud = next(each for each in result["supported_modules"] if each["vendor"] == "UCloud")
    assert of_ucloud["modules"] == [{"module": "HOST", "name": "Host", "enabled": True}]
    assert emulator.actions() == ["ListCloudVendorRegions", "GetSupportedModules"]
    assert set(run("sas_vendor_ak_info")) & {"regions", "supported_modules"} == set()
    fault(emulator, "null_field", "ListCloudVendorRegions", field="RegionId")
    odd = run("sas_vendor_ak_info", regions_of="AWS")
    assert odd["regions"] == []
    assert "RegionId is missing" in odd["warnings"][0]


NO_LISTS = [
    ({"RequestId": "R"}, "Data is missing", "SupportedModuleResponse is missing"),
    ({"RequestId": "R", "Data": None, "SupportedModuleResponse": None}, "Data is missing", "SupportedModuleResponse is"),
    ({"RequestId": "R", "HttpStatusCode": 500, "Message": "broken", "Data": [], "SupportedModuleResponse": []},
     "broken", "broken"),
    ({"RequestId": "R", "Count": 1, "Data": [], "SupportedModuleResponse": {}}, "as its Count says", "of another type"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "of_regions", "of_modules"), NO_LISTS, ids=range(len(NO_LISTS)))
def test_a_reply_without_a_list_is_an_error(
    emulator: Emulator, run: Run, body: dict[str, Any], of_regions: str, of_modules: str
) -> None:
    fault(emulator, "wrong_type", "ListCloudVendorRegions", body=body)
    fault(emulator, "wrong_type", "GetSupportedModules", body=body)
    options: dict[str, Any] = {"auth_ids": [], "api_retries": 0}
    assert of_regions in run("sas_vendor_ak_info", **options, regions_of="AWS")["msg"]
    assert of_modules in run("sas_vendor_ak_info", **options, supported_modules=True)["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"auth_ids": ["02832"]}, "auth_ids has '02832'"),
        ({"auth_ids": ["2832", "0"]}, "auth_ids has '0'"),
        ({"auth_ids": ["9" * 20]}, "auth_ids has '999"),
        ({"auth_ids": [""]}, "auth_ids has an empty element"),
        ({"vendor_auth_alias": ""}, "vendor_auth_alias is given, but empty"),
        ({"vendor_auth_alias": "tencent***"}, "vendor_auth_alias contains a mask"),
        ({"vendor": "aws"}, "It is spelled AWS"),
        ({"regions_of": "tencent"}, "It is spelled Tencent"),
        ({"regions_of": ""}, "regions_of is given, but empty"),
        ({"vendor": ""}, "vendor is given, but empty"),
        ({"auth_ids": ["x"]}, "auth_ids has 'x'"),
        ({"regions_of": "Nimbus"}, "Could not list the regions of Nimbus: -101"),
    ],
)
def test_invalid_options_of_the_report_are_refused(run: Run, options: Result, message: str) -> None:
    assert message in run("sas_vendor_ak_info", **options)["msg"]


def test_a_failed_listing_is_not_an_empty_one(emulator: Emulator, run: Run) -> None:
    emulator.seed({"alibaba": {"generate_entries": {"count": 150}}})
    fault(emulator, "error", LIST, code="NoPermission", message="no", after=1)
    assert run("sas_vendor_ak_info")["failed"]


# --- entries of Security Center ---


NOWHERE = "AKIDNowhere0000000001"


def holders(run: Run, *secret_ids: str) -> Result:
    return run("sas_vendor_ak_info", secret_ids=list(secret_ids))


def test_entries_are_found_by_the_id_that_they_hold(emulator: Emulator, run: Run) -> None:
    result = holders(run, AWS_SECRET_ID, NOWHERE)
    assert {entry["secret_id"] for entry in result["vendor_aks"]} == {AWS_SECRET_ID}
    assert (result["not_found"], result["unknown"]) == ([NOWHERE], [])
    assert emulator.actions() == ["DescribeCloudVendorAccountAKList"]


def test_an_entry_that_shows_a_part_of_its_id_may_hold_it(emulator: Emulator, run: Run) -> None:
    emulator.modes("alibaba", mask_secret_id=True)
    result = holders(run, AWS_SECRET_ID, NOWHERE)
    assert [each["id"] for each in result["unknown"]] == [AWS_SECRET_ID]
    assert "is shown of its secret_id" in result["unknown"][0]["reasons"][0]
    assert result["not_found"] == [NOWHERE]


def test_no_ids_are_no_entries(emulator: Emulator, run: Run) -> None:
    assert holders(run)["vendor_aks"] == []
    assert emulator.actions() == []

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the rules of the role disable_access_key: no ID is lost, and an undo file has exactly what was disabled."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._account import all_traits
from ansible_collections.multicloud.iam.plugins.module_utils._key_stop import (
    StopError,
    file_of,
    ids_of,
    pack,
    problem_of,
    report_of,
    sought_in,
    task_of,
    undo_ids,
    undo_of,
    with_undo_problem,
)
from ansible_collections.multicloud.iam.tests.support.cases import cases

ACCOUNT = {"cloud": "tencent"}
IDS = st.lists(
    st.sampled_from(["AKID", "IKID", "LTAI", "HST", ""]).flatmap(
        lambda prefix: st.from_regex(r"[0-9A-Za-z]{16}", fullmatch=True).map(lambda rest: prefix + rest)
    ),
    min_size=1,
    max_size=6,
    unique=True,
)
OUTCOMES = ("changed", "unchanged", "not_found", "unknown", "failed", "refused", "unconfirmed")


def row(key_id: str, outcome: str, before: str | None = "active") -> dict[str, Any]:
    return {"access_key_id": key_id, "id": key_id, "outcome": outcome, "status_before": before, "reasons": []}


def packed(*rows: dict[str, Any], name: str = "prod", **result: Any) -> str:
    ids = [each["access_key_id"] for each in rows]
    return pack({"access_keys": list(rows), **result}, ACCOUNT, name, ids)


@cases(usually=100)
@given(IDS)
def test_every_id_is_sought_somewhere(ids: list[str]) -> None:
    sought = [key_id for cloud, traits in all_traits().items() for key_id in sought_in(cloud, ids) if traits]
    assert set(sought) == set(ids)


def test_a_distinct_id_is_sought_at_its_cloud_and_by_those_who_may_hold_it() -> None:
    ids = ["AKIDexample0alice0000000000000000001"]
    clouds = {cloud for cloud in all_traits() if sought_in(cloud, ids)}
    assert clouds == {"tencent"} | {cloud for cloud, traits in all_traits().items() if traits.status_module is None}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("key=AKIDexample0alice0000000000000000001;", ["AKIDexample0alice0000000000000000001"]),
        ("LTAI5tExampleExample and HSTEXAMPLEALICE00001", ["LTAI5tExampleExample", "HSTEXAMPLEALICE00001"]),
        ("HSTEXAMPLEALICE00001 LTAI5tExampleExample", ["HSTEXAMPLEALICE00001", "LTAI5tExampleExample"]),
        ("AKIDexample0alice0000000000000000001 " * 2, ["AKIDexample0alice0000000000000000001"]),
    ],
)
def test_ids_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert ids_of([], text) == found
    assert ids_of(["Another-ID-00001"], text) == ["Another-ID-00001", *found]


PASTED = ["AKIDexample0alice0000000000000000001", "Another-ID-00001"]


@pytest.mark.parametrize(
    "ids",
    [
        ", ".join(PASTED),
        "\r\n".join(PASTED) + "\r\n",
        f'["{PASTED[0]}", "{PASTED[1]}"]',
        f"\ufeff{PASTED[0]};{PASTED[1]};{PASTED[0]}",
        [f" {PASTED[0]}\r", PASTED[1], PASTED[1]],
        ["\n".join(PASTED)],
    ],
)
def test_ids_that_are_pasted_into_a_field_of_a_form_are_found(ids: Any) -> None:
    assert ids_of(ids) == PASTED


def test_an_empty_field_adds_nothing_to_a_text() -> None:
    nothing: list[Any] = ["", " \n", None, []]
    for empty in nothing:
        assert ids_of(empty, PASTED[0]) == PASTED[:1]
        assert ids_of(PASTED, empty) == PASTED


def test_an_id_with_a_comma_can_be_a_member_of_a_list() -> None:
    assert ids_of(["chosen,id;(00001)"]) == ["chosen,id;(00001)"]


@pytest.mark.parametrize(
    "ids",
    ["short", 5, [], [5], [None], [""], ["short"], ["AKIDexample***"], ["two words here"], "AKIDexample0001 short"],
)
def test_what_is_no_id_is_refused(ids: Any) -> None:
    with pytest.raises(StopError):
        ids_of(ids, "WITHOUTANYIDINITATALL XXXXXXXXXXXXXXXXXXXXXXXX")


@cases(usually=100)
@given(st.lists(st.tuples(st.sampled_from(OUTCOMES), st.sampled_from(["active", "inactive", None])), max_size=6))
def test_an_undo_file_has_exactly_what_was_active_and_is_empty_after_the_undo(
    outcomes: list[tuple[str, str | None]],
) -> None:
    rows = [row(f"Key-ID-{number:04}", *each) for number, each in enumerate(outcomes)]
    text = undo_of(packed(*rows), "", False)
    expected = [
        each["access_key_id"]
        for each in rows
        if each["outcome"] in ("changed", "unconfirmed") and each["status_before"] == "active"
    ]
    assert undo_ids(text, "prod") == expected
    again = [row(each["access_key_id"], "unchanged", "inactive") for each in rows]
    assert undo_of(packed(*again), text, False) == text
    enabled = [row(key_id, "changed", "inactive") for key_id in expected]
    assert undo_ids(undo_of(packed(*enabled), text, True), "prod") == []


@pytest.mark.parametrize("text", ["{", "[]", '{"account": "prod"}', '{"account": "prod", "keys": [1]}'])
def test_an_undo_file_that_cannot_be_read_is_one_error(text: str) -> None:
    with pytest.raises(StopError, match="cannot be read"):
        undo_ids(base64.b64encode(text.encode()).decode(), "prod")


def test_no_text_looks_like_a_dictionary_to_older_versions_of_ansible_core() -> None:
    outcome = packed(row("Key-ID-0001", "changed"))
    assert not any(text.startswith("{") for text in (outcome, undo_of(outcome, "", False)))


def test_an_undo_file_of_another_account_is_refused() -> None:
    with pytest.raises(StopError, match="another account"):
        undo_ids(undo_of(packed(row("Key-ID-0001", "changed")), "", False), "test")


@cases(usually=100)
@given(st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=5), st.booleans())
def test_nothing_that_is_not_certain_is_silent(outcomes: list[str], has_failed_host: bool) -> None:
    hosts = {
        f"host{number}": packed(row("Key-ID-0001", each), name=f"host{number}") for number, each in enumerate(outcomes)
    }
    hosts |= {"gone": ""} if has_failed_host else {}
    report = report_of(hosts, "inactive")
    result = report["results"]["Key-ID-0001"]
    certain = result["outcome"] in ("changed", "unchanged")
    named = any("Key-ID-0001" in failure for failure in report["failures"])
    assert certain != named
    if set(outcomes) & {"failed", "refused", "unconfirmed"}:
        assert not certain
    assert ("gone" in result["not_asked"]) == has_failed_host
    assert any("Account gone" in failure for failure in report["failures"]) == has_failed_host
    assert (result["outcome"] == "not_found") == (set(outcomes) == {"not_found"} and not has_failed_host)


def test_a_failed_account_is_never_an_empty_one() -> None:
    text = pack({"failed": True, "msg": "Could not connect."}, ACCOUNT, "prod", ["Key-ID-0001"])
    report = report_of({"prod": text}, "inactive")
    assert report["failures"][-1] == "Account prod: Could not connect."
    assert report["results"]["Key-ID-0001"]["outcome"] == "unknown"


def test_the_task_of_an_account_has_its_module_and_its_ids() -> None:
    task = task_of(ACCOUNT, "prod", ["AKIDexample0alice0000000000000000001"], "inactive")
    assert re.fullmatch(r"\w+_status", task["module"])
    assert task["options"] == {"access_key_ids": ["AKIDexample0alice0000000000000000001"], "status": "inactive"}


def test_an_account_that_only_holds_keys_makes_none_of_them_unknown() -> None:
    account = next(cloud for cloud, traits in all_traits().items() if traits.status_module is None)
    key_id = "AKIDexample0alice0000000000000000001"
    silent = pack({"failed": True, "msg": "Could not connect."}, {"cloud": account}, "holder", [key_id])
    report = report_of({"prod": packed(row(key_id, "changed")), "holder": silent}, "inactive")
    assert report["results"][key_id]["outcome"] == "changed"
    assert report["failures"] == ["Account holder: Could not connect."]


def test_an_id_that_no_account_may_have_is_no_success() -> None:
    key_id = "AKIDexample0alice0000000000000000001"
    holder = next(cloud for cloud, traits in all_traits().items() if traits.status_module is None)
    hosts = {
        "huawei": pack({"access_keys": []}, {"cloud": "huawei"}, "huawei", [key_id]),
        "holder": pack({"vendor_aks": [], "unknown": []}, {"cloud": holder}, "holder", [key_id]),
    }
    for some in ({"huawei": hosts["huawei"]}, hosts):
        report = report_of(some, "inactive", [key_id])
        assert report["results"][key_id]["outcome"] == "unknown"
        assert report["failures"] == [f"{key_id}: unknown. No account that may have it is among the hosts"]


def test_an_undo_file_that_could_not_be_written_is_a_failure_with_the_ids() -> None:
    outcome = packed(row("Key-ID-0001", "changed"), row("Key-ID-0002", "unchanged", "inactive"))
    report = report_of(
        {"prod": with_undo_problem(outcome, "No space left.")}, "inactive", ["Key-ID-0001", "Key-ID-0002"]
    )
    (failure,) = report["failures"]
    assert "Account prod: the undo file could not be written" in failure
    assert "Key-ID-0001. No space left." in failure
    assert "Key-ID-0002" not in failure


def test_no_two_accounts_have_the_same_undo_file() -> None:
    names = ["prod eu", "prod_eu", "prod/eu", "账号一", "账号二", "a" * 300, "a" * 301, "..", "Prod"]
    files = [file_of(name) for name in names]
    assert len(set(files)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,200}\.undo\.json", file) for file in files)
    assert file_of("tencent-prod.eu_1") == "tencent-prod.eu_1.undo.json"


def test_an_undo_without_any_key_says_so() -> None:
    assert report_of({"prod": pack({"access_keys": []}, ACCOUNT, "prod", [])}, "active")["lines"] == [
        "The undo files of these accounts contain no key."
    ]


def test_no_part_of_a_connection_is_packed() -> None:
    account = {"cloud": "tencent", "connection": {"api_secret_key": "Canary-Secret-1"}}
    text = base64.b64decode(pack({"access_keys": []}, account, "prod", [])).decode()
    assert json.loads(text)["problem"] is None
    assert "Canary" not in text


def test_hosts_that_cannot_work_together_are_refused() -> None:
    assert "More than one host has the account a" in problem_of(["a", "b", "a"], [])
    assert "serial" in problem_of(["a"], ["later"])
    assert problem_of(["a", "b"], []) == ""

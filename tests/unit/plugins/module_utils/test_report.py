# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test reports about access keys: findings, exceptions, figures, merging, the gate and the formats."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import random
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._account import all_traits
from ansible_collections.multicloud.iam.plugins.module_utils._findings import FINDINGS, SEVERITIES
from ansible_collections.multicloud.iam.plugins.module_utils._report import (
    ReportError,
    gate,
    key_of,
    merged,
    report_of_listings,
)
from ansible_collections.multicloud.iam.plugins.module_utils._report_page import as_html
from ansible_collections.multicloud.iam.plugins.module_utils._report_run import (
    FORMATS,
    make,
    merge_texts,
    pack,
    problem_of,
    text_of,
)
from ansible_collections.multicloud.iam.plugins.module_utils._report_texts import as_csv, as_json, as_sarif

NOW = "2026-11-28T12:00:00Z"
TRAITS = all_traits()
PAGE = Path(__file__).resolve().parents[4] / "roles" / "access_key_report" / "files" / "report.html"
KEYS, ENTRIES = "huawei", "alibaba"
HOSTILE = "=1+1</script><script>alert(1)</script>\u202e\"'{{ x }}"


def day(days: int) -> str:
    """Return the time that was this number of days before NOW."""
    return (datetime(2026, 11, 28, 12, tzinfo=timezone.utc) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def key(**members: Any) -> dict[str, Any]:
    """Return a key that passes every finding, or one that differs in some members."""
    return {
        "id": "A",
        "owner": "1",
        "user_name": "alice",
        "status": "active",
        "create_time": day(10),
        "last_used": day(1),
        "last_used_state": "used",
        "service_status": "in_use",
        "ak_type": "sub",
        **members,
    }


def listing(*items: Mapping[str, Any], account: str = "prod", cloud: str = KEYS, **members: Any) -> dict[str, Any]:
    traits, described = TRAITS[cloud], {"name": account, "cloud": cloud}
    keys = [key_of({**item, traits.key_id: item["id"]}, described, traits) for item in items]
    return {"account": account, "cloud": cloud, "keys": keys, **members}


def report(*listings: Mapping[str, Any], **settings: Any) -> dict[str, Any]:
    return report_of_listings(listings, settings, NOW, TRAITS)


def results(item: Mapping[str, Any], *others: Mapping[str, Any], cloud: str = KEYS, **settings: Any) -> dict[str, str]:
    """Return the results of the first key."""
    made = report(listing({**item, "id": item["id"] and "first"}, *others, cloud=cloud), **settings)
    return dict(next(each for each in made["keys"] if each["id"] in ("first", None))["results"])


@pytest.mark.parametrize(
    ("finding", "item", "expected"),
    [
        ("too_old", key(create_time=day(90)), "pass"),
        ("too_old", key(create_time=day(91)), "fail"),
        ("too_old", key(create_time=day(91), status="inactive"), "pass"),
        ("too_old", key(create_time=day(91), status=None), "open"),
        ("too_old", key(create_time=day(90), status=None), "pass"),
        ("too_old", key(create_time=None), "open"),
        ("too_old", key(create_time=None, status="inactive"), "pass"),
        ("unused", key(create_time=day(400), last_used=day(90)), "pass"),
        ("unused", key(create_time=day(400), last_used=day(91)), "fail"),
        ("unused", key(create_time=day(400), last_used=day(91), status="inactive"), "pass"),
        ("unused", key(create_time=day(400), last_used=None, last_used_state="never"), "pass"),
        ("unused", key(create_time=day(400), last_used=None, last_used_state="unknown"), "open"),
        ("unused", key(create_time=day(400), last_used=None), "open"),
        ("unused", key(create_time=day(20), last_used=None, last_used_state="unknown"), "pass"),
        ("unused", key(create_time=None, last_used=day(91)), "fail"),
        ("never_used", key(create_time=day(90), last_used=None, last_used_state="never"), "pass"),
        ("never_used", key(create_time=day(91), last_used=None, last_used_state="never"), "fail"),
        ("never_used", key(create_time=day(91), last_used=None, last_used_state="unknown"), "open"),
        ("never_used", key(create_time=day(91)), "pass"),
        ("never_used", key(create_time=None, last_used=None, last_used_state="never"), "open"),
        ("disabled_but_kept", key(), "pass"),
        ("disabled_but_kept", key(status="inactive"), "fail"),
        ("disabled_but_kept", key(status=None), "open"),
    ],
)
def test_a_finding_about_one_key(finding: str, item: Mapping[str, Any], expected: str) -> None:
    assert results(item)[finding] == expected


@pytest.mark.parametrize(
    ("item", "other", "expected"),
    [
        (key(), key(), "fail"),
        (key(), key(owner="2"), "pass"),
        (key(), key(status="inactive"), "pass"),
        (key(status="inactive"), key(), "pass"),
        (key(), key(status=None), "open"),
        (key(status=None), key(), "open"),
        (key(owner=None), key(), "open"),
        (key(), key(owner=None), "open"),
        (key(), key(owner=None, status="inactive"), "pass"),
        (key(owner=None), key(status="inactive"), "pass"),
    ],
)
def test_two_active_keys(item: Mapping[str, Any], other: Mapping[str, Any], expected: str) -> None:
    assert results(item, {**other, "id": "second"})["two_active"] == expected


@pytest.mark.parametrize(
    ("declared", "key_id", "expected"),
    [
        (["first"], "first", "pass"),
        ([], "first", "fail"),
        (["FIRST"], "first", "fail"),
        ([{"access_key_id": "first", "account": "prod"}], "first", "pass"),
        ([{"access_key_id": "first", "account": "other"}], "first", "fail"),
        (["first"], None, "open"),
    ],
)
def test_a_key_that_is_not_declared(declared: list[Any], key_id: str | None, expected: str) -> None:
    assert results(key(id=key_id), declared=declared)["unmanaged"] == expected


def test_without_a_declared_list_no_key_is_unmanaged() -> None:
    made = report(listing(key()))
    assert "unmanaged" not in made["keys"][0]["results"]
    assert "unmanaged" not in made["figures"]["findings"]


@pytest.mark.parametrize(
    ("members", "validated", "root"),
    [
        ({}, "pass", "pass"),
        ({"service_status": "abnormal", "ak_type": "primary"}, "fail", "fail"),
        ({"service_status": "timed_out", "ak_type": "ctdr"}, "fail", "open"),
        ({"service_status": "validating", "ak_type": None}, "open", "open"),
        ({"service_status": None}, "open", "pass"),
        ({"service_status": "abnormal", "status": "inactive"}, "pass", "pass"),
        ({"service_status": "abnormal", "status": None}, "open", "pass"),
    ],
)
def test_an_entry(members: Mapping[str, Any], validated: str, root: str) -> None:
    found = results(key(**members), cloud=ENTRIES)
    assert (found["entry_not_validated"], found["root_key"]) == (validated, root)
    assert not {"too_old", "unused", "never_used", "two_active"} & set(found)


def test_what_a_listing_leaves_out_is_open() -> None:
    clouds = [cloud for cloud, traits in TRAITS.items() if traits.not_listed]
    assert clouds
    for cloud in clouds:
        made = report(listing(cloud=cloud), listing(account="failed", cloud=cloud, problem="x"))
        (found,) = made["findings"]
        assert (found["finding"], found["account"], found["result"]) == ("root_key", "prod", "open")


def test_a_failed_listing_is_never_an_empty_account() -> None:
    made = report(listing(key()), listing(key(), account="other", problem="The credentials were rejected."))
    assert [(each["name"], each["state"], each["keys"]) for each in made["accounts"]] == [
        ("other", "failed", None),
        ("prod", "listed", 1),
    ]
    assert made["figures"]["accounts_failed"] == 1
    for form in FORMATS:
        assert "The credentials were rejected." in text_of(made, form, PAGE.read_text())


# `make test` has a sample.
sample = hypothesis_settings(max_examples=300 if os.environ.get("TEST_EVERY_STEP") else 25, deadline=None)
STATUS = st.sampled_from(["active", "inactive", None])
DAYS = st.one_of(st.none(), st.integers(0, 200))


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    created, used = draw(DAYS), draw(DAYS)
    if created is not None and used is not None:
        used = min(created, used)
    state = draw(st.sampled_from(["used", "never", "unknown", None]))
    return key(
        id=draw(st.sampled_from(["A", "B", "C", None, HOSTILE])),
        owner=draw(st.sampled_from(["1", "2", None])),
        user_name=draw(st.sampled_from(["alice", HOSTILE, None])),
        description=draw(st.one_of(st.none(), st.text(max_size=5), st.just(HOSTILE))),
        status=draw(STATUS),
        create_time=None if created is None else day(created),
        last_used=day(used) if used is not None and state == "used" else None,
        last_used_state=state,
        service_status=draw(st.sampled_from(["in_use", "abnormal", "validating", "timed_out", None])),
        ak_type=draw(st.sampled_from(["primary", "sub", None])),
    )


@st.composite
def inputs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    listings = [
        listing(*draw(st.lists(items(), max_size=5)), account=name, cloud=draw(st.sampled_from(sorted(TRAITS))))
        for name in draw(st.lists(st.sampled_from(["a", "b", "c", HOSTILE]), unique=True, max_size=4))
    ]
    for each in listings:
        each["problem"] = draw(st.sampled_from([None, None, "It failed.", HOSTILE]))
    scope = draw(st.sampled_from([{"access_key_id": "A"}, {"account": "a"}, {"account": "b", "access_key_id": "B"}]))
    exception = {
        "findings": draw(st.lists(st.sampled_from([each.id for each in FINDINGS]), min_size=1)),
        "owner": "x",
        "reason": HOSTILE,
        "until": draw(st.sampled_from(["2026-11-27", "2026-11-28", "2027-01-01"])),
        **scope,
    }
    settings = {
        "declared": draw(st.sampled_from([None, ["A"], ["A", {"access_key_id": "B", "account": "a"}]])),
        "exceptions": draw(st.sampled_from([[], [exception], [exception, {**exception, "until": "2028-01-01"}]])),
    }
    return listings, settings


@sample
@given(inputs(), st.randoms())
def test_the_order_of_the_input_does_not_matter(given_input: Any, chance: random.Random) -> None:
    listings, settings = given_input
    shuffled = [{**each, "keys": chance.sample(each["keys"], len(each["keys"]))} for each in listings]
    chance.shuffle(shuffled)
    other = {name: value if value is None else chance.sample(value, len(value)) for name, value in settings.items()}
    assert as_json(report(*shuffled, **other)) == as_json(report(*listings, **settings))


@sample
@given(inputs(), st.integers(0, 4))
def test_the_reports_of_parts_merge_into_the_report_of_all(given_input: Any, at: int) -> None:
    listings, settings = given_input
    parts = [report(*part, **settings) for part in (listings[:at], listings[at:])]
    whole = report(*listings, **settings)
    assert merged([json.loads(as_json(part)) for part in parts], TRAITS) == whole
    assert merge_texts([as_json(part) for part in parts[::-1]]) == whole


@sample
@given(inputs(), st.data())
def test_to_know_less_never_makes_a_key_fail(given_input: Any, data: st.DataObject) -> None:
    listings, settings = given_input
    columns = ("owner", "status", "create_time", "last_used_state", "validation", "root")
    places = [(a, b) for a, each in enumerate(listings) for b in range(len(each["keys"]))]
    if not places:
        return
    at, place = data.draw(st.sampled_from(places))
    mark = "the one"
    listings[at]["keys"][place]["owner_name"] = mark
    known = report(*listings, **settings)
    listings[at]["keys"][place][data.draw(st.sampled_from(columns))] = None
    less = report(*listings, **settings)
    if len({(item["account"], item["id"], item["owner_name"]) for item in known["keys"]}) < len(known["keys"]):
        return
    after = {(item["account"], item["id"], item["owner_name"]): item["results"] for item in less["keys"]}
    for item in known["keys"]:
        for name, result in item["results"].items():
            assert after[item["account"], item["id"], item["owner_name"]][name] in (result, "open"), name


@sample
@given(inputs())
def test_the_figures_agree_with_the_keys(given_input: Any) -> None:
    listings, settings = given_input
    made = report(*listings, **settings)
    figures = made["figures"]
    for name, counts in figures["findings"].items():
        assert counts["pass"] == sum(each["results"].get(name) == "pass" for each in made["keys"])
        failed = sum(each["results"].get(name) == "fail" for each in made["keys"])
        assert counts["fail"] + counts["excepted"] == failed
    assert sum(figures["failures"].values()) == sum(counts["fail"] for counts in figures["findings"].values())
    assert figures["keys"] == sum(account["keys"] or 0 for account in made["accounts"]) == len(made["keys"])
    assert sum(figures["ages"].values()) == sum(each["kind"] == "access_key" for each in made["keys"])


@sample
@given(inputs())
def test_no_cell_of_a_csv_file_is_a_formula(given_input: Any) -> None:
    listings, settings = given_input
    made = report(*listings, **settings)
    rows = list(csv.reader(io.StringIO(as_csv(made))))
    assert len(rows) == 1 + len(made["keys"]) + made["figures"]["accounts_failed"]
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert cell.lstrip()[:1] not in tuple("=+-@|%") or cell.startswith("'")
        assert cell[:1] not in ("\t", "\r", "\n")


@sample
@given(inputs())
def test_sarif_has_one_result_for_each_finding_and_key(given_input: Any) -> None:
    listings, settings = given_input
    made = report(*listings, **settings)
    (run,) = json.loads(as_sarif(made))["runs"]
    for kind in ("pass", "fail", "open"):
        expected = sum(result == kind for each in made["keys"] for result in each["results"].values())
        expected += sum(each["result"] == kind for each in made["findings"] if each["kind"] == "account")
        assert sum(each["kind"] == kind for each in run["results"]) == expected
    suppressed = sum("suppressions" in each for each in run["results"])
    assert suppressed == sum(counts["excepted"] for counts in made["figures"]["findings"].values())
    assert all((each["kind"] == "fail") == (each["level"] != "none") for each in run["results"])
    failed = made["figures"]["accounts_failed"]
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == failed
    assert run["invocations"][0]["executionSuccessful"] == (failed == 0)


@sample
@given(inputs())
def test_a_hostile_text_stays_a_text_in_the_page(given_input: Any) -> None:
    listings, settings = given_input
    made, template = report(*listings, **settings), PAGE.read_text()
    page = as_html(made, template)
    assert page.count("<script") == template.count("<script") == 2
    assert page.count("</script") == 2
    assert "\u202e" not in page
    assert "@@" not in page
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert len(data["keys"]) == len(made["keys"])


def test_the_policy_of_the_page_allows_its_own_script_and_style_only() -> None:
    page = as_html(report(listing(key())), PAGE.read_text())
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"{directive} 'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}';" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    # Nothing is loaded, and an attribute with a style would be ignored.
    assert not re.search(r"\b(src|href|style|on\w+)\s*=\s*[\"'](?!#keys)", page.split("<body>")[1].split("<script>")[0])


EXCEPTION = {"findings": ["too_old"], "access_key_id": "A", "owner": "alice", "reason": "x", "until": "2026-11-28"}


@pytest.mark.parametrize(
    ("members", "state"),
    [
        ({}, "active"),
        ({"until": "2026-11-28T12:00:00Z"}, "active"),
        ({"until": "2026-11-28T11:59:59Z"}, "expired"),
        ({"until": "2026-11-27"}, "expired"),
        ({"until": "2026-11-28Z"}, "active"),
        ({"until": "2026-11-28+00:00"}, "active"),
        ({"until": "2026-11-28 11:59"}, "expired"),
        ({"account": "prod"}, "active"),
        ({"account": "other"}, "unmatched"),
        ({"access_key_id": "B"}, "unmatched"),
        ({"findings": ["unused"]}, "unmatched"),
    ],
)
def test_an_exception_counts_until_its_end(members: Mapping[str, Any], state: str) -> None:
    made = report(listing(key(create_time=day(91))), exceptions=[{**EXCEPTION, **members}])
    assert [each["state"] for each in made["exceptions"]] == [state]
    counts = made["figures"]["findings"]["too_old"]
    assert (counts["fail"], counts["excepted"]) == ((0, 1) if state == "active" else (1, 0))
    assert made["keys"][0]["results"]["too_old"] == "fail"
    assert bool(gate(made, ["too_old"])) == (state != "active")


@pytest.mark.parametrize("key_id", ["same", None])
def test_each_key_has_its_own_findings_although_its_id_is_not_its_own(key_id: str | None) -> None:
    """Two entries can have the same key, and the ID of a key may be unknown."""
    old, new = key(id=key_id, create_time=day(91)), key(id=key_id, owner="2")
    for made in (report(listing(old, new)), merged([report(listing(new, old))], TRAITS)):
        (found,) = [each for each in made["findings"] if each["finding"] == "too_old"]
        assert made["keys"][found["key"]]["age_days"] == 91
        assert made["figures"]["keys_with_failure"] == 1
        (head, *rows) = csv.reader(io.StringIO(as_csv(made)))
        assert sorted(row[head.index("too_old")] for row in rows) == ["fail", "pass"]
        data = json.loads(as_html(made, PAGE.read_text()).split('id="data">')[1].split("</script>")[0])
        assert sorted(len(each[-1]) for each in data["keys"]) == sorted(
            sum(found["key"] == number for found in made["findings"]) for number in range(2)
        )


def test_a_failure_with_an_exception_is_excepted_in_every_format() -> None:
    made = report(listing(key(create_time=day(91)), key(id="B", create_time=day(91))), exceptions=[EXCEPTION])
    (head, *rows) = csv.reader(io.StringIO(as_csv(made)))
    assert [row[head.index("too_old")] for row in rows] == ["excepted", "fail"]
    found = [each for each in json.loads(as_sarif(made))["runs"][0]["results"] if each["ruleId"] == "too_old"]
    assert ["suppressions" in each for each in found] == [True, False]
    data = json.loads(as_html(made, PAGE.read_text()).split('id="data">')[1].split("</script>")[0])
    at = [each[0] for each in data["findings"]].index("too_old")
    assert [each[-2][at] for each in data["keys"]] == ["e", "f"]


def test_of_several_exceptions_the_one_that_ends_last_counts() -> None:
    ends = ["2026-12-01", "2027-12-01", "2026-11-01"]
    for order in (ends, ends[::-1]):
        made = report(listing(key(create_time=day(91))), exceptions=[{**EXCEPTION, "until": end} for end in order])
        (found,) = [each for each in made["findings"] if each["result"] == "fail"]
        assert made["exceptions"][found["exception"]]["until"] == "2027-12-01"
        assert [each["state"] for each in made["exceptions"]] == ["active", "unmatched", "expired"]


@pytest.mark.parametrize(
    "text", ["=1", " =1", "\t1", "\r1", "+1", "-1", "@x", "%1", "|x", "\uff1d1", "\u3000=1", "'=1"]
)
def test_a_text_that_a_spreadsheet_takes_for_a_formula_is_quoted(text: str) -> None:
    (_head, row) = csv.reader(io.StringIO(as_csv(report(listing(key(user_name=text))))))
    assert row[5] == (text if text.startswith("'") else f"'{text}")


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("between", ["", " ", '"', ' "'])
@pytest.mark.parametrize("text", ["a{}=1", "a{0}b{0}@x", "a\n=1", "a\r\n-1", "a{}\uff1d1", "a; b", "a-b=c"])
def test_no_cell_is_a_formula_for_a_spreadsheet_with_another_separator(separator: str, between: str, text: str) -> None:
    hostile = text.format(separator + between)
    written = as_csv(report(listing(key(user_name=hostile))))
    # Other separators, and quotation marks in a cell that does not begin with one, end no cell and no line.
    cells = [cell for line in written.splitlines() for cell in line.split(separator)]
    assert not [cell for cell in cells if cell.lstrip(' "')[:1] in tuple("=+-@|%\uff1d")]
    (_head, row) = csv.reader(io.StringIO(written, newline=""))
    assert row[5].replace("'", "") == hostile


def test_the_limits_of_a_command_line_are_texts() -> None:
    assert report(limits={"max_age_days": " 30 "}) == report(limits={"max_age_days": 30})


@pytest.mark.parametrize(
    ("fail_on", "fails"),
    [
        ([], False),
        (None, False),
        (["high"], False),
        (["medium"], True),
        (["low"], True),
        (["too_old"], True),
        (["unused"], False),
        (["listing"], False),
    ],
)
def test_the_gate(fail_on: Any, fails: bool) -> None:
    made = report(listing(key(create_time=day(91))))
    assert bool(gate(made, fail_on)) == fails
    failed = report(listing(problem="x"))
    assert bool(gate(failed, fail_on)) == ("listing" in (fail_on or []))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"exceptions": [{**EXCEPTION, "until": None}]}, "Exception 1 has no end."),
        ({"exceptions": [{name: EXCEPTION[name] for name in EXCEPTION if name != "until"}]}, "Exception 1 has no end."),
        ({"exceptions": [{**EXCEPTION, "until": "soon"}]}, "Exception 1 has the end 'soon', which is not a date"),
        ({"exceptions": [EXCEPTION, {**EXCEPTION, "owner": ""}]}, "Exception 2 needs a text as owner."),
        ({"exceptions": [{**EXCEPTION, "reason": None}]}, "Exception 1 needs a text as reason."),
        ({"exceptions": [{**EXCEPTION, "access_key_id": ""}]}, "Exception 1 needs a text as access_key_id."),
        ({"exceptions": [{**EXCEPTION, "account": None}]}, "Exception 1 needs a text as account."),
        ({"exceptions": [{**EXCEPTION, "findings": []}]}, "Exception 1 needs findings. Known are root_key, "),
        ({"exceptions": [{**EXCEPTION, "findings": ["old"]}]}, "Exception 1 needs findings. Known are root_key, "),
        ({"exceptions": [{**EXCEPTION, "findings": "too_old"}]}, "findings of exception 1 is not a list of texts."),
        ({"exceptions": [{**EXCEPTION, "end": "x"}]}, "Exception 1 has the unknown members end."),
        ({"exceptions": [5]}, "Exception 1 is not a dictionary."),
        ({"exceptions": EXCEPTION}, "exceptions is not a list."),
        (
            {"exceptions": [{name: EXCEPTION[name] for name in EXCEPTION if name != "access_key_id"}]},
            "Exception 1 would apply to every key.",
        ),
        ({"limits": {"max_age": 5}}, "limits is not a dictionary with some of the members max_age_days, "),
        ({"limits": {"max_age_days": 0}}, "These limits are not whole numbers of days above 0: max_age_days."),
        ({"limits": {"max_age_days": True}}, "These limits are not whole numbers of days above 0: max_age_days."),
        ({"limits": {"max_age_days": "30.5"}}, "These limits are not whole numbers of days above 0: max_age_days."),
        ({"limits": {"max_age_days": None}}, "These limits are not whole numbers of days above 0: max_age_days."),
        ({"declared": "A"}, "declared is not a list of IDs of keys."),
        ({"declared": [""]}, "Item 1 of declared is neither an ID nor"),
        ({"declared": ["A", None]}, "Item 2 of declared is neither an ID nor"),
        ({"declared": ["A", "A"]}, "The key A is declared twice."),
        ({"fail_on": ["old"]}, "fail_on has the unknown words old. Known are listing, high, medium, low, root_key, "),
        ({"fail_on": {"high": True}}, "fail_on is not a list of texts."),
        ({"fail_on": "high, none"}, "fail_on has the unknown words none."),
    ],
)
def test_bad_settings_are_one_clear_error(settings: Mapping[str, Any], message: str) -> None:
    assert message in problem_of(["prod"], settings, ["html"], [])


def test_bad_input_of_a_run_is_one_clear_error() -> None:
    assert problem_of(["prod", "test"], {}, ["html"], []) == ""
    assert "More than one host has the account prod." in problem_of(["prod", "test", "prod"], {}, ["html"], [])
    assert "formats has the unknown words pdf." in problem_of(["prod"], {}, ["html", "pdf"], [])
    assert "serial" in problem_of(["prod"], {}, ["html"], ["test"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: "x", "it is not a report of version 1"),
        (lambda made: {**made, "version": 2}, "it is not a report of version 1"),
        (lambda made: {**made, "accounts": None}, "a part of them is missing"),
        (lambda made: {name: made[name] for name in made if name != "keys"}, "a part of them is missing"),
        (lambda made: {**made, "settings": {"limits": {}, "declared": False}}, "their settings or findings differ"),
        (lambda made: {**made, "catalogue": []}, "their settings or findings differ"),
        (lambda made: {**made, "accounts": []}, "its keys are not those of its accounts"),
        (lambda made: made, "More than one host or report has the account prod."),
    ],
)
def test_a_report_that_cannot_be_merged_is_one_clear_error(change: Any, message: str) -> None:
    made = report(listing(key()))
    with pytest.raises(ReportError) as error:
        merge_texts([as_json(made), json.dumps(change(made))])
    assert message in str(error.value)
    with pytest.raises(ReportError, match="Report 2 cannot be merged: it is not JSON."):
        merge_texts([as_json(made), "{"])


@pytest.mark.parametrize("cloud", sorted(TRAITS))
@pytest.mark.parametrize(
    "result", [{"failed": True, "msg": "No."}, {"unreachable": True, "msg": "No."}, {"msg": "No."}]
)
def test_a_task_that_failed_stays_a_failure(cloud: str, result: Mapping[str, Any]) -> None:
    account = {"cloud": cloud, "connection": {"api_timeout": 5}}
    # A failed task can have a list all the same.
    result = {**result, TRAITS[cloud].objects: []} if len(result) > 1 else result
    made = make({"prod": pack(result, account, "prod"), "lost": "", "merger": "none"}, [], {}, NOW)
    assert {each["name"]: (each["state"], each["cloud"]) for each in made["accounts"]} == {
        "prod": ("failed", cloud),
        "lost": ("failed", None),
    }
    assert made["accounts"][1]["problem"] == "No."


def test_every_finding_is_described_and_cites_only_what_is_established() -> None:
    catalogue = report()["catalogue"]
    established = {
        ("CIS Tencent Cloud Foundation Benchmark 1.0.0", "1.2"),
        ("CIS Tencent Cloud Foundation Benchmark 1.0.0", "1.6"),
        ("CIS Alibaba Cloud Foundation Benchmark 2.0.0", "1.2"),
        ("CIS Alibaba Cloud Foundation Benchmark 2.0.0", "1.6"),
        ("Alibaba Cloud Config", "ram-user-ak-create-date-expired-check"),
        ("Alibaba Cloud Config", "ram-user-ak-used-expired-check"),
        ("Alibaba Cloud Config", "root-ak-check"),
        ("Huawei Cloud Config", "access-keys-rotated"),
        ("PCI DSS 4.0", "8.3.9"),
        ("PCI DSS 4.0", "8.2.6"),
        ("FINOS CCC 2025.10", "CCC.IAM.CN06.AR01"),
        ("FINOS CCC 2025.10", "CCC.IAM.CN08.AR01"),
    }
    cited = {(each["source"], each["rule"]) for finding in catalogue for each in finding["citations"]}
    assert cited == established
    assert all(each["date"] or each["read"] for finding in catalogue for each in finding["citations"])
    assert len({each["id"] for each in catalogue}) == len(catalogue)
    assert all(each["severity"] in SEVERITIES and each["version"] >= 1 for each in catalogue)

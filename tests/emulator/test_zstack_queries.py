# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test conditions, pages, counts, order and fields of queries."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.zstack import ACCOUNT, ADMIN, ALICE, BOB, KEY_UUID, Client

KEYS = "/v1/accesskeys"
NAMES = {uuid: name for name, uuid in KEY_UUID.items()}
ALL = {"admin", "alice", "alice disabled", "bob"}


def found(admin: Client, *conditions: str) -> set[str]:
    """Return the names of the keys that satisfy all conditions."""
    return {NAMES[key["uuid"]] for key in admin.listed(*conditions)}


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        (f"uuid={KEY_UUID['bob']}", {"bob"}),
        ("uuid=x", set()),
        (" uuid =x", set()),
        (f"AccessKeyID={BOB[0]}", {"bob"}),
        (f"AccessKeyID={BOB[0].lower()}", {"bob"}),
        (f"AccessKeyID= {BOB[0]}", set()),
        (f"AccessKeySecret={ALICE[1]}", {"alice"}),
        (f"accountUuid={ACCOUNT['alice']}", {"alice", "alice disabled"}),
        (f"userUuid!={ACCOUNT['alice']}", {"admin", "bob"}),
        ("state=Enabled", {"admin", "alice", "bob"}),
        ("state!=Enabled", {"alice disabled"}),
        ("state?=Enabled,Disabled", ALL),
        ("state!?=Disabled,Other", {"admin", "alice", "bob"}),
        ("state?=", set()),
        ("description=ci-deploy", {"alice"}),
        ("description!=ci-deploy", {"alice disabled"}),
        ("description~=ci-%", {"alice", "alice disabled"}),
        ("description~=CI-DEPLOY", {"alice"}),
        ("description~=ci_deploy", {"alice"}),
        ("description~=deploy", set()),
        ("description~=.*", set()),
        ("description!~=%old", {"alice"}),
        ("description is null", {"admin", "bob"}),
        ("description not null", {"alice", "alice disabled"}),
        ("description>ci-deploy", {"alice disabled"}),
        ("description>=ci-deploy", {"alice", "alice disabled"}),
        ("description<ci-deploy-old", {"alice"}),
        ("description<=ci-deploy-old", {"alice", "alice disabled"}),
        ("createDate>2025-04-01 17:04:59", {"alice", "bob"}),
        ("createDate=2025-04-01 17:05:00", {"alice"}),
        ("createDate<2025-03-01 00:00:00", {"alice disabled"}),
        ("lastOpDate<=2025-04-01 17:10:00", {"admin", "alice", "alice disabled"}),
        ("state!=a>=b<=c", ALL),
        ("state>=<=x", ALL),
        ("__systemTag__=x", set()),
        ("__userTag__!=x", ALL),
        ("__tagUuid__ is null", ALL),
    ],
)
def test_conditions(admin: Client, condition: str, names: set[str]) -> None:
    assert found(admin, condition) == names


def test_conditions_are_joined_by_and(admin: Client) -> None:
    assert found(admin, f"accountUuid={ACCOUNT['alice']}", "state=Disabled") == {"alice disabled"}
    assert found(admin, "state=Enabled", "state=Disabled") == set()


def test_the_operator_that_is_looked_for_first_wins(admin: Client) -> None:
    made = admin.create("carol", description="a>=b")
    other = admin.create("carol", description="=twice")
    for condition in ("description=a>=b", "description?=a>=b", "description=a!=b", "description~=a<=b"):
        assert admin.send("GET", KEYS, params={"q": condition}).json()["error"]["code"] == "SYS.1000"
    assert admin.listed("description=twice") == []
    assert admin.listed("description==twice") == []
    assert [key["uuid"] for key in admin.listed("description~=%twice")] == [other["uuid"]]
    assert [key["uuid"] for key in admin.listed("description~=a_=b")] == [made["uuid"]]
    assert [key["uuid"] for key in admin.listed("description~=a%b")] == [made["uuid"]]


@pytest.mark.parametrize("query", ["q=description", "q=", "q=&limit=1", "q=description:x"])
def test_a_condition_has_an_operator(admin: Client, query: str) -> None:
    status, text = admin.text("GET", f"{KEYS}?{query}")
    assert status == 400
    assert text.startswith("Invalid query parameter. ")


@pytest.mark.parametrize("name", ["limit", "start"])
@pytest.mark.parametrize("value", ["x", "1.5", "", "1_0"])
def test_numbers_are_integers(admin: Client, name: str, value: str) -> None:
    text = f"Invalid query parameter. '{name}' must be an integer"
    assert admin.text("GET", f"{KEYS}?{name}={value}") == (400, text)


@pytest.mark.parametrize(
    "query", ["q=name=x", "q=accesskeyid=x", "q=name+is+null", "sort=name", "fields=uuid,name", "limit=-1", "start=-1"]
)
def test_what_cannot_be_asked(admin: Client, query: str) -> None:
    reply = admin.send("GET", f"{KEYS}?{query}")
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "SYS.1000")
    assert reply.json()["error"]["description"] == "An internal error happened in system"


def test_pages(admin: Client) -> None:
    whole = admin.listed()
    assert len(whole) == 4
    pages = [admin.query(limit="3", start=str(start), replyWithCount="true") for start in (0, 3, 6)]
    assert [key for page in pages for key in page["inventories"]] == whole
    assert [page["total"] for page in pages] == [4, 4, 4]
    assert admin.query(limit="0", replyWithCount="true") == {"inventories": [], "schema": {}, "total": 4}
    assert "total" not in admin.query(limit="3", replyWithCount="false")


def test_a_thousand_at_most_when_nothing_is_said(emulator: Emulator, admin: Client) -> None:
    emulator.seed({"zstack": {"generate_accounts": {"count": 1000, "keys": 1}}})
    reply = admin.query(replyWithCount="TRUE")
    assert (len(reply["inventories"]), reply["total"]) == (1000, 1004)
    assert len(admin.listed(limit="2000")) == 1004


def test_counts(admin: Client) -> None:
    assert admin.query("state=Enabled", count="true", limit="1") == {"total": 3}


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("AccessKeyID", "admin"),
        ("+AccessKeyID", "admin"),
        ("-AccessKeyID", "bob"),
        ("createDate", "alice disabled"),
        ("-createDate", "bob"),
        ("-state", "alice"),
    ],
)
def test_order(admin: Client, sort: str, first: str) -> None:
    keys = admin.listed(sort=sort)
    assert NAMES[keys[0]["uuid"]] == first
    if not sort.startswith("-"):
        # A plus sign that the client has not encoded arrives as a space.
        assert admin.call("GET", f"{KEYS}?sort=+{sort.removeprefix('+')}")["inventories"] == keys


def test_without_order_the_primary_key_rules(admin: Client) -> None:
    uuids = [key["uuid"] for key in admin.listed()]
    assert uuids == sorted(uuids)


def test_fields(admin: Client) -> None:
    uuid = KEY_UUID["alice"]
    query = f"{KEYS}?q=uuid={uuid}&fields=uuid,%20state&fields=description&unknown=1"
    assert admin.call("GET", query)["inventories"] == [{"uuid": uuid, "state": "Enabled"}]


def test_encodings(admin: Client) -> None:
    uuid = KEY_UUID["alice"]
    for text in (f"q=uuid%3D{uuid}", f"q=uuid={uuid}", f"q=uuid%3d{uuid}&q=state%3F%3DEnabled%2CDisabled"):
        assert [key["uuid"] for key in admin.call("GET", f"{KEYS}?{text}")["inventories"]] == [uuid]
    made = admin.create("carol", description="\u5907 +x&y")
    assert admin.listed("description=\u5907 +x&y") == [made]


def test_one_by_its_uuid(admin: Client) -> None:
    reply = admin.call("GET", f"{KEYS}/{KEY_UUID['admin']}?q=state=Disabled&limit=x&count=true")
    assert [key["AccessKeyID"] for key in reply["inventories"]] == [ADMIN[0]]
    assert reply["schema"] == {"inventories[0]": "org.zstack.accessKey.AccessKeyInventory"}
    for unknown in ("0" * 32, "x"):
        assert admin.call("GET", f"{KEYS}/{unknown}") == {"inventories": [], "schema": {}}

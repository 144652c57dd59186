# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the record of a rotation: what each step writes, which records are refused, and that no secret is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import (
    RecordError,
    key_of,
    next_record,
    state_of,
)
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_time import iso, moment

AT = "2026-11-28T12:00:00Z"
LATER = "2026-11-29T12:00:00Z"
ENROLMENT = {"name": "ci", "account": "root", "owner": "alice"}
BEFORE = {"access_key_id": "OLD", "secret_access_key": "old-secret", "note": "kept"}
NEW = {"access_key_id": "NEW", "secret_access_key": "new-secret"}
MADE = {"nonce": "ci/20261128-x"}

ENROL = {"kind": "enrol", "at": AT, **ENROLMENT, "access_key_id": "OLD"}
INTEND = {"kind": "intend", "at": AT, "attempt": 1, "keys_before": ["OLD"], "since": AT}
CREATE = {"kind": "create", "at": AT, "attempt": 1}
PROMOTE = {"kind": "promote", "at": AT, "attempt": 1, "access_key_id": "NEW", "cut_over": None}
CONFIRM = {"kind": "confirm", "at": AT}
DISABLE = {"kind": "disable", "at": AT, "access_key_id": "OLD"}
RETIRE = {"kind": "retire", "at": AT, "access_key_id": "OLD"}
CLOSE = {"kind": "close", "at": LATER, "access_key_id": "OLD"}
WHOLE = (ENROL, INTEND, CREATE, PROMOTE, CONFIRM, DISABLE, RETIRE, CLOSE)


def after(*changes: dict[str, Any], **given: Any) -> Any:
    """Return the record after these changes. given: content, made and reply, if they are not the usual ones."""
    content, made, reply = (
        given.get(name, usual) for name, usual in (("content", BEFORE), ("made", MADE), ("reply", NEW))
    )
    for change in changes:
        content = next_record(content, change, made, reply)
    return content


def state(content: Any) -> dict[str, Any]:
    return state_of(content, **ENROLMENT)


def test_a_whole_rotation() -> None:
    phases = [state(after(*WHOLE[:number]))["phase"] for number in range(len(WHOLE) + 1)]
    assert phases == ["none", "idle", "intended", "escrowed", "promoted", "promoted", "disabled", "deleting", "idle"]
    end = after(*WHOLE)
    assert {name: end[name] for name in end if name != "rotation"} == {**NEW, "note": "kept"}
    assert "old-secret" not in str(end)
    have = state(end)
    assert have["current"] == {"access_key_id": "NEW", "nonce": MADE["nonce"], "has_secret": True}
    assert (have["old"], have["next"], have["attempt"], have["at"]) == (None, None, 1, LATER)
    # The deleted key may still be listed for a while.
    assert [(stone["access_key_id"], stone["deleted"]) for stone in have["tombstones"]] == [("OLD", LATER)]


def test_consumers_see_the_new_key_only_after_the_promotion() -> None:
    escrowed = after(ENROL, INTEND, CREATE)
    assert (escrowed["access_key_id"], escrowed["secret_access_key"]) == ("OLD", "old-secret")
    assert key_of(escrowed, "next") == NEW
    promoted = after(ENROL, INTEND, CREATE, PROMOTE)
    assert key_of(promoted, "current") == NEW
    assert key_of(promoted, "old") == {"access_key_id": "OLD", "secret_access_key": "old-secret"}
    assert key_of(promoted, "next") == {"access_key_id": None, "secret_access_key": None}


def test_an_unknown_secret_is_not_invented() -> None:
    content = after(ENROL, content={})
    assert "access_key_id" not in content
    assert state(content)["current"] == {"access_key_id": "OLD", "nonce": None, "has_secret": False}
    promoted = after(INTEND, CREATE, PROMOTE, content=content)
    assert state(promoted)["old"] == {"access_key_id": "OLD", "nonce": None, "has_secret": False}
    assert key_of(content, "current") == {"access_key_id": "OLD", "secret_access_key": None}


def test_a_chosen_key_is_escrowed_with_the_intent() -> None:
    intended = after(ENROL, INTEND, made={**MADE, **NEW})
    assert key_of(intended, "next") == NEW
    assert state(intended)["phase"] == "intended"
    escrow = {**CREATE, "kind": "escrow"}
    for change in (CREATE, escrow):
        assert key_of(after(change, content=intended, reply={}), "next") == NEW


def test_an_abandoned_attempt_stays_known() -> None:
    nameless = after(ENROL, INTEND, {"kind": "abandon", "at": AT, "attempt": 1, "access_key_id": None})
    assert state(nameless)["phase"] == "idle"
    named = after({"kind": "abandon", "at": LATER, "attempt": 1, "access_key_id": "NEW"}, content=nameless)
    [stone] = state(named)["tombstones"]
    assert (stone["access_key_id"], stone["nonce"], stone["keys_before"], stone["since"], stone["at"]) == (
        "NEW",
        MADE["nonce"],
        ["OLD"],
        AT,
        LATER,
    )
    buried = after({"kind": "bury", "at": LATER, "access_key_id": "NEW"}, content=named)
    assert state(buried)["tombstones"][0]["deleted"] == LATER
    # A second attempt does not confuse them.
    again = after({**INTEND, "attempt": 2}, content=buried)
    assert [stone["attempt"] for stone in state(again)["tombstones"]] == [1]


def test_an_abandoned_secret_is_gone() -> None:
    change = {"kind": "abandon", "at": AT, "attempt": 1, "access_key_id": "NEW"}
    assert "new-secret" not in str(after(ENROL, INTEND, CREATE, change))


@pytest.mark.parametrize(
    ("days", "is_named", "is_deleted", "is_kept"),
    [(90, False, False, True), (91, False, False, False), (91, True, False, True), (91, True, True, False)],
)
def test_a_tombstone_is_kept_until_its_key_cannot_appear(
    days: int, is_named: bool, is_deleted: bool, is_kept: bool
) -> None:
    content = after(
        ENROL, INTEND, {"kind": "abandon", "at": AT, "attempt": 1, "access_key_id": "NEW" if is_named else None}
    )
    if is_deleted:
        content = after({"kind": "bury", "at": AT, "access_key_id": "NEW"}, content=content)
    then = iso((moment(AT) or 0) + days * 86400)
    assert bool(state(after({**INTEND, "attempt": 2, "at": then}, content=content))["tombstones"]) == is_kept


def test_a_rollback_after_disabling() -> None:
    reopened = state(after(*WHOLE[:6], {"kind": "reopen", "at": LATER, "access_key_id": "OLD"}))
    assert (reopened["phase"], reopened["cut_over"], reopened["disabled_at"]) == ("promoted", None, AT)
    confirmed = state(after(*WHOLE[:6], {"kind": "reopen", "at": LATER, "access_key_id": "OLD"}, CONFIRM))
    assert (confirmed["cut_over"], confirmed["disabled_at"]) == (AT, None)


def test_leaked_ids_stay() -> None:
    marked = after(ENROL, {"kind": "mark", "at": AT, "ids": ["OLD"]}, {"kind": "mark", "at": AT, "ids": ["X"]})
    assert state(marked)["leaked"] == ["OLD", "X"]
    assert state(after(INTEND, CREATE, PROMOTE, content=marked))["leaked"] == ["OLD", "X"]


def test_a_leaked_key_makes_room() -> None:
    released = after(ENROL, {"kind": "release", "at": AT, "access_key_id": "OLD"})
    have = state(released)
    assert (have["current"], have["problem"]) == (None, None)
    assert [stone["access_key_id"] for stone in have["tombstones"]] == ["OLD"]
    promoted = after(INTEND, CREATE, PROMOTE, content=released)
    assert (state(promoted)["old"], key_of(promoted, "current")) == (None, NEW)


def test_the_rotation_of_another_tool_is_adopted() -> None:
    change = {"kind": "adopt", "at": AT, **ENROLMENT, "access_key_id": "OLD", "cut_over": None}
    have = state(after(change, content=NEW))
    assert (have["phase"], have["current"]["access_key_id"], have["old"]["access_key_id"]) == ("promoted", "NEW", "OLD")


@pytest.mark.parametrize(
    ("before", "change", "message"),
    [
        ([], {"kind": "burn"}, "there is no change"),
        ([], INTEND, "no enrolment"),
        ([ENROL], ENROL, "already"),
        ([], {**ENROL, "access_key_id": "X"}, "its key is OLD"),
        ([ENROL, INTEND], {**INTEND, "attempt": 2}, "its phase is intended"),
        ([ENROL], {**INTEND, "attempt": 2}, "last attempt is 0"),
        ([ENROL, INTEND], {**CREATE, "attempt": 2}, "its attempt is 1"),
        ([ENROL], CREATE, "its phase is idle"),
        ([ENROL, INTEND], PROMOTE, "its phase is intended"),
        ([ENROL, INTEND, CREATE], {**PROMOTE, "access_key_id": "X"}, "its next key is NEW"),
        ([ENROL, INTEND, CREATE], {**PROMOTE, "attempt": 2}, "its attempt is 1"),
        ([ENROL], CONFIRM, "its phase is idle"),
        ([*WHOLE[:4]], {**DISABLE, "access_key_id": "NEW"}, "its old key is OLD"),
        ([*WHOLE[:4]], RETIRE, "its phase is promoted"),
        ([*WHOLE[:6]], {**RETIRE, "access_key_id": "NEW"}, "its old key is OLD"),
        ([*WHOLE[:7]], {"kind": "reopen", "at": AT, "access_key_id": "OLD"}, "its phase is deleting"),
        ([*WHOLE[:7]], {**CLOSE, "access_key_id": "NEW"}, "its old key is OLD"),
        ([ENROL], {"kind": "release", "at": AT, "access_key_id": "X"}, "its current key is OLD"),
        ([ENROL], {"kind": "abandon", "at": AT, "attempt": 1, "access_key_id": "X"}, "attempt 1 is not alive"),
        ([ENROL, INTEND], {"kind": "abandon", "at": AT, "attempt": 2, "access_key_id": "X"}, "attempt 2 is not alive"),
        ([ENROL], {"kind": "bury", "at": AT, "access_key_id": "X"}, "no abandoned key X"),
        (
            [ENROL],
            {"kind": "adopt", "at": AT, **ENROLMENT, "access_key_id": "X", "cut_over": None},
            "no key and secret",
        ),
    ],
)
def test_a_change_for_another_state_is_refused(
    before: list[dict[str, Any]], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(RecordError, match=message):
        after(change, content=after(*before))


@pytest.mark.parametrize(
    ("made", "reply", "message"),
    [({}, NEW, "nonce"), (MADE, {}, "missing"), (MADE, {"access_key_id": "NEW"}, "missing")],
)
def test_a_creation_without_its_key_is_refused(made: dict[str, str], reply: dict[str, str], message: str) -> None:
    with pytest.raises(RecordError, match=message):
        after(ENROL, INTEND, CREATE, made=made, reply=reply)


def edited(change: Any = None, /, **members: Any) -> dict[str, Any]:
    content = after(ENROL, INTEND, CREATE)
    return {**content, "rotation": json.dumps({**json.loads(content["rotation"]), **members}), **(change or {})}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "not a dictionary"),
        ("text", "not a dictionary"),
        ([], "not a dictionary"),
        ({"access_key_id": 5}, "access_key_id is not a text"),
        ({"secret_access_key": ["new-secret"]}, "secret_access_key is not a text"),
        ({"rotation": {}}, "rotation is not a text"),
        ({"rotation": ""}, "not JSON"),
        ({"rotation": None}, "not JSON"),
        ({"rotation": "{"}, "not JSON"),
        ({"rotation": "[" * 100000}, "not JSON"),
        ({"rotation": "[]"}, "not a dictionary"),
        ({"rotation": "{}"}, "damaged: account"),
        (edited(schema=2), "newer release"),
        (edited(schema=0), "damaged: schema"),
        (edited(schema="1"), "damaged: schema"),
        (edited(name="other"), "enrolment 'other', not to 'ci'"),
        (edited(account="other"), "account 'other'"),
        (edited(owner="other"), "owner 'other'"),
        (edited(phase="none"), "damaged: phase"),
        (edited(phase="unread"), "damaged: phase"),
        (edited(phase=["idle"]), "damaged: phase"),
        (edited(attempt=-1), "damaged: attempt"),
        (edited(attempt=True), "damaged: attempt"),
        (edited(next={"access_key_id": "NEW"}), "damaged: next"),
        (edited(next={"access_key_id": "NEW", "nonce": 1, "secret_access_key": "new-secret"}), "damaged: next"),
        (edited(current={"access_key_id": "", "nonce": None}), "damaged: current"),
        (edited(current="OLD"), "damaged: current"),
        (edited(since="yesterday"), "damaged: since"),
        (edited(tombstones=[{}]), "damaged: tombstones"),
        (edited(tombstones={}), "damaged: tombstones"),
        (edited(leaked="OLD"), "damaged: leaked"),
        (edited(keys_before=[1]), "damaged: keys_before"),
        (edited(extra=1), "damaged: extra"),
        (edited(at=None), "does not fit its phase"),
        (edited(next=None), "does not fit its phase escrowed"),
        (edited(escrowed_at=None), "does not fit its phase escrowed"),
        (edited(phase="promoted"), "does not fit its phase promoted"),
        (edited(phase="disabled"), "does not fit its phase disabled"),
        (edited({"access_key_id": "X"}), "another program"),
        (edited({"access_key_id": ""}), "a secret, but no access_key_id"),
    ],
)
def test_a_record_that_cannot_be_used_is_one_problem(content: Any, message: str) -> None:
    have = state(content)
    assert message in have["problem"]
    assert "secret" not in have["problem"].replace("secret_access_key", "").replace("a secret, but", "")
    assert have["phase"] == "none"
    if isinstance(content, dict) and "to" not in message.split():
        with pytest.raises(RecordError):
            next_record(content, INTEND, MADE)


def test_a_record_of_nobody_can_be_enrolled() -> None:
    for content in ({}, {"note": "x"}, BEFORE):
        have = state(content)
        assert (have["problem"], have["enrolled"], have["phase"]) == (None, False, "none")
    assert state(BEFORE)["flat_id"] == "OLD"
    assert state(BEFORE)["flat_has_secret"]


def test_the_public_part_has_no_secret() -> None:
    for number in range(len(WHOLE) + 1):
        shown = str(state(after(*WHOLE[:number])))
        assert "old-secret" not in shown
        assert "new-secret" not in shown


@pytest.mark.parametrize("which", ["", "previous", None])
def test_only_three_keys_have_a_name(which: Any) -> None:
    with pytest.raises(RecordError, match="use current, next or old"):
        key_of(BEFORE, which)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:10Z", 10),
        ("1970-01-02", 86400),
        ("1970-01-01 00:01", 60),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:00-0130", 5400),
        ("1970-01-01T00:00:01.999Z", 1),
        ("1970-02-30", None),
        ("1970-01-01T25:00Z", None),
        ("today", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_read(text: Any, expected: int | None) -> None:
    assert moment(text) == expected


def test_a_time_is_written() -> None:
    assert iso(10) == "1970-01-01T00:00:10Z"
    assert iso(10**18) == "9999-12-31T23:59:59Z"
    assert iso(float("inf")) == "9999-12-31T23:59:59Z"

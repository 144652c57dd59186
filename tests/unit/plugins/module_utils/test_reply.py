# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that nothing in a reply is used before it is checked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._plan import UNKNOWN
from ansible_collections.multicloud.iam.plugins.module_utils._reply import (
    STRICT,
    Oddities,
    bad_reply,
    is_deep,
    member,
    optional_member,
    parse_object,
    quiet_member,
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<html>", "not JSON"),
        (b'{"a":', "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "object"),
        (b"[" * 200000, "nested too deeply"),
        (b'{"a":' * 400 + b"1" + b"}" * 400, "nested too deeply"),
        (b'{"a":' + b"[" * 41 + b"]" * 41 + b"}", "nested too deeply"),
    ],
)
def test_a_reply_is_one_json_object(content, why):
    with pytest.raises(CloudError, match=why):
        parse_object(content)


@pytest.mark.parametrize(("levels", "too_deep"), [(1, False), (40, False), (41, True), (20_000, True)])
def test_a_value_with_too_many_levels_is_recognised(levels, too_deep):
    for inner, outer in (([], lambda value: [0, value]), ({}, lambda value: {"a": 0, "b": value})):
        value: Any = inner
        for _level in range(levels - 1):
            value = outer(value)
        assert is_deep(value) is too_deep


@pytest.mark.parametrize("value", [True, 1.5, "1", [], {}])
def test_a_number_is_a_number(value):
    with pytest.raises(CloudError, match="count is of another type"):
        member({"count": value}, "count", int)
    assert quiet_member({"count": value}, "count", int) in (None, True)


@pytest.mark.parametrize("body", [{}, {"id": None}])
def test_a_missing_member_is_an_error(body):
    with pytest.raises(CloudError, match="id is missing"):
        member(body, "id", str)
    assert optional_member(body, "id", str) is None


@pytest.mark.parametrize("body", [[], "text", None, 3])
def test_a_member_is_of_an_object(body):
    with pytest.raises(CloudError, match="not a JSON object"):
        member(body, "id", str)
    assert quiet_member(body, "id", str) is None


def unreadable():
    raise bad_reply("Status is 'Frozen'")


def test_an_unreadable_field_is_unknown_and_causes_one_warning():
    odd = Oddities()
    assert odd.read("key K1", "status", lambda: "active") == "active"
    assert odd.warnings() == []
    for _reading in range(2):
        assert odd.read("key K1", "status", unreadable) == UNKNOWN
    assert odd.warnings() == ["The status of key K1 cannot be read, and is unknown: Status is 'Frozen'"]


def test_many_odd_fields_cause_a_few_warnings_and_a_count():
    odd = Oddities()

    def read():
        raise bad_reply("x" * 70_000)

    for number in range(5000):
        odd.read(f"key K{number}", "status", read)
    warnings = odd.warnings()
    assert len(warnings) == 11
    assert sum(map(len, warnings)) < 5000
    assert warnings[-1] == "4990 more fields of objects cannot be read."


def test_a_reply_about_one_object_is_read_strictly():
    with pytest.raises(CloudError, match="Frozen"):
        STRICT.read("key K1", "status", unreadable)
    assert STRICT.warnings() == []


def test_an_odd_value_is_quoted_as_a_whole_or_not_at_all():
    """Half of a secret in it would not be recognised."""

    def fail():
        raise bad_reply(f"the status {'x' * 180} s3cret-that-is-cut is not known")

    odd = Oddities()
    odd.read("key 1", "status", fail)
    (warning,) = odd.warnings()
    assert warning == "The status of key 1 cannot be read, and is unknown: its value is too long to be shown"

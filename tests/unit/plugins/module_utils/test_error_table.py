# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what an error table finds: the code first, then a pattern, the family, and the HTTP status."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._error_table import HTTP_STATUSES, ErrorTable
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    AUTHENTICATION,
    DENIED,
    INVALID,
    NETWORK,
    NOT_FOUND,
    QUOTA,
    REPLY,
    THROTTLED,
    UNAVAILABLE,
)

TABLE = ErrorTable(
    categories={
        AUTHENTICATION: ("Key",),
        DENIED: ("Key.Forbidden", "^.*not.allowed"),
        NETWORK: ("Repeated",),
        QUOTA: ("Limit",),
    },
    advice={
        QUOTA: "Delete one.",
        "Key": "Check the key.",
        "^403 Policy: .*group": "Join the group.",
        "Limit.Day": "Wait.",
    },
    statuses=HTTP_STATUSES,
)


@pytest.mark.parametrize(
    ("code", "message", "status", "category", "advice"),
    [
        ("Key", "", 400, AUTHENTICATION, "Check the key."),
        ("Key.Unknown", "", 400, AUTHENTICATION, "Check the key."),
        ("Key.Forbidden", "", 400, DENIED, "Check the key."),
        ("Keys", "", 400, INVALID, "Change the request accordingly."),
        ("Key", "This is NOT\nallowed", 400, AUTHENTICATION, "Check the key."),
        ("Key.New", "This is NOT\nallowed", 400, DENIED, "Check the key."),
        ("Limit.Day", "", 400, QUOTA, "Wait."),
        ("Limit", "", 400, QUOTA, "Delete one."),
        ("Policy", "you are in no Group", 403, DENIED, "Join the group."),
        ("Policy", "you are in no Group", 400, INVALID, "Change the request accordingly."),
        (None, "", 401, AUTHENTICATION, "Check the credentials."),
        ("New", "", 429, THROTTLED, "Run fewer tasks at once, or raise api_retries."),
        ("New", "", 502, UNAVAILABLE, "Try again later."),
        ("Limit", "", 502, QUOTA, "Delete one."),
    ],
)
def test_the_first_key_that_the_table_has_decides(code, message, status, category, advice):
    error = TABLE.error(code, message, status)
    assert (error.category, error.advice) == (category, advice)
    assert (error.code, error.reason, error.http_status) == (code, message, status)


@pytest.mark.parametrize(
    ("code", "status", "maybe_done"),
    [("New", 500, True), ("Repeated", 400, True), ("New", 408, True), ("New", 400, False), ("New", 429, False)],
)
def test_a_call_that_may_have_been_processed_is_marked(code, status, maybe_done):
    assert TABLE.error(code, "", status).maybe_done is maybe_done


def test_a_status_that_is_not_in_the_table_means_nothing():
    assert ErrorTable({}, {}).error("New", "", 503).category == INVALID


def test_a_category_has_the_common_advice_unless_the_table_has_its_own():
    assert "may not be visible yet" in str(ErrorTable({NOT_FOUND: ("Gone",)}, {}).error("Gone", "", 200).advice)
    assert ErrorTable({REPLY: ("X",)}, {REPLY: "Look."}).error("X", "", 200).advice == "Look."


def test_the_caller_adds_facts_and_may_give_better_advice():
    error = TABLE.error("Key", "text", 400, advice="Sleep.", request_id="1", retry_after=2.0)
    assert (error.advice, error.request_id, error.retry_after) == ("Sleep.", "1", 2.0)

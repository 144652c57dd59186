# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test results of modules: their members, their diffs and the secrets in them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import DENIED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._module import Module, as_text, info_module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import _exit, run_task, salvage
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ([{"id": "1"}], {"things": [{"id": "1"}]}),
        ([], {"things": []}),
        ({"things": [], "places": [{"id": "p"}]}, {"things": [], "places": [{"id": "p"}]}),
    ],
)
def test_a_query_returns_one_list_or_several_by_name(found, result):
    module = info_module("things", lambda task: found, {})
    assert run_task(module, Task({})) == {"changed": False, "service_time": None, "request_ids": [], **result}


@pytest.mark.parametrize(
    "value", ["al\udce9ice", ["alice", "al\udce9ice"], {"a": {"b": "\ud800"}}, {"\udce9": 1}], ids=ascii
)
def test_an_option_that_is_not_unicode_is_refused_by_name_before_any_call(value):
    begun = []

    def work(task):
        begun.append(task)
        return {"changed": True}

    result = run_task(Module({}, work), Task({"state": "present", "names": value}))
    assert (result["failed"], result["error"]["category"]) == (True, "usage")
    assert "names has characters that are not Unicode" in result["msg"]
    assert begun == []


@pytest.mark.parametrize("secret", ["failed", "msg", "error", "request_ids", "changed", "secret"])
def test_a_secret_with_the_name_of_a_member_does_not_remove_it(secret):
    def fail(_task):
        raise CloudError(DENIED, f"not with {secret}")

    task = Task({})
    task.secrets.add(secret)
    result = run_task(Module({}, fail), task)
    assert result["failed"] is True
    assert {"msg", "error", "request_ids"} <= set(result)
    assert secret not in result["msg"].split()
    assert result["error"]["category"] == DENIED


def test_a_returned_secret_has_no_lone_surrogates():
    task = Task({})
    result = run_task(Module({}, lambda task: {"changed": True, "secret": "sesame\ud800"}), task)
    assert result["secret"] == "sesame?"


def test_a_diff_shows_visible_characters_and_escapes_all_others():
    """A description must not be able to rewrite the lines around it."""
    text = as_text({"before": "\u5bc6\u7801 é", "after": "a\x9b2Kb\u202ec\u2028d\x7f\U000e0001", "b": "line\nline"})
    assert '"\u5bc6\u7801 é"' in text
    assert r'"a\u009b2Kb\u202ec\u2028d\u007f\udb40\udc01"' in text
    assert json.loads(text)["after"] == "a\x9b2Kb\u202ec\u2028d\x7f\U000e0001"
    assert [character for character in text if not character.isprintable()] == ["\n"] * 5


def test_a_result_without_arguments_gets_empty_ones():
    """Otherwise ansible-core would add them, with the secrets that are too common for it to hide."""
    handed_in: dict[str, Any] = {}

    class Core:
        fail_json = staticmethod(handed_in.update)

    made = {"changed": True, "left_over": {"id": "1", "status": "active"}, "secret": "new"}
    _exit(Core, salvage(made, ValueError()), [])
    assert handed_in["invocation"] == {}
    assert handed_in["secret"] == "new"

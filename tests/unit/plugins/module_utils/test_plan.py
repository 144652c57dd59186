# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test properties of the planner that hold for every schema, every state and all options."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils import _plan
from ansible_collections.multicloud.iam.plugins.module_utils._plan import Attribute, is_empty, plan, predict

NAMES = ["a", "b", "c", "d", "e"]
VALUES = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.lists(st.text(max_size=2), max_size=2))
STATES = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES))
DESIRED = st.dictionaries(st.sampled_from(NAMES), VALUES)


def schemas(**fixed: Any) -> st.SearchStrategy:
    attribute = st.builds(
        Attribute,
        **{
            "mutable": st.booleans(),
            "write_only": st.sampled_from([None, None, "on_create", "always"]),
            "secret": st.booleans(),
            "sent_with": st.frozensets(st.sampled_from(NAMES), max_size=2),
            **fixed,
        },
    )
    return st.fixed_dictionaries(dict.fromkeys(NAMES, attribute))


@given(STATES, DESIRED, schemas(mutable=st.just(True), write_only=st.sampled_from([None, "on_create"])))
def test_after_an_update_there_is_nothing_to_do(current, desired, schema):
    todo = plan(current, desired, schema)
    assert plan(predict(current, todo.attributes, schema, {}), desired, schema).action == "none"


@given(STATES, DESIRED, schemas(write_only=st.sampled_from([None, "on_create"])))
def test_after_a_creation_there_is_nothing_to_do(blank, desired, schema):
    blank = dict.fromkeys(blank)
    todo = plan(None, desired, schema)
    made = predict(blank, todo.attributes, schema, blank)
    after = plan(made, desired, schema)
    assert (after.action, after.conflicts) == ("none", ())


@given(st.one_of(st.none(), STATES), DESIRED, schemas(), st.booleans())
def test_omitted_attributes_never_appear(current, desired, schema, present):
    omitted = {name for name in NAMES if desired.get(name) is None}
    todo = plan(current, desired, schema, present)
    appearing = (
        set(todo.attributes) | set(todo.before) | set(todo.after) | {name for name, _have, _want in todo.conflicts}
    )
    assert not appearing & omitted


@given(STATES, DESIRED, schemas())
def test_an_update_sends_exactly_what_differs_and_what_is_sent_with_it(current, desired, schema):
    def asks(name):
        attribute = schema[name]
        if attribute.write_only:
            return attribute.write_only == "always"
        same = current[name] == desired[name] or (is_empty(current[name]) and is_empty(desired[name]))
        return not same

    wanted = {name for name, value in desired.items() if value is not None}
    changed = {name for name in wanted if schema[name].mutable and asks(name)}
    along = {name for name in wanted if schema[name].mutable and schema[name].sent_with & changed}
    todo = plan(current, desired, schema)
    assert todo.attributes == {name: desired[name] for name in changed | along}
    assert {name for name, _have, _want in todo.conflicts} == {
        name for name in wanted if not schema[name].mutable and asks(name)
    }


@given(STATES, st.sampled_from(NAMES), st.text(min_size=1, max_size=3))
def test_write_only_attributes_follow_their_policy(current, name, value):
    def sent(policy: str, present_state: Any) -> Any:
        schema = {other: Attribute(write_only=policy) for other in NAMES}
        return name in plan(present_state, {name: value}, schema).attributes

    assert sent("on_create", None)
    assert sent("always", None)
    assert sent("always", current)
    assert not sent("on_create", current)
    # Having been sent once changes nothing about it: it cannot be read.
    assert sent(
        "always", predict(current, {name: value}, {other: Attribute(write_only="always") for other in NAMES}, {})
    )


@given(
    st.one_of(st.none(), STATES),
    st.sampled_from(NAMES),
    st.text(alphabet="SECRET", min_size=7, max_size=9),
    st.sampled_from([None, "always", "on_create"]),
)
def test_no_diff_has_a_secret(current, name, secret, policy):
    schema = {other: Attribute(secret=other == name, write_only=policy) for other in NAMES}
    todo = plan(current, {name: secret}, schema)
    assert secret not in str(dict(todo.before)) + str(dict(todo.after))
    assert (name in todo.after) == (name in todo.attributes)


@given(st.one_of(st.none(), STATES), DESIRED, schemas())
def test_a_plan_to_delete_sends_nothing(current, desired, schema):
    todo = plan(current, desired, schema, present=False)
    assert todo.action == ("none" if current is None else "delete")
    assert not todo.attributes


@given(STATES, DESIRED, schemas())
def test_planning_changes_neither_the_state_nor_the_options(current, desired, schema):
    before = (dict(current), dict(desired))
    plan(current, desired, schema)
    assert (current, desired) == before


@pytest.mark.parametrize("have", [None, "", []])
def test_null_and_empty_are_equal(have):
    assert plan({"a": have}, {"a": ""}, {"a": Attribute()}).action == "none"


@pytest.mark.parametrize("want", [False, 0])
def test_false_and_zero_are_not_empty(want):
    todo = plan({"a": None}, {"a": want}, {"a": Attribute()})
    assert todo.attributes == {"a": want}


def test_empty_means_clear():
    todo = plan({"a": "text"}, {"a": ""}, {"a": Attribute()})
    assert (todo.action, todo.attributes, todo.after) == ("update", {"a": ""}, {"a": ""})


def test_a_creation_has_nothing_to_clear():
    assert plan(None, {"a": ""}, {"a": Attribute()}).attributes == {}


def test_an_immutable_difference_is_a_conflict_even_before_a_deletion():
    schema = {"a": Attribute(mutable=False)}
    assert plan({"a": "x"}, {"a": "y"}, schema).conflicts == (("a", "x", "y"),)
    assert plan({"a": "x"}, {"a": "y"}, schema, present=False).conflicts == (("a", "x", "y"),)


def test_the_planner_imports_only_typing_and_dataclasses():
    tree = ast.parse(Path(_plan.__file__).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {getattr(node, "module", None) or node.names[0].name for node in imports}
    assert names == {"__future__", "dataclasses", "typing"}


@given(STATES, st.sampled_from(NAMES), st.sampled_from(["", [], {}]))
def test_a_cleared_attribute_looks_like_that_of_a_new_object(current, name, empty):
    schema = {name: Attribute()}
    assert predict(current, {name: empty}, schema, {name: "as new"})[name] == "as new"
    assert predict(current, {name: empty}, schema, {})[name] is None

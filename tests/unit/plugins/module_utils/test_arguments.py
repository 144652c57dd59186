# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that no module accepts arguments that select no object, or another or more objects than the user wants."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._arguments import prepare
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._module import info_module, state_module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_task
from ansible_collections.multicloud.iam.plugins.module_utils._selection import check_text, check_unmasked, is_near_match
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS

MODULES = Path(__file__).resolve().parents[4] / "plugins" / "modules"
DEFINITIONS = {
    file.stem: importlib.import_module(f"ansible_collections.multicloud.iam.plugins.modules.{file.stem}").MODULE
    for file in sorted(MODULES.glob("[a-z]*.py"))
}
INFO = {name: module for name, module in DEFINITIONS.items() if name.endswith("_info")}
STATE = {name: module for name, module in DEFINITIONS.items() if name not in INFO}

# Options without which an info module lists the same objects.
HARMLESS_IN_INFO = {("sas_vendor_ak_info", "lang"), ("sas_vendor_ak_info", "supported_modules")}

# Options of state modules that are no attributes of the object: each with what null, and so its default, means.
NARROW_DEFAULTS = {
    "allow_self_lockout": False,
    "allow_unregistered_secret": False,
    "force": False,
    "update_password": "on_create",
    "update_secret": "on_create",
    "lang": "en",
    "wait": False,
    "wait_timeout": 300,
}
# Attributes: omitted, and so null, leaves them as they are.
ATTRIBUTES = {module: names for cloud in CLOUDS.values() for module, names in cloud.attributes.items()}
ATTRIBUTES["secret_file"] = {"content"}


SELECTING = info_module("things", lambda task: pytest.fail("was queried"), {"which": {}})


def own_options(module):
    return {name for name in module.argument_spec if not name.startswith("api_")}


@pytest.mark.parametrize("name", INFO)
def test_every_option_that_selects_or_filters_is_refused_as_null_and_as_empty(name):
    module = INFO[name]
    harmless = {option for module_name, option in HARMLESS_IN_INFO if module_name == name}
    assert set(module.never_null) == set(module.selecting) == own_options(module) - harmless


@pytest.mark.parametrize("name", STATE)
def test_no_option_of_a_state_module_selects_another_object_when_it_is_null(name):
    """An option is refused as null or empty, or null asks for nothing."""
    module = STATE[name]
    refused = own_options(module) & {*module.never_null, *module.never_empty}
    narrow = {option for option in NARROW_DEFAULTS if option in module.argument_spec}
    assert refused | narrow | ATTRIBUTES[name] == own_options(module)
    for option in narrow - {"wait_timeout"}:
        assert module.argument_spec[option]["default"] == NARROW_DEFAULTS[option]
    assert not any("default" in module.argument_spec[option] for option in ATTRIBUTES[name])


@pytest.mark.parametrize(
    ("name", "option"), [(name, option) for name, module in DEFINITIONS.items() for option in module.never_null]
)
def test_null_is_refused_by_the_name_of_the_option(name, option):
    with pytest.raises(CloudError, match=f"^{option} is null"):
        prepare(DEFINITIONS[name], {option: None})


@pytest.mark.parametrize("value", [True, False, ["alice", False]], ids=repr)
def test_true_and_false_are_refused_as_text_or_number(value):
    with pytest.raises(CloudError, match="^which is (true|false), which does not identify an object"):
        prepare(SELECTING, {"which": value})
    prepare(replace(SELECTING, argument_spec={"which": {"type": "bool"}}), {"which": False})


@pytest.mark.parametrize("value", [0, 1, "false", "no", ["true"], [0], None], ids=repr)
def test_a_number_or_text_is_not_refused_as_a_flag(value):
    prepare(replace(SELECTING, never_null=()), {"which": value})


EMPTY: list[Any] = ["", " ", "\n", "\u3000", ["alice", ""], ["\t"], [None]]
BROKEN: list[Any] = [
    "alice\n",
    " alice",
    "alice\r\n",
    "\ufeffalice",
    "alice\xa0",
    "al\x00ice",
    "al\u2028ice",
    ["bob", "alice "],
]
MASKED: list[Any] = ["AKID***", "138****0001", ["alice", "*"]]


@pytest.mark.parametrize("value", EMPTY + BROKEN + MASKED, ids=ascii)
@pytest.mark.parametrize(
    "module",
    [
        info_module("things", lambda task: pytest.fail("was queried"), {"which": {}}),
        state_module("thing", lambda task: pytest.fail("was read"), {"which": {}}, identity=("which",)),
    ],
    ids=["info", "state"],
)
def test_an_uncertain_selection_is_refused_before_anything_is_done(module, value):
    result = run_task(module, Task({"which": value, "state": "present"}))
    assert (result["failed"], result["error"]["category"]) == (True, "usage")
    assert "which" in result["msg"]
    assert "alice" not in result["msg"]


@pytest.mark.parametrize("value", BROKEN[:-1], ids=ascii)
def test_an_uncertain_marker_is_refused_as_well(value):
    module = state_module(
        "thing", lambda task: pytest.fail("was read"), {"description": {}}, identity=(), marker="description"
    )
    result = run_task(module, Task({"description": value, "state": "present"}))
    assert re.match(r"description (begins or ends with white space|has a control character)", result["msg"])


def test_no_name_is_refused_for_its_characters():
    for text in (
        "alice",
        "Zoë O'Neil",
        "爱丽丝",
        "a b",
        "👩\u200d💻",
        "a newer sign \u0378",
        "\ue0b0",
        "+=,.@_-",
        "0",
        "null",
    ):
        check_text("name", text)
        check_unmasked("name", text)


@pytest.mark.parametrize("names", [[], ["alice"], [0, False], "", None, {}], ids=repr)
def test_an_empty_list_is_accepted(names):
    prepare(SELECTING, {"names": names})


@pytest.mark.parametrize("days", [-1, -365])
def test_a_negative_number_of_days_is_refused(days):
    module = info_module("things", lambda task: pytest.fail("was queried"), {"older_than_days": {}})
    assert f"older_than_days is {days}" in run_task(module, Task({"older_than_days": days}))["msg"]


@pytest.mark.parametrize(
    "have", ["ci deploy", "CI-DEPLOY", "ci-deploy ", "ci-\tdeploy", "0ci-deploy", "ci-deploy\ufeff"], ids=ascii
)
def test_texts_that_differ_in_case_blanks_or_leading_zeros_are_near_matches(have):
    want = "ci-deploy" if "-" in have else "cideploy"
    assert is_near_match(have, want)
    assert is_near_match(*reversed((have, want)))


@pytest.mark.parametrize(
    ("have", "want"), [("ci", "ci"), ("ci", "cd"), ("ci", None), (None, "ci"), ("", "ci"), ("ci-1", "ci-10"), ("", "")]
)
def test_equal_and_different_texts_are_no_near_matches(have, want):
    assert not is_near_match(have, want)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the filters of the rotation: their examples, their errors, and their nonces."""

from __future__ import annotations

import importlib
import json
import re
import sys
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.multicloud.iam.plugins.module_utils import _rotation
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_facts import NONCE

FOLDER = Path(__file__).resolve().parents[4] / "plugins" / "filter"
FILTERS = sorted(path.stem for path in FOLDER.glob("*.py"))
COLLECTION = "ansible_collections.multicloud.iam.plugins.filter."
NOW = "2026-11-28T09:15:00Z"


def module(name: str) -> Any:
    return importlib.import_module(COLLECTION + name)


def call(name: str, *arguments: Any, **options: Any) -> Any:
    return module(name).FilterModule().filters()[name](*arguments, **options)


@pytest.mark.parametrize("name", FILTERS)
def test_the_example_works(name: str) -> None:
    [task] = yaml.safe_load(module(name).EXAMPLES)
    arguments = next(value for key, value in task.items() if "." in key)
    [template] = [value for value in arguments.values() if "{{" in value]
    environment = NativeEnvironment()
    environment.filters.update({"multicloud.iam." + name: partial(call, name) for name in FILTERS})
    assert environment.from_string(template).render(task.get("vars", {}))


@pytest.mark.parametrize("name", FILTERS)
def test_the_documentation_is_of_this_filter(name: str) -> None:
    documentation = yaml.safe_load(module(name).DOCUMENTATION)
    assert documentation["name"] == name
    assert list(module(name).FilterModule().filters()) == [name]
    assert yaml.safe_load(module(name).RETURN)["_value"]


def test_every_member_of_a_decision_is_documented() -> None:
    contains = yaml.safe_load(module("rotation_plan").RETURN)["_value"]["contains"]
    [decision] = call("rotation_plan", [{"name": "ci"}])
    assert set(decision) == set(contains)
    assert {*_rotation._STEP, "in_check_mode"} == set(contains["step"]["contains"])


@pytest.mark.parametrize("views", [None, {}, "x", 5])
def test_a_plan_needs_a_list(views: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="not a list of views"):
        call("rotation_plan", views)


def test_an_error_shows_no_secret() -> None:
    record = {"access_key_id": "A", "secret_access_key": "geheim", "rotation": json.dumps({"next": "geheim"})}
    with pytest.raises(AnsibleFilterError, match="damaged") as changed:
        call("rotation_record", record, {"kind": "confirm", "at": NOW})
    with pytest.raises(AnsibleFilterError, match="damaged") as read:
        call("rotation_key", record, "next")
    assert "geheim" not in str(changed.value) + str(read.value)


def test_a_nonce_is_new_each_time_and_is_recognised() -> None:
    nonces = {call("rotation_nonce", "ci-deploy", NOW)["nonce"] for _number in range(100)}
    assert len(nonces) == 100
    assert all(re.fullmatch("ci-deploy" + NONCE, nonce) for nonce in nonces)
    assert all("/20261128-" in nonce for nonce in nonces)


def test_a_chosen_key_has_the_form_that_a_cloud_accepts() -> None:
    made = call("rotation_nonce", "ci", NOW, chosen_id=True)
    assert re.fullmatch("[A-Za-z0-9]{20}", made["access_key_id"])
    assert re.fullmatch("[A-Za-z0-9]{40}", made["secret_access_key"])


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_collection_that_a_store_needs_and_that_is_missing_is_listed(
    monkeypatch: pytest.MonkeyPatch, is_installed: bool
) -> None:
    # None makes an import fail.
    package = ModuleType("community.hashi_vault") if is_installed else None
    monkeypatch.setitem(sys.modules, "ansible_collections.community", ModuleType("community"))
    monkeypatch.setitem(sys.modules, "ansible_collections.community.hashi_vault", package)
    enrolments = [{"name": kind, "store": {"type": kind}} for kind in ("secret_file", "vault_kv2", "vault_kv2")]
    needed = call("rotation_verb_files", enrolments, "/role", "/play")
    assert [each for each in needed if "/" not in each] == (
        [] if is_installed else ["collection community.hashi_vault"]
    )
    assert "collection" not in str(call("rotation_verb_files", enrolments[:1], "/role", "/play"))

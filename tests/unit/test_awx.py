# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the credential types for AWX: AWX takes them, they are complete, and the guides show them."""

from __future__ import annotations

import copy
import importlib
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._credentials import resolve
from ansible_collections.multicloud.iam.tests.support import awx
from ansible_collections.multicloud.iam.tests.support.cloud import ROOT
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, documented_variables

PLUGINS = "ansible_collections.multicloud.iam.plugins"
TYPES = awx.credential_types()
URL = "http://192.0.2.10:8080"
in_every_cloud = pytest.mark.parametrize("cloud", CLOUDS)


def options_of(cloud: str) -> Any:
    return importlib.import_module(f"{PLUGINS}.module_utils._{cloud}.options")


def variables(cloud: str) -> dict[str, str]:
    """Return the variable of each option that an access key of the vendor's own tool can be completed with."""
    module = options_of(cloud)
    sources = module.SOURCES
    first = sources.families[0]
    fields = [*first.members, *first.places, *sources.anywhere]
    return {field.variables[0]: field.option for field in fields if field.option in module.API_OPTIONS}


def test_every_cloud_has_a_credential_type_with_a_name_that_no_other_has() -> None:
    assert list(TYPES) == sorted(CLOUDS)
    assert len({each["name"] for each in TYPES.values()}) == len(TYPES)


@in_every_cloud
def test_awx_takes_the_credential_type(cloud: str) -> None:
    assert set(TYPES[cloud]) == {"name", "description", "kind", "inputs", "injectors"}
    assert TYPES[cloud]["kind"] == "cloud"
    assert awx.problems(TYPES[cloud]) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda each: each["inputs"].update(dependencies={}),
        lambda each: each["injectors"].update(environment={}),
        lambda each: each["inputs"]["fields"][0].update(optional=True),
        lambda each: each["inputs"]["fields"][0].update(id="a-b"),
        lambda each: each["inputs"]["fields"][0].update(type="text"),
        lambda each: each["inputs"]["fields"][0].update(type="boolean", secret=True),
        lambda each: each["inputs"]["fields"][0].pop("label"),
        lambda each: each["inputs"]["fields"].append(each["inputs"]["fields"][0]),
        lambda each: each["inputs"]["required"].append("other"),
        lambda each: each["injectors"]["env"].update(ANSIBLE_CONFIG="x"),
        lambda each: each["injectors"]["env"].update(OTHER="{{ other }}"),
        lambda each: each["injectors"]["env"].update(OTHER="{{ other"),
        lambda each: each["injectors"]["env"].update(OTHER="密钥"),
    ],
)
def test_the_check_refuses_what_awx_refuses(spoil: Callable[[Any], Any]) -> None:
    spoilt = copy.deepcopy(TYPES[min(TYPES)])
    spoil(spoilt)
    assert awx.problems(spoilt)


@in_every_cloud
def test_the_credential_type_has_an_input_for_each_option_with_a_variable(cloud: str) -> None:
    env = TYPES[cloud]["injectors"]["env"]
    assert set(env) == set(variables(cloud)) <= documented_variables(cloud)
    fields = TYPES[cloud]["inputs"]["fields"]
    # The name of a field is that of its option.
    named = {f"api_{field['id']}": awx.variable_of(TYPES[cloud], field["id"]) for field in fields}
    assert named == {option: variable for variable, option in variables(cloud).items()}


@in_every_cloud
def test_the_inputs_that_hold_secrets_are_secret(cloud: str) -> None:
    spec = options_of(cloud).API_OPTIONS
    for field in TYPES[cloud]["inputs"]["fields"]:
        assert field.get("secret", False) is bool(spec[f"api_{field['id']}"].get("no_log")), field


@in_every_cloud
def test_the_required_inputs_are_a_complete_set(cloud: str) -> None:
    required = {awx.variable_of(TYPES[cloud], name) for name in TYPES[cloud]["inputs"]["required"]}
    members = options_of(cloud).SOURCES.families[0].members
    assert required - {CLOUDS[cloud].endpoint_variable} == {each.variables[0] for each in members if each.required}


@in_every_cloud
@pytest.mark.parametrize("leave_out", [True, False])
def test_an_input_that_is_blank_or_missing_is_an_option_that_is_not_set(
    cloud: str, leave_out: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = awx.inputs_of(cloud, URL)
    assert "" in given.values()
    env = awx.environment_of(TYPES[cloud], {name: value for name, value in given.items() if value or not leave_out})
    assert set(env) == set(TYPES[cloud]["injectors"]["env"])
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    module = options_of(cloud)
    credentials = resolve(dict.fromkeys(module.API_OPTIONS), module.SOURCES)
    set_options = {f"api_{name}": value for name, value in given.items() if value}
    assert {option: credentials[option] for option in variables(cloud).values() if credentials[option]} == set_options


def test_a_boolean_input_that_is_missing_is_false() -> None:
    fields = [{"id": "on", "label": "On", "type": "boolean"}, {"id": "off", "label": "Off", "type": "boolean"}]
    credential_type = {"inputs": {"fields": fields}, "injectors": {"env": {"A": "{{ on }}", "B": "{{ off }}"}}}
    assert awx.environment_of(credential_type, {"on": True}) == {"A": "True", "B": "False"}


@in_every_cloud
def test_the_guide_shows_the_credential_type(cloud: str) -> None:
    guide = (ROOT / "docs" / f"guide-{cloud}.md").read_text(encoding="utf-8").partition("\n### AWX\n")[2]
    shown = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", guide, re.DOTALL | re.MULTILINE)]
    assert shown[:2] == [TYPES[cloud]["inputs"], TYPES[cloud]["injectors"]]

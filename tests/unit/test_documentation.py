# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the documentation of modules and roles for what no tool of Ansible checks."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._sources import Field
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF, CLOUDS
from ansible_collections.multicloud.iam.tests.support.links import REPOSITORY

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = "ansible_collections.multicloud.iam.plugins"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
# The condition of a value without one.
DEFAULT = "success"


def text(value: Any) -> str:
    """Return a description as one text."""
    return "\n".join(value) if isinstance(value, list) else str(value)


def fragment(name: str) -> dict[str, Any]:
    module = importlib.import_module(f"{PLUGINS}.doc_fragments.{name}")
    content: dict[str, Any] = yaml.safe_load(module.ModuleDocFragment.DOCUMENTATION)
    return content


def module_documentation(name: str, block: str = "DOCUMENTATION") -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(getattr(importlib.import_module(f"{PLUGINS}.modules.{name}"), block))
    return content


def role_documentation(name: str) -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "roles" / name / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    (entry,) = content["argument_specs"].values()
    documentation: dict[str, Any] = entry
    return documentation


def shown_wrongly(members: dict[str, Any], parent: str = DEFAULT, path: str = "") -> Iterator[str]:
    """List the members whose pages say that they are returned more often than the value that contains them."""
    for name, member in members.items():
        condition = member.get("returned", DEFAULT)
        if parent != DEFAULT and condition in {DEFAULT, "always"} and condition != parent:
            yield path + name
        yield from shown_wrongly(member.get("contains", {}), condition, f"{path}{name}.")


@pytest.mark.parametrize("module", MODULES)
def test_a_member_of_a_value_is_returned_no_more_often_than_the_value(module: str) -> None:
    """Without its own condition, the page of a module shows "success" for it."""
    values = module_documentation(module, "RETURN")
    assert values["error"]["contains"]["category"]["returned"] == "failure"
    assert not list(shown_wrongly(values))


def fields(cloud: str) -> Iterator[Field]:
    """Return everything that a cloud reads from the environment, and that has an option."""
    options = importlib.import_module(f"{PLUGINS}.module_utils._{cloud}.options")
    families = options.SOURCES.families
    found = [field for family in families for field in (*family.members, *family.places, *family.borrowed)]
    found += options.SOURCES.anywhere
    if options.SOURCES.profiles:
        found.append(Field(options.SOURCES.profiles.option, options.SOURCES.profiles.variables))
    return (field for field in found if field.option in options.API_OPTIONS)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_an_option_names_the_environment_variables_that_it_falls_back_to(cloud: str) -> None:
    options = fragment(f"_{cloud}")["options"]
    assert {field.option for field in fields(cloud)} >= {"api_endpoint"}
    missing = {
        f"{field.option}: {variable}"
        for field in fields(cloud)
        for variable in field.variables
        if f"E({variable})" not in text(options[field.option]["description"])
    }
    assert not missing


@pytest.mark.parametrize("name", ["_connection", *(f"_{cloud}" for cloud in CLOUDS)])
def test_what_an_option_does_stands_in_its_description(name: str) -> None:
    """A note about it could contradict the description, and most readers do not see it."""
    documentation = fragment(name)
    assert "notes describe" not in text([text(each["description"]) for each in documentation["options"].values()])
    assert not [note for note in documentation.get("notes", []) if re.match(r"O\(", note)]


# Of the machine where a module runs.
PYTHON = yaml.safe_load((ROOT / "tests" / "config.yml").read_text(encoding="utf-8"))["modules"]["python_requires"]
PACKAGES = dict(
    line.split(">=")
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_the_requirements_are_those_of_the_collection(cloud: str) -> None:
    requirements = fragment(f"_{cloud}")["requirements"]
    assert requirements[0] == f"Python {PYTHON.replace('>=', '>= ')}"
    named = dict(re.findall(r"([\w-]+) >= ([\d.]+)", "\n".join(requirements[1:])))
    # The complete SDK contains the packages of the parts.
    assert {name: PACKAGES.get(name, PACKAGES["tencentcloud-sdk-python-cam"]) for name in named} == named
    assert "requests" in named
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"| Python, where the modules run | {PYTHON.removeprefix('>=')} and newer |" in readme


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_where_it_runs_and_with_which_python(module: str) -> None:
    used = module_documentation(module)["extends_documentation_fragment"]
    expected = f"_{CLOUD_OF[module]}" if module in CLOUD_OF else "_secret_file"  # which runs on the controller only
    assert f"multicloud.iam.{expected}" in used


@pytest.mark.parametrize("role", ROLES)
def test_the_page_of_a_role_is_complete(role: str) -> None:
    documentation = role_documentation(role)
    assert documentation["author"] == ["multicloud.iam contributors (@multicloud-iam)"]
    assert documentation["version_added"]
    assert documentation["attributes"].keys() >= {"check_mode", "diff_mode"}
    links = [each["link"] for each in documentation["seealso"] if "link" in each]
    assert links
    assert not [link for link in links if not (ROOT / link.removeprefix(f"{REPOSITORY}/blob/main/")).is_file()]


def variables(value: Any, role: str) -> set[str]:
    """Return the names of the variables of a role in an example."""
    if isinstance(value, dict):
        own = {name for name in value if isinstance(name, str) and name.startswith(role)}
        return own.union(*(variables(each, role) for each in value.values()))
    return set().union(*(variables(each, role) for each in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("role", ROLES)
def test_the_example_of_a_role_sets_what_the_role_requires_and_nothing_else(role: str) -> None:
    documentation = role_documentation(role)
    examples = yaml.safe_load(documentation["examples"])
    assert f"multicloud.iam.{role}" in documentation["examples"]
    named = variables(examples, role)
    assert named <= set(documentation["options"])
    assert named >= {name for name, option in documentation["options"].items() if option.get("required")}


def test_the_oldest_ansible_core_is_the_same_everywhere() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    oldest = re.findall(r'^    "([\d.]+)": Core\(', (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE)[0]
    assert runtime["requires_ansible"] == f">={oldest}.0"
    assert f"| ansible-core | {oldest} and newer" in (ROOT / "README.md").read_text(encoding="utf-8")
    roles = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in ROOT.glob("roles/*/meta/main.yml")]
    assert {role["galaxy_info"]["min_ansible_version"] for role in roles} == {oldest}

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check credential types as AWX does, and render what it sets in the environment of a job.

The rules are those of AWX at commit e21dd0a0933f, in awx/main/fields.py and awx/main/models/credential.py. The code is
separate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .cloud import ROOT
from .clouds import CLOUDS

FOLDER = ROOT / "playbooks" / "files" / "awx" / "credential_types"

CredentialType = dict[str, Any]
"""The name, description and kind of a credential type, its inputs and its injectors."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The keys of a field, and the types of their values.
_MEMBERS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "label": (str,),
    "type": (str,),
    "help_text": (str,),
    "format": (str,),
    "choices": (list,),
    "secret": (bool,),
    "multiline": (bool,),
    "ask_at_runtime": (bool,),
    "default": (str, bool),
}
_OF_TEXTS = {"choices", "multiline", "format", "secret"}
# What AWX itself sets, and what could change how Ansible runs.
_REFUSED = re.compile(
    r"ANSIBLE_.*|PATH|PYTHONPATH|VIRTUAL_ENV|JOB_ID|INVENTORY_.*|PROJECT_REVISION|AWX_HOST|.*CALLBACK.*"
)


def credential_types() -> dict[str, CredentialType]:
    """Return the credential types of the collection, by cloud."""
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yml"))}


def problems(credential_type: CredentialType) -> list[str]:
    """Return why AWX would refuse a credential type."""
    inputs, injectors = credential_type["inputs"], credential_type["injectors"]
    return [
        *(f"unknown key {name}" for name in set(inputs) - {"fields", "required"}),
        *(f"unknown injector {name}" for name in set(injectors) - {"env", "extra_vars", "file"}),
        *(problem for field in inputs["fields"] for problem in _problems_of_field(field)),
        *(f"field {name} is there twice" for name in _repeated([field["id"] for field in inputs["fields"]])),
        *(f"{name} is no field" for name in set(inputs["required"]) - {field["id"] for field in inputs["fields"]}),
        *(problem for name, text in injectors["env"].items() for problem in _problems_of(name, text, inputs)),
    ]


def _problems_of_field(field: Mapping[str, Any]) -> Iterator[str]:
    if not {"id", "label"} <= set(field):
        yield f"{field} has no id or no label"
        return
    name, kind = field["id"], field.get("type", "string")
    if not _NAME.fullmatch(name) or name == "tower":
        yield f"{name} is no name of a field"
    if kind not in ("string", "boolean"):
        yield f"{name} has the unknown type {kind}"
    for member, value in field.items():
        if not isinstance(value, _MEMBERS.get(member, ())):
            yield f"{name}.{member} is {value!r}"
        if kind == "boolean" and member in _OF_TEXTS:
            yield f"{name}.{member} is for texts"


def _problems_of(variable: str, template: Any, inputs: Mapping[str, Any]) -> Iterator[str]:
    if not _NAME.fullmatch(variable) or _REFUSED.fullmatch(variable):
        yield f"{variable} is refused"
    if not isinstance(template, str) or not template.isascii():
        yield f"{variable} has no ASCII text"
        return
    example = {field["id"]: "EXAMPLE" for field in inputs["fields"]}
    try:
        ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(example)
    except TemplateError as error:
        yield f"{variable}: {error}"


def _repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def environment_of(credential_type: CredentialType, given: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables that AWX sets for a credential. given: its inputs.

    An input that is blank does not reach the templates, which treat it as undefined, so its variable is set and empty. A
    boolean input that is missing is false.
    """
    fields = credential_type["inputs"]["fields"]
    values = {name: value for name, value in given.items() if isinstance(value, bool) or value}
    for field in fields:
        if field.get("type") == "boolean":
            values.setdefault(field["id"], False)
    sandbox = ImmutableSandboxedEnvironment()
    templates = credential_type["injectors"]["env"]
    return {name: sandbox.from_string(template).render(values) for name, template in templates.items()}


def inputs_of(cloud: str, url: str) -> dict[str, str]:
    """Return the inputs of a credential with the administrator's key of an emulator with that URL. The others are blank."""
    credential_type = credential_types()[cloud]
    known = {**CLOUDS[cloud].environment(), CLOUDS[cloud].endpoint_variable: url}
    return {
        field["id"]: known.get(variable_of(credential_type, field["id"]), "")
        for field in credential_type["inputs"]["fields"]
    }


def variable_of(credential_type: CredentialType, field: str) -> str:
    """Return the environment variable that a field is injected into."""
    (name,) = [
        name for name, template in credential_type["injectors"]["env"].items() if template == f"{{{{ {field} }}}}"
    ]
    return str(name)

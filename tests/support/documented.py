# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare results with the RETURN blocks of the modules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import yaml

OF_ANSIBLE = {"changed", "diff", "failed", "invocation", "msg", "warnings"}
TYPES: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "dict": dict,
    "float": (float, int),
    "int": int,
    "list": list,
    "str": str,
}
VALIDATED = {"in_use", "abnormal", "validating", "timed_out"}
WORDS = {
    "status": {"active", "inactive"} | VALIDATED,
    "last_used_state": {"used", "never", "unknown"},
    "service_status": VALIDATED,
}


@cache
def documented_members(module: str) -> dict[str, Any]:
    """Return the documented members of a result. Objects that are described by reference get their members."""
    file = import_module(f"ansible_collections.multicloud.iam.plugins.modules.{module}")
    members: dict[str, Any] = yaml.safe_load(file.RETURN)
    object_members = next(iter(members.values()))["contains"]
    for reference in {"appeared", "left_over"} & set(members):
        members[reference]["contains"] = object_members
    if {"access_key", "access_keys"} <= set(members):
        members["access_keys"]["contains"] = documented_members(f"{module}_info")["access_keys"]["contains"]
    return members


def check_members(module: str, result: Mapping[str, Any]) -> None:
    """Check that a result and the objects in it have exactly the documented members, with values of their types."""
    documented = documented_members(module)
    returned = ("always", "failure" if result.get("failed") else "success")
    assert {name for name, spec in documented.items() if spec["returned"] in returned} <= set(result)
    for name in set(result) - OF_ANSIBLE:
        _check_value(result[name], documented[name], name)


def _check_value(value: Any, spec: Mapping[str, Any], name: str) -> None:
    if value is None:
        return
    assert isinstance(value, TYPES[spec["type"]]), f"{name} is {value!r}"
    assert spec["type"] == "bool" or not isinstance(value, bool), f"{name} is {value!r}"
    if isinstance(value, str) and name in WORDS:
        assert value in WORDS[name], f"{name} is {value!r}"
    if isinstance(value, list):
        for each in value:
            _check_value(each, {**spec, "type": spec["elements"]}, name)
    if isinstance(value, dict) and "contains" in spec:
        assert set(value) == set(spec["contains"]), name
        for member, inner in value.items():
            _check_value(inner, spec["contains"][member], member)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every result of every module, whatever the options, the replies and the objects are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import yaml

from ansible_collections.multicloud.iam.tests.tooling import canary

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "list": list,
    "dict": dict,
    "float": (int, float),
}
_OF_ANSIBLE = {"changed", "failed", "msg", "warnings", "diff", "invocation"}
_VALIDATED = {"in_use", "abnormal", "validating", "timed_out"}
_WORDS = {
    "status": {"active", "inactive"} | _VALIDATED,
    "last_used_state": {"used", "never", "unknown"},
    "service_status": _VALIDATED,
}


@cache
def _returns(module: str) -> Mapping[str, Any]:
    file = import_module(f"ansible_collections.multicloud.iam.plugins.modules.{module}")
    documented: dict[str, Any] = yaml.safe_load(file.RETURN)
    return documented


def check_result(module: str, result: Mapping[str, Any], secrets: Iterable[str]) -> None:
    """No defect, no secret, nothing that the documentation does not promise, and failures that say what to do."""
    shown = {name: value for name, value in result.items() if name != "secret"}
    text = json.dumps(shown)
    assert "Traceback" not in text
    assert "unexpected " not in text
    for secret in secrets:
        if len(secret) >= canary.SHORTEST and secret != "password":
            found = [form for form in canary.forms(secret) if form in text.encode()]
            assert not found, "a secret is shown"
    if result.get("failed"):
        _check_failure(result)
    else:
        assert isinstance(result["changed"], bool)
        for name, value in shown.items():
            if name not in _OF_ANSIBLE:
                _check_documented(value, _returns(module)[name], name)


def _check_failure(result: Mapping[str, Any]) -> None:
    assert result["msg"].strip()
    error = result.get("error")
    if error is not None:  # there is none where the arguments are refused by their spec
        assert error["category"] != "defect"
        assert error["advice"]
        assert error["advice"] in result["msg"]
        assert (error["attempted"] or "") in result["msg"]


def _check_documented(value: Any, spec: Mapping[str, Any], name: str) -> None:
    """Whether a value of a result is of the type that the documentation promises."""
    if value is None:
        return
    assert isinstance(value, _TYPES[spec["type"]]), f"{name} is {value!r}"
    assert spec["type"] == "bool" or not isinstance(value, bool), f"{name} is {value!r}"
    if isinstance(value, str) and name in _WORDS:
        assert value in _WORDS[name], f"{name} is {value!r}"
    if isinstance(value, list):
        for each in value:
            _check_documented(each, {**spec, "type": spec["elements"]}, name)
    if isinstance(value, dict) and "contains" in spec:
        for member, inner in value.items():
            _check_documented(inner, spec["contains"][member], member)

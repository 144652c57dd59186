# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that an option can set every field of a write, and that docs/request-fields.md names the option."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import load_module, run_module

PAGE = Path(__file__).resolve().parents[2] / "docs" / "request-fields.md"
SECTION = re.compile(r"^## [^\n]+: (\w+), by `(\w+)`$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)`", re.MULTILINE)
DOCUMENTED = {
    operation: (module, dict(ROW.findall(rows))) for operation, module, rows in SECTION.findall(PAGE.read_text())
}

PARTS = parts("contract")
CLOUD_OF_OPERATION = {operation: CLOUDS[cloud] for cloud, part in PARTS.items() for operation in part.CASES}
MODELS: dict[str, set[str]] = {operation: each for part in PARTS.values() for operation, each in part.MODELS.items()}


@pytest.mark.parametrize(("operation", "fields"), MODELS.items())
def test_the_page_has_every_field_of_the_official_request(operation: str, fields: set[str]) -> None:
    assert fields
    assert set(DOCUMENTED[operation][1]) == fields


def test_the_page_has_every_operation() -> None:
    assert set(DOCUMENTED) == set(CLOUD_OF_OPERATION)
    for part in PARTS.values():
        assert not part.MODELS or set(part.MODELS) == set(part.CASES)


def flat(value: Any) -> dict[str, Any]:
    """Return the innermost members of the parameters in the journal."""
    members: dict[str, Any] = {}
    for name, member in value.items():
        members.update(flat(member) if isinstance(member, Mapping) and member else {name: member})
    return members


@pytest.mark.parametrize("operation", DOCUMENTED)
def test_every_field_arrives_with_the_value_of_its_option(emulator: Emulator, operation: str) -> None:
    module, table = DOCUMENTED[operation]
    cloud = CLOUD_OF_OPERATION[operation]
    options, expected = PARTS[cloud.name].CASES[operation]
    assert set(table.values()) <= set(options)
    assert set(options) <= set(load_module(module).argument_spec)
    emulator.seed({cloud.name: getattr(PARTS[cloud.name], "SEED", {})})
    result = run_module(module, **{**cloud.signing(), "api_endpoint": emulator.url, **options})
    assert result.get("changed"), result
    (call,) = [call for call in emulator.journal() if call["action"] == operation]
    arrived = flat(call["params"])
    assert {name: arrived.get(name) for name in table} == expected

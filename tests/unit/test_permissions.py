# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that every operation that a module can send has a permission, with the source that says so."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._account import known_clouds, permissions_of

ROOT = Path(__file__).resolve().parents[2]
UTILS = ROOT / "plugins" / "module_utils"


def sent_by(cloud: str) -> set[str]:
    """Return the operations in the code of a cloud: the first argument of each Call. It has to be a constant."""
    calls = [
        node
        for file in (UTILS / f"_{cloud}").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Call"
    ]
    assert calls
    return {ast.literal_eval(call.args[0]) for call in calls}


@pytest.mark.parametrize("cloud", known_clouds())
def test_every_operation_has_a_permission(cloud: str) -> None:
    assert set(permissions_of(cloud).operations) == sent_by(cloud)


def test_no_call_is_made_outside_of_a_cloud() -> None:
    assert not [file.name for file in UTILS.glob("*.py") if ' Call("' in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize("cloud", known_clouds())
def test_the_permissions_are_cited(cloud: str) -> None:
    permissions = permissions_of(cloud)
    assert permissions.cloud == cloud
    assert permissions.sources
    assert all(source.startswith("https://") for source in permissions.sources)


@pytest.mark.parametrize("cloud", known_clouds())
def test_a_policy_lists_each_action_once(cloud: str) -> None:
    permissions = permissions_of(cloud)
    actions = permissions.actions([*permissions.operations, *permissions.operations])
    assert actions == sorted(set(actions))
    text = str(permissions.policy(actions))
    assert all(text.count(f"'{action}'") == 1 for action in actions)


@pytest.mark.parametrize("cloud", known_clouds())
def test_a_note_is_about_an_operation_and_shown_once(cloud: str) -> None:
    permissions = permissions_of(cloud)
    assert set(permissions.notes) <= set(permissions.operations)
    assert sorted(permissions.notes_on(permissions.operations)) == sorted(set(permissions.notes.values()))
    assert permissions.notes_on([]) == []

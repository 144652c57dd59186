# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what all roles that change keys have in common."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DELETIONS = sorted((ROOT / "roles").glob("*/tasks/**/delete.yml"))


def test_the_roles_that_delete_keys_are_known() -> None:
    assert {file.relative_to(ROOT / "roles").parts[0] for file in DELETIONS} == {
        "reconcile_access_keys",
        "rotate_access_key",
    }


@pytest.mark.parametrize("file", DELETIONS, ids=lambda file: str(file.relative_to(ROOT / "roles")))
def test_a_key_is_deleted_only_with_the_status_that_the_plan_relies_on(file: Path) -> None:
    """Another user may have enabled it since it was listed. The module reads it again before it deletes it."""
    (task,) = yaml.safe_load(file.read_text(encoding="utf-8"))
    (options,) = (value for name, value in task.items() if name.startswith("multicloud.iam."))
    assert options["state"] == "absent"
    assert "expected_status" in options

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that names of one interpreter in one environment are the same, and two environments are not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.plugins.plugin_utils._runtime_choice import is_current_interpreter


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create two environments on one base. The first one runs this test as its python3."""
    (tmp_path / "base").mkdir()
    for name in ("python3.12", "python3.11"):
        (tmp_path / "base" / name).write_text("")
        (tmp_path / "base" / name).chmod(0o755)
    (tmp_path / "base" / "python3").symlink_to("python3.12")
    for environment in ("own", "other"):
        bin_directory = tmp_path / environment / "bin"
        bin_directory.mkdir(parents=True)
        (bin_directory / "python").symlink_to(tmp_path / "base" / "python3.12")
        for name in ("python3", "python3.12"):
            (bin_directory / name).symlink_to("python")
    (tmp_path / "own" / "bin" / "python3.11").symlink_to(tmp_path / "base" / "python3.11")
    (tmp_path / "current").symlink_to("own")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "own" / "bin" / "python3"))
    monkeypatch.setenv("PATH", str(tmp_path / "own" / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "PLACE/own/bin/python3",
        "PLACE/own/bin/python",
        "PLACE/own/bin/python3.12",
        "PLACE/own/bin/../bin/python",
        "PLACE/current/bin/python",
        "~/own/bin/python",
        "python",
        "python3.12",
        "/usr/bin/env python3",
    ],
)
def test_another_name_in_the_same_environment_is_the_same(places: Path, name: str) -> None:
    assert is_current_interpreter(name.replace("PLACE", str(places)))


@pytest.mark.parametrize(
    "name",
    [
        "PLACE/other/bin/python3",
        "PLACE/base/python3.12",
        "PLACE/base/python3",
        "PLACE/own/bin/python3.11",
        "PLACE/own/bin/python4",
        "python4",
        "/usr/bin/env python4",
        "",
    ],
)
def test_another_environment_or_version_is_another(places: Path, name: str) -> None:
    assert not is_current_interpreter(name.replace("PLACE", str(places)))


def test_the_first_environment_on_the_path_counts(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{places}/other/bin:{places}/own/bin")
    assert not is_current_interpreter("python3")
    assert is_current_interpreter(f"{places}/own/bin/python3")

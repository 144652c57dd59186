# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe a cloud for the tests."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
_GROUPS = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]

Key = tuple[str, str]
"""The ID of an access key, and its secret."""


@dataclass(frozen=True)
class Cloud:
    """Hold the facts about a cloud that all tests need.

    options, variables: the names of the ID and of the secret of an access key, as options and as environment variables.
    administrator: the key in the emulator's example that may do everything. account: its account.
    reader: a module that lists objects with only the administrator's key.
    """

    name: str
    options: tuple[str, str]
    variables: tuple[str, str]
    administrator: Key
    account: str
    reader: str
    attributes: Mapping[str, Set[str]]

    @property
    def modules(self) -> list[str]:
        """Return the names of its modules: an action group has the name of its cloud."""
        return list(_GROUPS[self.name])

    @property
    def state_modules(self) -> list[str]:
        """Return those that manage objects."""
        return [module for module in self.modules if not module.endswith("_info")]

    @property
    def endpoint_variable(self) -> str:
        """Return the environment variable that holds the URL of its API."""
        return f"MULTICLOUD_IAM_{self.name.upper()}_ENDPOINT"

    def signing(self, key: Key | None = None) -> dict[str, str]:
        """Return the options of a task that signs with a key, usually the administrator's."""
        return dict(zip(self.options, key or self.administrator))

    def environment(self, key: Key | None = None) -> dict[str, str]:
        """Return the same as environment variables."""
        return dict(zip(self.variables, key or self.administrator))

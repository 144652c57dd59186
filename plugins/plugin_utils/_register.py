# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Decide whether a task may create a secret, and whether its `register` keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..module_utils._module import Module

# The expressions of `register` (ansible-core 2.21 and newer) that certainly keep the secret: of a single result, and of a
# loop, which has a result for each item.
_KEEPS_SECRET = re.compile(r"_task\.(result|polymorphic_result)(\.secret)?")
_KEEPS_SECRETS = re.compile(r"_task\.(loop_result|polymorphic_result)(\.results)?")


def may_create_secret(module: Module, task: Any) -> bool:
    """Return whether a task may create a key whose secret is returned only once."""
    return "allow_unregistered_secret" in module.argument_spec and task.args.get("state") != "absent"


def variables_with_secret(task: Any) -> list[str]:
    """Return the variables of `register` that certainly keep the secret of a creation."""
    registered = task.register
    if not isinstance(registered, Mapping):
        return [registered] if registered else []
    keeps = _KEEPS_SECRETS if task.loop is not None or task.loop_with else _KEEPS_SECRET
    return [name for name, expression in registered.items() if keeps.fullmatch(str(expression).strip())]

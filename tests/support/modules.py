# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of the collection in this process, as its own process would, over a real socket."""

from __future__ import annotations

import importlib
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.multicloud.iam.plugins.module_utils._runtime import Module, run_task
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task


def load_module(name: str) -> Module:
    """Give the definition of a module by its short name."""
    file = importlib.import_module(f"ansible_collections.multicloud.iam.plugins.modules.{name}")
    module: Module = file.MODULE
    return module


def run_module(name: str, /, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    """Give the result of a module, failed or not, with its warnings."""
    module = load_module(name)
    validated = ArgumentSpecValidator(module.argument_spec, **module.rules).validate(options)
    if validated.error_messages:
        raise ValueError(validated.error_messages)
    task = Task(validated.validated_parameters, check_mode=check_mode, diff_mode=True)
    secret = [name for name, spec in module.argument_spec.items() if spec.get("no_log")]
    task.secrets.add(*(str(options[name]) for name in secret if options.get(name)))
    return {**run_task(module, task), "warnings": task.warnings}

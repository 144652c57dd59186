# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Decide where a task runs: in the worker process, or as a module process, and with which Python."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from typing import Any

from ansible import constants

_SEARCH = "/usr/bin/env "  # as in the first line of a script
_LOCAL = "ansible.builtin.local"
_OFF = ("0", "false", "no", "off")


def why_not_in_process(
    task: Any, connection: Any, environment: Mapping[str, Any], interpreter: str | None
) -> str | None:
    """Return why a module process would run elsewhere or differently than this worker, or None if it would not.

    environment: the variables of the task's `environment`. interpreter: the Python that the task names.
    """
    if os.environ.get("MULTICLOUD_IAM_IN_PROCESS", "").lower() in _OFF:
        return "MULTICLOUD_IAM_IN_PROCESS disables it"
    if not is_local(connection):
        return f"the connection is {_name_of(connection)}, not {_LOCAL}"
    if connection.become is not None:
        return "the task has become"
    if environment:
        return "the task has an environment"
    if task.async_val:
        return "the task has async"
    if interpreter and not is_current_interpreter(interpreter):
        return f"the interpreter {interpreter} is not {sys.executable}, which runs Ansible"
    return None


def is_local(connection: Any) -> bool:
    """Return whether a connection runs programs on the controller, in the environment of ansible-playbook."""
    return _name_of(connection) == _LOCAL


def _name_of(connection: Any) -> str:
    return getattr(connection, "ansible_name", None) or str(connection.transport)


def configured_interpreter(task: Any, templar: Any, variables: Mapping[str, Any]) -> str | None:
    """Return the Python that the task names, or None if Ansible should discover one."""
    configured = constants.config.get_config_value("INTERPRETER_PYTHON", variables=_host_variables(task, variables))
    name = str(templar.template(configured))
    return None if name.startswith("auto") else name


def with_own_python(task: Any, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a task with the Python that runs Ansible as its interpreter.

    Discovery would find the system's Python, which has no SDK.
    """
    own = {**_host_variables(task, variables), "ansible_python_interpreter": sys.executable}
    if not task.delegate_to:
        return own
    return {**variables, "ansible_delegated_vars": {**variables["ansible_delegated_vars"], task.delegate_to: own}}


def _host_variables(task: Any, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of the host that the task runs on."""
    host = task.delegate_to
    return dict(variables["ansible_delegated_vars"][host] if host else variables)


def is_current_interpreter(name: str) -> bool:
    """Return whether a name or a path is the interpreter that runs this process.

    Another name of it in the same environment is the same. An interpreter of another environment is not, even if it
    is a link to the same file, because it has other libraries.
    """
    if name.startswith(_SEARCH):
        name = name[len(_SEARCH) :].strip()
    path = os.path.expanduser(name)
    found = path if os.sep in path else shutil.which(path)
    return bool(found) and _place(str(found)) == _place(sys.executable)


def _place(path: str) -> tuple[str, str]:
    """Return the directory and the file behind a path, with links resolved."""
    directory, file = os.path.split(os.path.abspath(path))
    directory = os.path.realpath(directory)
    return directory, os.path.realpath(os.path.join(directory, file))

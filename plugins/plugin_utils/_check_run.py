# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Find the directory in which the tasks of a check run keep their predictions, and pass it to module processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible import constants, context
from ansible.utils.display import Display

from ..module_utils._predictions import VARIABLE
from ._runtime_choice import is_local

display = Display()

_WARNED = "warned"  # a file in the directory


def directory_of_check_run() -> str | None:
    """Return the directory, or None in a real run, whether or not a task of it is in check mode.

    All workers inherit the temporary directory of ansible-playbook, which ansible-core removes at the end.
    """
    if not context.CLIARGS.get("check"):
        return None
    return os.path.join(constants.DEFAULT_LOCAL_TMP, "multicloud.iam")  # type: ignore[attr-defined]


@contextmanager
def passed_to_module(name: str, directory: str | None, connection: Any, predicts: bool) -> Iterator[None]:
    """Let a module process of the body find the directory. If it runs elsewhere, warn once that it cannot.

    directory: None to let it find none. predicts: the task may predict a change. Otherwise, the warning is only for tasks
    after a prediction.
    """
    is_near = is_local(connection) and connection.become is None
    before = os.environ.pop(VARIABLE, None)
    if directory and is_near:
        os.environ[VARIABLE] = directory
    elif directory and (predicts or _has_predictions(directory)) and _is_first(directory):
        display.warning(
            f"{name}: this task does not run on the controller, or runs with become. So it does not know what earlier"
            " tasks of this check run would change, and later tasks do not know what it would change."
        )
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before


def _has_predictions(directory: str) -> bool:
    """Return whether a task of this run has predicted anything."""
    try:
        return bool(os.listdir(directory))
    except OSError:
        return False


def _is_first(directory: str) -> bool:
    """Return whether nothing has called this before in this run."""
    try:
        os.makedirs(directory, 0o700, exist_ok=True)
        os.close(os.open(os.path.join(directory, _WARNED), os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    return True

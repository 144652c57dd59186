# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read the surroundings of a task: its host, its user, its Python libraries and its files."""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import Any

from ._errors import USAGE, CloudError


def where_it_ran() -> str:
    """Return the host and user of the task, and how to run it on the controller instead."""
    return (
        f"The task ran on {platform.node() or 'a host without a name'} as {_user()}. With delegate_to: localhost and"
        " become: false it runs on the controller, with the environment, files and libraries of ansible-playbook."
    )


def _user() -> str:
    number = os.geteuid() if hasattr(os, "geteuid") else None
    try:
        import pwd

        return f"user {pwd.getpwuid(os.geteuid()).pw_name}"
    except (ImportError, KeyError):
        return f"user {number}"


def missing_library(name: str) -> CloudError:
    """Return the error for a Python library that is not installed."""
    return CloudError(
        USAGE,
        f"the Python library {name} is missing for {sys.executable}",
        advice=f"Install it there: {sys.executable} -m pip install {name}. {where_it_ran()}",
    )


def read_profile_file(path: str, name: str, option: str) -> str:
    """Return the text of a file with profiles, in UTF-8 with or without a byte order mark.

    name: the name of the profile. option: the option that gives it.
    """
    try:
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, ValueError) as error:
        # A decoding error would quote the file.
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _unreadable(path, name, option, why) from None


def json_profile_file(path: str, name: str, option: str, text: str) -> Any:
    """Return the content of such a file, from its JSON text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable(path, name, option, "it is not JSON") from None


def _unreadable(path: str, name: str, option: str, why: str | None) -> CloudError:
    return CloudError(
        USAGE, f"the profile {name!r} cannot be read from {path}: {why}", advice=f"Check {option}. {where_it_ran()}"
    )

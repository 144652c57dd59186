# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Names of Python interpreters: whether the one that a task names is the one that runs Ansible."""

from __future__ import annotations

import os
import shutil
import sys

_SEARCH = "/usr/bin/env "  # as in the first line of a script


def is_own(name: str) -> bool:
    """Whether a name, a path or one to be found on the PATH, means the interpreter that runs this.

    Another name of it in the same environment does. Another environment does not, though its interpreter may be a
    link to the same file: it has other libraries.
    """
    if name.startswith(_SEARCH):
        name = name[len(_SEARCH) :].strip()
    path = os.path.expanduser(name)
    found = path if os.sep in path else shutil.which(path)
    return bool(found) and _place(str(found)) == _place(sys.executable)


def _place(path: str) -> tuple[str, str]:
    """The directory and the file behind a path, without links."""
    directory, file = os.path.split(os.path.abspath(path))
    directory = os.path.realpath(directory)
    return directory, os.path.realpath(os.path.join(directory, file))

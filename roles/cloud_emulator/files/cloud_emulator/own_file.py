# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open files for secrets, and only those of the emulator's own user, so that no other user can redirect them."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

from .input_error import InputError


def descriptor_of(path: Path, flags: int) -> int:
    """Open a file, or create it with mode 0600. Refuse a link, and a file of another user."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if path.is_symlink():
            raise InputError(f"{path} is a link, and the emulator does not follow links") from error
        raise
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and (found.st_uid != os.geteuid() or found.st_nlink > 1):
        os.close(descriptor)
        raise InputError(f"{path} is a file of another user, or has a second name")
    return descriptor


def open_to_append(path: Path) -> IO[str]:
    """Open a text file to append to it."""
    return os.fdopen(descriptor_of(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a", encoding="utf-8")


def open_anew(path: Path) -> IO[str]:
    """Open a text file, and empty it."""
    file = open_to_append(path)
    file.truncate(0)  # only now, so that a file of another user keeps its content
    return file


def write(path: Path, text: str) -> None:
    """Replace the content of a small text file."""
    with open_anew(path) as file:
        file.write(text)

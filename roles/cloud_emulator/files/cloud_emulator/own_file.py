# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the emulator: its user's own, so that nobody else has laid out where its secrets go."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

from .input_error import InputError


def descriptor_of(path: Path, flags: int) -> int:
    """Open a file, made with mode 0600 if there is none; refuse a link, and a file of somebody else."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if path.is_symlink():
            raise InputError(f"{path} is a link, and the emulator follows none") from error
        raise
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and (found.st_uid != os.geteuid() or found.st_nlink > 1):
        os.close(descriptor)
        raise InputError(f"{path} is a file of another user, or has another name beside this one")
    return descriptor


def open_to_append(path: Path) -> IO[str]:
    """Go on with a text file."""
    return os.fdopen(descriptor_of(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "a", encoding="utf-8")


def open_anew(path: Path) -> IO[str]:
    """Begin a text file again."""
    file = open_to_append(path)
    file.truncate(0)  # only now: what is not the user's own keeps its content
    return file


def write(path: Path, text: str) -> None:
    """Write a small text file anew."""
    with open_anew(path) as file:
        file.write(text)

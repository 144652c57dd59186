# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the emulator, as a directory (``python cloud_emulator``) or a package (``-m``)."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # When Python runs a directory, it puts the package itself on the path instead of its parent.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from cloud_emulator.cli import main

main(sys.argv[1:])

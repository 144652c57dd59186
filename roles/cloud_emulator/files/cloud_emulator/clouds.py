# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the clouds that the emulator serves: each folder with a cloud.py is one."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from .cloud import Cloud

for _file in sorted(Path(__file__).parent.glob("*/cloud.py")):
    import_module(f".{_file.parent.name}.cloud", __package__)

CLOUDS: tuple[type[Cloud], ...] = tuple(Cloud.__subclasses__())

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the head of all generated pages in docs/."""

from __future__ import annotations

from pathlib import Path

# Taken from a comment, because a second licence header in a program would confuse licence checkers.
NOTICE = "".join(line.lstrip("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines(keepends=True)[:3])
HEADER = f"<!--\n{NOTICE}-->\n"

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all generated pages of docs/ begin with."""

from __future__ import annotations

from pathlib import Path

# Out of a comment of ours: a second licence in the text of a program would confuse those who look for it.
_NOTICE = "".join(
    line.lstrip("# ") for line in Path(__file__).read_text(encoding="utf-8").splitlines(keepends=True)[:3]
)
HEADER = f"<!--\n{_NOTICE}-->\n"

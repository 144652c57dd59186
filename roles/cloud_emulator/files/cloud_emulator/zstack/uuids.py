# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the form of resource uuids."""

from __future__ import annotations

import re

_FORM = re.compile(r"[0-9a-f]{8}[0-9a-f]{4}[1-5][0-9a-f]{3}[89ab][0-9a-f]{3}[0-9a-f]{12}")


def is_uuid(value: str) -> bool:
    """Return whether the value is a UUID of version 1 to 5 without hyphens, in lower case."""
    return _FORM.fullmatch(value) is not None

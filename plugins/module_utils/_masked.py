# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Compare values that an API masks: it shows a part of them, with stars for the rest."""

from __future__ import annotations

import re
from typing import Any


def is_masked(value: Any) -> bool:
    """Return whether a value is masked."""
    return isinstance(value, str) and "*" in value


def may_equal(shown: str | None, value: str) -> bool:
    """Return whether an API may show a value like this. For a masked one, this is no proof.

    The number of stars means nothing.
    """
    if not shown or not is_masked(shown):
        return shown == value
    first, *middle, last = re.split(r"\*+", shown)
    if len(value) < len(first + last) or not value.startswith(first) or not value.endswith(last):
        return False
    hidden = value[len(first) : len(value) - len(last)]
    for part in middle:
        _before, found, hidden = hidden.partition(part)
        if not found:
            return False
    return True

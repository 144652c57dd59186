# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read the values of variables, which are texts if they come from a command line or a form.

The options of modules accept such texts, so the variables of roles do. A value that cannot be read is returned as it is.
"""

from __future__ import annotations

import re
from typing import Any

_NUMBER = re.compile(r"[0-9]{1,9}(?P<rest>\.[0-9]{1,9})?", re.ASCII)


def number_in(value: Any) -> Any:
    """Return the number in a text."""
    found = _NUMBER.fullmatch(value.strip()) if isinstance(value, str) else None
    return value if not found else float(found[0]) if found["rest"] else int(found[0])


def words_in(value: Any) -> Any:
    """Return the list in a text with commas."""
    return [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the number of generated cases for each property.

`make test` uses the same cases each time. `make test-matrix` uses 10,000 new ones in each run, and prints the one that
fails.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
_ALWAYS: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def cases(usually: int, together_with: int = 1) -> settings:
    """Return the settings of a property. together_with: the number of properties that share the 10,000 cases."""
    if EVERY_STEP:
        return settings(max_examples=10_000 // together_with, print_blob=True, **_ALWAYS)
    return settings(max_examples=usually, derandomize=True, **_ALWAYS)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many generated cases a property is tried with.

`make test` tries the same ones each time, `make test-matrix` 10,000 others in each run, and prints the one that fails.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
_ALWAYS: dict[str, Any] = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}


def cases(usually: int, together_with: int = 1) -> settings:
    """The settings of a property. together_with: how many properties share the 10,000."""
    if EVERY_STEP:
        return settings(max_examples=10_000 // together_with, print_blob=True, **_ALWAYS)
    return settings(max_examples=usually, derandomize=True, **_ALWAYS)

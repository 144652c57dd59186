# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the fields of the requests that change an object of ZStack."""

from __future__ import annotations

from ...support import zstack

SEED = {"system_tags": ["team::build"]}
# The options of a task, and what of them is a field of the request, by operation.
CASES = {
    "ChangeAccessKeyState": (
        {"uuid": zstack.KEY_UUID["bob"], "status": "inactive", "system_tags": ["team::build"], "user_tags": ["team"]},
        {"uuid": zstack.KEY_UUID["bob"], "stateEvent": "disable", "systemTags": ["team::build"], "userTags": ["team"]},
    )
}
# The fields of the models of the official SDK, by operation.
# There is no official SDK.
MODELS: dict[str, set[str]] = {}

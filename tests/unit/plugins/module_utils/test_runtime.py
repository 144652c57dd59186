# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module is: the result of one that only reads."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._runtime import info_module, run_task
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task


@pytest.mark.parametrize(
    ("found", "result"),
    [
        ([{"id": "1"}], {"things": [{"id": "1"}]}),
        ([], {"things": []}),
        ({"things": [], "places": [{"id": "p"}]}, {"things": [], "places": [{"id": "p"}]}),
    ],
)
def test_a_query_gives_one_list_or_several_by_name(found, result):
    module = info_module("things", lambda task: found, {})
    assert run_task(module, Task({})) == {"changed": False, "request_ids": [], **result}

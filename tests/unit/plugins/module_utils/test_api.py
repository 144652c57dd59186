# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls: what is kept of each for the result of the task."""

from __future__ import annotations

from ansible_collections.multicloud.iam.plugins.module_utils._api import Answer, Api, Call
from ansible_collections.multicloud.iam.plugins.module_utils._errors import THROTTLED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._transport import Settings


def test_each_request_id_is_kept_once_in_the_order_of_the_calls():
    """A client that chooses the id itself meets it again with every attempt and every look at a job."""
    task = Task({})
    answers = [
        CloudError(THROTTLED, "wait", request_id="first"),
        Answer(None, "first"),
        Answer(None, "second"),
        Answer(None, "first"),
        Answer(None, None),
    ]

    def attempt(_seconds):
        answer = answers.pop(0)
        if isinstance(answer, CloudError):
            raise answer
        return answer

    api = Api(task, Settings("http://127.0.0.1:1"))
    while answers:
        api.perform(Call("Action", "do", "something"), attempt, lambda content: content)
    assert task.request_ids == ["first", "second"]

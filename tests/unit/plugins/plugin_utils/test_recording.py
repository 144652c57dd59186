# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what a run records if the callback api_calls is on, off, or cannot write."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ansible_collections.multicloud.iam.plugins.plugin_utils import _recording
from ansible_collections.multicloud.iam.plugins.plugin_utils._api_calls import Summary, policies_of, text_of_tasks

MODULE = "multicloud.iam.cam_user_info"


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(_recording, "_place", [])
    return tmp_path / "calls"


def task(name=None, role=None, **more):
    """Return a task of ansible-core, as far as it is needed here."""
    has_role = role and SimpleNamespace(get_name=lambda: role)
    return SimpleNamespace(
        _uuid="1", _role=has_role, async_val=0, environment=None, get_ds=lambda: {"name": name}, **more
    )


def test_nothing_is_recorded_unless_the_callback_asks_for_it(place):
    assert _recording.recording_of(MODULE, task(), {}) is None
    assert not place.exists()


def test_each_host_has_a_file_with_the_names_as_they_are_written(place):
    _recording.switch_on(str(place), None)
    for host in ("a", "b", "a"):
        _recording.recording_of(MODULE, task("Show {{ name }}", "some.role"), {"inventory_hostname": host})
    contexts = [json.loads(file.read_text()) for file in place.iterdir()]
    assert sorted(context["host"] for context in contexts) == ["a", "b"]
    assert {context["task"] for context in contexts} == {"some.role : Show {{ name }}"}


def test_a_directory_that_is_gone_is_a_warning(place, monkeypatch):
    warnings: list[str] = []
    monkeypatch.setattr(_recording.display, "warning", warnings.append)
    _recording.switch_on(str(place), None)
    place.rmdir()
    recording = _recording.recording_of(MODULE, task(), {"inventory_hostname": "a"})
    assert recording is not None
    recording.recorder().add({"cloud": "tencent", "operation": "ListUsers"}, None)
    assert len(warnings) == 1
    assert warnings[0].startswith("The API calls of this task cannot be recorded: ")


def test_a_summary_adds_hosts_and_shows_tasks_without_calls():
    summary = Summary()
    call = {"cloud": "tencent", "operation": "ListUsers"}
    context = {"task": "List", "module": MODULE}
    for lines in ([context, call, call], [context, call], [{"task": MODULE, "module": MODULE}], []):
        summary.add(map(json.dumps, lines))
    assert text_of_tasks(summary) == [f"List ({MODULE})", "    tencent: ListUsers 3", MODULE, "    no call"]
    assert list(policies_of(summary)) == ["Tencent Cloud CAM"]


def test_operations_without_a_permission_need_no_policy():
    summary = Summary()
    summary.add(map(json.dumps, [{"task": "x", "module": "x"}, {"cloud": "alibaba", "operation": "GetCallerIdentity"}]))
    assert policies_of(summary) == {"Alibaba Cloud RAM": ["No permission is required."]}

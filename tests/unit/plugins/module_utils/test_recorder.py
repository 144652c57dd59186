# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the record of calls is private, complete with several writers, and never breaks a task."""

from __future__ import annotations

import json
import multiprocessing
import stat

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._recorder import (
    MEMBER,
    RETURNED,
    VARIABLE,
    Change,
    Recorder,
    append,
    recorder_of_process,
)

CALL = {"cloud": "example", "operation": "Write"}
WRITE = {"time": "2026-01-02T03:04:05Z", "outcome": "done"}


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_file_is_private_and_keeps_what_it_has(tmp_path):
    path = tmp_path / "file"
    for number in range(2):
        append(str(path), {"number": number})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert lines(path) == [{"number": 0}, {"number": 1}]


def test_a_symbolic_link_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="link"):
        append(str(tmp_path / "link"), {})


def write_many(path):
    for number in range(200):
        append(path, {"number": number, "text": "x" * 2000})


def test_many_writers_never_mix_their_lines(tmp_path):
    path = tmp_path / "file"
    writers = [multiprocessing.get_context("fork").Process(target=write_many, args=(str(path),)) for _each in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(line["number"] for line in lines(path)) == sorted([*range(200)] * 4)


def recorder_in(tmp_path, audit_file):
    """Return a recorder as in a module process: it finds the context in the file."""
    context = {"host": "web", "task": "Disable", "module": "multicloud.iam.x", "audit_file": audit_file}
    append(str(tmp_path / "record"), context)
    return Recorder(str(tmp_path / "record"))


def test_a_write_is_in_the_audit_trail_with_its_context_and_change(tmp_path):
    recorder = recorder_in(tmp_path, str(tmp_path / "audit"))
    recorder.about(Change("id", "bob", {"status": "active"}, {"status": "inactive"}))
    recorder.add(CALL, None)
    recorder.add(CALL, WRITE)
    assert lines(tmp_path / "record")[1:] == [CALL, CALL]
    (line,) = lines(tmp_path / "audit")
    assert line == {
        **CALL,
        **WRITE,
        "host": "web",
        "task": "Disable",
        "module": "multicloud.iam.x",
        "key_id": "id",
        "owner": "bob",
        "before": {"status": "active"},
        "after": {"status": "inactive"},
    }
    assert recorder.problems == []


def test_an_audit_trail_that_cannot_be_written_is_a_warning_once(tmp_path):
    recorder = recorder_in(tmp_path, str(tmp_path / "missing" / "audit"))
    for _each in range(2):
        recorder.add(CALL, WRITE)
    (problem,) = recorder.problems
    assert problem.startswith("The audit trail misses Write, because it cannot be written: ")
    assert lines(tmp_path / "record")[1:] == [CALL, CALL]


def test_a_record_that_cannot_be_written_is_a_warning(tmp_path):
    recorder = Recorder(str(tmp_path))
    recorder.add(CALL, None)
    (problem,) = recorder.problems
    assert problem.startswith("The record of the API calls is incomplete: ")


@pytest.mark.parametrize(("value", "is_on"), [(None, False), ("", False), (RETURNED, True)])
def test_a_module_process_records_only_if_it_is_asked_to(monkeypatch, value, is_on):
    if value is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, value)
    assert bool(recorder_of_process()) is is_on
    assert not MEMBER.startswith("_")

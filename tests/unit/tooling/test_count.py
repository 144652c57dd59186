# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.tooling import count


@pytest.mark.parametrize(
    ("results", "status", "line", "expected"),
    [
        (["success", "success"], "0", "2 passed, 0 failed", 0),
        (["success", "skipped"], "0", "1 passed, 0 failed, 1 skipped", 0),
        (["success", "failed", "aborted"], "1", "1 passed, 2 failed", 1),
        (["success", "failed"], "0", "1 passed, 1 failed", 1),
        (["skipped"], "0", "0 passed, 0 failed, 1 skipped", 1),
        ([], "2", "0 passed, 1 failed", 2),
        (None, "2", "0 passed, 1 failed", 2),
        (["success"], "130", "1 passed, 1 failed", 130),
    ],
)
def test_closing_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], results: list[str] | None, status: str, line: str, expected: int
) -> None:
    report = tmp_path / "report.json"
    if results is not None:
        sessions = [{"name": "some", "result": result} for result in results]
        report.write_text(json.dumps({"sessions": sessions}), encoding="utf-8")
    assert count.main(status, str(report)) == expected
    assert capsys.readouterr().out == line + "\n"


def test_reports_are_added_up_and_a_missing_one_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"sessions": [{"name": "some", "result": "success"}]}), encoding="utf-8")
    assert count.main("0", str(report), str(report)) == 0
    assert count.main("0", str(report), str(tmp_path / "missing.json")) == 1
    assert capsys.readouterr().out == "2 passed, 0 failed\n1 passed, 1 failed\n"

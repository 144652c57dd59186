# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.counts import ROOT, code_of, version
from ansible_collections.multicloud.iam.tests.tooling import rotation_proof
from ansible_collections.multicloud.iam.tests.tooling.rotation_proof import PREFIX, left_out, page, role_tasks

PAGE = ROOT / "docs" / "rotation-proof.md"
KILLS: dict[str, Any] = {
    "situation": "one key",
    "cloud": "tencent",
    "store": "secret_file",
    "kills": 3,
    "planned": 1200,
    "ways": {"tree": 2, "main": 1},
    "points": 50,
    "states": 4,
    "compared": 2,
    "different": 0,
    "runs": 7,
    "most_runs": 2,
    "lost": 0,
    "orphans": 0,
    "early": 0,
    "stuck": 0,
    "named": 0,
    "version": "older",
}
POINT = json.dumps(["task", f"{PREFIX}Begin", "before"])
TWO_RUNS = {"switches": 3, "created": 2, "more_runs": 1, "version": version("two-runs")}
REPLAY = {
    "histories": 25,
    "runs": 100,
    "plays": 9,
    "steps": 80,
    "kills": 11,
    "lost_calls": 3,
    "by_operator": 5,
    "different": 0,
    "version": "older",
}
STATES = {"described": {"states": 2000, "complete": False, "runs": 4, "version": "older"}}
MUTANTS = {
    "_rotation f: negated a": {"caught": "unit test", "reason": None, "version": version("mutants")},
    "_rotation f: dropped b from a | b": {"caught": None, "reason": "b is always true", "version": "older"},
}
COUNTS = {
    "kills": {"one": KILLS},
    "points": {POINT: {"situation": "one", "version": "older"}},
    "two-runs": {"tencent, secret_file, order 00": TWO_RUNS, "tencent, secret_file, order 01": TWO_RUNS},
    "states": STATES,
    "replay": {"from 000": REPLAY, "from 025": REPLAY},
    "mutants": MUTANTS,
}


def form(text: str) -> list[str]:
    """Return the lines of a page, without the rows of its tables."""
    lines = text.splitlines()
    following = [*lines[1:], ""]
    return [line for line, after in zip(lines, following) if line[:2] != "| " or "| ---" in line + after]


def test_the_page_was_written_by_the_tool() -> None:
    assert form(PAGE.read_text(encoding="utf-8")) == form(page(COUNTS))


def test_the_counts_are_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "main.yml").write_text("- {name: Begin}\n- {name: more | End}\n")
    text = page({**COUNTS, "kills": {"one": KILLS, "two": {**KILLS, "cloud": "huawei", "lost": 4}}}, tmp_path)
    for row in (
        "one key | tencent | `secret_file` | 3 | 1,200 | 2 | 1 | 0 | 50 | 4 | 2 | 0 | 0 | 0 | 0",
        "kills | 6",
        "kills that a whole test of them needs | 2,400",
        "points in all situations | 100",
        "different points that were killed | 1",
        "situations, counted with an older version of the role | 2",
        "settings, counted with an older version of the planner | 1",
        "mutants of an older version of the planner | 1",
        "tencent | `secret_file` | 2 | 0 | 6 | 4 | 1",
        "histories | 50",
        "lost secrets | 4",
        "tasks of the role that were killed | 1",
        "tasks of the role | 2",
        "states | 2,000",
        "`described` | 2,000 | no | 4",
        "caught by a unit test | 1",
        "equivalent | 1",
        "`_rotation f: dropped b from a \\| b` | b is always true",
    ):
        assert f"\n| {row} |\n" in text


@pytest.mark.parametrize(
    ("tasks", "missing"),
    [
        ("- {name: Begin}", []),
        ("- {name: Begin}\n- {name: New}", ["New"]),
        ("- name: All\n  block: [{name: New}]\n  rescue: [{name: Rescue}]", ["New", "Rescue"]),
        (
            "- name: All\n  block:\n    - name: More\n      block: [{name: Begin}]\n      always: [{name: New}]",
            ["New"],
        ),
    ],
)
def test_a_task_that_was_never_killed_is_named(tasks: str, missing: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "steps"
    folder.mkdir()
    no_tasks = "- {name: Import, ansible.builtin.import_tasks: x.yml}\n- {name: Meta, ansible.builtin.meta: end_role}\n"
    (folder / "some.yml").write_text(f"{tasks}\n{no_tasks}")
    assert left_out([POINT, json.dumps(["call", "New", "before"])], tmp_path) == missing


def test_the_check_fails_if_a_task_was_never_killed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    every = [json.dumps(["task", PREFIX + name, "before"]) for name in role_tasks()]
    for killed, status in ((every, 0), (every[1:], 1)):
        (tmp_path / "points.json").write_text(json.dumps({name: {} for name in killed}))
        assert rotation_proof.main("--check", str(tmp_path)) == status
        assert bool(capsys.readouterr().out) == bool(status)


@pytest.mark.parametrize("tasks", ["- {name: Begin}\n- {name: Begin}", "- {name: 'Begin {{ x }}'}"])
def test_a_task_must_be_recognisable(tasks: str, tmp_path: Path) -> None:
    (tmp_path / "some.yml").write_text(tasks)
    with pytest.raises(ValueError, match="Begin"):
        role_tasks(tmp_path)


def test_the_tasks_of_the_role_are_found() -> None:
    names = role_tasks()
    text = "\n".join(path.read_text(encoding="utf-8") for path in rotation_proof.ROLE.rglob("*.yml"))
    others = len(re.findall(r"^ *(block|ansible.builtin.(import_tasks|meta)):", text, re.MULTILINE))
    assert len(names) == len(re.findall(r"^ *- name:", text, re.MULTILINE)) - others


PYTHON = '''"""Texts."""
DOCUMENTATION = "version 1"
LIMIT = 1


def rule():
    """Return a value."""
    return "docs"  # always
'''
YAML = "- name: Begin  # first\n  when: 1\n"


@pytest.mark.parametrize(("name", "text"), [("rule.py", PYTHON), ("main.yml", YAML)])
def test_documentation_is_no_part_of_a_version(name: str, text: str, tmp_path: Path) -> None:
    """Otherwise, a corrected sentence would make hours of counts those of an older version."""
    path = tmp_path / name

    def code(*changes: tuple[str, str]) -> str:
        changed = text
        for old, new in changes:
            changed = changed.replace(old, new)
        path.write_text(changed)
        return code_of(path)

    assert (
        code(("Texts", "Rules"), ("version 1", "version 2"), ("a value", "it"), ("always", "or not"), ("first", "a"))
        == code()
    )
    assert code(("1", "2")) != code()
    assert code(("Begin", "End"), ("docs", "code")) != code()


def test_removed_defaults_are_no_part_of_a_version(tmp_path: Path) -> None:
    path = tmp_path / "main.yml"

    def code(defaults: str) -> str:
        path.write_text(f"- block:\n    - module_defaults: {defaults}\n")
        return code_of(path)

    known = "{group/a.b.all: {c: 1}, group/a.b.d: {}}"
    assert code(known) == code(known.replace("{group", "{a.b.module: {}, group", 1))
    assert code(known) != code(known.replace("{group", "{a.b.module: {c: 1}, group", 1))
    assert code(known) != code(known.replace(", group/a.b.d: {}", ""))


def test_an_error_that_is_not_ignored_is_no_part_of_a_version(tmp_path: Path) -> None:
    path = tmp_path / "main.yml"

    def code(*keywords: str) -> str:
        path.write_text("\n  ".join(["- name: Begin", *keywords]))
        return code_of(path)

    assert code("ignore_errors: false") == code() != code("ignore_errors: true")

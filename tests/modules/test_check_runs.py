# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that a check run of a whole play predicts what the real run does."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils import _predictions
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.cases import cases
from ansible_collections.multicloud.iam.tests.support.check_runs import (
    TASKS,
    differences,
    facts,
    modules_of,
    tasks_of,
    values_in,
)
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF, CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator, forget_creations
from ansible_collections.multicloud.iam.tests.support.modules import Result, run_module

Play = list[tuple[str, Mapping[str, Any]]]
PLAYS = cases(20, together_with=10)


def plays_of(modules: Iterable[str], most: int) -> st.SearchStrategy[Play]:
    return st.lists(st.one_of(list(map(tasks_of, modules))), min_size=2, max_size=most)


def run(emulator: Emulator, play: Play, check_run: str | None) -> list[Result]:
    """Return the results of the tasks of a play. A task that Ansible would not start has none."""
    results = []
    for module, options in play:
        signing = CLOUDS[CLOUD_OF[module]].signing()
        given = {"api_endpoint": emulator.url, "api_retries": 0, **signing, **options}
        try:
            results.append(run_module(module, check_mode=bool(check_run), check_run=check_run, **given))
        except ValueError as error:
            results.append({"failed": True, "error": {"category": str(error)}})
    return results


def check(emulator: Emulator, play: Play) -> None:
    """Play it in check mode, then for real, and compare."""
    emulator.control("POST", "reset")
    existed = values_in(emulator)
    forget_creations()
    with tempfile.TemporaryDirectory() as directory:
        predicted = run(emulator, play, os.path.join(directory, "predictions"))
    assert not [call for call in emulator.journal() if call["write"]]
    real = run(emulator, play, None)
    for number, (one, other) in enumerate(zip(predicted, real)):
        found = differences(facts(one), facts(other), existed)
        assert not found, (number, play[number], found, one.get("msg"), other.get("msg"))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_check_run_predicts_the_real_run_of_a_play_on_one_cloud(running_emulator, cloud):
    @PLAYS
    @given(plays_of(modules_of(cloud), 12))
    def try_plays(play: Play) -> None:
        check(running_emulator, play)

    try_plays()


@PLAYS
@given(play=plays_of(TASKS, 40))
def test_a_check_run_predicts_the_real_run_of_a_play(running_emulator, play):
    check(running_emulator, play)


def test_a_secret_that_a_task_would_choose_cannot_be_compared(emulator, tmp_path):
    chosen = {"account_name": "carol", "access_key_id": "ChosenKey00000000001"}
    secrets = [f"InventedChosenSecret0000000000000000000{number}" for number in (1, 1, 2)]
    play: Play = [("zstack_accesskey", {**chosen, "access_key_secret": secret}) for secret in secrets]
    results = run(emulator, play, str(tmp_path))
    assert [result["changed"] for result in results] == [True, False, False]
    for result in results[1:]:
        assert "a check run does not keep the one of an earlier task" in result["warnings"][0]


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("cam_access_key", {"target_uin": str(tencent.UIN["alice"]), "access_key_id": tencent.ALICE[0]}),
        ("cam_user", {"name": "alice", "remark": "changed"}),
    ],
    ids=["unchanged", "changed"],
)
def test_a_real_task_pays_nothing_for_predictions(emulator, monkeypatch, module, options):
    """The benchmark measures the time of these calls."""
    called: list[str] = []

    def profile(frame: Any, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename == _predictions.__file__:
            called.append(frame.f_code.co_name)

    monkeypatch.setattr(_predictions, "os", None)  # so nothing can be read or written
    sys.setprofile(profile)
    try:
        (result,) = run(emulator, [(module, options)], None)
    finally:
        sys.setprofile(None)
    assert not result.get("failed"), result
    assert len(called) <= 4, called

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the same task on every cloud, in one playbook."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.faults.objects import UPDATE, Object
from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support import huawei
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import diff_of

pytestmark = pytest.mark.any_core

THINGS: dict[str, Object] = {cloud: part.OBJECTS[0] for cloud, part in parts("faults").items()}
TASKS = yaml.safe_dump(
    [
        {"name": cloud, f"multicloud.iam.{thing.module}": dict(thing.steps[UPDATE].options)}
        for cloud, thing in THINGS.items()
    ]
)
DIFF = {"before": {"status": "active"}, "after": {"status": "inactive"}}


def statuses(emulator: Emulator) -> dict[str, str]:
    """Return the status of one key in each cloud."""
    return {cloud: thing.view(emulator.state(cloud))[thing.target][1] for cloud, thing in THINGS.items()}


@pytest.mark.parametrize("check_first", [True, False])
def test_one_status_in_every_cloud(emulator: Emulator, play: Player, check_first: bool) -> None:
    before = statuses(emulator)
    for arguments in [("--check", "--diff"), ("--diff",), ("--diff",)][0 if check_first else 1 :]:
        again = statuses(emulator) != before
        emulator.clear_journal()
        run = play(TASKS, *arguments)
        assert run.code == 0, run.failures
        writes = [call["cloud"] for call in emulator.journal() if call["write"]]
        assert writes == ([] if again or "--check" in arguments else list(THINGS))
        for cloud in THINGS:
            (result,) = run.results(cloud)
            assert result["changed"] is not again
            assert diff_of(result) == ({"before": {}, "after": {}} if again else DIFF)
            (key,) = [value for name, value in result.items() if name in ("access_key", "vendor_ak")]
            assert key["status"] == "inactive"
            assert list(key)[:6] == ["id", "status", "owner", "description", "create_time", "last_used"]
    assert statuses(emulator) == {cloud: thing.wanted for cloud, thing in THINGS.items()}


def test_a_diff_shows_the_characters_of_all_languages(play: Player) -> None:
    """The default callback would escape them in a dictionary. Unchanged attributes are not shown."""
    run = play(
        """
        - multicloud.iam.cam_user: {name: alice, remark: 发布工程师}
        - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: aws-prod, domain: global, extend_info: {团队: 平台}}
        - multicloud.iam.iam_credential: {user_name: bob, access_key: "{{ key }}", status: active}
        """,
        "--check",
        variables={"key": huawei.BOB[0]},
        verbosity=0,
    )
    assert run.code == 0, run.failures
    assert '+    "remark": "发布工程师"' in run.stdout
    assert '+        "团队": "平台"' in run.stdout
    assert run.stdout.count("+++ after") == 2

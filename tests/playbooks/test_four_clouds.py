# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same request in four clouds: four similar tasks in one playbook."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support import huawei
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import diff_of

pytestmark = pytest.mark.any_core

TASKS = """
- name: Tencent Cloud
  multicloud.iam.cam_access_key:
    target_uin: "100000000002"
    access_key_id: AKIDEmulatorBobKey000000000000000001
    status: inactive
- name: Huawei Cloud
  multicloud.iam.iam_credential:
    access_key: HSTEMULATORBOB000001
    status: inactive
- name: Alibaba Cloud
  multicloud.iam.sas_vendor_ak:
    auth_id: "2832"
    status: inactive
- name: ZStack
  multicloud.iam.zstack_accesskey:
    access_key_id: EmulatorBobKey000001
    status: inactive
"""
CLOUDS = ("Tencent Cloud", "Huawei Cloud", "Alibaba Cloud", "ZStack")
DIFF = {"before": {"status": "active"}, "after": {"status": "inactive"}}


def statuses(emulator: Emulator) -> list[object]:
    """Return the status of the four keys in the four clouds."""
    users = {cloud: emulator.state(cloud)["users"] for cloud in ("tencent", "huawei")}
    (entry,) = [entry for entry in emulator.state("alibaba")["entries"] if entry["auth_id"] == 2832]
    accounts = emulator.state("zstack")["accounts"]
    bobs = {cloud: next(user for user in people if user["name"] == "bob") for cloud, people in users.items()}
    bob = next(account for account in accounts if account["name"] == "bob")
    return [
        bobs["tencent"]["keys"][0]["status"],
        bobs["huawei"]["keys"][0]["status"],
        entry["status"],
        bob["keys"][0]["state"],
    ]


@pytest.mark.parametrize("check_first", [True, False])
def test_one_status_in_four_clouds(emulator: Emulator, play: Player, check_first: bool) -> None:
    before = statuses(emulator)
    for arguments in [("--check", "--diff"), ("--diff",), ("--diff",)][0 if check_first else 1 :]:
        again = statuses(emulator) != before
        emulator.clear_journal()
        run = play(TASKS, *arguments)
        assert run.code == 0, run.failures
        writes = [call["cloud"] for call in emulator.journal() if call["write"]]
        assert writes == ([] if again or "--check" in arguments else ["tencent", "huawei", "alibaba", "zstack"])
        for cloud in CLOUDS:
            (result,) = run.results(cloud)
            assert result["changed"] is not again
            assert diff_of(result) == ({"before": {}, "after": {}} if again else DIFF)
            (key,) = [value for name, value in result.items() if name in ("access_key", "vendor_ak")]
            assert key["status"] == "inactive"
            assert list(key)[:6] == ["id", "status", "owner", "description", "create_time", "last_used"]
    assert statuses(emulator) == ["Inactive", "inactive", 1, "Disabled"]


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

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the guide to rotations work as they are, except for the directory of the records."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.rotation import PASSPHRASE
from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

GUIDE = (COLLECTION / "docs" / "guide-rotation.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
DIRECTORY = "/srv/secrets"
TENCENT, ZSTACK = "AKIDexample0build0000000000000000001", "ExampleBackupKey0001"
# The objects in the example, without those that are given by the emulator.
OLD = {"create_time": "2026-01-01T00:00:00Z"}
SEED = {
    "tencent": {"users": [{"name": "build", "uin": 100000000012, "keys": [{"access_key_id": TENCENT, **OLD}]}]},
    "alibaba": {"entries": [{"alias": "tencent-build", "vendor": "Tencent", "ak_type": "sub", "secret_id": TENCENT}]},
    "zstack": {
        "accounts": [
            {"name": "backup", "uuid": "ac000000000040008000000000000002", "keys": [{"access_key_id": ZSTACK, **OLD}]}
        ]
    },
}


@pytest.mark.any_core
@pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")
def test_the_examples_of_the_guide_rotate_both_keys(emulator: Emulator, play: Player, tmp_path: Path) -> None:
    keys = yaml.safe_load(BLOCKS[0].replace(DIRECTORY, str(tmp_path)))
    (playbook,) = [block for block in BLOCKS if "set_stats" in block]
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    emulator.seed(SEED)
    run = play(
        playbook,
        "--vault-id",
        f"rotation@{tmp_path / 'passphrase'}",
        variables={**keys, "rotate_access_key_verify_delay": 0},
        env={"ANSIBLE_SHOW_CUSTOM_STATS": "true"},
        secrets=[PASSPHRASE],
        timeout=600,
    )
    assert run.code == 0, run.failures
    assert run.stdout.count('"phase": "promoted"') >= 2
    assert {path.name for path in tmp_path.glob("*.yml")} == {"build-server.yml", "backup.yml"}
    (entry,) = [entry for entry in emulator.state("alibaba")["entries"] if entry["alias"] == "tencent-build"]
    (user,) = [user for user in emulator.state("tencent")["users"] if user["name"] == "build"]
    assert {entry["secret_id"], TENCENT} == {key["access_key_id"] for key in user["keys"]}

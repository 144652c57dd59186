# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials are on the controller, but a task might run elsewhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS

# Like sudo, which does not pass on the variables of its user.
SUDO = """#!/bin/sh
while [ "$1" != -u ]; do shift; done
shift 2
exec env -i PATH="$PATH" HOME="$HOME" {keep} "$@"
"""
READERS = "".join(
    f"    - {{name: {cloud.name}, multicloud.iam.{cloud.reader}: {{}}, become: true, ignore_errors: true}}\n"
    for cloud in CLOUDS.values()
)
PLAY = """
- hosts: localhost
  gather_facts: false
  vars:
    ansible_become_exe: "{{ sudo }}"
    ansible_become_user: root
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
READERS_OF_ALL    - name: profile
      multicloud.iam.cam_user_info: {api_profile: production}
      become: true
      ignore_errors: true
    - {name: here, multicloud.iam.sas_vendor_ak_info: {}, become: false}
    - name: in process
      multicloud.iam.iam_credential_info: {}
      ignore_errors: true
""".replace("READERS_OF_ALL", READERS)
VARIABLES = {cloud.name: " and ".join(cloud.variables) for cloud in CLOUDS.values()}


def test_an_error_about_missing_things_says_where_the_task_ran(play: Player, tmp_path: Path) -> None:
    sudo = tmp_path / "sudo"
    keep = " ".join(f'{name}="${name}"' for name in ("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH") if name in os.environ)
    sudo.write_text(SUDO.format(keep=keep))
    sudo.chmod(0o755)
    unset = dict.fromkeys(("HW_ACCESS_KEY", "HW_SECRET_KEY"), "")
    run = play(PLAY, variables={"sudo": str(sudo)}, env={**unset, "ANSIBLE_BECOME_ALLOW_SAME_USER": "true"})
    for cloud, names in VARIABLES.items():
        message = run.message(cloud)
        assert message.startswith("no credentials were given. Set api_")
        assert f"{names}" in message
        assert "in the environment of ansible-playbook." in message
    for task in (*VARIABLES, "profile"):
        message = run.message(task)
        assert re.search(r"The task ran on \S+ as user \S+\. With delegate_to: localhost and become: false", message)
        assert "environment:" not in message
    assert "cannot be read from" in run.message("profile")
    assert run.statuses("here") == ["ok"]
    assert run.message("in process") == run.message("huawei")

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the callback api_calls in real runs: what it prints and writes, in both runtimes, and that it shows no secret."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._account import permissions_of
from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player
from ansible_collections.multicloud.iam.tests.playbooks.test_credentials import SUDO
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS

ENABLED = {"ANSIBLE_CALLBACKS_ENABLED": "record,multicloud.iam.api_calls"}

LOOP = """
- name: Disable {{ item }}
  multicloud.iam.cam_access_key:
    user_name: alice
    access_key_id: "{{ item }}"
    status: inactive
  loop: [AKIDEmulatorAliceKey0000000000000001, AKIDEmulatorAliceKey0000000000000002]
- name: Create a key
  multicloud.iam.cam_access_key:
    user_name: carol
    description: deploy
  register: created
  no_log: true
- multicloud.iam.cam_user_info:
- name: Read the regions
  multicloud.iam.sas_vendor_ak_info:
    regions_of: AWS
- name: Fail
  multicloud.iam.iam_credential:
    user_name: nobody
    description: deploy
  ignore_errors: true
- name: Nothing to do
  multicloud.iam.cam_access_key:
    user_name: carol
    description: deploy
  when: false
"""


def calls_of(output: str) -> list[str]:
    """Return the lines of the list of calls."""
    text: str
    (text,) = re.findall(r"^API CALLS \**\n(.*?)\n\n", output, re.MULTILINE | re.DOTALL)
    return text.splitlines()


def policies_of(output: str) -> dict[str, Any]:
    """Return the printed policies by their titles."""
    found = re.findall(r"^LEAST PRIVILEGE: (.*?) \**\n(\{.*?^\})$", output, re.MULTILINE | re.DOTALL)
    return {title: json.loads(text) for title, text in found}


def trail(path: Path) -> list[dict[str, Any]]:
    """Return the lines of an audit trail."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "runtime", [{}, pytest.param(AS_MODULE, marks=pytest.mark.any_core)], ids=["in process", "as module"]
)
def test_a_run_lists_its_calls_and_its_policies(play: Player, tmp_path: Path, runtime: dict[str, str]) -> None:
    audit = play.home / "audit.jsonl"  # which is searched for secrets, like the output
    play.emulator.reset()
    run = play(LOOP, env={**ENABLED, **runtime, "MULTICLOUD_IAM_AUDIT_FILE": str(audit)})
    assert run.code == 0, run.failures
    assert calls_of(run.stdout) == [
        "Disable {{ item }} (multicloud.iam.cam_access_key)",
        "    tencent: GetUser 2, ListAccessKeys 2, UpdateAccessKey 1",
        "Create a key (multicloud.iam.cam_access_key)",
        "    tencent: CreateAccessKey 1, GetUser 1, ListAccessKeys 2",
        "multicloud.iam.cam_user_info",
        "    tencent: ListUsers 1",
        "Read the regions (multicloud.iam.sas_vendor_ak_info)",
        "    alibaba: DescribeCloudVendorAccountAKList 1, ListCloudVendorRegions 1",
        "Fail (multicloud.iam.iam_credential)",
        "    huawei: KeystoneListAuthDomains 1, KeystoneListUsers 2",
    ]
    sas = ["yundun-sas:DescribeCloudVendorAccountAKList", "yundun-sas:ListCloudVendorRegions"]
    cam = ["cam:CreateAccessKey", "cam:GetUser", "cam:ListAccessKeys", "cam:ListUsers", "cam:UpdateAccessKey"]
    assert policies_of(run.stdout) == {
        "Tencent Cloud CAM": permissions_of("tencent").policy(cam),
        "Alibaba Cloud RAM": permissions_of("alibaba").policy(sas),
        "Huawei Cloud IAM": permissions_of("huawei").policy(["iam:users:listUsers"]),
    }
    assert stat.S_IMODE(audit.stat().st_mode) == 0o600
    update, create = trail(audit)
    journal = {call["action"]: call["request_id"] for call in play.emulator.journal()}
    assert [update["operation"], create["operation"]] == ["UpdateAccessKey", "CreateAccessKey"]
    for line in (update, create):
        assert (line["host"], line["cloud"], line["outcome"]) == ("localhost", "tencent", "done")
        assert line["request_id"] == journal[line["operation"]]
    assert update["key_id"] == "AKIDEmulatorAliceKey0000000000000001"
    assert (update["before"], update["after"]) == ({"status": "active"}, {"status": "inactive"})
    assert create["key_id"]
    assert (create["before"]["state"], create["after"]["state"]) == ("absent", "present")


@pytest.mark.any_core
def test_async_become_check_mode_and_many_hosts(play: Player) -> None:
    """A module process with become stands for one on another machine: it returns its record in its result."""
    play.emulator.reset()
    audit = play.home / "audit.jsonl"
    sudo = play.directory / "sudo"
    keep = " ".join(f'{name}="${name}"' for name in ("ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH") if name in os.environ)
    sudo.write_text(SUDO.format(keep=keep))
    sudo.chmod(0o755)
    run = play(
        """
        - hosts: localhost
          gather_facts: false
          tasks:
            - name: Add hosts
              ansible.builtin.add_host:
                name: "host{{ item }}"
                ansible_connection: local
              loop: [1, 2, 3]
        - hosts: host1:host2:host3
          gather_facts: false
          tasks:
            - name: On all hosts
              multicloud.iam.cam_user_info:
              register: listed
            - name: In the background
              multicloud.iam.cam_user_info:
              async: 60
              poll: 1
            - name: Become
              multicloud.iam.cam_user:
                name: "{{ inventory_hostname }}"
                remark: "{{ key[1] }}"
                api_endpoint: "{{ url }}"
                api_secret_id: "{{ key[0] }}"
                api_secret_key: "{{ key[1] }}"
              become: true
              vars: {ansible_become_exe: "{{ sudo }}"}
              register: became
            - name: Show what became of it
              ansible.builtin.debug:
                var: became
            - name: Sorry, in the background as another user
              multicloud.iam.cam_user_info:
              async: 60
              poll: 0
              become: true
              vars: {ansible_become_exe: "{{ sudo }}"}
            - name: Only predict
              multicloud.iam.cam_access_key:
                user_name: carol
                description: deploy
                allow_unregistered_secret: true
              check_mode: true
        """,
        env={**ENABLED, "ANSIBLE_BECOME_ALLOW_SAME_USER": "true", "MULTICLOUD_IAM_AUDIT_FILE": str(audit)},
        variables={"sudo": str(sudo), "url": play.emulator.url, "key": CLOUDS["tencent"].administrator},
    )
    assert run.code == 0, run.failures
    assert calls_of(run.stdout) == [
        "On all hosts (multicloud.iam.cam_user_info)",
        "    tencent: ListUsers 3",
        "In the background (multicloud.iam.cam_user_info)",
        "    tencent: ListUsers 3",
        "Become (multicloud.iam.cam_user)",
        "    tencent: AddUser 3, GetUser 6",
        "Sorry, in the background as another user (multicloud.iam.cam_user_info)",
        "    not recorded: async on another machine, or as another user",
        "Only predict (multicloud.iam.cam_access_key)",
        "    tencent: GetUser 3, ListAccessKeys 3",
    ]
    assert "multicloud_iam_calls" not in str(run.results("Show what became of it"))
    lines = trail(audit)
    assert sorted(line["host"] for line in lines) == ["host1", "host2", "host3"]
    for line in lines:
        assert (line["operation"], line["attempted"], line["outcome"]) == ("AddUser", "create", "done")
        assert line["object"] == f"user {line['host']}"
        assert line["after"] == {"state": "present", "remark": "********"}


@pytest.mark.any_core
def test_an_audit_trail_that_cannot_be_written_warns_and_does_not_stop_the_run(play: Player) -> None:
    play.emulator.reset()
    disable = "- multicloud.iam.cam_access_key: {user_name: bob, status: inactive}"
    run = play(disable, env={**ENABLED, "MULTICLOUD_IAM_AUDIT_FILE": str(play.home / "missing" / "audit.jsonl")})
    assert run.code == 0, run.failures
    assert "The audit trail misses UpdateAccessKey, because it cannot be written" in re.sub(r"\s+", " ", run.output)
    assert calls_of(run.stdout)[1:] == ["    tencent: GetUser 1, ListAccessKeys 1, UpdateAccessKey 1"]

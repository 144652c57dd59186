# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rejected credentials are not sent again, because a few more failures would lock the key."""

from __future__ import annotations

import socketserver
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.faults.objects import UPDATE, Object
from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.loopback import Loopback

pytestmark = pytest.mark.any_core
WRONG = "Wrong-Secret-Canary-0001"
HOSTS = 8

THINGS: dict[str, Object] = {cloud: part.OBJECTS[0] for cloud, part in parts("faults").items()}
SIGNERS = {thing.module: thing for thing in THINGS.values()}
# The secrets are looked up, because old versions of ansible-core hide the result of an item that is a secret.
LOOPS = yaml.safe_dump(
    [
        {
            "name": thing.module,
            f"multicloud.iam.{thing.module}": {
                **thing.steps[UPDATE].options,
                **CLOUDS[cloud].signing((CLOUDS[cloud].administrator[0], "{{ secrets[item] }}")),
            },
            "loop": ["wrong", "wrong", thing.module, "wrong"],
            "ignore_errors": True,
        }
        for cloud, thing in THINGS.items()
    ]
)


@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])
@pytest.mark.parametrize("env", [{}, AS_MODULE], ids=["in process", "as module"])
def test_rejected_credentials_end_the_items_of_a_loop(
    emulator: Emulator, play: Player, env: Mapping[str, str], check_mode: bool
) -> None:
    """For every cloud. Items with other credentials are sent."""
    secrets = {"wrong": WRONG, **{thing.module: CLOUDS[cloud].administrator[1] for cloud, thing in THINGS.items()}}
    _left, run = play.run_unsearched(
        LOOPS, *(["--check"] if check_mode else []), variables={"secrets": secrets}, env=env
    )
    for module in SIGNERS:
        items = run.items(module)
        assert [item["status"] for item in items] == ["failed", "failed", "ok", "failed"], items
        assert [item["changed"] for item in items] == [False, False, True, False]
        assert ["not sent" in item.get("msg", "") for item in items] == [False, True, False, True]
    rejected = Counter(call["cloud"] for call in emulator.journal() if call["code"])
    assert set(rejected.values()) == {1}
    assert len(rejected) == len(SIGNERS)


@pytest.mark.parametrize("env", [{}, AS_MODULE], ids=["in process", "as module"])
def test_an_item_with_its_own_credentials_is_sent_after_those_of_the_environment(
    emulator: Emulator, play: Player, env: Mapping[str, str]
) -> None:
    """Even though both have the same endpoint options, or none at all."""
    tasks = """
    - name: Ask
      multicloud.iam.cam_user_info:
        api_secret_id: "{{ ids[item] | default(omit) }}"
        api_secret_key: "{{ secrets[item] | default(omit) }}"
        api_endpoint: "{{ endpoint | default(omit) }}"
      loop: [nobody, root]
      ignore_errors: true
    """
    root: dict[str, Any] = {"ids": {"root": tencent.ROOT[0]}, "secrets": {"root": tencent.ROOT[1]}}
    wrong = {**env, "TENCENTCLOUD_SECRET_KEY": WRONG}
    for variables in (root, {**root, "endpoint": emulator.url}):
        _left, run = play.run_unsearched(tasks, variables=variables, env=wrong)
        assert [item["status"] for item in run.items("Ask")] == ["failed", "ok"], run.failures


class _Refusing(socketserver.BaseRequestHandler):
    """Reject the password, as a proxy does."""

    server: _Proxy

    def handle(self) -> None:
        self.server.asked += 1
        self.request.recv(65536)
        self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


class _Proxy(Loopback):
    asked = 0


@pytest.mark.parametrize("env", [{}, AS_MODULE], ids=["in process", "as module"])
def test_a_proxy_that_rejects_its_password_is_called_by_one_item(play: Player, env: Mapping[str, str]) -> None:
    """Regardless of the credentials of the other items. Items with another proxy are sent."""
    tasks = """
    - name: Ask
      multicloud.iam.cam_user_info:
        api_secret_id: AKIDNobody
        api_secret_key: "{{ secrets[item] }}"
        api_proxy: "{{ proxies[item] }}"
      loop: [0, 1, 2]
      ignore_errors: true
    """
    with _Proxy(_Refusing) as first, _Proxy(_Refusing) as second:
        variables = {
            "secrets": ["the-first-canary", "the-other-canary", "the-first-canary"],
            "proxies": [first.url, first.url, second.url],
        }
        _left, run = play.run_unsearched(tasks, variables=variables, env=env)
        found = run.items("Ask")
        assert ["not sent" in item["msg"] for item in found] == [False, True, False], found
        assert all("The user and password of a proxy belong in the URL" in item["msg"] for item in found)
        assert (first.asked, second.asked) == (1, 1)


ASK_FIRST = """
    - name: Ask once, for all hosts
      multicloud.iam.iam_credential_info:
      run_once: true
"""
ON_ALL = """
    - name: Disable
      multicloud.iam.iam_credential:
        user_name: bob
        status: inactive
"""


@pytest.mark.parametrize(("tasks", "calls"), [(ASK_FIRST + ON_ALL, 1), (ON_ALL, HOSTS)], ids=["asked first", "not"])
def test_each_host_sends_rejected_credentials_unless_one_checks_first(
    emulator: Emulator, play: Player, tasks: str, calls: int
) -> None:
    """As described in the guide for Huawei Cloud: if one host fails, the play ends for all hosts."""
    inventory = play.directory / "hosts"
    inventory.write_text("".join(f"host{n} ansible_connection=local\n" for n in range(HOSTS)), encoding="utf-8")
    playbook = f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}"
    options = ("-i", str(inventory), "--forks", str(HOSTS))
    _left, run = play.run_unsearched(playbook, *options, env={"HW_SECRET_KEY": WRONG}, verbosity=0)
    assert run.code == 2
    assert len([call for call in emulator.journal() if call["code"]]) == calls

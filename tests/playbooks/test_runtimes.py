# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inside the worker and as a process of its own, a module gives the same results: key by key, success or failure."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, COLLECTION, Player, Run
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

TARGETS = COLLECTION / "tests" / "integration" / "targets"
MODULES = ["cam_access_key", "cam_user", "iam_credential", "sas_vendor_ak", "zstack_accesskey"]
# All steps of the integration targets, twice, take minutes: `make test` takes the cycle and some of the bad input.
EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
SOME = 8

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  vars_files: "{vars}"
  vars:
    steps: "{{{{ cycle + (rules + bad_input if every | bool else bad_input[:some | int]) }}}}"
  tasks:
    - name: Check mode
      multicloud.iam.{module}: "{{{{ item.options }}}}"
      loop: "{{{{ steps }}}}"
      loop_control:
        label: "{{{{ item.name }}}}"
      check_mode: true
      register: checked
      ignore_errors: true
    - name: For real
      multicloud.iam.{module}: "{{{{ item.options }}}}"
      loop: "{{{{ steps }}}}"
      loop_control:
        label: "{{{{ item.name }}}}"
      register: real
      ignore_errors: true
"""

CHOSEN_BY_THE_CLOUD = ("request_id", "request_ids", "secret", "create_time", "age_days", "unused_days")
# Ids of new keys, and uuids, wherever they stand in a text.
CHOSEN_TEXT = re.compile(
    r"(?i)AKID[0-9a-z]{32}|\b[0-9A-Z]{20}\b|[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|\b[0-9]{12,}\b|\d{4}-\d\d-\d\dT[0-9:]+Z"
)


def comparable(value: Any) -> Any:
    """A result without what the cloud chooses anew each time."""
    if isinstance(value, dict):
        return {
            name: "chosen" if name in CHOSEN_BY_THE_CLOUD and member is not None else comparable(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [comparable(member) for member in value]
    return CHOSEN_TEXT.sub("chosen", value) if isinstance(value, str) else value


def results(run: Run) -> list[tuple[str, Any]]:
    return [
        (f"{task}: {result.get('_ansible_item_label', number)}", comparable(result))
        for task in ("Check mode", "For real")
        for number, result in enumerate(run.items(task))
    ]


@pytest.mark.parametrize("module", MODULES)
def test_both_runtimes_give_the_same_results(emulator: Emulator, play: Player, module: str) -> None:
    main = yaml.safe_load((TARGETS / module / "tasks" / "main.yml").read_text())
    objects = main[0]["block"][0]["vars"].get("setup_cloud_emulator_objects", {})
    playbook = PLAYBOOK.format(module=module, vars=TARGETS / module / "vars" / "main.yml")
    variables = {"every": EVERY_STEP, "some": SOME, "cloud_emulator_url": emulator.url}
    given = []
    for env in ({}, AS_MODULE):
        emulator.reset()
        emulator.seed(objects)
        _place, run = play.run_unsearched(playbook, variables=variables, env=env)
        assert bool(run.interpreters(module)) is (env == AS_MODULE)
        given.append(results(run))
    inside, outside = given
    assert len(inside) == len(outside) > 2 * SOME
    for (name, ours), (_name, theirs) in zip(inside, outside, strict=True):
        assert ours == theirs, name

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand in for a module of awx.awx. The tests write its name and its options into a copy of this file.

It is an action plugin, because a module would start a process for each of many tasks. ansible-core checks the options in
the same way. AWX_STUB names a directory: `objects.json` contains the objects that exist, `journal.jsonl` all calls. As in
AWX, an object that a call refers to must exist, a check run changes nothing, and a secret is written again only with
update_secrets.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

NAME = ""
RULES: dict[str, Any] = {}


def key_of(module: str, name: str, within: str = "") -> str:
    """Return the key of an object. within: the inventory or the workflow that it is a part of."""
    return " / ".join(filter(None, (module, within, name)))


class ActionModule(ActionBase):
    """Check the options, and write down the call and the object."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        rules = {name: rule for name, rule in RULES.items() if name not in ("options", "references")}
        _result, options = self.validate_argument_spec(RULES["options"], **rules)
        given = {name: value for name, value in options.items() if value is not None}
        directory = Path(os.environ["AWX_STUB"])
        with (directory / "journal.jsonl").open("a", encoding="utf-8") as journal:
            call = {"module": NAME, "check_mode": self._task.check_mode, "given": given}
            journal.write(json.dumps(call) + "\n")
        file = directory / "objects.json"
        objects: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        within = given.get("workflow_job_template") or given.get("inventory", "")
        check_references(given, objects, within)
        has_place = NAME in ("host", "group", "workflow_job_template_node")
        key = key_of(NAME, given.get("name") or given["identifier"], within if has_place else "")
        before = objects.get(key, {})
        update_secrets = given.pop("update_secrets", False)
        after = {**before, **given}
        if after != before and not self._task.check_mode:
            file.write_text(json.dumps({**objects, key: after}), encoding="utf-8")
        return {"changed": after != before or update_secrets}


def check_references(given: dict[str, Any], objects: dict[str, Any], within: str) -> None:
    """Refuse the name of an object that does not exist."""
    for option, other in RULES["references"].items():
        named = given.get(option, [])
        for name in named if isinstance(named, list) else [named]:
            place = within if other in ("host", "workflow_job_template_node") else ""
            if key_of(other, name, place) not in objects:
                raise AnsibleActionFail(f"The {other} {name!r} of {option} was not found.")

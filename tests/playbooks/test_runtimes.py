# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module returns the same results inside the worker and as a module process, for success and failure.

With the oldest, the newest and the next version of ansible-core, `make test` runs the whole life cycle of every state
module in check mode and for real, one query of every info module, and some of the invalid input of each.
`make test-matrix` runs every step of the integration targets, all queries and all invalid input. Both also run a
playbook with values that Ansible might change before they reach a module, `make test` with the newest version only.

The tests compare all events of callback plugins, and the registered results. For values that the cloud chooses, they
compare only the type, and whether an ID is the same everywhere. With ansible-core 2.22, a module process hides even a
secret that is a common word everywhere, which a module cannot prevent. It warns about that, and the results are not
compared. The number of calls is not compared in a loop with api_expected_account, because items inside the worker look up
the account only once.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.multicloud.iam.plugins.module_utils._runtime import TOO_COMMON
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import HAS_SECRETS_API
from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, COLLECTION, Player
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF, CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import load_module

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
# `make test` only uses one in this number of invalid inputs.
SOME = 12

TARGETS = COLLECTION / "tests" / "integration" / "targets"
# The integration target of each module.
STATE_MODULES = {name: name for cloud in CLOUDS.values() for name in cloud.state_modules}
# A target can test several info modules. It has the invalid input of each.
INFO_MODULES = {
    name: path.parts[-3]
    for path in sorted(TARGETS.glob("*_info/vars/main.yml"))
    for name in yaml.safe_load(path.read_text(encoding="utf-8"))["bad_input"]
}
MODULES = {name: (STATE_MODULES | INFO_MODULES)[name] for name in CLOUD_OF}
# Starting ansible-playbook takes as long as two or three modules.
TOGETHER = [[name] for name in MODULES] if EVERY_STEP else [list(MODULES)]

# Seconds. A module process takes up to one second, and a module has up to two hundred steps.
LONGEST = 1200
pytestmark = pytest.mark.timeout(2 * LONGEST)

SETTINGS = {
    "ANSIBLE_INJECT_INVOCATION": "true",  # everything that a result can contain
    "ANSIBLE_PIPELINING": "true",  # the fastest way to start a module process
    "PYTHONHASHSEED": "0",  # ansible-core lists the words for yes and no in random order
}

Result = dict[str, Any]

# In loops, ansible-core before 2.20 adds this mark to everything that a module process has returned.
OF_MODULE_PROCESSES = "_ansible_parsed"

REGISTERED = "The registered result: "

# Values that the cloud chooses in each run, or that depend on the time.
CHOSEN_NAMES = ("request_id", "secret", "age_days", "unused_days")
CHOSEN_TEXT = re.compile(
    r"(?i)(?<=__omit_place_holder__)\w+|"  # ansible-core 2.18, in lists
    r"AKID[0-9a-z]{32}|\b[0-9A-Z]{20}\b|[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|\b[0-9]{12,}\b"
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Comparable:
    """Make the results of two runs comparable: replace values that the cloud chose by their type or their position."""

    def __init__(self, known: str) -> None:
        """Store the IDs that exist before the run. known: a text that contains all of them."""
        self._chosen: dict[str, str] = {found.group(): found.group() for found in CHOSEN_TEXT.finditer(known)}
        self._since = datetime.now(timezone.utc) - timedelta(days=1)

    def __call__(self, value: Any) -> Any:
        if isinstance(value, dict):
            names = sorted(value.keys() - {OF_MODULE_PROCESSES})
            if "warnings" in names and set(value["warnings"]) <= {TOO_COMMON}:
                names.remove("warnings")
            result = {self(name): self._member(name, value[name]) for name in names}
            if value.get("invocation", {}).get("module_args", {}).get("api_expected_account"):
                result.pop("request_ids", None)  # inside the worker, the items of a loop look up the account once
            return result
        if isinstance(value, list):
            return [self(member) for member in value if member != TOO_COMMON]
        if isinstance(value, str) and value.startswith(REGISTERED):
            return self(json.loads(value.removeprefix(REGISTERED)))
        if isinstance(value, str):
            return MOMENT.sub(self._moment, CHOSEN_TEXT.sub(self._place, value))
        return value

    def _member(self, name: str, value: Any) -> Any:
        if name == "request_ids":
            return len(value)
        if name in CHOSEN_NAMES and value:
            return type(value).__name__
        return self(value)

    def _place(self, found: re.Match[str]) -> str:
        return self._chosen.setdefault(found.group(), f"chosen-{len(self._chosen)}")

    def _moment(self, found: re.Match[str]) -> str:
        moment = datetime.fromisoformat(found.group().replace("Z", "+00:00"))
        return "now" if moment > self._since else found.group()


def differences(ours: Any, theirs: Any, where: str = "") -> Iterator[str]:
    """Yield the places at which two values or their types differ."""
    if type(ours) is not type(theirs):
        yield f"{where}: {ours!r} in process, {theirs!r} as module"
    elif isinstance(ours, dict):
        for name in sorted(ours.keys() | theirs.keys(), key=str):
            yield from differences(ours.get(name, "ABSENT"), theirs.get(name, "ABSENT"), f"{where}.{name}")
    elif isinstance(ours, list) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(*pair, f"{where}[{number}]")
    elif repr(ours) != repr(theirs):  # because of NaN
        yield f"{where}: {ours!r} in process, {theirs!r} as module"


def queries_of(target: str, module: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the tasks of an integration target that call the module successfully, and the variables of their blocks."""
    tasks: list[dict[str, Any]] = []
    variables: dict[str, Any] = {}

    def collect(entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            if "block" in entry:
                variables.update(entry.get("vars", {}))
                collect(entry["block"])
            elif f"multicloud.iam.{module}" in entry and "bad_input" not in str(entry.get("loop")):
                tasks.append(entry)

    for file in sorted((TARGETS / target / "tasks").glob("*.yml")):
        collect(yaml.safe_load(file.read_text(encoding="utf-8")))
    return tasks, variables


def play_of(module: str) -> dict[str, Any]:
    """Return a play with the steps or queries of a module, and with its registered results, without hiding any value."""
    target = MODULES[module]
    action = f"multicloud.iam.{module}"
    bad_input = "bad_input" if module in STATE_MODULES else f"bad_input.{module}"
    some = "" if EVERY_STEP else f"[::{SOME}]"
    variables: dict[str, Any] = {}
    calls: list[dict[str, Any]] = []
    if module in STATE_MODULES:
        # Each step in check mode first.
        calls.append(
            {
                "name": f"{module}, steps",
                action: "{{ item.0.options }}",
                "check_mode": "{{ item.1 }}",
                "loop": f"{{{{ {'(cycle + rules)' if EVERY_STEP else 'cycle'} | product([true, false]) | list }}}}",
                "loop_control": {"label": "{{ item.0.name }}"},
            }
        )
    else:
        queries, variables = queries_of(target, module)
        keys = ("name", "vars", "loop", "check_mode", action)
        calls += [
            {key: query[key] for key in keys if key in query} | {"name": f"{module}, {query['name']}"}
            for query in (queries if EVERY_STEP else queries[:1])
        ]
    calls.append(
        {
            "name": f"{module}, bad input",
            action: "{{ item.options }}",
            "loop": f"{{{{ {bad_input}{some} }}}}",
            "loop_control": {"label": "{{ item.name }}"},
        }
    )
    # As a string, which no version of ansible-core converts.
    shown = {"name": "As registered", "ansible.builtin.debug": {"msg": REGISTERED + "{{ answer | to_json }}"}}
    return {
        "hosts": "localhost",
        "gather_facts": False,
        "ignore_errors": True,
        "vars_files": [str(TARGETS / target / "vars" / "main.yml")],
        "vars": variables,
        "tasks": [task for call in calls for task in ({**call, "register": "answer"}, shown)],
    }


def objects_of(target: str) -> dict[str, Any]:
    """Return the objects that a target needs in addition to the examples of the emulator."""
    main = yaml.safe_load((TARGETS / target / "tasks" / "main.yml").read_text(encoding="utf-8"))
    objects: dict[str, Any] = main[0]["block"][0].get("vars", {}).get("setup_cloud_emulator_objects", {})
    return objects


def assert_equal(
    emulator: Emulator, play: Player, playbook: str, *arguments: str, objects: Sequence[Mapping[str, Any]] = ()
) -> list[Result]:
    """Run a play in both runtimes, and check that callback plugins receive the same, and that the clouds change equally."""
    outcomes, writes = [], []
    for env in ({}, AS_MODULE):
        emulator.reset()
        for seed in objects:
            emulator.seed(seed)
        comparable = Comparable(playbook + json.dumps([*objects, emulator.control("GET", "state")]))
        _place, run = play.run_unsearched(
            playbook,
            *arguments,
            variables={"cloud_emulator_url": emulator.url},
            env={**SETTINGS, **env},
            timeout=LONGEST,
        )
        assert ("Using module file" in run.output) is (env == AS_MODULE)
        outcomes.append([comparable(event) for event in run.events if "result" in event])
        writes.append([call["action"] for call in emulator.journal() if call["committed"]])
    inside, outside = outcomes
    assert [event["task"] for event in inside] == [event["task"] for event in outside]
    found = [
        message
        for ours, theirs in zip(inside, outside, strict=True)
        for message in differences(ours, theirs, f"{ours['task']}, {ours['result'].get('_ansible_item_label')}")
    ]
    assert not found, "\n".join(found)
    assert writes[0] == writes[1]
    return inside


@pytest.mark.any_core
@pytest.mark.parametrize("modules", TOGETHER, ids="+".join)
def test_both_runtimes_give_the_same_results(emulator: Emulator, play: Player, modules: list[str]) -> None:
    playbook = yaml.safe_dump([play_of(module) for module in modules], sort_keys=False, allow_unicode=True)
    events = assert_equal(emulator, play, playbook, objects=[objects_of(MODULES[module]) for module in modules])
    counted = Counter((event["task"], event["event"]) for event in events)
    for module in modules:
        assert counted[f"{module}, steps", "item ok"] >= 12 or module in INFO_MODULES
        assert counted[f"{module}, bad input", "item failed"] > 0


@pytest.mark.any_core
@pytest.mark.parametrize("module", MODULES)
def test_no_option_has_features_that_are_not_compared(module: str) -> None:
    """Aliases and deprecations cause warnings of ansible-core. Add steps for them here before the first one is added."""
    compared = {"type", "elements", "choices", "default", "required", "no_log", "fallback"}
    definition = load_module(module)
    assert definition.rules.keys() <= {"mutually_exclusive"}
    for name, option in definition.argument_spec.items():
        assert option.keys() <= compared, name


# In check mode, because only the arguments and their conversion matter here.
SPECIAL_VALUES = """
- hosts: localhost
  gather_facts: false
  check_mode: true
  ignore_errors: true
  vars:
    date: 2026-01-02
    moment: 2026-01-02 03:04:05
    nothing: null
    long: "{{ 'x' * 100000 }}"
    untrusted: !unsafe "{{ nothing }}"
  tasks:
TEXTS
    # lists
    - multicloud.iam.cam_user_info: {names: "alice,bob"}
    - multicloud.iam.cam_user_info: {names: "['alice', 'bob']"}
    - multicloud.iam.cam_user_info: {names: "{{ ['alice', vaulted] }}"}
    - multicloud.iam.cam_user_info: {names: "{{ ('alice', 'bob') }}"}
    - multicloud.iam.cam_user_info: {names: 5}
    - multicloud.iam.cam_user_info: {names: [1, 2.5, true, null, 2026-01-02, "{{ omit }}"]}
    - multicloud.iam.cam_user_info: {names: [[alice]]}
    - multicloud.iam.cam_user_info: {names: {alice: bob}}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: aws-prod, domain: global, auth_modules: "HOST,SIEM"}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: aws-prod, auth_modules: [HOST, host]}
    # dictionaries
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: new, extend_info: '{"a": [1, 2.50, null, true]}'}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: new, extend_info: "a=1, b='x y'"}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: new, extend_info: "{'a': (1, None)}"}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: new, extend_info: "neither"}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: new, extend_info: [a, b]}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: new, extend_info: {1: one, true: "yes", 2.5: half}}
    - multicloud.iam.sas_vendor_ak:
        vendor_auth_alias: new
        extend_info:
          date: 2026-01-02
          moments: ["{{ moment }}", 2026-01-02 03:04:05]
          numbers: [1, 2.50, 1e30, -0.0, 0o17, 0x1f]
          flags: [true, no, null]
          vaulted: "{{ vaulted }}"
          untrusted: "{{ untrusted }}"
          omitted: "{{ omit }}"
          text: Grüße 🗝
    # numbers and flags
    - multicloud.iam.cam_user_info: {api_retries: "3", api_timeout: "1e1", api_validate_certs: "yes"}
    - multicloud.iam.cam_user_info: {api_retries: 3.0, api_timeout: true, api_validate_certs: 1}
    - multicloud.iam.cam_user_info: {api_retries: true, api_timeout: 0x10, api_validate_certs: 1.0}
    - multicloud.iam.cam_user_info: {api_retries: 3.7}
    - multicloud.iam.cam_user_info: {api_timeout: "1,5"}
    - multicloud.iam.cam_user_info: {api_timeout: .nan}
    - multicloud.iam.cam_user_info: {api_timeout: .inf}
    - multicloud.iam.cam_user_info: {api_validate_certs: perhaps}
    - multicloud.iam.cam_user_info: {api_retries: null, api_timeout: "{{ nothing }}", names: null}
    - multicloud.iam.cam_user_info: {api_retries: "{{ omit }}", api_timeout: "{{ omit }}", names: "{{ omit }}"}
    - multicloud.iam.cam_user_info: {api_retries: ""}
    - multicloud.iam.cam_user_info: {api_ca_path: "~/$HOME/none", names: []}
    # choices
    - multicloud.iam.iam_credential: {user_name: bob, status: true}
    - multicloud.iam.iam_credential: {user_name: bob, state: no}
    - multicloud.iam.iam_credential: {user_name: bob, create: Never}
    - multicloud.iam.iam_credential: {user_name: bob, status: "{{ vaulted }}"}
    # which options
    - multicloud.iam.cam_user:
    - multicloud.iam.cam_user: {remark: nameless}
    - multicloud.iam.cam_user: name=alice remark='two words'
    - multicloud.iam.cam_user: {name: alice, nickname: al, Remark: x, password: Shown-Nowhere-1}
    - multicloud.iam.cam_user: {name: alice, remark: set}
      args: {remark: of args, email: alice@example.com}
    - multicloud.iam.cam_user: {name: alice, 5: five}
    - multicloud.iam.cam_access_key: {user_name: alice, target_uin: 100000000001}
    # a warning
    - multicloud.iam.cam_access_key: {user_name: nobody, access_key_id: AKIDnobody, state: absent}
    # secrets
    - multicloud.iam.cam_user: &password {name: alice, update_password: always, password: 12345678}
    - multicloud.iam.cam_user: {<<: *password, password: true}
    - multicloud.iam.cam_user: {<<: *password, password: "True"}
    - multicloud.iam.cam_user: {<<: *password, password: "None"}
    - multicloud.iam.cam_user: {<<: *password, password: 2026-01-02}
    - multicloud.iam.cam_user: {<<: *password, password: "{{ vaulted }}"}
    - multicloud.iam.cam_user: {<<: *password, password: [Shown-Nowhere-2]}
    - multicloud.iam.cam_user: {<<: *password, password: {a: Shown-Nowhere-3}}
COMMON    - multicloud.iam.cam_user: {<<: *password, remark: "Paß/wört+1", password: "Paß/wört+1"}
    - multicloud.iam.cam_user: {<<: *password, password: Shown-Nowhere-4, no_such: [Shown-Nowhere-4]}
    - multicloud.iam.cam_user: {<<: *password, password: Shown-Nowhere-5, force: Shown-Nowhere-5}
    - multicloud.iam.cam_user: {<<: *password, password: Shown-Nowhere-6}
      no_log: true
    - multicloud.iam.cam_user: {<<: *password, remark: without diff}
      diff: false
    - multicloud.iam.sas_vendor_ak:
        {vendor_auth_alias: aws-prod, domain: global, extend_info: {a: Shown-Nowhere-7}, secret_key: Shown-Nowhere-7}

- hosts: localhost
  gather_facts: false
  check_mode: true
  ignore_errors: true
  module_defaults:
    group/multicloud.iam.tencent: {api_retries: "2", api_timeout: "{{ vaulted }}"}
    multicloud.iam.cam_user_info: {names: "alice,bob", api_timeout: 5}
    multicloud.iam.cam_user: {name: alice, remark: 2026-01-02, password: Shown-Nowhere-8}
  tasks:
    - multicloud.iam.cam_user_info:
    - multicloud.iam.cam_user_info: {names: null}
    - multicloud.iam.cam_user: {api_timeout: 6, update_password: always}
    - multicloud.iam.cam_access_key: {user_name: bob, status: inactive}
"""
# Secrets that are also field values of the object.
COMMON = """\
    - multicloud.iam.cam_user: {<<: *password, password: alice}
    - multicloud.iam.cam_user: {<<: *password, password: "100000000001"}
    - multicloud.iam.sas_vendor_ak: {vendor_auth_alias: AWS, secret_key: AWS, update_secret: always}
"""
# Values for options that expect a string.
TEXTS = """
2026-01-02
2026-01-02 03:04:05
2026-01-02T03:04:05+02:00
"{{ date }}"
"{{ moment }}"
12345
1.50
1e30
.inf
true
null
""
"{{ nothing }}"
"{{ omit }}"
[a, 1]
{a: 1}
!unsafe "{{ nothing }}"
"{{ untrusted }}"
"{{ vaulted }}"
"{{ long }}"
"Grüße 🗝 \\u2028 ' \\" <&>"
"""


@pytest.mark.any_core
def test_both_runtimes_handle_special_values_equally(emulator: Emulator, play: Player, tmp_path: Path) -> None:
    password = tmp_path / "vault-password"
    password.write_text("Vault-Password-Of-The-Test\n", encoding="utf-8")
    vault = VaultLib([("default", VaultSecret(b"Vault-Password-Of-The-Test"))])
    variables = tmp_path / "vaulted.yml"
    text = vault.encrypt("vaulted text").decode().replace("\n", "\n  ")
    variables.write_text(f"vaulted: !vault |\n  {text}\n", encoding="utf-8")
    options = ("remark", "phone_num", "country_code", "email")
    texts = TEXTS.strip().split("\n")
    tasks = [
        f"    - multicloud.iam.cam_user: {{name: alice, {', '.join(map(': '.join, zip(options, some, strict=False)))}}}"
        for some in (texts[first : first + len(options)] for first in range(0, len(texts), len(options)))
    ]
    playbook = SPECIAL_VALUES.replace("TEXTS", "\n".join(tasks)).replace("COMMON", "" if HAS_SECRETS_API else COMMON)
    events = assert_equal(emulator, play, playbook, f"-e@{variables}", f"--vault-password-file={password}")
    assert Counter(event["event"] for event in events)["ok"] >= 30

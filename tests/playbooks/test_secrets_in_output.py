# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is shown, a registered secret can be used, and a new key is named.

All playbooks run with --diff, and with -vvvv unless a test is about the verbosity. Standard output, standard error, the
log, the events of callback plugins (the source of job events), and the files that remain in the home directory
are searched for every secret that the emulator has ever known. See runner.py.

`make test` runs every way to create a key in both runtimes for one cloud, in process for the others, and each callback
plugin with one verbosity. With TEST_EVERY_STEP, it runs everything.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from ansible.release import __version__

from ansible_collections.multicloud.iam.plugins.module_utils._secrets import HAS_SECRETS_API
from ansible_collections.multicloud.iam.tests.playbooks.cases import Keys
from ansible_collections.multicloud.iam.tests.playbooks.runner import (
    AS_MODULE,
    PROGRAMS,
    Player,
    Run,
    actions,
    credentials,
    environment,
)
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import BOB, ROOT

OWNERS = ["carol", "dave", "erin"]
PASSWORDS = {"new-dave": "Dave-Pass/1%", "new-erin": 'Erin+"Pass\'s" \\2'}
WRONG = "WrongSecret/of+bob%0000000000001"

OLDEST = __version__.startswith("2.18.")
EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
# The line that names a new key: module, host, id, status and owner.
ANNOUNCED = re.compile(
    r"^multicloud\.iam\.(\w+): \[([\w-]+)\] created access key (\w+) \((\w+), [^\n]*\) of owner (\w+)\."
    r" Its secret was returned to Ansible for the register \w+, and is not shown\.$",
    re.MULTILINE,
)
RUNTIMES: dict[str, Mapping[str, str]] = {"in_process": {}, "as_module": AS_MODULE}


KEYS: dict[str, Keys] = {cloud: keys for cloud, part in parts("playbooks").items() for keys in part.CASES.keys}
MODULES = {cloud: CLOUDS[cloud].state_modules[0] for cloud in KEYS}


def ids(emulator: Emulator, cloud: str = "tencent") -> set[str]:
    """Return the IDs of all keys of owners."""
    keys = KEYS[cloud]
    return {key[keys.key_id] for owner in emulator.state(cloud)[keys.owners] for key in owner["keys"]}


# One owner for each way to create a key.
WAYS = [
    *("single", "inactive", "looped-one", "looped-two", "extended-one", "extended-two", "awaited", "blocked"),
    *("handled", "included-one", "included-two", "delegated", "free-one", "free-two"),
]
EVERY_WAY = """
- hosts: localhost
  gather_facts: false
  handlers:
    - name: Create in a handler
      MODULE: {OWNER: handled, description: new}
      register: handled
  tasks:
    - name: Create
      MODULE: {OWNER: single, description: new}
      register: single
      notify: Create in a handler
      debugger: never
    - name: Create again, which changes nothing
      MODULE: {OWNER: single, description: new}
      register: again
    - name: Create and disable
      MODULE: {OWNER: inactive, description: new, status: inactive}
      register: disabled
    - name: Predict
      MODULE: {OWNER: inactive, description: another}
      check_mode: true
      register: predicted
    - name: Create in a loop in which one fails
      MODULE: {OWNER: "{{ item }}", description: new}
      loop: [looped-one, nobody, looped-two]
      register: looped
      ignore_errors: true
    - name: Create in an extended loop under labels
      MODULE: {OWNER: "{{ owner.name }}", description: new}
      loop: [{name: extended-one}, {name: extended-two}]
      loop_control: {loop_var: owner, label: "{{ owner.name }}", extended: true, index_var: number}
      register: extended
    - name: Create until it is so
      MODULE: {OWNER: awaited, description: new}
      register: awaited
      until: awaited is not changed
      retries: 2
      delay: 0
      ignore_errors: true
    - name: Create and rescue
      block:
        - name: Create in a block
          MODULE: {OWNER: blocked, description: new}
          register: blocked
          failed_when: true
      rescue:
        - name: Sign in the rescue
          MODULE_info: {ID: "{{ blocked.access_key.SIGNER }}", SECRET: "{{ blocked.secret }}"}
    - name: Create in included tasks
      ansible.builtin.include_tasks: "{{ included_tasks }}"
      loop: [included-one, included-two]
    - name: Keep the secret in a fact
      ansible.builtin.set_fact:
        kept: "{{ single.secret }}"
      no_log: true
    - name: Keep the secret in a file
      ansible.builtin.copy:
        content: "{{ single.secret }}"
        dest: "{{ file }}"
        mode: "0600"
      no_log: true
    - name: Sign with the fact and with the file
      MODULE_info: {ID: "{{ single.access_key.SIGNER }}", SECRET: "{{ item }}"}
      loop: "{{ [kept, lookup('ansible.builtin.file', file)] }}"
      register: signed
    - name: Give the secret to another cloud
      multicloud.iam.sas_vendor_ak:
        vendor_auth_alias: new
        vendor: Tencent
        ak_type: sub
        secret_id: "{{ single.access_key.SIGNER }}"
        secret_key: "{{ single.secret }}"
        auth_modules: [HOST]
      register: given
    - name: Sign with each of the loops, extended
      MODULE_info: {ID: "{{ made.access_key.SIGNER }}", SECRET: "{{ made.secret }}"}
      loop: "{{ looped.results | select('success') + extended.results + included }}"
      loop_control: {loop_var: made, extended: true, label: "{{ made.access_key.id }}"}
    - name: Judge
      ansible.builtin.assert:
        that:
          - again is not changed
          - again.secret is undefined
          - disabled.access_key.status == 'inactive'
          - predicted is changed
          - predicted.secret is none
          - looped.results | map(attribute='failed') == [false, true, false]
          - awaited.attempts == 2
          - blocked is failed
          - signed.results | map(attribute='access_keys') | map('first') | map(attribute='id') | unique
            == [single.access_key.id]
          - (made | map(attribute='secret') | select('string') | unique | length) == 8
          - made | rejectattr('changed') == []
          - given is changed
          - made | map(attribute='access_key') | rejectattr('status', '==', 'active') == []
          - made | map(attribute='access_key') | selectattr('owner', 'none') == []
          - made | map(attribute='access_key') | rejectattr('description', '==', 'new') == []
        quiet: true
      vars:
        made: "{{ [single, awaited, blocked, looped.results[0], looped.results[2]] + extended.results + [included[0]] }}"

- hosts: far
  gather_facts: false
  tasks:
    - name: Create once, for all hosts, here
      MODULE: {OWNER: delegated, description: new}
      delegate_to: localhost
      run_once: true
      register: delegated
    - name: Sign with it here, for each host
      MODULE_info: {ID: "{{ delegated.access_key.SIGNER }}", SECRET: "{{ delegated.secret }}"}
      delegate_to: localhost

- hosts: near
  gather_facts: false
  strategy: ansible.builtin.free
  tasks:
    - name: Create for each host
      MODULE: {OWNER: "{{ inventory_hostname }}", description: new}
      register: made
    - name: Sign with the key of each host
      MODULE_info: {ID: "{{ made.access_key.SIGNER }}", SECRET: "{{ made.secret }}"}
    - name: Judge the hosts
      ansible.builtin.assert:
        that: [made is changed, made.secret is string, made.access_key.id is string, made.access_key.owner is string]
        quiet: true
"""
INCLUDED = """
- name: Create in an included file
  MODULE: {OWNER: "{{ item }}", description: new}
  register: one
- name: Collect
  ansible.builtin.set_fact:
    included: "{{ included | default([]) + [one] }}"
  no_log: true
"""
HOSTS = """
[far]
distant-one ansible_host=192.0.2.1
distant-two ansible_host=192.0.2.1
[near]
free-one ansible_connection=local
free-two ansible_connection=local
"""

# The callback plugins of ansible-core, and one verbosity of each.
CALLBACKS: dict[str, tuple[int, dict[str, str]]] = {
    "default": (0, {}),
    "default-yaml": (5, {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}),
    "default-json": (1, {"ANSIBLE_CALLBACK_RESULT_FORMAT": "json"}),
    "minimal": (3, {"ANSIBLE_STDOUT_CALLBACK": "minimal"}),
    "oneline": (2, {"ANSIBLE_STDOUT_CALLBACK": "oneline"}),
    "junit-and-tree": (4, {"ANSIBLE_CALLBACKS_ENABLED": "record,junit,tree", "ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "true"}),
}

CREATION = """
    - name: Create
      multicloud.iam.cam_access_key:
        user_name: carol
        description: first
      register: made

    - name: Sign with the new key
      multicloud.iam.cam_access_key_info:
        api_secret_id: "{{ made.access_key.id }}"
        api_secret_key: "{{ made.secret }}"
      register: own

    - name: Show the rest of the result
      ansible.builtin.debug:
        msg: "{{ made.access_key }} {{ made.request_ids }}"

    - name: Create again, in check mode
      multicloud.iam.cam_access_key:
        user_name: carol
        description: second
      check_mode: true
      register: predicted

    - name: Create and call it a failure
      multicloud.iam.cam_access_key:
        user_name: carol
        description: second
      register: unwanted
      failed_when: unwanted.changed
      ignore_errors: true

    - name: Create until it is so
      multicloud.iam.cam_access_key:
        user_name: dave
        description: third
      register: awaited
      until: not awaited.changed
      retries: 3
      delay: 0
      ignore_errors: true

    - name: Judge
      ansible.builtin.assert:
        that:
          - own.access_keys | map(attribute='id') | list == [made.access_key.id]
          - predicted.changed
          - predicted.secret is none
          - unwanted is failed
          - unwanted.secret | length == 32
          - awaited.attempts == 3
          - awaited.secret | length == 32
"""

LOOP = """
    - name: Create keys
      multicloud.iam.cam_access_key:
        user_name: "{{ item }}"
        description: looped
      loop: "{{ owners }}"
      register: made

    - name: Sign with each
      multicloud.iam.cam_access_key_info:
        api_secret_id: "{{ item.access_key.id }}"
        api_secret_key: "{{ item.secret }}"
      loop: "{{ made.results }}"
      register: own

    - name: Sign with each again, under a label
      multicloud.iam.cam_access_key_info:
        api_secret_id: "{{ key.access_key.id }}"
        api_secret_key: "{{ key.secret }}"
      loop: "{{ made.results }}"
      loop_control:
        loop_var: key
        label: "{{ key.access_key.id }}"

    - name: Judge
      ansible.builtin.assert:
        that: own.results | map(attribute='access_keys') | map('first') | map(attribute='id') | list
          == made.results | map(attribute='access_key') | map(attribute='id') | list
"""

LEFT_OVER = """
    - name: Create
      multicloud.iam.cam_access_key:
        user_name: carol
        description: first
        status: inactive
      register: made
      ignore_errors: true

    - name: Judge
      ansible.builtin.assert:
        that:
          - made is failed
          - made.left_over.id in made.msg

    - name: Sign with the key that is left
      multicloud.iam.cam_access_key_info:
        api_secret_id: "{{ made.left_over.id }}"
        api_secret_key: "{{ made.secret }}"
"""

PASSWORD_TASKS = """
    - name: Create users
      multicloud.iam.cam_user:
        name: "{{ item.key }}"
        console_login: true
        password: "{{ item.value }}"
      loop: "{{ passwords | dict2items }}"

    - name: Give them their passwords again
      multicloud.iam.cam_user:
        name: "{{ person.name }}"
        password: "{{ person.password }}"
        update_password: always
      with_items: "{{ users }}"
      loop_control:
        loop_var: person
        label: "{{ person.name }}"

    - name: Fail with a password
      multicloud.iam.cam_user:
        name: "{{ users[0].name }}"
        password: "{{ users[0].password }}"
        update_password: always
      ignore_errors: true
"""


@pytest.fixture(autouse=True)
def owners(emulator: Emulator) -> None:
    """Create more users without a key."""
    emulator.seed({"tencent": {"users": [{"name": name} for name in OWNERS]}})


@pytest.mark.parametrize(
    ("cloud", "runtime"),
    [
        pytest.param(cloud, runtime, id=f"{cloud}-{runtime}")
        for cloud, runtime in product(KEYS, RUNTIMES)
        if EVERY_STEP or cloud == "tencent" or runtime == "in_process"
    ],
)
def test_the_secret_of_a_new_key_is_usable_and_not_shown(
    emulator: Emulator, play: Player, cloud: str, runtime: str
) -> None:
    """For every way to create a key. A line on standard error names each new key, but no predicted or unchanged key."""
    module = MODULES[cloud]
    emulator.seed({cloud: {KEYS[cloud].owners: [{"name": name} for name in WAYS]}})
    before = ids(emulator, cloud)
    files = {name: play.directory / name for name in ("included_tasks", "inventory", "file")}
    files["included_tasks"].write_text(of(cloud, INCLUDED))
    files["inventory"].write_text(HOSTS)
    run = play(
        of(cloud, EVERY_WAY),
        *("-i", str(files["inventory"])),
        variables={name: str(file) for name, file in files.items()},
        env=RUNTIMES[runtime],
    )
    assert run.code == 0, run.failures
    assert bool(run.interpreters(module)) is (runtime == "as_module")
    announced = ANNOUNCED.findall(run.stderr)
    assert {module for module, *_rest in announced} == {module}
    assert {host for _module, host, *_rest in announced} == {"localhost", "distant-one", "free-one", "free-two"}
    assert sorted(key for _module, _host, key, *_rest in announced) == sorted(ids(emulator, cloud) - before)
    assert [status for *_rest, status, _owner in announced].count("inactive") == 1
    assert len({owner for *_rest, owner in announced}) == len(announced) == len(WAYS)
    assert "created access key" not in run.stdout


def of(cloud: str, tasks: str) -> str:
    """Return the tasks with the names of a cloud."""
    key_id, secret = CLOUDS[cloud].options
    names = {
        "MODULE": f"multicloud.iam.{MODULES[cloud]}",
        "OWNER": KEYS[cloud].owner,
        "ID": key_id,
        "SECRET": secret,
        "SIGNER": KEYS[cloud].signer,
    }
    return re.sub(r"\b(MODULE|OWNER|ID|SECRET|SIGNER)(?![A-Z])", lambda match: names[match[1]], tasks)


@pytest.mark.parametrize(
    ("callback", "verbosity", "runtime"),
    [
        (callback, verbosity, runtime)
        for callback, verbosity, runtime in product(CALLBACKS, range(6), RUNTIMES)
        if EVERY_STEP or (verbosity == CALLBACKS[callback][0] and runtime == "in_process")
    ],
)
def test_no_callback_plugin_shows_a_new_secret(
    emulator: Emulator, play: Player, callback: str, verbosity: int, runtime: str
) -> None:
    """The new key is named with every verbosity, but not in output for programs."""
    before = ids(emulator)
    reports = {"JUNIT_OUTPUT_DIR": play.home / "junit", "ANSIBLE_CALLBACK_TREE_DIR": play.home / "tree"}
    run = play(
        CREATION,
        env={**CALLBACKS[callback][1], **RUNTIMES[runtime], **{name: str(path) for name, path in reports.items()}},
        verbosity=verbosity,
    )
    assert run.code == 0, run.failures
    assert run.statuses("Create and call it a failure") == ["failed"]
    made = ids(emulator) - before
    assert len(made) == 3
    assert {key for _module, _host, key, *_rest in ANNOUNCED.findall(run.stderr)} == made
    assert "created access key" not in run.stdout
    assert all(path.exists() for path in reports.values()) is (callback == "junit-and-tree")


def test_the_debug_output_of_ansible_core_does_not_show_a_new_secret(play: Player) -> None:
    """It contains the replies of module processes."""
    run = play(LOOP, variables={"owners": ["carol"]}, env={**AS_MODULE, "ANSIBLE_DEBUG": "true"})
    assert run.code == 0, run.failures
    assert "_low_level_execute_command()" in run.stdout


def run_by_ssh(play: Player, program: str, playbook: str, **variables: Any) -> Run:
    """Run a playbook whose host `distant` is this one, with a program in place of ssh that gets its command."""
    ssh = play.directory / "ssh"
    ssh.write_text(f"#!/bin/sh\nfor command; do :; done\n{program}\n")
    ssh.chmod(0o755)
    inventory = play.directory / "inventory"
    inventory.write_text("distant ansible_host=192.0.2.1 ansible_connection=ssh\n")
    python = {"ansible_ssh_executable": str(ssh), "ansible_python_interpreter": sys.executable}
    return play(playbook, "-i", str(inventory), variables={**python, **variables})


def test_a_connection_that_shows_replies_does_not_show_a_new_secret(play: Player) -> None:
    """As ssh does with -vvv. Here, a program runs the command on this host."""
    run = run_by_ssh(
        play,
        'exec /bin/sh -c "$command"',
        "- hosts: distant\n  gather_facts: false\n  tasks:\n" + LOOP,
        owners=["carol"],
        ansible_pipelining=True,
    )
    assert run.code == 0, run.failures
    assert "SSH: EXEC" in run.output


def test_a_failing_connection_does_not_repeat_a_creation(emulator: Emulator, play: Player) -> None:
    """As ssh would if it is configured to retry. Here, a program discards all output of a module."""
    run = run_by_ssh(
        play,
        '/bin/sh -c "$command"\nstatus=$?\ncase "$command" in *python*) exit 255;; esac\nexit $status',
        """
        - hosts: distant
          gather_facts: false
          tasks:
            - name: Create
              multicloud.iam.cam_access_key:
                user_name: carol
                create: always
              register: made
        """,
        ansible_ssh_retries=2,
        ansible_pipelining=True,
    )
    assert run.statuses("Create") == ["unreachable"]
    assert actions(emulator).count("CreateAccessKey") == 1
    assert "maybe after it had created an access key" in " ".join(run.stderr.split())


def test_a_connection_that_fails_after_the_work_loses_nothing(emulator: Emulator, play: Player) -> None:
    """Here, a program closes the connection when the temporary directory is removed."""
    run = run_by_ssh(
        play,
        'case "$command" in *"rm -f -r"*) echo "Connection closed" >&2; exit 255;; esac\nexec /bin/sh -c "$command"',
        """
        - hosts: distant
          gather_facts: false
          tasks:
            - name: Create
              multicloud.iam.cam_access_key:
                user_name: "{{ item }}"
                description: first
              loop: [carol, bob]
              register: made

            - name: Fail
              multicloud.iam.cam_access_key:
                user_name: carol
                access_key_id: AKIDnobodys
                status: inactive
              ignore_errors: true

            - name: Judge
              ansible.builtin.assert:
                that:
                  - made.results | map(attribute='secret') | map('length') | list == [32, 32]
        """,
        ansible_ssh_transfer_method="piped",
    )
    assert run.code == 0, run.failures
    assert "the owner has no key AKIDnobodys" in run.message("Fail")
    assert run.stderr.count("was left behind") == 3


def test_a_truncated_reply_does_not_show_a_new_secret(emulator: Emulator, play: Player) -> None:
    """ansible-core cannot parse it, shows it as text, and might register it."""
    python = play.directory / "python"
    python.write_text(f'#!/bin/sh\n"{sys.executable}" "$@" | head -c -20\n')
    python.chmod(0o755)
    run = play(
        """
        - name: Create
          multicloud.iam.cam_access_key:
            user_name: carol
            description: first
          register: made
          ignore_errors: true

        - name: Judge
          ansible.builtin.assert:
            that: ('"secret"' in made.module_stdout)
            quiet: true
        """,
        variables={"ansible_python_interpreter": str(python)},
    )
    assert run.code == 0, run.failures
    assert run.statuses("Create") == ["failed"]
    assert "CreateAccessKey" in actions(emulator)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_ad_hoc_creation_is_refused_unless_it_is_allowed(emulator: Emulator, play: Player, runtime: str) -> None:
    """Its secret cannot be registered, and a program might read its result."""
    before = ids(emulator)
    refused = ad_hoc(emulator, play, runtime, "user_name=carol description=new")
    assert "Add 'register'" in refused.stdout + refused.stderr
    assert refused.returncode == 2
    assert ids(emulator) == before
    allowed = ad_hoc(
        emulator, play, runtime, "user_name=carol description=new allow_unregistered_secret=true", "-t", str(play.home)
    )
    assert allowed.returncode == 0, allowed.stderr
    (made,) = ids(emulator) - before
    head, _arrow, result = allowed.stdout.partition(" => ")
    assert head == "localhost | CHANGED"
    assert json.loads(result)["changed"] is True
    assert re.search(
        rf": \[localhost\] created access key {made} \(active, .* Its secret was not registered", allowed.stderr
    )


def ad_hoc(
    emulator: Emulator, play: Player, runtime: str, options: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the module from the command line, without a playbook, and check that nothing shows a secret."""
    left = play.directory / f"ad-hoc-{len(list(play.directory.iterdir()))}"
    left.mkdir()
    run = subprocess.run(
        [PROGRAMS / "ansible", "localhost", "-m", "multicloud.iam.cam_access_key", "-a", options, *arguments],
        env={
            **environment(play.home),
            **credentials(emulator),
            **RUNTIMES[runtime],
            "ANSIBLE_LOG_PATH": str(left / "log"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    for name in ("stdout", "stderr"):
        (left / name).write_text(getattr(run, name))
    assert not play.leaks(left)
    return run


def test_the_secrets_of_a_loop_are_usable_and_not_shown(play: Player) -> None:
    """Not in the results of the items, not in the result of the loop, and not as items of the next loop."""
    run = play(LOOP, variables={"owners": OWNERS})
    assert run.code == 0, run.failures


def test_a_loop_over_results_with_secrets_does_not_show_them(play: Player) -> None:
    """Not even if the task only uses other fields of its items."""
    create = LOOP.partition("    - name: Sign")[0]
    disable = """
    - name: Disable the new keys
      multicloud.iam.cam_access_key:
        user_name: "{{ item.access_key.user_name }}"
        access_key_id: "{{ item.access_key.id }}"
        status: inactive
      loop: "{{ made.results }}"
    """
    run = play(create + disable, variables={"owners": OWNERS})
    assert run.code == 0, run.failures


def test_a_failure_next_to_a_creation_in_the_same_loop_is_reported(play: Player) -> None:
    """Hiding the secret of one item does not hide the reason why another item failed."""
    run = play(LOOP.partition("    - name: Sign")[0], variables={"owners": ["carol", "nobody"]})
    assert run.code == 2
    assert [item["status"] for item in run.items("Create keys")] == ["ok", "failed"]
    assert "Could not read user nobody" in run.output


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_failed_item_names_its_object_and_is_reported_once(play: Player, runtime: str) -> None:
    """Even if old versions of ansible-core hide the item. The oldest also hides the message, so it is a warning there."""
    keys = [
        {"alias": "first", "secret": "Secret-of-first-1", "domain": "mars"},
        {"alias": "second", "secret": "Secret-of-second-1", "domain": ""},
        {"alias": "third", "secret": "Secret-of-third-1", "domain": "global", "state": "gone"},
    ]
    run = play(
        """
        - name: Bring in keys
          multicloud.iam.sas_vendor_ak:
            vendor_auth_alias: "{{ item.alias }}"
            secret_key: "{{ item.secret }}"
            domain: "{{ item.domain }}"
            state: "{{ item.state | default('present') }}"
          loop: "{{ keys }}"
          loop_control: {label: "{{ item.alias }}"}
          register: answer
          ignore_errors: true
        - name: Judge
          ansible.builtin.assert:
            that:
              - answer.results | map(attribute='msg') | map('split', ':') | map('first') | list
                == ['vendor_auth_alias first', 'vendor_auth_alias second', 'vendor_auth_alias third']
            quiet: true
        """,
        variables={"keys": keys},
        secrets=[key["secret"] for key in keys],
        env=RUNTIMES[runtime],
        verbosity=0,
    )
    assert run.code == 0, run.failures
    shown = " ".join(run.stdout.split() + run.stderr.split())
    for reason in ("got: mars", "got: gone"):
        assert shown.count(reason) == (
            2 if HAS_SECRETS_API else 1
        )  # newer versions show it as a warning and in the result
    warnings = shown.count("[WARNING]: multicloud.iam.sas_vendor_ak: vendor_auth_alias")
    assert warnings == (3 if OLDEST else 0)


def test_values_that_the_user_hides_are_not_reported(emulator: Emulator, play: Player) -> None:
    """Unless a key would be lost. It is then reported without its description."""
    emulator.seed({"tencent": {"users": [{"name": name} for name in ("hidden-one", "hidden-two")]}})
    before = ids(emulator)
    run = play(
        """
        - hosts: localhost
          gather_facts: false
          tasks:
            - name: Create
              multicloud.iam.cam_access_key: {user_name: hidden-one, description: hidden-project}
              register: made
              no_log: true
            - name: Fail in a loop with secrets
              multicloud.iam.cam_access_key:
                user_name: hidden-one
                description: hidden-project
                status: "{{ item.status }}"
                api_secret_key: "{{ item.secret }}"
              loop: [{status: broken, secret: Hidden-Secret-1}]
              register: failed
              no_log: true
              ignore_errors: true
            - name: Create and keep nothing
              multicloud.iam.cam_access_key:
                user_name: hidden-two
                description: hidden-project
                allow_unregistered_secret: true
              no_log: true
            - name: Judge
              ansible.builtin.assert:
                that: [made.access_key.id is string, made.secret is string, failed is failed]
                quiet: true
        """,
        secrets=["Hidden-Secret-1"],
        verbosity=0,
    )
    assert run.code == 0, run.failures
    shown = run.stdout + run.stderr
    assert "hidden-" not in shown
    (announced,) = re.findall(r"created access key (\w+)", shown)
    assert announced in ids(emulator) - before
    assert "was not registered" in shown
    assert "[WARNING]: multicloud" not in shown


def test_an_allowed_creation_without_register_is_not_shown(emulator: Emulator, play: Player) -> None:
    run = play(
        """
        - name: Create
          multicloud.iam.cam_access_key:
            user_name: carol
            description: first
            allow_unregistered_secret: true
        """
    )
    assert run.code == 0, run.failures
    assert "CreateAccessKey" in actions(emulator)


def test_the_secret_of_a_key_that_could_not_be_cleaned_up_is_usable_and_not_shown(
    emulator: Emulator, play: Player
) -> None:
    """The message is shown. Old versions of ansible-core hide the result, and show the message as a warning."""
    for action in ("UpdateAccessKey", "DeleteAccessKey"):
        emulator.fault("error", action, code="FailedOperation.Accesskey", message="cannot be done now")
    run = play(LEFT_OVER)
    assert run.code == 0, run.failures
    (made,) = next(user["keys"] for user in emulator.state()["users"] if user["name"] == "carol")
    words = " ".join(run.output.split())
    assert "cannot be done now" in words
    assert f"The object exists: access_key_id {made['access_key_id']}." in words


def test_passwords_are_not_shown(emulator: Emulator, play: Player) -> None:
    """Not in the arguments of the task, the diff, the items of a loop or the error of a call."""
    emulator.fault("echo_request", "UpdateUser", after=2)
    users = [{"name": name, "password": password} for name, password in PASSWORDS.items()]
    run = play(PASSWORD_TASKS, variables={"passwords": PASSWORDS, "users": users})
    assert run.code == 0, run.failures
    assert "AuthFailure" in run.message("Fail with a password")
    assert set(PASSWORDS.values()) <= emulator.secrets()


SPELLED = """
- name: Look at users
  multicloud.iam.cam_user:
    name: alice
    password: >-
      {{ item.word if item.word is defined else 'Aa1!' ~ item.part if item.part is defined
      else item.percent | urldecode if item.percent is defined else item.base64 | b64decode }}
  check_mode: true
  loop: "{{ spelled }}"
  loop_control: {label: "{{ item }}"}
"""


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_item_that_contains_the_secret_in_another_form_is_not_shown(play: Player, runtime: str) -> None:
    """Encoded, in part, or as a separate short word."""
    password, part, word = "Spelled+Pass/1%", "Spelled-part-1", "Sesam-1"
    spelled = [
        {"base64": base64.b64encode(password.encode()).decode()},
        {"percent": quote(password, safe="")},
        {"part": part},
        {"word": word},
        {"word": password},
    ]
    run = play(SPELLED, variables={"spelled": spelled}, secrets=[password, part], env=RUNTIMES[runtime])
    assert run.code == 0, run.failures
    assert word not in run.output
    assert len(run.items("Look at users")) == len(spelled)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_secret_that_is_a_word_does_not_hide_the_same_word_elsewhere(
    emulator: Emulator, play: Player, runtime: str
) -> None:
    """The initial password of ZStack is "password". ansible-core 2.22 hides it in a module process, which warns."""
    emulator.seed({"zstack": {"accounts": [{"name": "ops"}]}})
    _left, run = play.run_unsearched(
        """
        - hosts: localhost
          gather_facts: false
          module_defaults:
            group/multicloud.iam.zstack:
              {api_account_name: admin, api_password: password, api_access_key_id: null, api_access_key_secret: null}
          tasks:
            - name: Log in as nobody
              multicloud.iam.zstack_accesskey_info: {api_account_name: nobody}
              ignore_errors: true
            - name: Create
              multicloud.iam.zstack_accesskey: {account_name: ops, description: password-rotation job}
              register: made
            - name: List
              multicloud.iam.zstack_accesskey_info: {account_names: [ops]}
              register: listed
            - name: Create again by what is listed
              multicloud.iam.zstack_accesskey: {account_name: ops, description: "{{ item.description }}"}
              loop: "{{ listed.access_keys }}"
              register: again
            - name: Judge
              ansible.builtin.assert:
                that: [made.access_key.description == 'password-rotation job', again is not changed]
        """,
        env={**RUNTIMES[runtime], "ANSIBLE_INJECT_INVOCATION": "true"},
    )
    assert run.code == 0, run.failures
    is_masked = HAS_SECRETS_API and runtime == "as_module"
    assert ("Choose a longer secret" in run.output) is is_masked
    (failed,) = run.results("Log in as nobody")
    assert failed["error"]["message"] == "wrong account name or ********"
    if not is_masked:
        assert failed["error"]["advice"].endswith("Check api_account_name and api_password.")
        assert failed["invocation"]["module_args"]["api_password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        assert "description 'password-rotation job'" in run.stderr


def test_the_passwords_of_other_items_of_an_extended_loop_are_not_shown(play: Player) -> None:
    run = play(
        """
        - name: Create users, the first without a password
          multicloud.iam.cam_user:
            name: "{{ item.name }}"
            console_login: "{{ item.password is defined }}"
            password: "{{ item.password | default(omit) }}"
          loop: "{{ users }}"
          loop_control:
            extended: true
        """,
        variables={"users": [{"name": "new"}, *({"name": name, "password": PASSWORDS[name]} for name in PASSWORDS)]},
        secrets=PASSWORDS.values(),
    )
    assert run.code == 0, run.failures


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_passwords_of_other_items_are_not_shown_under_any_name(play: Player, runtime: str) -> None:
    """Each result of an extended loop contains all items, but the secrets of an item are only known when it runs."""
    one, two = PASSWORDS.values()
    run = play(
        """
        - name: Create users of mappings, the first without a password
          multicloud.iam.cam_user:
            name: "{{ item.n }}"
            console_login: "{{ item.p is defined }}"
            password: "{{ item.p | default(omit) }}"
          loop: "{{ mappings }}"
          loop_control: {extended: true, label: "{{ item.n }}"}
          check_mode: true
        - name: Create users of pairs
          multicloud.iam.cam_user:
            name: "{{ item.0 }}"
            console_login: true
            password: "{{ item.1 }}"
          loop: "{{ pairs }}"
          loop_control: {extended: true, extended_allitems: false, label: "{{ item.0 }}"}
          check_mode: true
        """,
        variables={
            "mappings": [{"n": "new"}, {"n": "one", "p": one}, {"n": "two", "p": two}],
            "pairs": [["one", one], ["two", two]],
        },
        secrets=[one, two],
        env=RUNTIMES[runtime],
    )
    assert run.code == 0, run.failures
    assert len(run.items("Create users of pairs")) == 2


def test_the_passwords_of_items_that_are_not_run_are_not_shown(emulator: Emulator, play: Player) -> None:
    """No module has received them, because the first item was rejected."""
    run = play(
        PASSWORD_TASKS.partition("    - name: Give")[0],
        variables={"passwords": PASSWORDS},
        env={"TENCENTCLOUD_SECRET_KEY": WRONG},
        secrets=[WRONG, *PASSWORDS.values()],
    )
    assert run.code == 2
    assert [call["code"] for call in emulator.journal()] == ["AuthFailure.SignatureFailure"]


def test_a_wrong_secret_that_the_service_echoes_is_not_shown(emulator: Emulator, play: Player) -> None:
    emulator.fault("echo_request")
    run = play(
        """
        - name: Sign with a wrong secret
          multicloud.iam.cam_user_info:
            api_secret_id: "{{ id }}"
            api_secret_key: "{{ wrong }}"
            api_token: "{{ wrong }}-token"
          register: answer
          until: answer is success
          retries: 2
          delay: 0
          ignore_errors: true

        - name: Sign with it in a loop
          multicloud.iam.cam_user_info:
            api_secret_id: "{{ item.id }}"
            api_secret_key: "{{ item.secret }}"
          loop:
            - id: "{{ id }}"
              secret: "{{ wrong }}"
          ignore_errors: true
        """,
        variables={"id": BOB[0], "wrong": WRONG},
        secrets=[WRONG],
    )
    assert run.code == 0, run.failures
    assert "AuthFailure" in run.message("Sign with a wrong secret")


def test_credentials_of_the_environment_keyword_are_not_shown(emulator: Emulator, play: Player) -> None:
    run = play(
        """
        - name: Sign with what the task sets
          multicloud.iam.cam_user_info:
          environment:
            TENCENTCLOUD_SECRET_ID: "{{ id }}"
            TENCENTCLOUD_SECRET_KEY: "{{ secret }}"
        """,
        variables={"id": BOB[0], "secret": BOB[1]},
    )
    assert run.code == 0, run.failures
    assert [call["caller"]["access_key_id"] for call in emulator.journal()] == [BOB[0]]


@pytest.mark.parametrize("shown", ["{{ secret }}", "{{ secret | urlencode }}.", "{{ ('user:' ~ secret) | b64encode }}"])
def test_the_search_finds_a_leak(play: Player, shown: str) -> None:
    """In standard output, in the log and in the events of a callback plugin."""
    place, run = play.run_unsearched(
        f"""
        - name: Leak
          ansible.builtin.debug:
            msg: "{shown}"
        """,
        variables={"secret": ROOT[1]},
    )
    assert run.code == 0, run.failures
    assert {message.split(":")[0] for message in play.leaks(place)} == {
        str(place / name) for name in ("log", "record", "stdout")
    }


def test_the_search_finds_a_secret_left_in_the_home_directory(play: Player) -> None:
    place, run = play.run_unsearched(
        """
        - name: Leave the secret behind
          ansible.builtin.copy:
            content: "{{ secret }}"
            dest: "{{ home }}/left-behind"
            mode: "0600"
          no_log: true
        """,
        variables={"secret": ROOT[1], "home": str(play.home)},
    )
    assert run.code == 0, run.failures
    assert {message.split(":")[0] for message in play.leaks(place)} == {str(play.home / "left-behind")}

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a module runs inside the worker, when it runs as a module process, and what neither may do to the worker."""

from __future__ import annotations

import os
import re
import signal
import sys
import venv
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player, Run, actions, keys_of, vaulted
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.relay import Relay
from ansible_collections.multicloud.iam.tests.support.tencent import ALICE, BOB, ROOT

TWO_HOSTS = "[clouds]\none ansible_connection=local\ntwo ansible_connection=local\n"
# `make test` leaves out conditions that only repeat a test.
EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
WAYS = pytest.mark.parametrize(
    "env",
    [
        pytest.param({}, id="in-process"),
        pytest.param(AS_MODULE, id="as-module", marks=pytest.mark.skipif(not EVERY_STEP, reason="takes long")),
    ],
)

LIST_USERS = """
- name: List users
  multicloud.iam.cam_user_info:
    names: [alice]
"""

# The local connection, and a become method without effect, under names that are not those of ansible-core.
ELSEWHERE = '''
DOCUMENTATION = """
name: elsewhere
short_description: the controller, as if it were another host
description: Like ansible.builtin.local.
"""
from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    transport = "elsewhere"
'''
SOMEBODY = '''
DOCUMENTATION = """
name: somebody
short_description: keep the user
description: Runs the command as it is.
options:
  become_user:
    description: Has no effect.
    default: root
    vars: [{name: ansible_become_user}]
  become_exe: {description: Has no effect.}
  become_flags: {description: Has no effect.}
  become_pass: {description: Has no effect.}
"""
from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    name = "somebody"

    def build_become_command(self, cmd, shell):
        super().build_become_command(cmd, shell)
        return cmd
'''
# Every Python that is started adds an event to the run, with the module that it was started for.
SITE = """
import json, os, re, sys
if "GROUP_FILE" in os.environ and "ansible-playbook" in sys.orig_argv[1]:
    # As in a terminal: what interrupts the group interrupts all that the run has started.
    os.setpgid(0, 0)
    with open(os.environ.pop("GROUP_FILE"), "w") as file:
        file.write(str(os.getpid()))
modules = re.findall(r"AnsiballZ_(\\w+)\\.py", " ".join(getattr(sys, "orig_argv", ())))
if modules:
    with open(os.environ["RECORD_FILE"], "a") as file:
        event = {"event": "process", "task": None, "python": sys.executable, "module": modules[-1]}
        file.write(json.dumps(event) + "\\n")
"""


READERS = [cloud.reader for cloud in CLOUDS.values()]
WATCHED_MODULES = ("cam_access_key", *READERS)

# Modules that end in ways that no module should.
CRASH = """
from ansible_collections.multicloud.iam.plugins.module_utils._module import Module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module


def run(task):
    secret = task.options["secret"]
    if task.options["by"] == "value":
        raise ValueError(f"over {secret}")
    if task.options["by"] == "exit":
        raise SystemExit(f"over {secret}")
    if task.options["by"] == "exit without a word":
        raise SystemExit
    if task.options["by"] == "recursion":
        run(task)
    return {"changed": False}


MODULE = Module({"by": {"type": "str"}, "secret": {"type": "str", "no_log": True}}, run)

if __name__ == "__main__":
    run_as_module(MODULE)
"""
CRASH_ACTION = """
import importlib.util
import os

from ansible_collections.multicloud.iam.plugins.plugin_utils._action import CloudActionModule

spec = importlib.util.spec_from_file_location("crash", os.environ["ANSIBLE_LIBRARY"] + "/crash.py")
crash = importlib.util.module_from_spec(spec)
spec.loader.exec_module(crash)


class ActionModule(CloudActionModule):
    module_name = "crash"
    module = crash.MODULE
"""
# The action plugin of a module, and the parts of the worker process that differ after it.
WATCHED = """
import logging
import os
import re
import signal
import socket
import sys
import threading
import time

from ansible.utils.display import Display
from ansible_collections.multicloud.iam.plugins.action.MODULE import ActionModule as Theirs


class ActionModule(Theirs):
    def run(self, tmp=None, task_vars=None):
        before = self.worker()
        result = super().run(tmp, task_vars)
        after = self.worker()
        return {**result, "left_changed": [name for name in before if before[name] != after[name]]}

    def worker(self):
        os.umask(umask := os.umask(0))
        return {
            "environment": dict(os.environ),
            "directory": os.getcwd(),
            "umask": umask,
            "import path": list(sys.path),
            "streams": [id(sys.stdin), id(sys.stdout), id(sys.stderr)],
            "signals": [signal.getsignal(name) for name in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM)],
            "threads": threading.active_count(),
            "logging": [logging.root.level, list(logging.root.handlers), logging.root.manager.disable],
            "time zone": time.tzname,
            "socket timeout": socket.getdefaulttimeout(),
            "verbosity": Display().verbosity,
            "no_log of the connection": self._connection._play_context.no_log,
        }
"""


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which these plugins are found and processes are recorded."""
    directory = tmp_path_factory.mktemp("plugins")
    texts = {
        "connection/elsewhere": ELSEWHERE,
        "become/somebody": SOMEBODY,
        "site/sitecustomize": SITE,
        "library/crash": CRASH,
        "action/crash": CRASH_ACTION,
        **{f"action/watched_{module}": WATCHED.replace("MODULE", module) for module in WATCHED_MODULES},
    }
    for name, text in texts.items():
        path = directory / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {
        "ANSIBLE_ACTION_PLUGINS": str(directory / "action"),
        "ANSIBLE_LIBRARY": str(directory / "library"),
        "ANSIBLE_CONNECTION_PLUGINS": str(directory / "connection"),
        "ANSIBLE_BECOME_PLUGINS": str(directory / "become"),
        "ANSIBLE_BECOME_METHOD": "somebody",
        "PYTHONPATH": str(directory / "site"),
    }


def processes(run: Run, module: str) -> dict[str, set[str]]:
    """Return the Python interpreters that were started for the module, by task. The tasks must run one after another."""
    started: dict[str, set[str]] = {}
    task = ""
    for event in run.events:
        if event["event"] == "start":
            task = event["task"]
            started[task] = set()
        elif event["event"] == "process" and event["module"] == module:
            started[task].add(event["python"])
    return started


def inventory(directory: Path, text: str) -> tuple[str, str]:
    """Write an inventory with this text, and return the arguments for it."""
    path = directory / "inventory"
    path.write_text(text, encoding="utf-8")
    return "-i", str(path)


# --- where a task runs ---


@dataclass(frozen=True)
class Condition:
    """The conditions of a task, and the Python that must be started for it, or None if it runs in the worker.

    variables: of the host. task, play: keywords.
    """

    python: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    task: Mapping[str, Any] = field(default_factory=dict)
    play: Mapping[str, Any] = field(default_factory=dict)
    host: str | None = None


LOCAL = {"ansible_connection": "local"}
FAR = {"ansible_host": "192.0.2.1", "ansible_connection": "ssh"}
OWN = sys.executable
# The same interpreter with another name.
OWN_TOO = str(Path(OWN).with_name("python3" if Path(OWN).name == "python" else "python"))
OTHER = "OTHER"  # the Python of another virtual environment
ELSEWHERE_HERE = {"ansible_connection": "elsewhere", "ansible_python_interpreter": OWN}

CONDITIONS = {
    "localhost": Condition(host="localhost"),
    "connection as a variable": Condition(None, LOCAL),
    "connection of the play": Condition(play={"connection": "local"}),
    "connection of the task": Condition(task={"connection": "local"}),
    "connection by its full name": Condition(variables={"ansible_connection": "ansible.builtin.local"}),
    "another connection": Condition(OWN, ELSEWHERE_HERE),
    # delegation
    "delegated to localhost": Condition(None, FAR, {"delegate_to": "localhost"}),
    "delegated by a template": Condition(None, FAR, {"delegate_to": "{{ 'local' ~ 'host' }}"}),
    "delegated to a host with another Python": Condition(OTHER, FAR, {"delegate_to": "with-other-python"}),
    "delegated to another connection": Condition(OWN, LOCAL, {"delegate_to": "elsewhere"}),
    "delegated from a host with another Python": Condition(
        None, {**FAR, "ansible_python_interpreter": "/no/such/python"}, {"delegate_to": "localhost"}
    ),
    # the interpreter
    "the controller's own Python": Condition(None, {**LOCAL, "ansible_python_interpreter": OWN}),
    "the controller's own Python by a template": Condition(
        None, {**LOCAL, "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    ),
    "the controller's own Python by another name": Condition(None, {**LOCAL, "ansible_python_interpreter": OWN_TOO}),
    "Python auto": Condition(None, {**LOCAL, "ansible_python_interpreter": "auto"}),
    "Python auto_silent": Condition(None, {**LOCAL, "ansible_python_interpreter": "auto_silent"}),
    "another Python": Condition(OTHER, {**LOCAL, "ansible_python_interpreter": OTHER}),
    "another Python by a template": Condition(
        OTHER, {**LOCAL, "place": OTHER, "ansible_python_interpreter": "{{ place }}"}
    ),
    # become
    "become": Condition(OWN, LOCAL, {"become": True}),
    "become as a variable": Condition(OWN, {**LOCAL, "ansible_become": True}),
    "become of the play": Condition(OWN, LOCAL, play={"become": True}),
    "become false": Condition(None, LOCAL, {"become": False}, {"become": True}),
    "become and delegated": Condition(OWN, FAR, {"become": True, "delegate_to": "localhost"}),
    # environment
    "environment of nothing": Condition(None, LOCAL, {"environment": {}}),
    "environment of a list of nothing": Condition(None, LOCAL, {"environment": [{}]}),
    "environment that is templated to nothing": Condition(None, LOCAL, {"environment": "{{ {} }}"}),
    "environment": Condition(OWN, LOCAL, {"environment": {"ANY": "any"}}),
    "environment of the play": Condition(OWN, LOCAL, {"environment": {}}, {"environment": {"ANY": "any"}}),
    # async
    "async": Condition(OWN, LOCAL, {"async": 60, "poll": 1}),
    "async of nothing": Condition(None, LOCAL, {"async": 0}),
}


# Conditions that run in the worker, although another Python could be set.
PYTHONS = {
    name: CONDITIONS[name]
    for name in (
        "localhost",
        "connection of the play",
        "delegated to localhost",
        "delegated from a host with another Python",
        "the controller's own Python by a template",
        "Python auto",
    )
}


def inventory_and_playbook(conditions: Mapping[str, Condition], other: str) -> tuple[str, str]:
    """Return a host and a play for each condition, both with its name."""
    hosts: dict[str, Any] = {
        "with-other-python": {**LOCAL, "ansible_python_interpreter": other},
        "elsewhere": ELSEWHERE_HERE,
    }
    plays = []
    for name, condition in conditions.items():
        host = condition.host or name.replace(" ", "-")
        if condition.host is None:
            hosts[host] = {key: other if value == OTHER else value for key, value in condition.variables.items()}
        task = {"name": name, "multicloud.iam.cam_user_info": {"names": ["alice"]}, **condition.task}
        plays.append({"hosts": host, "gather_facts": False, **condition.play, "tasks": [task]})
    return yaml.safe_dump({"all": {"hosts": hosts}}), yaml.safe_dump(plays)


@pytest.fixture(scope="session")
def other_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the Python of another virtual environment, which finds the libraries of this one."""
    directory = tmp_path_factory.mktemp("venv")
    venv.create(directory, symlinks=True)
    (packages,) = directory.glob("lib/python*/site-packages")
    found = [path for path in sys.path if path.endswith("-packages")]
    (packages / "others.pth").write_text("\n".join(found), encoding="utf-8")
    return str(directory / "bin" / "python")


def expect_processes(
    play: Player, tmp_path: Path, conditions: Mapping[str, Condition], other: str, env: Mapping[str, str]
) -> None:
    """Check that each task has the result of the first one, and ran with the Python of its condition."""
    hosts, playbook = inventory_and_playbook(conditions, other)
    run = play(playbook, *inventory(tmp_path, hosts), env=env)
    assert run.code == 0, run.failures
    named = {OTHER: {other}, OWN: {OWN}, None: {OWN} if AS_MODULE.items() <= env.items() else set()}
    started = processes(run, "cam_user_info")
    assert started == {name: named[condition.python] for name, condition in conditions.items()}
    answers = {name: [result["users"] for result in run.results(name)] for name in conditions}
    first = next(iter(answers.values()))
    assert [user["name"] for (users,) in (first,) for user in users] == ["alice"]
    assert answers == dict.fromkeys(conditions, first)


def test_a_task_runs_in_the_worker_only_if_the_result_is_the_same(
    play: Player, tmp_path: Path, plugins: dict[str, str], other_python: str
) -> None:
    expect_processes(play, tmp_path, CONDITIONS, other_python, plugins)


def test_a_task_reports_once_why_it_is_handed_over(
    play: Player, tmp_path: Path, plugins: dict[str, str], other_python: str
) -> None:
    reasons = {
        "another connection": "the connection is elsewhere, not ansible.builtin.local",
        "another Python": f"the interpreter {other_python} is not {OWN}, which runs Ansible",
        "become": "the task has become",
        "environment": "the task has an environment",
        "async": "the task has async",
        "connection as a variable": None,
    }
    hosts, playbook = inventory_and_playbook({name: CONDITIONS[name] for name in reasons}, other_python)
    plays = yaml.safe_load(playbook)
    for each in plays:
        each["tasks"][0]["loop"] = [1, 2] if each["hosts"] == "another-Python" else [1]
    run = play(yaml.safe_dump(plays), *inventory(tmp_path, hosts), env=plugins, verbosity=1)
    assert run.code == 0, run.failures
    reported = re.findall(r"<(\S+)> multicloud\.iam\.cam_user_info: handed over to a module process: (.*)", run.stdout)
    assert reported == [(name.replace(" ", "-"), reason) for name, reason in reasons.items() if reason]
    quiet = play(yaml.safe_dump(plays[:1]), *inventory(tmp_path, hosts), env=plugins, verbosity=0)
    assert "handed over" not in quiet.output


def test_a_module_process_has_the_same_python(
    play: Player, tmp_path: Path, plugins: dict[str, str], other_python: str
) -> None:
    """If the task could also run in the worker. Discovery would find the Python of the system, which has no SDK."""
    inside = {name: condition for name, condition in CONDITIONS.items() if not condition.python}
    del inside["the controller's own Python by another name"]  # it is started with this name
    expect_processes(play, tmp_path, inside if EVERY_STEP else PYTHONS, other_python, {**plugins, **AS_MODULE})


def test_an_error_about_a_missing_sdk_says_what_to_install(play: Player, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", symlinks=True)
    python = str(tmp_path / "bare" / "bin" / "python")
    run = play(LIST_USERS, variables={"ansible_python_interpreter": python})
    assert run.interpreters("cam_user_info") == {python}
    assert run.statuses("List users") == ["failed"]
    assert "tencentcloud-sdk-python-cam is missing" in run.message("List users")
    assert "With delegate_to: localhost and become: false it runs on the controller" in run.message("List users")


def test_a_localhost_in_the_inventory_has_the_usual_connection(
    play: Player, tmp_path: Path, plugins: dict[str, str]
) -> None:
    """Only the implicit localhost is known to be local."""
    for line, python in (("", {OWN}), ("ansible_connection=local", set())):
        usual = {"ANSIBLE_TRANSPORT": "elsewhere", "ANSIBLE_PYTHON_INTERPRETER": OWN}
        run = play(LIST_USERS, *inventory(tmp_path, f"localhost {line}\n"), env={**plugins, **usual})
        assert run.statuses("List users") == ["ok"]
        assert processes(run, "cam_user_info") == {"List users": python}


# --- the state that the items of a loop share ---

SECOND_KEYS = {cloud: part.CASES.second_key for cloud, part in parts("playbooks").items()}
KEY_PAIRS = {cloud.reader: (*cloud.options, cloud.administrator, SECOND_KEYS[cloud.name]) for cloud in CLOUDS.values()}
WRONG = "WrongSecret/of+nobody%000000000001"
# By task, the key pairs of its items (WRONG: the first ID with the secret of another key), and the resulting
# connections.
SIGNERS = {"one pair": (["first"] * 4, 1), "two pairs": (["first", "second", "wrong", "first", "second"], 3)}


def loops_over_pairs(relays: Mapping[tuple[str, str], Relay]) -> list[dict[str, Any]]:
    tasks = []
    for (module, name), relay in relays.items():
        id_option, secret_option, first, second = KEY_PAIRS[module]
        pairs = {"first": first, "second": second, "wrong": (second[0], WRONG)}
        item = {id_option: "{{ item.0 }}", secret_option: "{{ item.1 }}"}
        tasks.append(
            {
                "name": f"{module}, {name}",
                f"multicloud.iam.{module}": {"api_endpoint": relay.url, **item},
                "loop": [list(pairs[signer]) for signer in SIGNERS[name][0]],
                "ignore_errors": True,
            }
        )
    return tasks


def test_items_share_a_connection_only_with_the_same_credentials(emulator: Emulator, play: Player) -> None:
    """A later task has a new connection. Nothing that a reply sets is sent with the next item."""
    cookie = {"Set-Cookie": "session=of-another-item; Path=/"}
    for cloud in CLOUDS:
        emulator.fault("status", cloud=cloud, status=429, headers=cookie, body="", times=1)
    with ExitStack() as stack:
        relays = {(module, name): stack.enter_context(Relay(emulator.port)) for module in KEY_PAIRS for name in SIGNERS}
        run = play(yaml.safe_dump(loops_over_pairs(relays)), secrets=[WRONG])
    assert run.code == 0, run.failures
    for (module, name), relay in relays.items():
        signers, connections = SIGNERS[name]
        ended = ["failed" if signer == "wrong" else "ok" for signer in signers]
        assert [item["status"] for item in run.items(f"{module}, {name}")] == ended
        assert (module, name, relay.connections) == (module, name, connections)
        assert b"cookie:" not in relay.sent.lower()
    for cloud, (_id, _secret, first, second) in zip(CLOUDS, KEY_PAIRS.values(), strict=True):
        ids = [call["caller"]["access_key_id"] for call in emulator.journal() if call["cloud"] == cloud]
        # The wrong signature is the first one with the second key.
        assert [key for key, _same in groupby(ids)] == [first[0], second[0], first[0], second[0]]


LEFT = """
- name: Create
  watched_cam_access_key:
    user_name: carol
    description: "{{ item }}"
  loop: [first, second]
  register: made

- name: Fail
  watched_cam_access_key:
    user_name: nobody
    description: first
  register: failed
  ignore_errors: true

- name: Under variables
  watched_cam_access_key:
    user_name: carol
    description: first
  environment: "{{ item }}"
  loop: [{ANY: any}, {}]
  register: made

""" + "".join(f"- watched_{reader}: {{api_validate_certs: false}}\n" for reader in READERS)


@WAYS
def test_the_worker_is_left_as_it_was(play: Player, plugins: dict[str, str], env: dict[str, str]) -> None:
    """Including the environment, streams, signals and threads."""
    run = play(LEFT, env={**plugins, **env})
    assert run.code == 0, run.failures
    ended = [event["result"] for event in run.events if "left_changed" in event.get("result", {})]
    assert len(ended) >= 8
    assert [result["left_changed"] for result in ended] == [[]] * len(ended)


ITEMS = f"""
- name: Warn
  multicloud.iam.cam_access_key:
    user_name: "{{{{ item }}}}"
    access_key_id: {BOB[0]}
    state: absent
  loop: [nobody, alice, nobody]
  register: warned

- name: Sign
  multicloud.iam.cam_user_info:
    names: [alice]
    api_secret_id: "{{{{ item.0 }}}}"
    api_secret_key: "{{{{ item.1 }}}}"
  loop:
    - [{BOB[0]}, alice]
    - [{ROOT[0]}, {ROOT[1]}]
  register: signed
  ignore_errors: true

- name: Sign by the environment
  multicloud.iam.cam_user_info:
    names: [bob]
  loop:
    - TENCENTCLOUD_SECRET_ID: {ALICE[0]}
      TENCENTCLOUD_SECRET_KEY: {ALICE[1]}
    - {{}}
  environment: "{{{{ item }}}}"

- name: Judge
  ansible.builtin.assert:
    that:
      - warned.results | map(attribute='request_ids') | flatten | unique | length == 4
      - signed.results[0].error.code == 'AuthFailure.SignatureFailure'
      - signed.results[1].users | map(attribute='name') | list == ['alice']
"""


@WAYS
def test_nothing_is_carried_over_to_the_next_item(emulator: Emulator, play: Player, env: dict[str, str]) -> None:
    """No warnings, request IDs, secrets or variables."""
    _place, run = play.run_unsearched(ITEMS, env=env)  # such loops show their environments
    assert run.code == 0, run.failures
    assert [len(item.get("warnings", [])) for item in run.items("Warn")] == [1, 0, 1]
    assert " ".join(run.stderr.split()).count("user nobody was not found") == 2
    callers = [call["caller"]["access_key_id"] for call in emulator.journal() if call["params"].get("Name") == "bob"]
    assert callers == [ALICE[0], ROOT[0]]


# --- rejected credentials ---


def test_rejected_credentials_are_not_sent_in_another_way(emulator: Emulator, play: Player) -> None:
    """Five wrong signatures lock a key, regardless of the timeout."""
    run = play(
        """
        - name: Sign
          multicloud.iam.cam_user_info:
            api_secret_id: "{{ id }}"
            api_secret_key: "{{ secret }}"
            api_timeout: "{{ item }}"
            api_expected_account: "{{ item }}"
          loop: [30, 31]
          ignore_errors: true
        """,
        variables={"id": BOB[0], "secret": WRONG},
        secrets=[WRONG],
    )
    assert [item["error"]["category"] for item in run.items("Sign")] == ["authentication", "authentication"]
    assert len(emulator.journal()) == 1


# --- the keywords of tasks and plays, and the values of options ---

KEYWORDS = f"""
- name: Side by side
  hosts: clouds
  gather_facts: false
  strategy: free
  tasks:
    - name: Create for each host
      multicloud.iam.cam_access_key:
        user_name: carol
        description: "{{{{ inventory_hostname }}}}"
      register: made
      throttle: 1

    - name: Predict
      multicloud.iam.cam_access_key:
        user_name: bob
        access_key_id: {BOB[0]}
        status: inactive
      check_mode: true
      diff: false
      register: predicted

    - name: Judge
      ansible.builtin.assert:
        that:
          - made.access_key.description == inventory_hostname
          - made.secret | length == 32
          - (made.diff.after | from_json).description == inventory_hostname
          - predicted is changed
          - predicted.access_key.status == 'inactive'
          - predicted.diff is undefined

- name: One after the other
  hosts: clouds
  gather_facts: false
  serial: 1
  collections: [multicloud.iam]
  tasks:
    - name: Disable
      cam_access_key:
        user_name: bob
        access_key_id: {BOB[0]}
        status: inactive
      when: inventory_hostname == 'two'
      notify: Look
      register: disabled

    - name: Run the handler
      ansible.builtin.meta: flush_handlers

    - name: Judge
      ansible.builtin.assert:
        that:
          - disabled is skipped or looked.users[0].name == 'bob'
          - (disabled is skipped) == (inventory_hostname == 'one')
  handlers:
    - name: Look
      cam_user_info:
        names: [bob]
      register: looked

- name: All together
  hosts: clouds
  gather_facts: false
  tasks:
    - name: Once for all
      multicloud.iam.cam_user_info:
        api_retries: 0
      register: once
      until: once is success
      retries: 3
      delay: 0
      run_once: true

    - name: Block
      block:
        - name: Fail
          multicloud.iam.cam_access_key:
            user_name: nobody
            status: inactive
      rescue:
        - name: Judge the failure
          ansible.builtin.assert:
            that:
              - ansible_failed_result.error.category == 'not_found'
              - ansible_failed_result.error.object == 'user nobody'

    - name: Under a label
      multicloud.iam.cam_user_info:
        names: ["{{{{ user.name }}}}"]
      loop:
        - {{name: alice, note: not for the screen}}
        - {{name: bob, note: not for the screen}}
      loop_control:
        loop_var: user
        index_var: number
        extended: true
        pause: 0.1
        label: "{{{{ ansible_loop.revindex }}}}, {{{{ number }}}}: the user {{{{ user.name }}}}"
      register: listed
      run_once: true

    - name: Judge what all have
      ansible.builtin.assert:
        that:
          - once.attempts == 3
          - once.users | length > 1
          - hostvars.one.made.access_key.id != hostvars.two.made.access_key.id
          - listed.results | map(attribute='users') | map('first') | map(attribute='name') | list == ['alice', 'bob']
          - listed.results | map(attribute='number') | list == [0, 1]
"""


@WAYS
def test_keywords_work_as_with_any_module(
    emulator: Emulator, play: Player, tmp_path: Path, plugins: dict[str, str], env: dict[str, str]
) -> None:
    """Keywords of tasks, loops, blocks and plays, with short names and handlers."""
    emulator.fault("error", "ListUsers", code="InternalError", message="for the moment", times=2)
    run = play(KEYWORDS, *inventory(tmp_path, TWO_HOSTS), env={**plugins, **env})
    assert run.code == 0, run.failures
    counted = Counter(actions(emulator))
    assert (counted["CreateAccessKey"], counted["UpdateAccessKey"], counted["ListUsers"]) == (2, 1, 3)
    assert "(item=1, 1: the user bob)" in run.output
    if not env:
        assert not any(processes(run, "cam_user_info").values())


VALUES = """
- name: Create with a date
  multicloud.iam.cam_access_key:
    user_name: carol
    description: 2026-01-02
  register: made

- name: Create with a number, a marked text, and an encrypted secret
  multicloud.iam.cam_access_key:
    target_uin: 100000000003
    description: !unsafe marked
    api_secret_id: ROOT_ID
    api_secret_key: ROOT_SECRET
  register: made

- name: List by texts that are numbers and lists
  multicloud.iam.cam_user_info:
    names: !unsafe alice,bob,{{ nothing }}
    api_timeout: "20"
    api_validate_certs: "yes"
    api_secret_id: "{{ id }}"
    api_secret_key: "{{ secret }}"
  vars:
    id: ROOT_ID
    secret: ROOT_SECRET
"""


def test_values_of_all_types_arrive_unchanged(emulator: Emulator, play: Player, tmp_path: Path) -> None:
    """Dates, numbers, strings that look like other types, text that is not a template, and encrypted values."""
    key = tmp_path / "vault-key"
    key.write_text("Vault-Key-Of-The-Test\n", encoding="utf-8")
    playbook = VALUES
    for place, text in zip(("ROOT_ID", "ROOT_SECRET"), ROOT, strict=True):
        playbook = playbook.replace(place, vaulted(play, key, text))
    given = []
    for env in ({}, AS_MODULE):
        emulator.reset()
        # ansible-core passes decrypted arguments to every callback plugin when a task starts.
        _place, run = play.run_unsearched(
            playbook, "--vault-password-file", str(key), env={**env, "ANSIBLE_INJECT_INVOCATION": "true"}
        )
        assert run.code == 0, run.failures
        assert ROOT[1] not in run.output
        assert [made["description"] for made in keys_of(emulator, "carol")] == ["2026-01-02", "marked"]
        (listed,) = run.results("List by texts that are numbers and lists")
        assert [user["name"] for user in listed["users"]] == ["alice", "bob"]
        given.append(listed["invocation"]["module_args"])
    inside, outside = given
    assert inside == outside
    assert (inside["api_timeout"], inside["api_validate_certs"]) == (20.0, True)
    assert inside["names"] == ["alice", "bob", "{{ nothing }}"]
    assert inside["api_secret_key"] not in (None, *ROOT)


# --- tasks that end early ---

CRASHES = """
- hosts: clouds
  gather_facts: false
  strategy: STRATEGY
  tasks:
    - name: Crash
      crash:
        by: "{{ item }}"
        secret: "{{ secret }}"
      loop: [value, exit, exit without a word, recursion, nothing]
      ignore_errors: true
    - name: Go on
      multicloud.iam.cam_user_info:
        names: [alice]
"""


@WAYS
def test_a_crash_is_a_failed_task(play: Player, tmp_path: Path, plugins: dict[str, str], env: dict[str, str]) -> None:
    """With one message, without a secret. The worker continues with the next item, and the host with the next task."""
    strategy = "free" if env else "linear"
    run = play(
        CRASHES.replace("STRATEGY", strategy),
        *inventory(tmp_path, TWO_HOSTS),
        variables={"secret": "Canary-Of-A-Crash-0001"},
        env={**plugins, **env},
        secrets=["Canary-Of-A-Crash-0001"],
    )
    assert run.code == 0, run.failures
    items = run.items("Crash")
    assert Counter(item["status"] for item in items) == {"failed": 8, "ok": 2}
    for item in items:
        if item["status"] == "failed":
            assert item["error"]["category"] == "defect"
            assert item["msg"].startswith("unexpected ")
    assert run.statuses("Go on") == ["ok", "ok"]


TIMEOUTS = """
- name: Wait
  ansible.builtin.command: sleep 60
  timeout: LIMIT
  ignore_errors: true

- name: Read
  multicloud.iam.cam_user_info:
  timeout: LIMIT
  ignore_errors: true

- name: Read side by side
  multicloud.iam.cam_user_info:
    names: [carol, "{{ item }}"]
  loop: [alice, bob]
  timeout: LIMIT
  ignore_errors: true

- name: Create
  multicloud.iam.cam_access_key:
    user_name: carol
    description: first
  timeout: LIMIT
  register: made
  ignore_errors: true

- name: Go on
  multicloud.iam.cam_user_info:
    names: [bob]
"""


# A process must be able to start within the limit, also on a busy machine.
@pytest.mark.parametrize(
    ("env", "limit"),
    [
        pytest.param({}, 1, id="in-process"),
        pytest.param(AS_MODULE, 10, id="as-module", marks=pytest.mark.skipif(not EVERY_STEP, reason="takes long")),
    ],
)
def test_the_timeout_of_a_task_is_respected(emulator: Emulator, play: Player, env: dict[str, str], limit: int) -> None:
    """The message is the same as for any module, and the next task does not wait for the reply.

    Only a worker can report the key that the interrupted call has created.
    """
    emulator.fault("delay", "ListUsers", seconds=100, times=1)
    emulator.fault("delay", "GetUser", seconds=100, times=1, after=1)
    emulator.fault("delay_after", "CreateAccessKey", seconds=100, times=1)
    run = play(TIMEOUTS.replace("LIMIT", str(limit)), "--forks", "1", env=env)
    # It does not contain the delayed calls.
    calls = [(call["action"], call["params"].get("Name")) for call in emulator.journal()]
    assert run.code == 0, run.failures
    usual = run.message("Wait").replace("ansible.builtin.command", "multicloud.iam.cam_user_info")
    assert run.message("Read").startswith(usual)
    alice, bob = run.items("Read side by side")
    assert (alice["status"], alice["msg"].startswith(usual)) == ("failed", True)
    assert (bob["status"], [user["name"] for user in bob["users"]]) == ("ok", ["carol", "bob"])
    assert run.statuses("Create") == ["failed"]
    assert run.statuses("Go on") == ["ok"]
    assert [name for action, name in calls if action == "GetUser"] == ["carol", "carol", "bob", "carol", "bob"]
    if not env:
        (key,) = keys_of(emulator, "carol")
        assert f"After that, access_key_id {key['access_key_id']} appeared" in " ".join(run.stderr.split())


INTERRUPTED = """
- name: Read
  multicloud.iam.cam_user_info:
    api_endpoint: "{{ endpoint }}"
- name: Go on
  ansible.builtin.debug:
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
@WAYS
def test_an_interrupt_ends_the_run(
    emulator: Emulator, play: Player, plugins: dict[str, str], env: dict[str, str], name: str
) -> None:
    """With the usual message of ansible-core, and without open calls."""
    play.is_measured = False  # a worker that is interrupted hangs when it saves its coverage
    group = play.directory / "group"

    def interrupt() -> None:
        os.killpg(int(group.read_text()), getattr(signal, name))

    emulator.fault("delay", "ListUsers", seconds=100, times=1)
    with Relay(emulator.port, on_connect=interrupt) as relay:
        run = play(INTERRUPTED, variables={"endpoint": relay.url}, env={**plugins, **env, "GROUP_FILE": str(group)})
        assert relay.is_left(timeout=20)
    assert run.code == {"SIGINT": 99, "SIGTERM": -signal.SIGTERM}[name]
    assert ("User interrupted execution" in run.output) is (name == "SIGINT")
    assert run.results("Go on") == []

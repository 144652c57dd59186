# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test what the action plugin adds to the modules, and the ways in which a playbook can call them.

test_runtime_conditions.py tests where it runs them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__

from ansible_collections.multicloud.iam.tests.playbooks.runner import (
    AS_MODULE,
    Player,
    actions,
    credentials,
    keys_of,
    vaulted,
)
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import load_module
from ansible_collections.multicloud.iam.tests.support.tencent import ALICE, BOB, ROOT

IS_2_18 = tuple(map(int, __version__.split(".")[:2])) < (2, 19)
EITHER_WAY = pytest.mark.parametrize("env", [{}, AS_MODULE], ids=["in process", "as module"])

WRONG = "WrongSecret/of+bob%0000000000001"
REJECTED = {"id": BOB[0], "secret": WRONG}
ACCEPTED = {"id": ALICE[0], "secret": ALICE[1]}


def calls_by_key(emulator: Emulator) -> Counter[str]:
    """Return the number of calls that each key has signed, or claimed to sign."""
    return Counter(call["caller"]["access_key_id"] for call in emulator.journal())


# --- creations ---

REFUSED = """
    - name: Create without register
      multicloud.iam.cam_access_key: &creation
        user_name: carol
        description: first
      ignore_errors: true

    - name: Create without register, in check mode
      multicloud.iam.cam_access_key: *creation
      check_mode: true
      ignore_errors: true

    - name: Create under async
      multicloud.iam.cam_access_key:
        user_name: carol
        description: first
        allow_unregistered_secret: true
      register: made
      async: 60
      poll: 1
      ignore_errors: true

    - name: Create in the background
      multicloud.iam.cam_access_key: *creation
      register: begun
      async: 60
      poll: 0

    - name: Wait for the background
      ansible.builtin.async_status:
        jid: "{{ begun.ansible_job_id }}"
      register: ended
      until: ended.finished
      delay: 1
      retries: 30
      ignore_errors: true
"""


def test_a_creation_whose_secret_would_be_lost_is_refused(emulator: Emulator, play: Player) -> None:
    """Before anything is sent, also in check mode, and with advice. No option allows it with async."""
    run = play(REFUSED)
    assert run.code == 0, run.failures
    refused = ["Create without register", "Create without register, in check mode", "Create under async"]
    for task in [*refused, "Wait for the background"]:
        assert run.statuses(task) == ["failed"]
        message = run.message(task)
        assert message.startswith("Could not create access key with description 'first' of user carol")
        assert "Add 'register' and remove 'async', or set allow_unregistered_secret to true" in message
    assert set(actions(emulator)) == {"GetUser", "ListAccessKeys"}


def test_a_change_works_with_async(emulator: Emulator, play: Player) -> None:
    run = play(
        f"""
        - name: Disable
          multicloud.iam.cam_access_key:
            user_name: bob
            access_key_id: {BOB[0]}
            status: inactive
          async: 60
          poll: 1
          register: disabled

        - name: Judge
          ansible.builtin.assert:
            that:
              - disabled is changed
              - disabled.access_key.status == 'inactive'
        """
    )
    assert run.code == 0, run.failures
    assert keys_of(emulator, "bob")[0]["status"] == "Inactive"


# Values of `register` for a single result and for a loop, and the path of the secret in the registered value.
PROJECTIONS = {
    "ALONE": [
        ("{made: _task.result}", "made.secret"),
        ("{made: _task.polymorphic_result}", "made.secret"),
        ("{secret: _task.result.secret}", "secret"),
        ("{made_id: _task.result.access_key.id, secret: _task.polymorphic_result.secret}", "secret"),
        ("{made_id: _task.result.access_key.id}", None),
        ("{is_changed: _task.result.changed, result: _task.result.access_key}", None),
        ("{length: _task.result.secret | length}", None),
        ("{is_made: _task.result.secret is defined}", None),
        ("{names: _task.result | list}", None),
        ("{text: _task.result.secret.text}", None),
        ("{made: _task.loop_result}", None),
    ],
    "loop: [carol]": [
        ("{made: _task.loop_result}", "made.results[0].secret"),
        ("{results: _task.loop_result.results}", "results[0].secret"),
        ("{made: _task.polymorphic_result}", "made.results[0].secret"),
        ("{made: _task.result}", None),
        ("{made: _task.result.secret}", None),
        ("{made: _task.polymorphic_result.secret}", None),
        ("{made: _task.loop_result.results | map(attribute='changed')}", None),
    ],
}
NEEDS_PROJECTIONS = pytest.mark.skipif(IS_2_18, reason="ansible-core 2.18 registers results as they are")


@NEEDS_PROJECTIONS
@pytest.mark.parametrize("loop", PROJECTIONS)
def test_one_register_projection_must_keep_the_secret(emulator: Emulator, play: Player, loop: str) -> None:
    run = play(
        "\n".join(
            f"""
            - name: Create {number}
              multicloud.iam.cam_access_key: &key{number}
                user_name: carol
                description: key{number}
              register: {register}
              {loop.replace("ALONE", "when: true")}
              ignore_errors: true

            - name: Show {number}
              ansible.builtin.debug:
                msg: "{{{{ {known or "'none, not any'"} | length }}}} characters"

            - name: Delete {number}
              multicloud.iam.cam_access_key:
                <<: *key{number}
                state: absent
            """
            for number, (register, known) in enumerate(PROJECTIONS[loop])
        )
    )
    assert run.code == 0, run.failures
    for number, (register, known) in enumerate(PROJECTIONS[loop]):
        (result,) = run.results(f"Create {number}")
        message = result.get("results", [result])[0].get("msg", "")
        assert (result["status"], "one has to be _task.result" in message) == (
            ("ok", False) if known else ("failed", True)
        ), register
        assert run.message(f"Show {number}") == ("32 characters" if known else "13 characters")
    kept = [known for _register, known in PROJECTIONS[loop] if known]
    assert actions(emulator).count("CreateAccessKey") == len(kept)
    assert "Its secret was returned to Ansible for the register made, and" in " ".join(run.stderr.split())


# --- conditions on the result ---

# Conditions that ansible-core cannot evaluate with the result of a creation, so that it loses the result.
ODD = [
    "until: no_such_variable",
    "until: made.access_key.idd.x == 1",
    "until: made.access_key.last_used | length > 0",
    "until: made.secret | no_such_filter",
    *(["changed_when: (made.secret | length) / 0 > 1"] if IS_2_18 else []),
]
PLAIN = [
    "until: made.secret | length > 30 and made.access_key.create_time is match('2[0-9]{3}-')",
    "until: made is changed and made is succeeded and made.attempts == 1 and made.access_key.last_used is none",
    "failed_when: no_such_variable",
    "changed_when: no_such_variable",
    *([] if IS_2_18 else ["changed_when: (made.secret | length) / 0 > 1"]),
]


@EITHER_WAY
def test_no_condition_of_a_task_loses_a_secret(emulator: Emulator, play: Player, env: dict[str, str]) -> None:
    """Such a task is refused before anything is sent, also in check mode. Other conditions do not lose the result."""

    def create(name: str, condition: str, more: str = "delay: 0") -> str:
        return f"""
            - name: Create {name}
              multicloud.iam.cam_access_key: &{name}
                user_name: carol
                description: {name}
              register: made
              {condition}
              {more}
              ignore_errors: true
            """

    def keep(name: str) -> str:
        return f"""
            - name: Show {name}
              ansible.builtin.debug:
                msg: "{{{{ made.secret | length }}}}"

            - name: Delete {name}
              multicloud.iam.cam_access_key:
                <<: *{name}
                state: absent
            """

    odd = {f"odd{number}": condition for number, condition in enumerate(ODD)}
    plain = {f"plain{number}": condition for number, condition in enumerate(PLAIN)}
    run = play(
        "\n".join(
            [
                *(create(name, condition) for name, condition in odd.items()),
                create("checked", ODD[0], "check_mode: true"),
                *(create(name, condition) + keep(name) for name, condition in plain.items()),
            ]
        ),
        env=env,
        verbosity=0,
    )
    assert run.code == 0, run.failures
    for name, condition in {**odd, "checked": ODD[0]}.items():
        message = run.message(f"Create {name}")
        assert message.startswith("Could not create access key"), (condition, message)
        assert f"the '{condition.partition(':')[0]}' of the task cannot be evaluated on the result" in message
    assert {name: run.message(f"Show {name}") for name in plain} == dict.fromkeys(plain, "32")
    assert actions(emulator).count("CreateAccessKey") == len(plain)


# --- further attempts ---

AGAIN = """
    - name: Create
      multicloud.iam.cam_access_key:
        user_name: carol
        description: first
        status: STATUS
        api_timeout: 2
        api_retries: 0
      register: made
      until: UNTIL
      retries: 2
      delay: 0
      ignore_errors: true

    - name: Judge
      ansible.builtin.assert:
        that:
          - made.attempts == 2
          - made is failed
          - made is changed
          - made.secret | default('') | length == 32
          - made.access_key.id | default(made.left_over.id) is string
"""
READS = ("GetUser", "ListAccessKeys")
FAILS = {"fault": "error", "code": "FailedOperation.Accesskey", "message": "no", "times": 1}


@EITHER_WAY
@pytest.mark.parametrize(
    ("until", "status", "failing"),
    [
        ("made.access_key.last_used is not none", "active", []),
        ("made is succeeded", "inactive", ["UpdateAccessKey", "DeleteAccessKey"]),
    ],
    ids=["made", "left over"],
)
def test_no_further_attempt_replaces_one_that_has_created_a_key(
    emulator: Emulator, play: Player, env: dict[str, str], until: str, status: str, failing: list[str]
) -> None:
    emulator.faults([{**FAILS, "action": action} for action in failing])
    run = play(AGAIN.replace("UNTIL", until).replace("STATUS", status), env=env)
    assert run.code == 0, run.failures
    assert len(keys_of(emulator, "carol")) == 1
    assert [action for action in actions(emulator) if action not in READS] == ["CreateAccessKey", *failing]


LOST: dict[str, list[dict[str, Any]]] = {
    "carried out": [{"fault": "reset_after", "action": "CreateAccessKey", "times": 1}],
    "perhaps carried out": [{"fault": "reset_before", "action": "CreateAccessKey", "times": 1}],
    "out of sight": [
        {"fault": "reset_after", "action": "CreateAccessKey", "times": 1},
        {"fault": "status", "status": 403, "action": "ListAccessKeys", "after": 2, "times": 1},
    ],
}


@EITHER_WAY
@pytest.mark.parametrize("lost", LOST)
def test_a_creation_whose_reply_is_lost_is_not_attempted_again(
    emulator: Emulator, play: Player, env: dict[str, str], lost: str
) -> None:
    # A module process predicts the result in check mode first, because of the condition.
    emulator.faults(
        [{**fault, "after": fault.get("after", 0) + bool(env and "after" in fault)} for fault in LOST[lost]]
    )
    run = play(
        """
        - name: Create
          multicloud.iam.cam_access_key:
            user_name: carol
            create: always
            description: first
          register: made
          until: made is succeeded
          retries: 2
          delay: 0
        """,
        env=env,
    )
    assert run.code == 2
    assert actions(emulator)[-2:] == ["CreateAccessKey", "ListAccessKeys"]
    assert actions(emulator).count("CreateAccessKey") == 1
    assert "before you run this again" in run.message("Create") or "its secret is lost" in run.message("Create")


def test_an_attempt_that_has_created_nothing_is_repeated(emulator: Emulator, play: Player) -> None:
    """Also for each item of a loop separately."""
    emulator.fault("error", "CreateAccessKey", code="FailedOperation.Accesskey", message="no", times=1, after=1)
    run = play(
        """
        - name: Create
          multicloud.iam.cam_access_key:
            user_name: "{{ item }}"
            description: first
          loop: [carol, bob]
          register: made
          until: made is succeeded
          retries: 2
          delay: 0

        - name: Judge
          ansible.builtin.assert:
            that:
              - made.results | map(attribute='attempts') | list == [1, 2]
              - made.results | map(attribute='secret') | map('length') | list == [32, 32]
        """
    )
    assert run.code == 0, run.failures
    assert actions(emulator).count("CreateAccessKey") == 3


# --- rejected credentials ---

REJECTION = """
    - name: Sign with each
      multicloud.iam.cam_user_info:
        api_secret_id: "{{ item.id }}"
        api_secret_key: "{{ item.secret }}"
      loop: "{{ signers }}"
      register: answers
      ignore_errors: true

    - name: Judge the loop
      ansible.builtin.assert:
        that:
          - answers.results[0].error.code == 'AuthFailure.SignatureFailure'
          - "'not sent' in answers.results[1].msg"
          - answers.results[1].error.category == 'authentication'
          - answers.results[2].users | length > 1
          - "'not sent' in answers.results[3].msg"

    - name: Sign in a new task
      multicloud.iam.cam_user_info:
        api_secret_id: "{{ signers[0].id }}"
        api_secret_key: "{{ signers[0].secret }}"
      register: answer
      until: answer is success
      retries: 2
      delay: 0
      ignore_errors: true
"""


def test_rejected_credentials_are_sent_once_in_a_loop(emulator: Emulator, play: Player) -> None:
    """Items with other credentials are still sent, and so is a new task, but not its retries."""
    signers = [REJECTED, REJECTED, ACCEPTED, REJECTED]
    run = play(REJECTION, variables={"signers": signers}, secrets=[WRONG])
    assert run.code == 0, run.failures
    assert calls_by_key(emulator) == {BOB[0]: 2, ALICE[0]: 1}


def test_credentials_in_the_environment_keyword_are_distinguished(emulator: Emulator, play: Player) -> None:
    _playbook, run = play.run_unsearched(
        """
        - name: Sign with each
          multicloud.iam.cam_user_info:
          environment:
            TENCENTCLOUD_SECRET_ID: "{{ item.id }}"
            TENCENTCLOUD_SECRET_KEY: "{{ item.secret }}"
          loop: "{{ signers }}"
          ignore_errors: true
        """,
        variables={"signers": [REJECTED, REJECTED, ACCEPTED, REJECTED]},
    )
    assert [item["status"] for item in run.items("Sign with each")] == ["failed", "failed", "ok", "failed"]
    assert calls_by_key(emulator) == {BOB[0]: 1, ALICE[0]: 1}


def test_a_null_credential_is_not_replaced_by_one_from_the_environment(emulator: Emulator, play: Player) -> None:
    """A user who refers to a variable does not want another account if the variable is empty."""
    run = play(
        """
        - name: Sign with nothing
          multicloud.iam.cam_user_info:
            api_secret_id: "{{ nothing }}"
            api_secret_key: "{{ nothing }}"
        """,
        variables={"nothing": None},
    )
    assert run.code == 2
    assert "api_secret_id and api_secret_key are given, but empty" in run.message("Sign with nothing")
    assert emulator.journal() == []


# --- the ways to call a module ---

NAMES = """
    - name: Names and defaults
      hosts: localhost
      gather_facts: false
      collections: [multicloud.iam]
      module_defaults:
        group/multicloud.iam.GROUP:
          api_endpoint: "{{ endpoint }}"
          api_secret_id: "{{ id }}"
          api_secret_key: "{{ secret }}"
      tasks:
        - name: Create by the short name
          cam_access_key:
            user_name: carol
            description: first
          register: made

        - name: List by the full name
          multicloud.iam.cam_access_key_info:
            user_names: [carol]
          register: listed

        - name: Judge
          ansible.builtin.assert:
            that:
              - made.secret | length == 32
              - listed.access_keys | map(attribute='id') | list == [made.access_key.id]
"""


@pytest.mark.parametrize("group", ["tencent", "all"])
def test_short_names_and_module_defaults_work(emulator: Emulator, play: Player, group: str) -> None:
    """Including the register check, which is only possible in the action plugin."""
    run = play(
        NAMES.replace("GROUP", group),
        variables={"endpoint": emulator.url, "id": ROOT[0], "secret": ROOT[1]},
        env=dict.fromkeys(credentials(emulator), ""),
    )
    assert run.code == 0, run.failures


def test_a_vaulted_password_reaches_the_module(emulator: Emulator, play: Player, tmp_path: Path) -> None:
    password = "Vaulted-Pass/1%"
    key = tmp_path / "vault-key"
    key.write_text("Vault-Key-Of-The-Test\n", encoding="utf-8")
    variables = tmp_path / "vaulted.yml"
    variables.write_text(f"password: {vaulted(play, key, password)}", encoding="utf-8")
    run = play(
        """
        - name: Create
          multicloud.iam.cam_user:
            name: new
            console_login: true
            password: "{{ password }}"

        - name: Create in a loop, by way of the task's own variable
          multicloud.iam.cam_user:
            name: "{{ item }}"
            console_login: true
            password: "{{ own }}"
          vars:
            own: "{{ password }}"
          loop: [newer]
        """,
        *("-e", f"@{variables}", "--vault-password-file", str(key)),
        secrets=[key.read_text(encoding="utf-8").strip()],
    )
    assert run.code == 0, run.failures
    assert password in emulator.secrets()
    assert actions(emulator) == ["GetUser", "GetUser", "AddUser"] * 2


NULLS = """
- name: Marker
  multicloud.iam.iam_credential:
    user_name: bob
    status: inactive
    description: "{{ nothing }}"
  ignore_errors: true
- name: Alias
  multicloud.iam.sas_vendor_ak:
    vendor: AWS
    secret_id: AKIAEMULATORAWS00001
    vendor_auth_alias: "{{ nothing }}"
    state: absent
  ignore_errors: true
- name: Filter
  multicloud.iam.sas_vendor_ak_info:
    vendor: "{{ nothing }}"
  ignore_errors: true
- name: "False"
  multicloud.iam.cam_access_key:
    user_name: alice
    access_key_id: "{{ nothing | default(false, true) }}"
    state: absent
  ignore_errors: true
"""


def test_null_does_not_select_another_object(emulator: Emulator, play: Player) -> None:
    run = play(NULLS, variables={"nothing": None})
    for task, option in (
        ("Marker", "description"),
        ("Alias", "vendor_auth_alias"),
        ("Filter", "vendor"),
        ("False", "access_key_id"),
    ):
        assert run.statuses(task) == ["failed"]
        assert option in run.message(task)
    assert emulator.journal() == []


# Ways in which a variable becomes null, also with ansible-core 2.18, where an indirect null becomes an empty string.
NOTHING = ("null", "' '", "'{{ nothing }}'", "'{{ indirectly }}'", "'{{ nothing | default(none) }}'")
IN_A_LIST = ("[null]", "['{{ nothing }}']", "['{{ indirectly }}', alice]", "'alice,'")


# Ways in which a variable becomes false. A number would become 0, and a string "False".
FLAG = "'{{ nothing | default(false, true) }}'"


def info_options() -> Iterator[tuple[str, str, str]]:
    """Return each option of an info module that selects objects, and its type."""
    for name in (module for module in CLOUD_OF if module.endswith("_info")):
        module = load_module(name)
        for option in module.selecting:
            yield name, option, module.argument_spec[option]["type"]


@pytest.mark.any_core
def test_nothing_does_not_select_everything(emulator: Emulator, play: Player) -> None:
    """A playbook that lists the users in an empty list, and deletes them, must not get all users."""
    forms = [
        (module, option, form)
        for module, option, kind in info_options()
        for form in (
            *NOTHING,
            *(IN_A_LIST if kind == "list" else ()),
            *(() if kind == "bool" else (FLAG,)),
            *([f"[{FLAG}]"] if kind == "list" else ()),
        )
    ]
    tasks = "".join(
        f"- name: Form {number}\n  multicloud.iam.{module}:\n    {option}: {form}\n  ignore_errors: true\n"
        for number, (module, option, form) in enumerate(forms)
    )
    run = play(tasks, variables={"nothing": None, "indirectly": "{{ nothing }}"})
    assert len(forms) > 100
    for number, form in enumerate(forms):
        assert run.statuses(f"Form {number}") == ["failed"], form
        assert form[1] in run.message(f"Form {number}"), form
    assert emulator.journal() == []


DECISIONS = """
- name: State
  multicloud.iam.cam_user:
    name: new
    state: "{{ nothing }}"
  ignore_errors: true
- name: Create
  multicloud.iam.iam_credential:
    user_name: carol
    description: new
    create: "{{ nothing }}"
  register: key
  ignore_errors: true
"""


@pytest.mark.any_core
def test_null_does_not_decide_the_state_of_an_object(emulator: Emulator, play: Player) -> None:
    run = play(DECISIONS, variables={"nothing": None})
    for task, option in (("State", "state"), ("Create", "create")):
        assert run.statuses(task) == ["failed"]
        assert f"{option} is null" in run.message(task)
    assert emulator.journal() == []


FOREIGN_TEXT = """
- name: Password
  multicloud.iam.cam_user:
    name: new
    console_login: true
    password: "{{ lookup('ansible.builtin.file', file) }}"
  ignore_errors: true
- name: Names
  multicloud.iam.cam_user_info:
    names: ["{{ lookup('ansible.builtin.file', other_file) }}"]
  ignore_errors: true
"""


@EITHER_WAY
def test_text_that_is_not_unicode_is_refused_with_the_name_of_its_option(
    emulator: Emulator, play: Player, tmp_path: Path, env: dict[str, str]
) -> None:
    """For example the content of a file in Latin-1, which ansible-core passes on."""
    files = {"file": tmp_path / "password", "other_file": tmp_path / "name"}
    files["file"].write_bytes("Pässwort-Canary-1".encode("latin-1"))
    files["other_file"].write_bytes("Jürgen".encode("latin-1"))
    variables = {name: str(file) for name, file in files.items()}
    run = play(FOREIGN_TEXT, variables=variables, env=env, secrets=["sswort-Canary-1"])
    for task, option in (("Password", "password"), ("Names", "names")):
        assert run.statuses(task) == ["failed"]
        assert f"{option} has characters that are not Unicode" in run.message(task)
    assert emulator.journal() == []


ENDLESS = [".inf", "-.inf", ".nan", "inf", "nan", "1e400", "1" + 400 * "0"]
# Each value literally, and as the result of a template.
COUNTED = "".join(
    f"""
- name: Days
  multicloud.iam.cam_access_key_info: {{unused_for_days: {number}}}
  ignore_errors: true
- name: Seconds
  multicloud.iam.cam_user: {{name: new, api_timeout: "{{{{ number }}}}"}}
  vars: {{number: {number}}}
  ignore_errors: true
"""
    for number in ENDLESS
)


@EITHER_WAY
def test_an_infinite_number_is_refused_with_the_name_of_its_option(
    emulator: Emulator, play: Player, env: dict[str, str]
) -> None:
    run = play(COUNTED, env=env)
    assert run.code == 0, run.failures
    for task, option in (("Days", "unused_for_days"), ("Seconds", "api_timeout")):
        results = run.results(task)
        assert [result["status"] for result in results] == ["failed"] * len(ENDLESS)
        assert not [result["msg"] for result in results if option not in result["msg"]]
    assert emulator.journal() == []


KEY_FILE = """
- name: Whole file
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: g
    status: inactive
    extend_info: "{{ file }}"
  ignore_errors: true
- name: Whole file as text
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: g
    status: inactive
    extend_info: "{{ file | to_json }}"
  ignore_errors: true
"""


@EITHER_WAY
def test_a_private_key_in_the_wrong_option_is_refused_and_not_shown(play: Player, env: dict[str, str]) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nCanaryMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n"
    file = {"type": "service_account", "private_key_id": "0123", "private_key": key}
    run = play(KEY_FILE, variables={"file": file}, env=env, secrets=["CanaryMIIEvQIBADANBg"])
    for task in ("Whole file", "Whole file as text"):
        assert run.statuses(task) == ["failed"]
        assert "extend_info contains private_key" in run.message(task)


MISPLACED = """
- name: Misplaced key
  multicloud.iam.sas_vendor_ak:
    vendor_auth_alias: g
    status: inactive
    extend_info: "{{ spellings[item] }}"
  loop: "{{ range(spellings | length) | list }}"
  ignore_errors: true
- name: Misplaced password
  multicloud.iam.cam_user:
    name: carol
    api_endpoint: "{{ urls[item] if item else omit }}"
    api_proxy: "{{ urls[0] }}"
  loop: "{{ range(urls | length) | list }}"
  ignore_errors: true
"""


@pytest.mark.any_core
@EITHER_WAY
def test_a_secret_in_the_wrong_place_is_not_shown_among_the_arguments(
    emulator: Emulator, play: Player, env: dict[str, str]
) -> None:
    secrets = [f"Misplaced-Canary-{number:04}" for number in range(8)]
    keys, passwords = iter(secrets[:5]), secrets[5:]
    spellings = [
        {"private_key": next(keys)},
        {"private_key": {"x": next(keys)}},
        f"private_key={next(keys)},type=x",
        f"{{'private_key': '{next(keys)}'}}",
        f'{{"private_key": "{next(keys)}"}}',
    ]
    urls = [f"http://{passwords[0]}@127.0.0.1:1", f"http://me:{passwords[1]}@127.0.0.1:1", f"http://:{passwords[2]}@h"]
    run = play(
        MISPLACED,
        variables={"spellings": spellings, "urls": urls},
        env={**env, "ANSIBLE_INJECT_INVOCATION": "true"},
        secrets=secrets,
    )
    assert [item["status"] for item in run.items("Misplaced key")] == ["failed"] * len(spellings)
    assert [item["status"] for item in run.items("Misplaced password")] == ["failed"] * len(urls)
    assert emulator.journal() == []

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret is shown, and the one that a user registers can be used.

Every run of these playbooks is at -vvvv with --diff. Its standard output, its log, what callback
plugins were told and what stays behind in the home directory are searched for every secret that the
emulator ever knew; see runner.py.
"""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._secrets import HAS_SECRETS_API
from ansible_collections.multicloud.iam.tests.playbooks.runner import Player, actions
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import BOB, ROOT

OWNERS = ["carol", "dave", "erin"]
PASSWORDS = {"new-dave": "Dave-Pass/1%", "new-erin": 'Erin+"Pass\'s" \\2'}
WRONG = "WrongSecret/of+bob%0000000000001"

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

    - name: Judge
      ansible.builtin.assert:
        that:
          - own.access_keys | map(attribute='id') | list == [made.access_key.id]
          - predicted.changed
          - predicted.secret is none
          - unwanted is failed
          - unwanted.secret | length == 32
          - awaited.attempts == 2
          - awaited.secret is undefined
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
    """More users without a key."""
    emulator.seed({"tencent": {"users": [{"name": name} for name in OWNERS]}})


@pytest.mark.parametrize("result_format", ["yaml", "json"])
def test_a_new_secret_is_usable_and_not_shown(play: Player, result_format: str) -> None:
    run = play(CREATION, env={"ANSIBLE_CALLBACK_RESULT_FORMAT": result_format})
    assert run.code == 0, run.failures
    assert run.statuses("Create and call it a failure") == ["failed"]


def test_the_secrets_of_a_loop_are_usable_and_not_shown(play: Player) -> None:
    """Neither with the results of the items, nor with those of the loop, nor as items of the next loop."""
    run = play(LOOP, variables={"owners": OWNERS})
    assert run.code == 0, run.failures


def test_a_loop_over_results_with_secrets_does_not_show_them(play: Player) -> None:
    """Not even where the task uses other fields of its items alone."""
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


def test_a_failure_beside_a_creation_in_the_same_loop_is_told(play: Player) -> None:
    """What hides the secret of one item does not hide why another one failed."""
    run = play(LOOP.partition("    - name: Sign")[0], variables={"owners": ["carol", "nobody"]})
    assert run.code == 2
    assert [item["status"] for item in run.items("Create keys")] == ["ok", "failed"]
    assert "Could not read user nobody" in run.output


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
    """The message is shown: by old cores, which hide the result, as a warning."""
    for action in ("UpdateAccessKey", "DeleteAccessKey"):
        emulator.fault("error", action, code="FailedOperation.Accesskey", message="cannot be done now")
    run = play(LEFT_OVER)
    assert run.code == 0, run.failures
    (made,) = next(user["keys"] for user in emulator.state()["users"] if user["name"] == "carol")
    told = (
        run.output if HAS_SECRETS_API else "".join(run.output.split("[WARNING]: multicloud.iam.cam_access_key: ")[1:])
    )
    words = " ".join(told.split())
    assert "cannot be done now" in words
    assert f"The object exists: access_key_id {made['access_key_id']}." in words


def test_passwords_are_not_shown(emulator: Emulator, play: Player) -> None:
    """Not in the task's arguments, the diff, the items of a loop or the error of a call."""
    emulator.fault("echo_request", "UpdateUser", after=2)
    users = [{"name": name, "password": password} for name, password in PASSWORDS.items()]
    run = play(PASSWORD_TASKS, variables={"passwords": PASSWORDS, "users": users})
    assert run.code == 0, run.failures
    assert "AuthFailure" in run.message("Fail with a password")
    assert set(PASSWORDS.values()) <= emulator.secrets()


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


def test_the_passwords_of_items_that_are_not_tried_are_not_shown(emulator: Emulator, play: Player) -> None:
    """No module has seen them, because the first item was rejected."""
    run = play(
        PASSWORD_TASKS.partition("    - name: Give")[0],
        variables={"passwords": PASSWORDS},
        env={"TENCENTCLOUD_SECRET_KEY": WRONG},
        secrets=[WRONG, *PASSWORDS.values()],
    )
    assert run.code == 2
    assert [call["code"] for call in emulator.journal()] == ["AuthFailure.SignatureFailure"]


def test_a_wrong_secret_that_the_service_repeats_is_not_shown(emulator: Emulator, play: Player) -> None:
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
    """In standard output, the log and what a callback plugin is told."""
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
        str(place / name) for name in ("log", "record", "streams")
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

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run whole plays in check mode: later tasks know what earlier ones would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, PROGRAMS, Player, Run
from ansible_collections.multicloud.iam.tests.support.cases import EVERY_STEP
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

# Module processes take long. `make test` runs most of them with one ansible-core only.
RUNTIMES = [pytest.param({}, id="in-process"), pytest.param(AS_MODULE, id="as-module", marks=pytest.mark.any_core)]
EVERY_RUNTIME = [{}, AS_MODULE]
in_matrix = pytest.mark.skipif(not EVERY_STEP, reason="takes long")
HOSTS = "".join(f"host{number} ansible_connection=local\n" for number in range(8))
# A user and a key that do not exist, room for another key, and the same in another play on another host.
CHAIN = """
- hosts: localhost
  gather_facts: false
  tasks:
    - name: user
      multicloud.iam.cam_user: {name: newbie, remark: new}
      register: user
    - name: key
      multicloud.iam.cam_access_key: {user_name: newbie, description: "{{ item }}"}
      loop: [one, two]
      register: key
      until: key is success
    - name: third key
      multicloud.iam.cam_access_key: {user_name: newbie, description: three}
      register: key
      ignore_errors: true
    - name: room
      multicloud.iam.iam_credential: {user_name: alice, description: ci-deploy-old, state: absent}
    - name: new key
      multicloud.iam.iam_credential: {user_name: alice, description: new}
      register: key
    - name: first entry
      multicloud.iam.sas_vendor_ak: &entry
        {vendor_auth_alias: new, vendor: AWS, ak_type: sub, domain: global, secret_id: NEW1, secret_key: "{{ secret }}"}
- hosts: localhost
  gather_facts: false
  vars: {ansible_connection: local}
  tasks:
    - name: same entry
      multicloud.iam.sas_vendor_ak: *entry
      delegate_to: another
    - name: deleted user
      multicloud.iam.cam_user: {name: newbie, state: absent, force: true}
    - name: key of the deleted user
      multicloud.iam.cam_access_key: {user_name: newbie, description: one, state: absent}
    - name: key of nobody
      multicloud.iam.cam_access_key: {user_name: newbie, description: one}
      register: key
      ignore_errors: true
"""
NAMES = (
    *("user", "key", "third key", "room", "new key", "first entry"),
    *("same entry", "deleted user", "key of the deleted user", "key of nobody"),
)


def outcome(run: Run) -> dict[str, tuple[tuple[Any, Any], ...]]:
    """Return what each task would change, and how it fails."""
    found = {name: run.items(name) or run.results(name) for name in NAMES}
    return {
        name: tuple((result["changed"], (result.get("error") or {}).get("category")) for result in results)
        for name, results in found.items()
    }


@pytest.mark.parametrize("env", RUNTIMES)
def test_a_check_run_predicts_a_chain_of_tasks(emulator: Emulator, play: Player, env: Mapping[str, str]) -> None:
    variables = {"secret": "Invented-Secret-000000000001"}
    predicted = play(CHAIN, "--check", variables=variables, env=env)
    assert predicted.code == 0, predicted.failures
    assert not [call for call in emulator.journal() if call["write"]]
    real = play(CHAIN, variables=variables, env=env)
    assert real.code == 0, real.failures
    assert outcome(predicted) == outcome(real)
    assert [changed for changed, _category in outcome(real)["key"]] == [True, True]
    assert outcome(real)["third key"] == ((False, "quota"),)
    assert outcome(real)["key of nobody"] == ((False, "not_found"),)
    assert not list(play.home.rglob("multicloud.iam"))


@pytest.mark.parametrize(
    ("strategy", "env"),
    [
        pytest.param("linear", {}, id="linear-in-process"),
        pytest.param("free", {}, id="free-in-process", marks=pytest.mark.any_core),
        pytest.param("linear", AS_MODULE, id="linear-as-module", marks=in_matrix),
        pytest.param("free", AS_MODULE, id="free-as-module", marks=in_matrix),
    ],
)
def test_of_many_hosts_one_would_create_the_object(
    emulator: Emulator, play: Player, strategy: str, env: Mapping[str, str]
) -> None:
    (play.directory / "hosts").write_text(HOSTS, encoding="utf-8")
    tasks = """
- hosts: all
  gather_facts: false
  tasks:
    - name: user
      multicloud.iam.cam_user: {name: newbie}
    - name: key
      multicloud.iam.cam_access_key: {user_name: newbie, description: ci}
      register: key
"""
    arguments = ("--check", "-i", str(play.directory / "hosts"), "--forks", "8")
    run = play(tasks, *arguments, env={"ANSIBLE_STRATEGY": strategy, **env}, verbosity=0)
    assert run.code == 0, run.failures
    for name in ("user", "key"):
        assert sorted(result["changed"] for result in run.results(name)) == [False] * 7 + [True]


@pytest.mark.parametrize("env", RUNTIMES)
def test_check_mode_of_a_task_in_a_real_run_predicts_nothing_for_others(
    emulator: Emulator, play: Player, env: Mapping[str, str]
) -> None:
    run = play(
        """
        - name: first
          multicloud.iam.cam_user: {name: newbie}
          check_mode: true
        - name: second
          multicloud.iam.cam_user: {name: newbie}
          check_mode: true
        - name: key
          multicloud.iam.cam_access_key: {user_name: newbie, description: ci}
          register: key
          check_mode: true
          ignore_errors: true
        """,
        env=env,
    )
    assert [run.results(name)[0]["changed"] for name in ("first", "second")] == [True, True]
    assert run.results("key")[0]["error"]["category"] == "not_found"


@pytest.mark.parametrize("env", EVERY_RUNTIME, ids=["in-process", "as-module"])
def test_a_real_task_of_a_check_run_sees_no_predictions_and_replaces_them(
    emulator: Emulator, play: Player, env: Mapping[str, str]
) -> None:
    run = play(
        """
        - name: predicted
          multicloud.iam.cam_user: {name: newbie, remark: predicted}
        - name: predicted key
          multicloud.iam.cam_access_key: {user_name: newbie, description: ci}
          register: key
        - name: too early
          multicloud.iam.cam_access_key: {user_name: newbie, description: real}
          register: key
          check_mode: false
          ignore_errors: true
          changed_when: false
          failed_when: key.failed
        - name: real
          multicloud.iam.cam_user: {name: newbie, remark: real}
          check_mode: false
        - name: same
          multicloud.iam.cam_user: {name: newbie, remark: real}
        - name: same key
          multicloud.iam.cam_access_key: {user_name: newbie, description: ci}
          register: key
        """,
        "--check",
        env=env,
    )
    assert run.code == 0, run.failures
    assert run.results("too early")[0]["error"]["category"] == "not_found"
    changed = [run.results(name)[0]["changed"] for name in ("predicted", "predicted key", "real", "same", "same key")]
    assert changed == [True, True, True, False, False]
    assert [call["action"] for call in emulator.journal() if call["write"]] == ["AddUser"]
    (user,) = [user for user in emulator.state()["users"] if user["name"] == "newbie"]
    assert run.results("same")[0]["user"]["uin"] == str(user["uin"])


NULLS = """
- multicloud.iam.cam_user: {name: newbie}
  register: user
- name: option
  multicloud.iam.cam_access_key: {target_uin: "{{ user.user.uin }}", description: ci}
  register: key
  ignore_errors: true
- name: list
  multicloud.iam.cam_access_key_info: {target_uins: ["{{ user.user.uin }}"]}
  ignore_errors: true
- name: expression
  multicloud.iam.cam_access_key: {user_name: alice, access_key_id: "{{ key.access_key.id | default(None) }}"}
  ignore_errors: true
"""


@pytest.mark.parametrize("env", RUNTIMES)
def test_a_null_value_of_a_prediction_names_no_object(emulator: Emulator, play: Player, env: Mapping[str, str]) -> None:
    run = play(NULLS, "--check", env=env)
    for name in ("option", "list", "expression"):
        message = run.message(name)
        assert "A variable is undefined or empty, or the value is one that only a real run knows" in message
        assert "by its name, description or alias" in message
    assert "only a real run" not in play(NULLS, env=env).output


@pytest.mark.parametrize("env", RUNTIMES)
def test_a_report_shows_the_account_as_it_is(emulator: Emulator, play: Player, env: Mapping[str, str]) -> None:
    run = play(
        """
        - name: before
          multicloud.iam.cam_user_info: {}
        - multicloud.iam.cam_user: {name: newbie}
        - name: after
          multicloud.iam.cam_user_info: {}
        """,
        "--check",
        env=env,
    )
    (before,), (after,) = run.results("before"), run.results("after")
    assert before["users"] == after["users"]
    assert not before.get("warnings")
    assert "does not contain what earlier tasks of this check run would change" in after["warnings"][0]


def test_a_task_with_become_warns_once_that_it_does_not_know_of_predictions(emulator: Emulator, play: Player) -> None:
    run = play(
        """
        - name: user
          multicloud.iam.cam_user: {name: newbie}
          become: "{{ item }}"
          loop: [false, true, true]
        """,
        "--check",
    )
    assert [result["changed"] for result in run.items("user")] == [True, True, True]
    warnings = " ".join(run.stderr.split())
    assert warnings.count("does not know what earlier tasks of this check run would change") == 1


def test_a_report_elsewhere_warns_only_after_a_prediction(emulator: Emulator, play: Player) -> None:
    report = "- multicloud.iam.cam_user_info: {}\n  become: true\n"
    warning = "does not know what earlier tasks of this check run would change"
    assert warning not in " ".join(play(report, "--check").stderr.split())
    run = play(f"- multicloud.iam.cam_user: {{name: newbie}}\n{report}", "--check")
    assert warning in " ".join(run.stderr.split())


def test_a_task_with_another_local_python_knows_predictions(emulator: Emulator, play: Player) -> None:
    run = play(
        """
        - name: first
          multicloud.iam.cam_user: {name: newbie}
        - name: second
          multicloud.iam.cam_user: {name: newbie}
          delegate_to: another
          vars:
            ansible_connection: local
            ansible_python_interpreter: "{{ python }}"
        """,
        "--check",
        variables={"python": f"{PROGRAMS}/python3"},
    )
    assert [run.results(name)[0]["changed"] for name in ("first", "second")] == [True, False]
    assert "does not know what earlier tasks" not in run.stderr


def test_a_secret_that_only_a_real_run_knows_cannot_sign(emulator: Emulator, play: Player) -> None:
    run = play(
        """
        - name: key
          multicloud.iam.cam_access_key: {user_name: carol, description: ci}
          register: key
        - name: signed
          multicloud.iam.cam_user_info: {api_secret_id: AKIDxxxxxxxxxxxxxxxxxxxx, api_secret_key: "{{ key.secret }}"}
          ignore_errors: true
        """,
        "--check",
    )
    message = run.message("signed")
    assert "A variable is undefined or empty, or the value is one that only a real run knows" in message
    assert "not ansible_check_mode" in message


def test_the_account_is_looked_up_once_in_a_check_run(emulator: Emulator, play: Player) -> None:
    run = play(
        """
        - multicloud.iam.cam_user: {name: "{{ item }}"}
          loop: [one, two]
        - multicloud.iam.cam_user: {name: three}
        """,
        "--check",
    )
    assert run.code == 0, run.failures
    assert [call["action"] for call in emulator.journal()].count("GetUserAppId") == 1

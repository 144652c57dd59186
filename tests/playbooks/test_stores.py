# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stores of the role rotate_access_key keep their promises, and the playbook for users finds those that do not.

Every run has -vvvv and --diff, and everything that it leaves behind is searched for the records and for the token. See
runner.py. `make test` runs one path of the store vault_kv2, with every core, and two broken stores. With
TEST_EVERY_STEP, it runs everything.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._secrets import HAS_SECRETS_API
from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, Player, Run
from ansible_collections.multicloud.iam.tests.support.cases import EVERY_STEP
from ansible_collections.multicloud.iam.tests.support.openbao import POLICY, READ_ONLY, OpenBao

slow = pytest.mark.skipif(not EVERY_STEP, reason="takes long")
STORES = COLLECTION / "roles" / "rotate_access_key" / "tasks" / "stores"
CANARY = "ExampleCanaryOfRecords"
SECRET = "Example-Stored-Secret-1/% \"'{{ x }}"
SECONDS = 280  # for the slowest playbook on a busy machine
ALL_STEPS = 24
# The messages of the store vault_kv2.
VAULT = "Could not use the secret {} in Vault: {}"
RIGHTS = "the token may not create, read and update it, and read its metadata. Give it the policy in docs/rotation-stores.md."
MOUNT = (
    "the mount is missing, is not version 2 of the KV engine, or is not visible with this token. Check engine_mount_point,"
    " path and the policy of the token."
)
DENIED = "permission denied. Check the token and its policy, engine_mount_point and path."
SILENT = "there was no usable reply. Check url, login, certificates and network, and whether the server is sealed."
STALE = "it does not have the expected version, or the server refuses the request. Run again."


@pytest.fixture
def vault(tmp_path: Path) -> dict[str, str]:
    """Return variables that give a play a vault secret."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("Example-Passphrase\n")
    return {"ANSIBLE_VAULT_PASSWORD_FILE": str(passphrase)}


def first_steps(number: int) -> list[dict[str, Any]]:
    """Return the first steps of the playbook for users."""
    file = COLLECTION / "playbooks" / "vars" / "store_conformance.yml"
    steps: list[dict[str, Any]] = yaml.load(file.read_text(encoding="utf-8"), _Loader)["store_conformance_steps"]
    return steps[:number]


class _Loader(yaml.SafeLoader):
    """Read the tag of Ansible as well."""


_Loader.add_constructor("!unsafe", lambda _loader, node: node.value)


def checked(
    play: Player,
    store: str,
    options: Mapping[str, Any],
    env: Mapping[str, str],
    steps: int | None = None,
    secrets: Sequence[str] = (),
) -> tuple[Run, list[str]]:
    """Run the playbook for users. Return the run, and the places of secrets in everything that it leaves behind.

    steps: run only as many steps, to save time.
    """
    variables = {
        "store_conformance_store": store,
        "store_conformance_options": options,
        "store_conformance_canary": CANARY,
        **({"store_conformance_steps": first_steps(steps)} if steps else {}),
    }
    play.is_measured = False
    text = "- import_playbook: multicloud.iam.store_conformance"
    place, run = play.run_unsearched(text, variables=variables, env=env, timeout=SECONDS)
    return run, play.leaks(place, [CANARY, *secrets])


def report(run: Run) -> tuple[list[str], list[str]]:
    """Return the checks that hold, and those that do not, as the playbook reports them."""
    (result,) = run.results("Report")
    lines: list[str] = result["msg"]
    return [line for line in lines if line.startswith("holds: ")], [
        line.removeprefix("does not hold: ") for line in lines if not line.startswith("holds: ")
    ]


def assert_conforms(run: Run, steps: int) -> None:
    assert run.code == 0, run.failures
    holds, fails = report(run)
    assert (len(holds), fails) == (steps + 2, [])


@pytest.mark.any_core
def test_secret_file_conforms(play: Player, vault: dict[str, str], tmp_path: Path) -> None:
    options = {"path": str(tmp_path / "{{ store_conformance_name }}.yml"), "mode": "0640"}
    run, leaks = checked(play, "secret_file", options, vault)
    assert_conforms(run, ALL_STEPS)
    assert not leaks
    (file,) = tmp_path.glob("store-conformance-*.yml")
    assert file.read_text().startswith("$ANSIBLE_VAULT;1.1;AES256\n")
    assert file.stat().st_mode & 0o777 == 0o640


@slow
def test_vault_kv2_conforms(play: Player, openbao: OpenBao) -> None:
    token = openbao.token(POLICY)
    options = {"path": "ci/{{ store_conformance_name }}", "connection": openbao.connection(token)}
    run, leaks = checked(play, "vault_kv2", options, {}, secrets=[token])
    assert_conforms(run, ALL_STEPS)
    assert not leaks


WRITE = "the task secret_file | write | Write the file"
# Stores that are secret_file with one defect: file, a text in it, what replaces the text; and what does not hold then.
BROKEN: dict[str, tuple[list[tuple[str, str, str]], list[str]]] = {
    "ignores the version": (
        [("write.yml", '    expected_version: "{{ rotate_access_key_expected_version }}"\n', "")],
        [
            "A write of a missing record is refused if it expects a version, but it was accepted.",
            "A refused write creates nothing, but found is True.",
            "A second write that expects no record is refused, but it was accepted.",
            "A refused write keeps the record and its version, but the version is not that of the last write.",
        ],
    ),
    "loses a write": (
        [
            ("write.yml", 'record }}"\n', 'record }}"\n  check_mode: true\n'),
            ("write.yml", "{{ rotate_access_key_answer.version }}", "lost"),
        ],
        [
            "A read answers what was created, with access_key_id and secret_access_key as members, but found is False.",
            "A second write that expects no record is refused, but it was accepted.",
            "A probe that expects no record is refused if there is one, but it was accepted.",
        ],
    ),
    "writes in a probe": (
        [("probe.yml", "  check_mode: true\n", "  check_mode: false\n")],
        [
            "A probe does not create the record, but found is True.",
            "A refused write creates nothing, but found is True.",
            f"A write creates the record and answers its version, but {WRITE} failed.",
            "A read answers what was created, with access_key_id and secret_access_key as members, but found is True.",
            "A refused write keeps the record and its version, but found is True.",
        ],
    ),
    "does not answer": (
        [
            ("read.yml", "    rotate_access_key_answer:\n", "    another_answer:\n"),
            ("probe.yml", 'attempt: "{{ rotate_access_key_attempt }}"\n', "attempt: 1\n"),
            ("write.yml", 'name: "{{ rotate_access_key_name }}"\n', "name: another\n"),
        ],
        [
            (
                "A read of a missing record answers that it is not found, an empty version and an empty record, but"
                " rotate_access_key_answer was not set."
            ),
            "A probe for a missing record succeeds, but the answer does not carry the attempt of the call.",
            "A probe does not create the record, but rotate_access_key_answer was not set.",
            "A refused write creates nothing, but rotate_access_key_answer was not set.",
            "A write creates the record and answers its version, but the answer does not carry the name of the call.",
            (
                "A read answers what was created, with access_key_id and secret_access_key as members, but"
                " rotate_access_key_answer was not set."
            ),
            "A refused write keeps the record and its version, but rotate_access_key_answer was not set.",
            "A probe with the current version succeeds, but the answer does not carry the attempt of the call.",
        ],
    ),
    "reports its record": (
        [
            (
                "write.yml",
                '      attempt: "{{ rotate_access_key_attempt }}"\n',
                (
                    '      attempt: "{{ rotate_access_key_attempt }}"\n'
                    '      problem: "It was {{ rotate_access_key_record.access_key_id }}."\n'
                ),
            ),
            ("probe.yml", "else '' }}", "else 'It is full.' }}"),
        ],
        [
            "A probe for a missing record succeeds, but the store reports: It is full.",
            "A write creates the record and answers its version, but the problem in the answer shows the record.",
            "A read answers what was created, with access_key_id and secret_access_key as members, but found is True.",
            "A probe with the current version succeeds, but the store reports: It is full.",
        ],
    ),
    # Once in the name of a task, and once in a result.
    "shows its record": (
        [
            (
                "write.yml",
                "- name: secret_file | write | Answer\n",
                (
                    "- name: Wrote {{ rotate_access_key_record.secret_access_key }}\n"
                    "  ansible.builtin.debug: {var: rotate_access_key_record}\n"
                    '  "no_log" : "{{ false }}"\n'
                    "- name: Answer\n"
                ),
            )
        ],
        [
            "No task sets no_log to anything but true, or cacheable, but these files do: STORE/write.yml.",
            "Nothing of a record is shown, but the log shows some in the lines ...",
        ],
    ),
}


@pytest.mark.any_core
@pytest.mark.parametrize(
    "defect",
    [
        pytest.param(defect, marks=() if defect in {"ignores the version", "shows its record"} else slow)
        for defect in BROKEN
    ],
)
def test_a_broken_store_does_not_conform(play: Player, vault: dict[str, str], tmp_path: Path, defect: str) -> None:
    changes, expected = BROKEN[defect]
    store = tmp_path / "store"
    shutil.copytree(STORES / "secret_file", store)
    for name, old, new in changes:
        text = (store / name).read_text()
        assert old in text
        (store / name).write_text(text.replace(old, new, 1))
    options = {"path": str(tmp_path / "{{ store_conformance_name }}.yml")}
    run, leaks = checked(play, str(store), options, vault, steps=12)
    assert run.code != 0
    assert [re.sub(r"[\d ]+\.$", " ...", line.replace(str(store), "STORE")) for line in report(run)[1]] == expected
    assert bool(leaks) == (defect == "shows its record")


def call(name: str, verb: str, store: str, options: str, version: str = "''") -> str:
    """Return a task that calls a store as the role does, and notes what came of it, without the record."""
    return f"""
    - name: {name}
      vars:
        rotate_access_key_name: ci-deploy
        rotate_access_key_attempt: "1"
        rotate_access_key_options: "{{{{ {options} }}}}"
        rotate_access_key_expected_version: "{{{{ {version} }}}}"
        rotate_access_key_record: {{access_key_id: ExampleKey, secret_access_key: "{{{{ secret }}}}", rotation: "{{}}"}}
      block:
        - ansible.builtin.include_tasks: {{file: "{store}/{verb}.yml", apply: {{no_log: true}}}}
        - ansible.builtin.set_fact:
            outcomes: "{{{{ outcomes | default({{}}) | combine({{'{name}':
              rotate_access_key_answer.problem | default('', true)
              or rotate_access_key_answer.version | default('answered')
              ~ (' with the secret'
              if rotate_access_key_answer.record.secret_access_key | default('') == secret else '')
              }}) }}}}"
          no_log: true
      rescue:
        - ansible.builtin.set_fact:
            outcomes: "{{{{ outcomes | default({{}})
              | combine({{'{name}': 'failed: ' ~ ansible_failed_task.name}}) }}}}"
      always:
        - ansible.builtin.set_fact: {{rotate_access_key_answer: {{}}}}
"""


OUTCOMES = """
    - name: Outcomes
      ansible.builtin.debug: {var: outcomes}
"""


def outcomes(play: Player, tasks: Sequence[str], env: Mapping[str, str], **variables: Any) -> dict[str, str]:
    """Run the tasks, search what they leave behind for the secret and the token, and return what they note."""
    play.is_measured = False
    secrets = [SECRET, *(str(value) for name, value in variables.items() if name == "token")]
    head = "- hosts: localhost\n  gather_facts: false\n  vars: {secret: !unsafe '" + SECRET.replace("'", "''") + "'}\n"
    text = head + "  tasks:\n" + "".join([*tasks, OUTCOMES])
    place, run = play.run_unsearched(text, variables=variables, env=env, timeout=SECONDS)
    assert run.code == 0, run.failures
    assert not play.leaks(place, secrets)
    (result,) = run.results("Outcomes")
    # ansible-core would have written the options of the task to this file.
    assert not re.search(r"PUT \S+ TO \S+AnsiballZ_vault_(?!write)", run.output)
    noted: dict[str, str] = result["outcomes"]
    return noted


# Failures that echo the record in their output. Their messages do not contain it: ansible-core 2.19 and newer show the
# message of a task with no_log, as docs/rotation-stores.md explains, and the playbook for users finds that.
ECHOES = {
    "command": 'command: {argv: [sh, -c, "echo $0; echo $0 >&2; exit 3", "{{ rotate_access_key_record }}"]}',
    "copy": 'copy: {content: "{{ rotate_access_key_record | to_json }}", dest: /no/such/directory/file}',
    "result": 'debug: {msg: "{{ rotate_access_key_record }}"}\n  failed_when: true',
}


KV2, FILE = str(STORES / "vault_kv2"), str(STORES / "secret_file")


def test_no_store_shows_its_record(play: Player, openbao: OpenBao, vault: dict[str, str], tmp_path: Path) -> None:
    """Neither a built-in one, whatever comes of a call, nor one that fails and echoes what it was given."""
    for name, task in ECHOES.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "write.yml").write_text(f"- name: {name}\n  ansible.builtin.{task}\n")
    token, reader = openbao.token(POLICY), openbao.token(READ_ONLY)
    options = {"path": "ci/short", "connection": openbao.connection(token)}
    tasks = [
        call("file, create", "write", FILE, "file"),
        call("file, read", "read", FILE, "file"),
        call("file, stale", "write", FILE, "file", "'stale'"),
        call("vault, probe", "probe", KV2, "options | combine({'connection': reader})"),
        call("vault, create", "write", KV2, "options"),
        call("vault, read", "read", KV2, "options"),
        call("vault, stale", "write", KV2, "options", "'v7'"),
        *(call(name, "write", str(tmp_path / name), "{}") for name in ECHOES),
    ]
    more = {"file": {"path": str(tmp_path / "file.yml")}, "reader": openbao.connection(reader)}
    noted = outcomes(play, tasks, vault, options=options, token=token, **more)
    versions = [noted.pop("file, create"), noted.pop("file, read").removesuffix(" with the secret")]
    assert versions[0] == versions[1] != ""
    assert noted == {
        "file, stale": "failed: secret_file | write | Write the file",
        "vault, probe": VAULT.format("secret/ci/short", RIGHTS),
        "vault, create": "v1",
        "vault, read": "v1 with the secret",
        "vault, stale": VAULT.format("secret/ci/short", STALE),
        **{name: f"failed: {name}" for name in ECHOES},
    }


@slow
def test_a_deleted_record_is_missing_and_can_be_created_again(play: Player, openbao: OpenBao) -> None:
    def remove(name: str, path: str, versions: str) -> str:
        return f"""
    - name: {name}
      community.hashi_vault.vault_write:
        url: "{{{{ options.connection.url }}}}"
        auth_method: token
        token: "{{{{ root }}}}"
        path: secret/{path}/ci/deleted
        data: {{versions: [{versions}]}}
      no_log: true
"""

    token = openbao.token(POLICY)
    tasks = [
        call("create", "write", KV2, "options"),
        remove("Delete the latest version", "delete", "1"),
        call("read deleted", "read", KV2, "options"),
        call("probe deleted", "probe", KV2, "options"),
        call("update deleted", "probe", KV2, "options", "'v1'"),
        call("create again", "write", KV2, "options"),
        call("create a third time", "write", KV2, "options"),
        remove("Destroy the latest version", "destroy", "2"),
        call("read destroyed", "read", KV2, "options"),
        call("create after all", "write", KV2, "options"),
        call("read", "read", KV2, "options"),
    ]
    options = {"path": "ci/deleted", "connection": openbao.connection(token)}
    assert outcomes(play, tasks, {}, options=options, token=token, root=openbao.root_token) == {
        "create": "v1",
        "read deleted": "",
        "probe deleted": "answered",
        "update deleted": VAULT.format("secret/ci/deleted", STALE),
        "create again": "v2",
        "create a third time": VAULT.format("secret/ci/deleted", STALE),
        "read destroyed": "",
        "create after all": "v3",
        "read": "v3 with the secret",
    }


@slow
def test_a_probe_of_vault_finds_what_would_make_a_write_fail(play: Player, openbao: OpenBao) -> None:
    may_read = openbao.token(READ_ONLY)
    may_create = openbao.token(POLICY.replace(', "update"', ""))
    blind = openbao.token(POLICY.splitlines()[1])
    wide = (
        '\npath "+/data/ci/new" { capabilities = ["create", "read", "update"] }\npath "+/*" { capabilities = ["read"] }'
    )
    token = openbao.token(POLICY + wide)
    options: dict[str, Any] = {"path": "ci/new", "connection": openbao.connection(token)}
    cases: dict[str, dict[str, Any]] = {
        "all is well": options,
        "only read": {**options, "connection": openbao.connection(may_read)},
        "version 1 of the engine": {**options, "engine_mount_point": "old/"},
        "only create": {**options, "connection": openbao.connection(may_create)},
        "no metadata": {**options, "connection": openbao.connection(blind)},
        "another path": {**options, "path": "other/new"},
        "no mount": {**options, "engine_mount_point": "missing"},
        "no server": {**options, "connection": {**options["connection"], "url": "http://127.0.0.1:1", "retries": 0}},
        "no token": {**options, "connection": {"url": openbao.url, "auth_method": "token"}},
        "no path": {"connection": options["connection"]},
        "unknown option": {**options, "mount": "secret"},
    }
    tasks = [call(name, "probe", KV2, f"cases['{name}']") for name in cases]
    reads = ("no mount", "version 1 of the engine", "no server", "no path")
    tasks += [call(f"read, {name}", "read", KV2, f"cases['{name}']") for name in reads]
    found = outcomes(play, tasks, {}, cases=cases, token=token)
    expected = {
        "only read": ("secret/ci/new", RIGHTS),
        "version 1 of the engine": ("old/ci/new", MOUNT),
        "only create": ("secret/ci/new", RIGHTS),
        "no metadata": ("secret/ci/new", RIGHTS),
        "another path": ("secret/other/new", RIGHTS),
        "no mount": ("missing/ci/new", MOUNT),
        "no server": ("secret/ci/new", SILENT),
        "no token": ("secret/ci/new", "No Vault Token specified or discovered."),
        "no path": ("secret/", "the option path is missing."),
        "unknown option": ("secret/ci/new", "these options of the store are unknown: mount."),
    }
    assert found == {"all is well": "answered"} | {
        name: VAULT.format(*expected[name.removeprefix("read, ")]) for name in list(found)[1:]
    }
    assert openbao.call("GET", "secret/metadata/ci/new") is None


@slow
def test_a_record_that_contains_the_token_is_not_read_with_a_mask(play: Player, openbao: OpenBao) -> None:
    token = openbao.token(POLICY)
    texts = {"whole": token, "part": f"a{token}b"}
    for name, text in texts.items():
        openbao.call("POST", f"secret/data/ci/{name}", {"data": {"secret_access_key": text}})
    reads = [call(name, "read", KV2, f"options | combine({{'path': 'ci/{name}'}})") for name in texts]
    tasks = [task.replace("== secret", f"== texts.{name}") for name, task in zip(texts, reads)]
    options = {"connection": openbao.connection(token)}
    # ansible-core 2.22 masks its output, but no results.
    masked = (
        "its record contains a part of the credentials of this store, which ansible-core masks. Use other credentials."
    )
    assert outcomes(play, tasks, {}, options=options, token=token, texts=texts) == {
        name: "v1 with the secret" if HAS_SECRETS_API else VAULT.format(f"secret/ci/{name}", masked) for name in texts
    }


@pytest.mark.any_core
def test_a_probe_of_secret_file_finds_what_would_make_a_write_fail(
    play: Player, vault: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "link.yml").symlink_to(tmp_path / "passphrase")
    path = str(tmp_path / "new.yml")
    cases: dict[str, dict[str, Any]] = {
        "all is well": {"path": path},
        "no directory": {"path": str(tmp_path / "missing" / "new.yml")},
        "read-only": {"path": "/proc/self/new.yml"},
        "link": {"path": str(tmp_path / "link.yml")},
        "vault ID": {"path": path, "vault_id": "unknown"},
        "mode": {"path": path, "mode": "0606"},
        "no path": {},
        "unknown option": {"path": path, "vaultid": "default"},
    }
    tasks = [call(name, "probe", FILE, f"cases['{name}']") for name in cases]
    found = outcomes(play, tasks, vault, cases=cases)
    refused = dict.fromkeys(list(cases)[1:], "failed: secret_file | probe | Predict a write")
    refused["unknown option"] = "These options of the store are unknown: vaultid."
    assert found == {"all is well": "answered"} | refused
    without = outcomes(play, [call("plain", "probe", FILE, "cases['all is well']")], {}, cases=cases)
    assert without == {"plain": "failed: secret_file | probe | Predict a write"}
    assert not Path(path).exists()

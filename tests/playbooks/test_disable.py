# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disable keys of unknown owners in many accounts at once: everything that can be done is done, and all of it is reported.

Every run has -vvvv and --diff, and everything that it leaves behind is searched for the secrets.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player, Run, ignoring_errors
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.loopback import Loopback

ROLE = "multicloud.iam.disable_access_key : "
UNREACHABLE = "http://127.0.0.1:1"
KEYS = {part.SEARCH.cloud: part.SEARCH for part in parts("modules").values() if hasattr(part, "SEARCH")}
HOLDER = next(cloud for cloud in CLOUDS if cloud not in KEYS)
in_matrix = pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")
NOWHERE = "Nowhere000000001"


class Switch:
    """Run the playbook for accounts, and read what it has done."""

    def __init__(self, play: Player, emulator: Emulator, directory: Path) -> None:
        self.play, self.emulator, self.directory = play, emulator, directory
        self.accounts: dict[str, Any] = {cloud: self.account(cloud) for cloud in CLOUDS}
        directory.mkdir()

    def account(self, cloud: str, url: str = "", **options: Any) -> dict[str, Any]:
        connection = {
            "api_endpoint": url or self.emulator.url,
            "api_retries": 0,
            **CLOUDS[cloud].signing(),
            **options,
        }
        return {"cloud": cloud, "connection": connection}

    def __call__(self, *arguments: str, ids: Iterable[str] = (), **variables: Any) -> Run:
        inventory = self.directory.parent / "accounts.yml"
        hosts = {name: {"access_key_account": account} for name, account in self.accounts.items()}
        inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
        given = {"disable_access_key_ids": list(ids), "disable_access_key_directory": str(self.directory)}
        return self.play(
            variables.pop("playbook", "- import_playbook: multicloud.iam.disable_access_keys"),
            *("-i", str(inventory), "--forks", "8", *arguments),
            variables={name: value for name, value in {**given, **variables}.items() if value is not None},
        )

    def undo_files(self) -> dict[str, set[str]]:
        files = self.directory.glob("*.undo.json")
        return {
            file.name.partition(".undo")[0]: {key["access_key_id"] for key in json.loads(file.read_text())["keys"]}
            for file in files
        }


@pytest.fixture
def switch(play: Player, emulator: Emulator, tmp_path: Path) -> Switch:
    return Switch(play, emulator, tmp_path / "undo")


@pytest.fixture
def other() -> Iterator[Emulator]:
    """Start an emulator with other accounts."""
    with Emulator() as emulator:
        yield emulator


def results(run: Run) -> Mapping[str, Any]:
    """Return the results by ID."""
    (facts,) = (each["ansible_facts"] for each in run.results(ROLE + "Summarise what has happened to each key"))
    found: Mapping[str, Any] = facts["disable_access_key_result"]["results"]
    return found


def changed(run: Run, host: str) -> int:
    """Return how many tasks have changed something for a host."""
    (found,) = re.findall(rf"^{host} +: ok=\d+ +changed=(\d+)", run.stdout, re.MULTILINE)
    return int(found)


def failure(run: Run, task: str) -> str:
    """Return the message of a task that has failed."""
    return " ".join(str(each["msg"]) for each in run.results(ROLE + task) if each["status"] == "failed")


def active_ids() -> dict[str, str]:
    """Return an ID of an active key in each cloud."""
    return {cloud: next(iter(case.owners)) for cloud, case in KEYS.items()}


def test_the_life_of_an_incident(switch: Switch) -> None:
    """Check mode, then disable, again, and undo: exactly the same keys are enabled."""
    active = active_ids()
    inactive = [case.inactive for case in KEYS.values()]
    ids = [*active.values(), *inactive]
    checked = switch("--check", ids=ids)
    assert checked.code == 0, checked.failures
    assert switch.emulator.writes() == []
    assert switch.undo_files() == {}
    real = switch(ids=ids)
    assert real.code == 0, real.failures
    assert {key_id: each["outcome"] for key_id, each in results(real).items()} == {
        **dict.fromkeys(active.values(), "changed"),
        **dict.fromkeys(inactive, "unchanged"),
    }
    for run in (checked, real):
        assert {cloud: changed(run, cloud) for cloud in KEYS} == dict.fromkeys(KEYS, 2)
    assert {name: ids for name, ids in switch.undo_files().items() if ids} == {
        cloud: {key_id} for cloud, key_id in active.items()
    }
    assert len(switch.emulator.writes()) == len(active)
    again = switch(ids=ids)
    assert (again.code, sum(changed(again, cloud) for cloud in CLOUDS)) == (0, 0)
    assert {name: ids for name, ids in switch.undo_files().items() if ids} == {
        cloud: {key_id} for cloud, key_id in active.items()
    }
    switch.emulator.clear_journal()
    undone = switch(disable_access_key_undo=True)
    assert undone.code == 0, undone.failures
    assert {key_id: each["outcome"] for key_id, each in results(undone).items()} == dict.fromkeys(
        active.values(), "changed"
    )
    assert len(switch.emulator.writes()) == len(active)
    assert not any(switch.undo_files().values())
    nothing = switch(disable_access_key_undo=True)
    assert sum(changed(nothing, cloud) for cloud in CLOUDS) == 0


def test_one_account_is_unreachable_and_one_is_throttled(switch: Switch, other: Emulator) -> None:
    """20 IDs of unknown clouds and owners in 8 accounts: the rest is done, and what is not known is named."""
    for cloud in KEYS:
        switch.accounts[f"{cloud}-2"] = switch.account(cloud, other.url)
    throttled, unreachable = [f"{cloud}-2" for cloud in list(KEYS)[:2]]
    switch.accounts["gone"] = switch.account(HOLDER, UNREACHABLE)
    switch.accounts[unreachable]["connection"]["api_endpoint"] = UNREACHABLE
    assert len(switch.accounts) == 8
    other.fault("throttle", cloud=next(iter(KEYS)))
    own = [CLOUDS[cloud].administrator[0] for cloud in KEYS]
    ids = [*active_ids().values(), *(case.inactive for case in KEYS.values())]
    ids += [case.limited[0] for case in KEYS.values()] + own
    ids += [f"{NOWHERE}{number}" for number in range(20 - len(ids))]
    run = switch(ids=ids)
    assert run.code != 0
    found = results(run)
    assert len(found) == 20
    for key_id in [*active_ids().values(), *(case.limited[0] for case in KEYS.values())]:
        assert [key["outcome"] for key in found[key_id]["keys"]] in (["changed"], ["changed", "changed"])
    for key_id in own:
        assert {key["outcome"] for key in found[key_id]["keys"]} == {"refused"}
    for key_id in ids[-8:]:
        assert found[key_id]["outcome"] == "unknown"
        assert {throttled, unreachable} <= set(found[key_id]["not_asked"])
    reported = failure(run, "Fail if one of the keys may still work")
    for account in (throttled, unreachable, "gone"):
        assert f"Account {account}: " in reported
    assert "allow_self_lockout" in reported
    again = switch(ids=ids)
    assert sum(changed(again, name) for name in switch.accounts) == 0
    assert again.code != 0


@in_matrix
def test_ids_in_a_text_are_found_and_entries_that_hold_them_are_named(switch: Switch) -> None:
    leaked = next(key_id for cloud, key_id in active_ids().items() if cloud == "tencent")
    entry = {"auth_id": 99, "vendor": "Tencent", "ak_type": "sub", "secret_id": leaked, "alias": "scanner"}
    switch.emulator.seed({HOLDER: {"entries": [{**entry, "secret_key": "Emulator-Entry-Secret-1"}]}})
    run = switch(disable_access_key_text=f"Alert: {leaked}, found at https://example.org/{leaked}.")
    assert run.code == 0, run.failures
    assert list(results(run)) == [leaked]
    assert results(run)[leaked]["outcome"] == "changed"
    assert [each["vendor_auth_alias"] for each in results(run)[leaked]["holders"]] == ["scanner"]


@in_matrix
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "There is no ID of a key in the input"),
        ({"disable_access_key_text": "nothing"}, "There is no ID of a key in the input"),
        ({"disable_access_key_ids": ["AKID****"]}, "is not the ID of a key"),
        ({"disable_access_key_ids": [""]}, "is not the ID of a key"),
        ({"disable_access_key_ids": [NOWHERE], "disable_access_key_undo": True}, "Omit the IDs"),
        ({"disable_access_key_ids": [NOWHERE], "disable_access_key_directory": "/nowhere"}, "does not exist"),
    ],
)
def test_bad_input_is_one_error_before_anything_is_sent(
    switch: Switch, variables: Mapping[str, Any], message: str
) -> None:
    run = switch(**variables)
    assert run.code != 0
    assert message in failure(run, "Check the input")
    assert switch.emulator.actions() == []


@in_matrix
@pytest.mark.any_core
def test_a_form_gives_texts_and_the_directory_may_be_relative(switch: Switch) -> None:
    cloud, key_id = next(iter(active_ids().items()))
    switch.accounts = {cloud: switch.accounts[cloud]}
    place = {"disable_access_key_directory": f"../{switch.directory.name}"}
    run = switch(disable_access_key_ids=f" {key_id},\r\n{key_id}\r\n", disable_access_key_undo="false", **place)
    assert run.code == 0, run.failures
    assert switch.undo_files() == {cloud: {key_id}}
    undone = switch(disable_access_key_ids="", disable_access_key_undo="true", **place)
    assert undone.code == 0, undone.failures
    assert results(undone)[key_id]["outcome"] == "changed"


@in_matrix
def test_an_account_for_each_id_is_needed(switch: Switch) -> None:
    switch.accounts = {"huawei": switch.accounts["huawei"]}
    elsewhere = active_ids()["tencent"]
    run = switch(ids=[active_ids()["huawei"], elsewhere])
    assert results(run)[active_ids()["huawei"]]["outcome"] == "changed"
    assert results(run)[elsewhere]["outcome"] == "unknown"
    assert "No account that may have it is among the hosts" in failure(run, "Fail if one of the keys may still work")


@in_matrix
@pytest.mark.any_core
def test_an_undo_file_that_cannot_be_written_hides_nothing(switch: Switch) -> None:
    cloud, key_id = next(iter(active_ids().items()))
    switch.accounts = {cloud: switch.accounts[cloud]}
    run = switch(ids=[key_id], disable_access_key_directory="/proc/sys")
    assert results(run)[key_id]["outcome"] == "changed"
    assert f"which keys were active before: {key_id}" in failure(run, "Fail if one of the keys may still work")


@in_matrix
def test_an_undo_file_that_cannot_be_read_is_an_error_before_anything_is_sent(switch: Switch) -> None:
    cloud = next(iter(KEYS))
    (switch.directory / f"{cloud}.undo.json").write_text("{")
    run = switch(ids=active_ids().values())
    assert "The undo file cannot be read" in failure(run, "Check the account")
    assert not [call for call in switch.emulator.journal() if call["cloud"] == cloud]


@in_matrix
def test_an_account_that_cannot_be_used_stops_no_other(switch: Switch) -> None:
    switch.accounts["odd"] = {"cloud": "aws"}
    active = active_ids()
    run = switch(ids=active.values())
    assert run.code != 0
    assert "has the unknown cloud 'aws'" in failure(run, "Check the account")
    assert {each["outcome"] for each in results(run).values()} == {"changed"}
    assert all("odd" in each["not_asked"] for each in results(run).values())
    assert "Account odd: " in failure(run, "Fail if one of the keys may still work")


@in_matrix
def test_a_second_run_in_a_play_has_nothing_of_the_first_one(switch: Switch) -> None:
    """A host that fails in the second run must not look as if it had been asked."""
    broken = next(iter(KEYS))
    play = f"""
    - hosts: all
      connection: local
      gather_facts: false
      tasks:
        - ansible.builtin.include_role:
            name: multicloud.iam.disable_access_key
        - ansible.builtin.include_role:
            name: multicloud.iam.disable_access_key
          vars:
            disable_access_key_account: "{{{{ {{'cloud': 'aws'}} if inventory_hostname == '{broken}' else access_key_account }}}}"
    """
    run = switch(ids=active_ids().values(), playbook=play)
    assert run.code != 0
    message = failure(run, "Fail if one of the keys may still work")
    assert f"Account {broken}: The host of the account failed or was unreachable" in message


IGNORING = ignoring_errors("disable_access_key")


@in_matrix
def test_an_account_that_cannot_be_used_stops_no_other_although_errors_are_ignored(switch: Switch) -> None:
    switch.accounts["odd"] = {"cloud": "aws"}
    active = active_ids()
    run = switch(ids=active.values(), playbook=IGNORING)
    assert {each["outcome"] for each in results(run).values()} == {"changed"}
    assert all("odd" in each["not_asked"] for each in results(run).values())


@in_matrix
def test_input_that_is_refused_is_not_used_although_errors_are_ignored(switch: Switch) -> None:
    run = switch(ids=active_ids().values(), playbook=IGNORING, disable_access_key_undo=True)
    assert "Omit the IDs" in failure(run, "Check the input")
    assert switch.emulator.journal() == []


@in_matrix
@pytest.mark.parametrize("cloud", KEYS)
def test_the_first_key_is_disabled_at_once_although_another_account_is_throttled(
    switch: Switch, other: Emulator, cloud: str
) -> None:
    """The throttled account is the first host. It is still retrying when the key in the other one is disabled."""
    throttled = next(iter(KEYS))
    other.fault("throttle", cloud=throttled)
    busy = switch.account(throttled, other.url, api_retries=5, api_timeout=3)
    switch.accounts = {"busy": busy, "prod": switch.account(cloud)}
    switch(ids=[active_ids()[cloud], NOWHERE])
    first = next(call for call in switch.emulator.journal() if call["write"] and call["committed"])
    assert other.journal()[-1]["fault"]
    assert first["time"] < other.journal()[-1]["time"]


class Alerts(BaseHTTPRequestHandler):
    """Reply as GitHub does to those who have the token."""

    secret = ""
    token = "Github-Token-For-Tests-1"

    def do_GET(self) -> None:
        is_known = self.headers["Authorization"] == f"Bearer {self.token}"
        body = json.dumps({"number": 1, "state": "open", "secret": self.secret} if is_known else {}).encode()
        self.send_response(200 if is_known else 401)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Write nothing."""


@pytest.mark.any_core
def test_an_alert_of_github(switch: Switch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the IDs in the alert are kept, and the token is sent to no other server."""
    key_id = next(key_id for key_id in active_ids().values() if key_id.startswith("AKID"))
    monkeypatch.setattr(Alerts, "secret", f"id={key_id} secret=Published-Secret-1")
    playbook = "- import_playbook: multicloud.iam.disable_access_keys_of_github_alert"
    with Loopback(Alerts) as server:
        url = f"{server.url}/repos/o/r/secret-scanning/alerts/1"
        given = {"playbook": playbook, "github_token": Alerts.token, "github_alert_url": url}
        run = switch(disable_access_key_ids=None, github_api_url=server.url, **given)
        unknown = switch(disable_access_key_ids=None, github_api_url=server.url, **{**given, "github_token": ""})
        elsewhere = switch(disable_access_key_ids=None, github_api_url="https://api.github.com", **given)
    assert run.code == 0, run.failures
    assert {each: result["outcome"] for each, result in results(run).items()} == {key_id: "changed"}
    assert "Published-Secret-1" not in run.output
    assert unknown.code != 0
    assert f"GitHub did not return the alert {url}. Its reply was: Status code was 401" in unknown.output
    assert elsewhere.code != 0
    assert "is no URL of https://api.github.com" in elsewhere.output

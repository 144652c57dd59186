# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report the keys of several accounts: every format, accounts that fail, slices, the gate, and input that is refused.

Every run has -vvvv and --diff, and everything that it leaves behind, the report too, is searched for the secrets.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._report_run import make, text_of
from ansible_collections.multicloud.iam.tests.playbooks.runner import Player, Run, ignoring_errors
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.tooling import canary

pytestmark = pytest.mark.timeout(900)
in_matrix = pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")
ALL_FORMATS = ["html", "csv", "json", "sarif"]
ROLE = "multicloud.iam.access_key_report : "
EXCEPTION = {
    "findings": ["never_used", "too_old", "disabled_but_kept", "two_active"],
    "account": "huawei",
    "owner": "platform team",
    "reason": "They are replaced in the next quarter.",
    "until": "2999-12-31",
}


class Reports:
    """Run the playbook for accounts, and read what it has written."""

    def __init__(self, play: Player, emulator: Emulator, directory: Path) -> None:
        self.play, self.emulator, self.directory = play, emulator, directory
        self.accounts: dict[str, Any] = {name: self.account(name) for name in CLOUDS}
        directory.mkdir()

    def account(self, cloud: str, **options: Any) -> dict[str, Any]:
        connection = {"api_endpoint": self.emulator.url, "api_retries": 0, **CLOUDS[cloud].signing(), **options}
        return {"cloud": cloud, "connection": connection}

    def __call__(
        self, hosts: Iterable[str] | None = None, *arguments: str, name: str = "keys", **variables: Any
    ) -> Run:
        names = list(self.accounts) if hosts is None else list(hosts)
        described = {
            host: {"access_key_account": self.accounts[host]} if host in self.accounts else {} for host in names
        }
        inventory = self.directory.parent / "accounts.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": described}}))
        run = self.play(
            variables.pop("playbook", "- import_playbook: multicloud.iam.access_key_report"),
            "-i",
            str(inventory),
            *arguments,
            variables={
                "access_key_report_directory": str(self.directory),
                "access_key_report_file": name,
                "access_key_report_formats": ALL_FORMATS,
                **variables,
            },
        )
        known = {str(number): secret for number, secret in enumerate(self.emulator.secrets())}
        assert not list(canary.leaks_below(self.directory, known))
        return run

    def read(self, form: str, name: str = "keys") -> str:
        return (self.directory / f"{name}.{form}").read_text()

    def report(self, name: str = "keys") -> dict[str, Any]:
        return dict(json.loads(self.read("json", name)))


@pytest.fixture
def reports(play: Player, emulator: Emulator, tmp_path: Path) -> Reports:
    return Reports(play, emulator, tmp_path / "reports")


def untimed(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report without the times of its run."""
    return {
        **report,
        "generated_at": None,
        "accounts": [{**account, "time": None} for account in report["accounts"]],
    }


def test_an_account_that_cannot_be_listed_is_named_in_every_format(reports: Reports) -> None:
    secret = CLOUDS["huawei"].signing()
    wrong = {name: value if "secret" not in name else "0" * 40 for name, value in secret.items()}
    reports.accounts |= {"stranger": reports.account("huawei", **wrong), "odd": {"cloud": "aws"}}
    run = reports(access_key_report_exceptions=[EXCEPTION], access_key_report_declared=["AKIDexample"])
    assert run.code != 0
    report = reports.report()
    states = {account["name"]: account["state"] for account in report["accounts"]}
    assert states == {**dict.fromkeys(CLOUDS, "listed"), "stranger": "failed", "odd": "failed"}
    assert {account["name"] for account in report["accounts"] if account["keys"] is None} == {"stranger", "odd"}
    for cloud in CLOUDS:
        assert any(key["account"] == cloud for key in report["keys"])
    assert not [key for key in report["keys"] if key["account"] in ("stranger", "odd")]
    # The task of the host reports the problem, and so does the end of the run.
    assert "has the unknown cloud 'aws'" in run.output
    (failure,) = [
        each
        for each in run.results(ROLE + "Fail if the report has what it must not have")
        if each["status"] == "failed"
    ]
    assert "stranger" in str(failure["msg"])
    assert "odd" in str(failure["msg"])

    rows = list(csv.DictReader(reports.read("csv").splitlines()))
    assert {row["account"] for row in rows if row["problem"]} == {"stranger", "odd"}
    assert len(rows) == len(report["keys"]) + 2
    (sarif,) = json.loads(reports.read("sarif"))["runs"]
    assert not sarif["invocations"][0]["executionSuccessful"]
    assert len(sarif["invocations"][0]["toolExecutionNotifications"]) == 2
    page = reports.read("html")
    assert "These accounts could not be listed" in page
    assert "<strong>stranger</strong>" in page
    assert all((reports.directory / f"keys.{form}").stat().st_mode & 0o777 == 0o600 for form in ALL_FORMATS)


@pytest.mark.any_core
def test_slices_merge_into_the_report_of_one_run(reports: Reports) -> None:
    clouds = list(CLOUDS)
    variables: dict[str, Any] = {"access_key_report_exceptions": [EXCEPTION], "access_key_report_formats": ["json"]}
    assert reports(name="all", **variables).code == 0
    for number, part in enumerate((clouds[:1], clouds[1:])):
        assert reports(None, "--limit", ",".join(part), name=f"slice{number}", **variables).code == 0
    slices = [str(reports.directory / f"slice{number}.json") for number in range(2)]
    merged = reports(["merger"], name="merged", access_key_report_merge=slices, access_key_report_formats=["json"])
    assert merged.code == 0, merged.failures
    assert untimed(reports.report("merged")) == untimed(reports.report("all"))


def test_a_host_without_an_account_only_merges(reports: Reports) -> None:
    """Older versions of ansible-core evaluate the name of a skipped task's module in another way."""
    slice_ = reports.directory / "slice.json"
    slice_.write_text(text_of(make({}, [], {}, "2026-01-01T00:00:00Z"), "json"))
    first = min(CLOUDS)
    run = reports([first, "merger"], access_key_report_merge=[str(slice_)], access_key_report_formats=["json"])
    assert run.code == 0, run.failures
    assert [account["name"] for account in reports.report()["accounts"]] == [first]


@in_matrix
def test_slices_with_several_hosts_of_a_cloud_merge(reports: Reports) -> None:
    """Several hosts of one cloud, and one that fails, in three slices."""
    first = min(CLOUDS)
    for number in range(4):
        reports.accounts[f"more-{number}"] = reports.account(first)
    reports.accounts["failed"] = reports.account(first, api_endpoint="http://127.0.0.1:9")
    variables: dict[str, Any] = {"access_key_report_formats": ["json"], "access_key_report_fail_on": []}
    assert reports(name="all", **variables).code == 0
    names = list(reports.accounts)
    for number in range(3):
        assert reports(None, "--limit", ",".join(names[number::3]), name=f"slice{number}", **variables).code == 0
    slices = [str(reports.directory / f"slice{number}.json") for number in range(3)]
    merged = reports(["merger"], name="merged", access_key_report_merge=slices, **variables)
    assert merged.code == 0, merged.failures
    assert untimed(reports.report("merged")) == untimed(reports.report("all"))


@pytest.mark.any_core
def test_a_check_run_lists_and_writes_nothing(reports: Reports) -> None:
    first = min(CLOUDS)
    checked = reports([first], "--check")
    assert checked.code == 0, checked.failures
    assert list(reports.directory.iterdir()) == []
    real = reports([first])
    assert real.code == 0, real.failures
    assert sorted(file.name for file in reports.directory.iterdir()) == sorted(f"keys.{form}" for form in ALL_FORMATS)
    for run in (checked, real):
        changed = {event["task"] for event in run.events if event["event"] == "ok" and event["result"].get("changed")}
        assert changed == {ROLE + "Write the files"}
    (first_result, second_result) = (run.results(ROLE + "Summarise the report")[0] for run in (checked, real))
    assert first_result["ansible_facts"] == second_result["ansible_facts"]


@in_matrix
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"access_key_report_exceptions": [{**EXCEPTION, "until": ""}]},
            "Exception 1 has no end. Set until to the last day on which it counts.",
        ),
        ({"access_key_report_exceptions": [{**EXCEPTION, "findings": ["old"]}]}, "Exception 1 needs findings."),
        ({"access_key_report_declared": ["A", "A"]}, "The key A is declared twice."),
        ({"access_key_report_fail_on": ["old"]}, "fail_on has the unknown words old."),
        ({"access_key_report_limits": {"max_age_days": 0}}, "These limits are not whole numbers of days above 0"),
        ({"access_key_report_formats": ["pdf"]}, "value of access_key_report_formats must be one or more of"),
        ({"access_key_account": {"cloud": "aws"}}, "has the unknown cloud 'aws'"),
        ({"access_key_account": {}}, "has no cloud"),
        ({"access_key_account": {"cloud": "huawei", "connection": {"api_nothing": "x"}}}, "api_nothing"),
        (
            {"access_key_account": {"cloud": "huawei", "name": "one name"}},
            "More than one host has the account one name",
        ),
    ],
)
@pytest.mark.any_core
def test_bad_input_is_refused_before_anything_is_sent(
    reports: Reports, variables: Mapping[str, Any], message: str
) -> None:
    run = reports(**variables)
    assert run.code != 0
    assert message in run.output
    assert reports.emulator.journal() == []
    assert list(reports.directory.iterdir()) == []


@in_matrix
@pytest.mark.any_core
def test_a_command_line_gives_texts_and_relative_paths(reports: Reports) -> None:
    place = {"access_key_report_directory": f"../{reports.directory.name}", "access_key_report_fail_on": "listing,high"}
    run = reports(["zstack"], access_key_report_formats="json,csv", **place)
    assert run.code == 0, run.failures
    assert reports.read("csv")
    part = f"../{reports.directory.name}/keys.json"
    merged = reports(["huawei"], name="merged", access_key_report_merge=part, **place)
    assert {account["name"] for account in reports.report("merged")["accounts"]} == {"huawei", "zstack"}, (
        merged.failures
    )
    nowhere = reports(["huawei"], access_key_report_directory="nowhere")
    assert "nowhere does not exist." in nowhere.output


@in_matrix
@pytest.mark.any_core
def test_serial_is_refused(reports: Reports) -> None:
    play = """
    - hosts: all
      connection: local
      gather_facts: false
      serial: 1
      roles:
        - role: multicloud.iam.access_key_report
    """
    run = reports(playbook=play)
    assert run.code != 0
    assert "Remove the keyword serial from the play." in run.output
    assert reports.emulator.journal() == []


@in_matrix
@pytest.mark.any_core
def test_an_account_whose_host_fails_or_is_unreachable_is_in_the_report(reports: Reports) -> None:
    first, second, *_others = CLOUDS
    reports.accounts = {name: reports.accounts[name] for name in (first, second)}
    reports.accounts |= {
        "early": reports.account(first),
        "closed": reports.account(second, api_endpoint="http://127.0.0.1:9"),
    }
    play = """
    - hosts: all
      connection: local
      gather_facts: false
      tasks:
        - name: Fail before the role
          ansible.builtin.fail:
          when: inventory_hostname == 'early'
        - ansible.builtin.include_role:
            name: multicloud.iam.access_key_report
    """
    # The host that would write the files is the first one, and it has failed.
    run = reports(["early", first, second, "closed"], playbook=play)
    assert run.code != 0
    problems = {account["name"]: account["problem"] for account in reports.report()["accounts"]}
    assert problems[first] is problems[second] is None
    assert problems["early"] == "It was not listed, because an earlier task of its host has failed."
    assert "127.0.0.1" in problems["closed"]


@in_matrix
def test_an_account_that_cannot_be_used_is_not_asked_although_errors_are_ignored(reports: Reports) -> None:
    first = min(CLOUDS)
    reports.accounts["odd"] = {"cloud": "aws"}
    run = reports([first, "odd"], playbook=ignoring_errors("access_key_report"))
    assert sorted(run.statuses(ROLE + "Check the account")) == ["failed", "ok"]
    assert len(run.results(ROLE + "list | List everything in the account")) == 1
    states = {account["name"]: account["state"] for account in reports.report()["accounts"]}
    assert states == {first: "listed", "odd": "failed"}


@in_matrix
def test_a_second_report_in_a_play_has_nothing_of_the_first_one(reports: Reports) -> None:
    first, second, *_others = CLOUDS
    broken = {"cloud": "aws"}
    play = f"""
    - hosts: all
      connection: local
      gather_facts: false
      tasks:
        - ansible.builtin.include_role:
            name: multicloud.iam.access_key_report
        - ansible.builtin.include_role:
            name: multicloud.iam.access_key_report
          vars:
            access_key_report_account: "{{{{ {broken} if inventory_hostname == '{second}' else access_key_account }}}}"
    """
    run = reports([first, second], playbook=play)
    assert run.code != 0
    states = {account["name"]: account["state"] for account in reports.report()["accounts"]}
    assert states == {first: "listed", second: "failed"}


@in_matrix
@pytest.mark.any_core
def test_the_gate_fails_after_the_files_are_written(reports: Reports) -> None:
    first = min(cloud for cloud in CLOUDS if cloud != "alibaba")
    passed = reports([first], access_key_report_limits={"max_age_days": 100000}, access_key_report_fail_on=["too_old"])
    assert passed.code == 0, passed.failures
    failed = reports(
        [first], name="failed", access_key_report_limits={"max_age_days": 1}, access_key_report_fail_on=["too_old"]
    )
    assert failed.code != 0
    assert "Too old" in failed.output
    assert reports.report("failed")["figures"]["findings"]["too_old"]["fail"] > 0

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the role reconcile_access_keys against the emulator, at any simulated time, for one account or several."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ..support.clouds import CLOUDS
from ..support.emulator import Emulator
from ..tooling import canary
from .cases import Rotated
from .rotation import DAY, PASSPHRASE, SIMULATED_TIME
from .runner import Player, Run, ansible_vault

ROLE = "multicloud.iam.reconcile_access_keys : "


class Outcome:
    """Hold a run of the role."""

    def __init__(self, run: Run) -> None:
        self.run = run
        reports = run.results(ROLE + "reconcile | Report the plan")
        reports += run.results(ROLE + "reconcile | Report the outcome")
        results = [each["ansible_facts"]["reconcile_access_keys_result"] for each in reports if "ansible_facts" in each]
        self.results: dict[str, Any] = {result["account"]["name"]: result for result in results}

    @property
    def result(self) -> dict[str, Any]:
        """Return the result of the only account."""
        (result,) = self.results.values()
        return dict(result)

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Return what was done, or would have been, in order."""
        return [(step["action"], step["access_key_id"] or step["description"]) for step in self.result["steps"]]

    @property
    def changed(self) -> list[str]:
        """Return the tasks that report a change."""
        return [event["task"] for event in self.run.events if event["event"] == "ok" and event["result"].get("changed")]


class Reconciler:
    """Reconcile accounts, and search everything that the runs leave behind for secrets."""

    def __init__(self, play: Player, emulator: Emulator, directory: Path) -> None:
        self.play, self.emulator, self.directory = play, emulator, directory
        directory.mkdir()
        self.passphrase = directory.parent / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.days = 0.0

    def account(self, cloud: str, **connection: Any) -> dict[str, Any]:
        options = {"api_endpoint": self.emulator.url, "api_retries": 0, **CLOUDS[cloud].signing(), **connection}
        return {"cloud": cloud, "connection": options}

    def pass_days(self, days: float) -> None:
        """Let time pass, for the clouds and for the next runs."""
        self.days += days
        for cloud in CLOUDS:
            self.emulator.modes(cloud, clock_skew_seconds=self.days * DAY)

    def __call__(
        self,
        accounts: str | Mapping[str, Mapping[str, Any]],
        *arguments: str,
        check: bool = False,
        env: Mapping[str, str] | None = None,
        playbook: str = "- import_playbook: multicloud.iam.reconcile_access_keys",
        **variables: Any,
    ) -> Outcome:
        """Run the playbook. accounts: a cloud, or the variables of each host. variables: without the prefix of the role."""
        hosts = accounts if not isinstance(accounts, str) else {"prod": {"access_key_account": self.account(accounts)}}
        inventory = self.directory.parent / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {name: dict(host) for name, host in hosts.items()}}}))
        run = self.play(
            playbook,
            *("-i", str(inventory), "--vault-id", f"dev@{self.passphrase}"),
            *(["--check"] if check else []),
            *arguments,
            variables={f"reconcile_access_keys_{name}": value for name, value in variables.items()},
            env={"PYTHONPATH": str(SIMULATED_TIME), "SIMULATED_SECONDS": str(self.days * DAY), **(env or {})},
            secrets=[PASSPHRASE],
            timeout=900,
        )
        known = {str(number): secret for number, secret in enumerate(self.emulator.secrets())}
        assert not list(canary.leaks_below(self.directory, known))
        outcome = Outcome(run)
        # pytest shows this if the test fails.
        print(f"day {self.days:g}{' (check)' if check else ''}: {json.dumps(outcome.results)} {run.failures[:2000]}")
        return outcome

    def export(self, cloud: str) -> list[dict[str, Any]]:
        """Return the declared list that the role exports."""
        file = self.directory / "declared.yml"
        outcome = self(cloud, export=str(file))
        assert outcome.run.code == 0, outcome.run.failures
        text = file.read_text()
        declared = yaml.safe_load(text.replace("!unsafe ", ""))["reconcile_access_keys_declared"]
        assert isinstance(declared, list)
        return declared

    def keys(self, rotated: Rotated) -> dict[str, str]:
        """Return the status of the keys of the owner, by ID."""
        return rotated.listed(self.emulator.state(rotated.cloud), rotated.owner)

    def read(self, name: str) -> dict[str, Any]:
        """Return a file that the role has encrypted."""
        options = ("--vault-password-file", self.passphrase, self.directory / name)
        content: dict[str, Any] = yaml.safe_load(ansible_vault(self.play, "view", *options))
        return content

    def path(self, name: str) -> str:
        return str(self.directory / name)

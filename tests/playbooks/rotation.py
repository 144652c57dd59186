# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the role rotate_access_key against the emulator, at any simulated time.

A run of the future gets its clock from tests/support/simulated_time, and the clouds theirs from the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ..support.clouds import CLOUDS, parts
from ..support.emulator import Emulator
from ..tooling import canary
from .cases import Rotated
from .runner import Player, Run, ansible_vault

ROTATED: Sequence[Rotated] = [each for part in parts("playbooks").values() for each in part.CASES.rotated]
SIMULATED_TIME = Path(__file__).resolve().parents[1] / "support" / "simulated_time"
VERBS = Path(__file__).parent / "verbs"
DAY = 86400
PASSPHRASE = "Example-Passphrase-Of-Rotations"
# Steps that change nothing. A check run names the first of the others.
READING = ("read", "check", "probe")


class Outcome:
    """Hold a run of the role, and what it reports."""

    def __init__(self, run: Run) -> None:
        self.run = run
        reports = run.results("multicloud.iam.rotate_access_key : Report the outcome")
        self.result: dict[str, Any] = reports[-1]["ansible_facts"]["rotate_access_key_result"] if reports else {}

    @property
    def key(self) -> dict[str, Any]:
        """Return the result of the only key."""
        (result,) = self.result.values()
        return dict(result)

    @property
    def steps(self) -> list[str]:
        """Return the steps that changed something, or would have."""
        return [step for step in self.key["steps"] if step not in READING]

    @property
    def tasks(self) -> int:
        """Return the number of tasks that were started."""
        return sum(event["event"] == "start" for event in self.run.events)

    @property
    def changed(self) -> list[str]:
        """Return the tasks that report a change."""
        return [event["task"] for event in self.run.events if event["event"] == "ok" and event["result"].get("changed")]


class Rotations:
    """Rotate keys, and search everything that the runs leave behind for secrets."""

    def __init__(self, play: Player, emulator: Emulator, directory: Path) -> None:
        self.play, self.emulator, self.directory = play, emulator, directory
        directory.mkdir()
        self.passphrase = directory.parent / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.secrets = [PASSPHRASE]
        self.playbook = "- import_playbook: multicloud.iam.rotate_access_keys"
        self.next_play = ""  # runs after the role
        self.days = 0.0

    def enrolment(self, rotated: Rotated, name: str = "ci-deploy", **members: Any) -> dict[str, Any]:
        """Return an enrolment of the key, whose record is a file."""
        cloud = CLOUDS[rotated.cloud]
        return {
            "name": name,
            "cloud": rotated.cloud,
            "site": rotated.site,
            "owner": rotated.owner,
            "access_key_id": rotated.key[0],
            "connection": {"api_endpoint": self.emulator.url, "api_retries": 0, **cloud.signing()},
            "store": {"type": "secret_file", "options": {"path": str(self.directory / f"{name}.yml")}},
            **members,
        }

    def consumer(self, name: str = "app", **options: Any) -> dict[str, Any]:
        """Return a consumer that keeps the ID in a file."""
        return {
            "name": name,
            "type": str(VERBS / "consumer"),
            "options": {"path": str(self.directory / f"{name}.id"), **options},
        }

    def store(self, name: str, fail_at: str, side: str) -> dict[str, Any]:
        """Return a store that fails before or after it writes a record with this phase."""
        self.failing = {"store_path": str(self.directory / f"{name}.yml"), "fail_at": fail_at, "fail_side": side}
        return {"type": str(VERBS / "store")}

    def pass_days(self, days: float) -> None:
        """Let time pass, for the clouds and for the next runs."""
        self.days += days
        for cloud in CLOUDS:
            self.emulator.modes(cloud, clock_skew_seconds=self.days * DAY)

    def __call__(
        self,
        *enrolments: Mapping[str, Any],
        check: bool = False,
        env: Mapping[str, str] | None = None,
        passphrase: bool = True,
        verbosity: int = 4,
        controller_days: float | None = None,
        **variables: Any,
    ) -> Outcome:
        """Run the role. controller_days: how far the controller's clock is ahead, if that is not as far as the cloud's."""
        days = self.days if controller_days is None else controller_days
        arguments = ["--vault-id", f"dev@{self.passphrase}"] if passphrase else []
        run = self.play(
            self.playbook + self.next_play,
            *arguments,
            *(["--check"] if check else []),
            variables={
                "rotate_access_key_keys": list(enrolments),
                "rotate_access_key_verify_delay": 0,
                **getattr(self, "failing", {}),
                **variables,
            },
            env={"PYTHONPATH": str(SIMULATED_TIME), "SIMULATED_SECONDS": str(days * DAY), **(env or {})},
            secrets=self.secrets,
            verbosity=verbosity,
            timeout=900,
        )
        known = {str(number): secret for number, secret in enumerate(self.emulator.secrets())}
        assert not list(canary.leaks_below(self.directory, known))
        outcome = Outcome(run)
        # pytest shows this if the test fails.
        print(f"day {self.days:g}{' (check)' if check else ''}: {json.dumps(outcome.result)} {run.failures[:2000]}")
        return outcome

    def write(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a record as another program would."""
        file = self.directory / f"{name}.yml"
        file.write_text(json.dumps(content))
        self._vault("encrypt", file)

    def read(self, name: str) -> dict[str, Any]:
        """Return a record."""
        record: dict[str, Any] = yaml.safe_load(self._vault("view", self.directory / f"{name}.yml"))
        return record

    def _vault(self, action: str, file: Path) -> str:
        return ansible_vault(self.play, action, "--vault-password-file", self.passphrase, file)

    def keys(self, rotated: Rotated, owner: str | None = None) -> dict[str, str]:
        """Return the status of the keys of the owner, by ID."""
        return rotated.listed(self.emulator.state(rotated.cloud), owner or rotated.owner)

    def next_step(self, *enrolments: Mapping[str, Any], **more: Any) -> str | None:
        """Return the next step that a check run names, after making sure that it has changed nothing."""
        before = self.emulator.control("GET", "state"), self.files()
        self.emulator.clear_journal()
        outcome = self(*enrolments, check=True, **more)
        assert (self.emulator.control("GET", "state"), self.files()) == before
        assert self.emulator.writes() == []
        step: str | None = outcome.key["next_step"]
        return step

    def files(self) -> dict[str, bytes]:
        """Return the content of the records and of the consumers' files."""
        return {file.name: file.read_bytes() for file in self.directory.iterdir() if not file.name.startswith(".")}


def reasons(outcome: Outcome) -> str:
    """Return the reasons of all keys."""
    return json.dumps({name: result["reason"] for name, result in outcome.result.items()})

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-playbook as a user does, and search everything that it leaves behind for secrets."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import ansible_collections

from ..support.clouds import CLOUDS
from ..support.emulator import Emulator
from ..tooling import canary

COLLECTIONS = Path(next(iter(ansible_collections.__path__))).parent
COLLECTION = COLLECTIONS / "ansible_collections" / "multicloud" / "iam"
PROGRAMS = Path(sys.executable).parent
# The options of Python to measure the coverage of a run, if the session requests it. Each worker writes its own file.
_COVERAGE = f"-m coverage run --parallel-mode --rcfile={COLLECTION}/pyproject.toml --source={COLLECTION}/plugins"
_DATA = os.environ.get("COVERAGE_FILE")
_MEASURED = (*_COVERAGE.split(), f"--data-file={_DATA}") if _DATA else ()
ANSIBLE_PLAYBOOK = (sys.executable, str(PROGRAMS / "ansible-playbook"))
MEASURED_PLAYBOOK = (sys.executable, *_MEASURED, str(PROGRAMS / "ansible-playbook"))

# Hands every task over to a module process.
AS_MODULE = {"MULTICLOUD_IAM_IN_PROCESS": "false"}

TASKS_OF_LOCALHOST = "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
# The interpreter that a module was started with, as shown with -vvv.
_STARTED_WITH = re.compile(r"EXEC \S+ -c '(?:\S+=\S+ )*(\S+) \S*AnsiballZ_(\w+)\.py")


def ignoring_errors(role: str) -> str:
    """Return a play that gives every host the role, and ignores errors. role: without the name of the collection."""
    return f"""
    - hosts: all
      connection: local
      gather_facts: false
      ignore_errors: true
      roles:
        - role: multicloud.iam.{role}
    """


def environment(home: Path) -> dict[str, str]:
    """Return an environment with a separate home directory, and without proxies, credentials or other outside values."""
    return {
        # Two of these default to the real home directory, regardless of HOME.
        "ANSIBLE_ASYNC_DIR": str(home / "async"),
        "ANSIBLE_REMOTE_TMP": str(home / "remote_tmp"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
        # The directory of the locks, which all tasks of this user share.
        "TMPDIR": tempfile.gettempdir(),
    }


def credentials(emulator: Emulator) -> dict[str, str]:
    """Return the variables that a user of the emulator sets in the shell."""
    variables: dict[str, str] = {}
    for cloud in CLOUDS.values():
        variables.update({cloud.endpoint_variable: emulator.url}, **cloud.environment())
    return variables


def actions(emulator: Emulator) -> list[str]:
    """Return the operations of all calls so far."""
    return [call["action"] for call in emulator.journal()]


def keys_of(emulator: Emulator, name: str) -> list[dict[str, str]]:
    """Return the access keys of a CAM user."""
    keys: list[dict[str, str]] = next(user["keys"] for user in emulator.state()["users"] if user["name"] == name)
    return keys


@dataclass(frozen=True)
class Run:
    """Hold everything that a run of ansible-playbook has left behind.

    output: standard output, standard error and the log. events: the events that a callback plugin received.
    """

    code: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)
    output: str = field(repr=False)
    events: list[dict[str, Any]] = field(repr=False)

    @property
    def failures(self) -> str:
        """Return the failures, for the message of a test that expected none."""
        failed = [f"{event['task']}: {event['result']}" for event in self.events if event["event"] == "failed"]
        return "\n".join(failed) or self.output

    def results(self, task: str) -> list[dict[str, Any]]:
        """Return the results of the task with that name, one for each host, each with its "status"."""
        return self._results(task, ("ok", "failed", "skipped", "unreachable"))

    def items(self, task: str) -> list[dict[str, Any]]:
        """Return the results of the items of the task's loop, each with its "status"."""
        return self._results(task, ("item ok", "item failed", "item skipped"))

    def statuses(self, task: str) -> list[str]:
        """Return how the task with that name ended, for each host."""
        return [result["status"] for result in self.results(task)]

    def message(self, task: str) -> str:
        """Return the message of the task with that name."""
        (result,) = self.results(task)
        return str(result["msg"])

    def interpreters(self, module: str) -> set[str]:
        """Return the Python interpreters that ran the module."""
        return {python for python, name in _STARTED_WITH.findall(self.output) if name == module}

    def _results(self, task: str, events: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {**event["result"], "status": event["event"].split()[-1]}
            for event in self.events
            if event["task"] == task and event["event"] in events
        ]


@dataclass
class Player:
    """Run playbooks against an emulator. A secret or a traceback in anything that a run leaves behind is an error."""

    emulator: Emulator
    directory: Path
    is_measured: bool = True

    def __post_init__(self) -> None:
        self._number = count(1)
        self.home = self.directory / "home"
        self.home.mkdir()

    def __call__(
        self,
        playbook: str,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
        verbosity: int = 4,
        timeout: float = 120,
    ) -> Run:
        """Run tasks on localhost, or a playbook, and check that nothing shows a secret.

        secrets: secrets that the emulator does not know.
        """
        place, run = self.run_unsearched(
            playbook, *arguments, variables=variables, env=env, verbosity=verbosity, timeout=timeout
        )
        leaks = self.leaks(place, secrets)
        assert not leaks, "\n".join(leaks)
        assert "Traceback (most recent call last)" not in run.output, run.failures
        return run

    def run_unsearched(
        self,
        playbook: str,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        verbosity: int = 4,
        timeout: float = 120,
    ) -> tuple[Path, Run]:
        """Run tasks on localhost, or a playbook. Return the directory with everything that it left behind, and the run."""
        run_directory = self.directory / f"run-{next(self._number)}"
        left = run_directory / "left"
        left.mkdir(parents=True)
        playbook = textwrap.dedent(playbook).strip("\n")
        if not re.search(r"^(- |  )(hosts|import_playbook):", playbook, re.MULTILINE):
            playbook = TASKS_OF_LOCALHOST + textwrap.indent(playbook, "    ")
        (run_directory / "playbook.yml").write_text(playbook + "\n", encoding="utf-8")
        (run_directory / "variables.json").write_text(json.dumps(dict(variables or {})), encoding="utf-8")
        log, record, stdout, stderr = (left / name for name in ("log", "record", "stdout", "stderr"))
        record.touch()
        with stdout.open("wb") as output, stderr.open("wb") as errors:
            code = subprocess.run(
                [
                    *(MEASURED_PLAYBOOK if self.is_measured else ANSIBLE_PLAYBOOK),
                    "--diff",
                    "-e",
                    "@variables.json",
                    *arguments,
                    "playbook.yml",
                ],
                cwd=run_directory,
                env={
                    **environment(self.home),
                    **credentials(self.emulator),
                    "ANSIBLE_CALLBACKS_ENABLED": "record",
                    "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
                    "ANSIBLE_LOG_PATH": str(log),
                    "ANSIBLE_VERBOSITY": str(verbosity),
                    "RECORD_FILE": str(record),
                    **(env or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=timeout,
                check=False,
            ).returncode
        events = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
        texts = [path.read_text(encoding="utf-8") for path in (stdout, stderr, log)]
        return left, Run(code, texts[0], texts[1], "\n".join(texts), events)

    def leaks(self, place: Path, secrets: Iterable[str] = ()) -> list[str]:
        """Return the places of secrets in the files of a run, and in the home directory."""
        known = {f"of the emulator {number}": secret for number, secret in enumerate(sorted(self.emulator.secrets()))}
        known.update((f"of the test {number}", secret) for number, secret in enumerate(secrets))
        assert known
        return [message for root in (place, self.home) for message in canary.leaks_below(root, known)]


def ansible_vault(player: Player, *arguments: str | Path) -> str:
    """Run ansible-vault in the home of the player, and return its output."""
    return subprocess.run(
        [PROGRAMS / "ansible-vault", *arguments],
        env={**environment(player.home), "PAGER": "cat"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    ).stdout


def vaulted(player: Player, key: Path, text: str) -> str:
    """Return the text as ansible-vault writes it in a playbook."""
    return ansible_vault(player, "encrypt_string", "--vault-password-file", key, text).rstrip()

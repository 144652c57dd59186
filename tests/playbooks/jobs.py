# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run jobs as AWX does: with ansible-runner, and with nothing in the environment but what AWX and its credentials set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from ..support.emulator import Emulator
from ..tooling import canary
from .runner import COLLECTIONS, PROGRAMS

Inventory = Mapping[str, Mapping[str, Any]]
"""Variables by host."""


def slices(hosts: Iterable[str], number: int) -> list[list[str]]:
    """Return the hosts of each slice: AWX sorts them by name, and gives each slice every n-th one."""
    in_order = sorted(hosts)
    return [in_order[first::number] for first in range(number)]


@dataclass(frozen=True)
class Job:
    """Hold what a job has left behind. directory: its artefacts."""

    directory: Path

    @property
    def status(self) -> str:
        """Return `successful` or `failed`."""
        return (self.directory / "status").read_text(encoding="utf-8")

    @property
    def output(self) -> str:
        """Return what it has printed."""
        return (self.directory / "stdout").read_text(encoding="utf-8")

    @property
    def statistics(self) -> dict[str, Any]:
        """Return what AWX gives to the next job of a workflow."""
        data: dict[str, Any] = {}
        for event in self.events():
            data.update(event.get("event_data", {}).get("artifact_data", {}))
        return data

    def events(self) -> Iterator[dict[str, Any]]:
        """Return the events that AWX shows."""
        for path in sorted((self.directory / "job_events").glob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))


class Jobs:
    """Run jobs, and search their artefacts for secrets."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        self.emulator, self.directory = emulator, directory
        self._number = count(1)

    def __call__(self, project: Path, playbook: str, environment: Mapping[str, str], **options: Any) -> Job:
        """Run a job, and check that no artefact shows a secret. options: those of `run`."""
        job = self.run(project, playbook, environment, **options)
        assert self.leaks(job) == []
        return job

    def run(
        self,
        project: Path,
        playbook: str,
        environment: Mapping[str, str],
        *,
        inventory: Inventory | None = None,
        groups: Mapping[str, Iterable[str]] | None = None,
        extra_vars: Mapping[str, Any] | None = None,
        check: bool = False,
        verbosity: int = 0,
        fact_cache: bool = False,
    ) -> Job:
        """Run a job. project: the directory with the playbook. environment: what the credentials set."""
        number = next(self._number)
        place = self.directory / f"job-{number}"
        for name in ("env", "inventory", "home"):
            (place / name).mkdir(parents=True)
        (place / "project").symlink_to(project)
        hosts: Inventory = {"localhost": {"ansible_connection": "local"}} if inventory is None else inventory
        children = {name: {"hosts": dict.fromkeys(members)} for name, members in (groups or {}).items()}
        described = {"all": {"hosts": {name: dict(each) for name, each in hosts.items()}, "children": children}}
        flags = ["--diff", *(["--check"] if check else []), *([f"-{'v' * verbosity}"] if verbosity else [])]
        files = {
            "inventory/hosts.yml": json.dumps(described),
            "env/envvars": json.dumps({**environment, "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)}),
            "env/extravars": json.dumps({"awx_job_id": number, **(extra_vars or {})}),
            "env/cmdline": " ".join(flags),
            "env/settings": json.dumps(
                {"suppress_ansible_output": True, "fact_cache_type": "jsonfile" if fact_cache else ""}
            ),
        }
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        command = ["-m", "ansible_runner", "run", str(place), "--playbook", playbook, "--ident", "job"]
        subprocess.run(
            [sys.executable, *command],
            env={
                "HOME": str(place / "home"),
                "LC_ALL": "C.UTF-8",
                "PATH": os.pathsep.join([str(PROGRAMS), os.defpath]),
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                # The directory of the locks, which all tasks of this user share.
                "TMPDIR": tempfile.gettempdir(),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=180,
            check=False,
        )
        return Job(place / "artifacts" / "job")

    def leaks(self, job: Job) -> list[str]:
        """Return the places of secrets in the artefacts."""
        known = {str(number): secret for number, secret in enumerate(sorted(self.emulator.secrets()))}
        # ansible-runner writes the command with its environment, in which AWX replaces the values of secret inputs.
        files = [path for path in job.directory.rglob("*") if path.is_file() and path.name != "command"]
        assert known
        assert files
        return [message for path in files for message in canary.leaks(path, known)]

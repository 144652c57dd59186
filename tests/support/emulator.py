# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the cloud emulator as a context manager: a real process behind a real socket."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import requests
import yaml

PROGRAM = Path(__file__).resolve().parents[2] / "roles" / "cloud_emulator" / "files" / "cloud_emulator"
_START_SECONDS = 20.0


def forget_creations() -> None:
    """Delete the records of new objects that tasks of this user have written for other tasks."""
    shutil.rmtree(f"{tempfile.gettempdir()}/multicloud-iam-{os.geteuid()}", ignore_errors=True)


class Emulator:
    """Run the emulator's command line, and call its control API.

    The seed is a mapping or the path of a file. Without one, the emulator uses its example.
    ``options`` are more options of the command line. ``ca`` is the authority of a TLS certificate
    in them.
    """

    def __init__(self, seed: Mapping[str, Any] | Path | None = None, *options: str, ca: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="cloud_emulator-")
        self.directory = Path(self._temporary.name)
        self.journal_file = self.directory / "journal.jsonl"
        self.secrets_file = self.directory / "secrets.jsonl"
        self._scheme = "https" if ca else "http"
        self._seed = seed
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._session = requests.Session()
        self._session.trust_env = False
        if ca:
            self._session.verify = str(ca)

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._session.close()
        self._temporary.cleanup()

    def start(self) -> None:
        """Start the process and wait until it listens."""
        port_file = self.directory / "port"
        errors = self.directory / "errors.log"
        command = [sys.executable, "-B", str(PROGRAM), "--port-file", str(port_file)]
        command += ["--journal", str(self.journal_file), "--secrets-file", str(self.secrets_file)]
        with errors.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *self._seed_option(), *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not port_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"the emulator did not start: {errors.read_text()}")
            time.sleep(0.01)
        self._port = int(port_file.read_text())

    def stop(self) -> int | None:
        """Stop the process, and return its status."""
        if self._process is None:
            return None
        self._process.terminate()
        status = self._process.wait(timeout=10)
        self._process = None
        return status

    @property
    def port(self) -> int:
        """Return the port."""
        return self._port

    @property
    def pid(self) -> int:
        """Return the pid."""
        if self._process is None:
            raise RuntimeError("the emulator is not running")
        return self._process.pid

    @property
    def url(self) -> str:
        """Return scheme, host and port."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def secrets(self) -> set[str]:
        """Return every secret that the emulator has ever known."""
        return {json.loads(line) for line in self.secrets_file.read_text().splitlines()}

    def health(self) -> dict[str, Any]:
        """Return its health."""
        health: dict[str, Any] = self.control("GET", "health")
        return health

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the calls so far, or those with a number above ``since``."""
        calls: list[dict[str, Any]] = self.control("GET", f"journal?since={since}")["calls"]
        return calls

    def actions(self) -> list[str]:
        """List the API operations called so far."""
        return [call["action"] for call in self.journal()]

    def writes(self) -> list[str]:
        """List the operations called so far that write."""
        return [call["action"] for call in self.journal() if call["write"]]

    def clear_journal(self) -> None:
        """Clear the journal."""
        self.control("DELETE", "journal")

    def reset(self) -> None:
        """Restore the seed, clear faults, modes and journal, and delete the records of new objects."""
        self.control("POST", "reset")
        forget_creations()

    def state(self, cloud: str = "tencent") -> dict[str, Any]:
        """Return the objects of a cloud, without secrets."""
        objects: dict[str, Any] = self.control("GET", "state")[cloud]
        return objects

    def fault(self, name: str, action: str | None = None, cloud: str = "tencent", **arguments: Any) -> None:
        """Arm a fault."""
        self.faults([{"fault": name, "action": action, "cloud": cloud, **arguments}])

    def faults(self, specs: Sequence[Mapping[str, Any]]) -> None:
        """Arm several faults."""
        self.control("POST", "faults", list(specs))

    def hits(self) -> int:
        """Return how many calls the armed faults have hit."""
        return sum(fault["hits"] for fault in self.control("GET", "faults")["faults"])

    def clear_faults(self) -> None:
        """Disarm all faults."""
        self.control("DELETE", "faults")

    def modes(self, cloud: str = "tencent", **modes: Any) -> None:
        """Set modes of a cloud."""
        self.control("POST", "modes", {cloud: modes})

    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge more objects, in the form of a seed file."""
        self.control("POST", "seed", data)

    def control(self, method: str, operation: str, body: Any = None) -> Any:
        """Call the control API."""
        reply = self._session.request(method, f"{self.url}/_emulator/{operation}", json=body, timeout=10)
        if reply.status_code != 200:
            raise ValueError(f"{method} {operation}: {reply.status_code} {reply.text}")
        return reply.json()

    def _seed_option(self) -> list[str]:
        if self._seed is None:
            return []
        path = self._seed if isinstance(self._seed, Path) else self.directory / "seed.yml"
        if not isinstance(self._seed, Path):
            path.write_text(yaml.safe_dump(dict(self._seed)))
        return ["--seed", str(path)]

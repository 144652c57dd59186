# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a real OpenBao server on loopback, with its storage in memory, and call its API."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import requests

BAO = Path(sys.executable).parent / "bao"
# The policy in docs/rotation-stores.md, for the path ci.
POLICY = """
path "secret/data/ci/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/ci/*" { capabilities = ["read"] }
"""
READ_ONLY = POLICY.replace('"create", "read", "update"', '"read"')
_START_SECONDS = 30.0
_STARTS = 3  # another process can take the free port, or the one above it, first


class OpenBao:
    """Run a server as a context manager. It has the KV engine in version 2 at `secret`, and in version 1 at `old`."""

    def __init__(self) -> None:
        self.root_token = f"example-root-{uuid4().hex}"
        self.url = ""
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Vault-Token"] = self.root_token

    def __enter__(self) -> OpenBao:
        self._temporary = tempfile.TemporaryDirectory(prefix="openbao-")
        try:
            for start in range(_STARTS):
                if self._start(Path(self._temporary.name), is_last=start == _STARTS - 1):
                    break
        except BaseException:
            self._temporary.cleanup()
            raise
        self.call("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._session.close()
        self._temporary.cleanup()

    def _start(self, directory: Path, is_last: bool) -> bool:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        options = ("-dev", "-dev-no-store-token", f"-dev-listen-address=127.0.0.1:{port}")
        log = directory / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [BAO, "server", *options, f"-dev-root-token-id={self.root_token}"],
                env={"HOME": str(directory), "PATH": "/usr/bin:/bin"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._stop()
                if is_last:
                    raise RuntimeError(f"OpenBao did not start: {log.read_text()}")
                return False
            time.sleep(0.02)
        return True

    def _is_ready(self) -> bool:
        try:
            # The engine at `secret` is mounted last. Another server on this port would not know the token.
            return self._session.get(f"{self.url}/v1/sys/mounts/secret/tune", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the API as root, and return the data of the reply, or None if there is none."""
        reply = self._session.request(method, f"{self.url}/v1/{path}", json=body, timeout=10)
        if reply.status_code == 404:
            return None
        reply.raise_for_status()
        return reply.json() if reply.content else None

    def connection(self, token: str) -> dict[str, str]:
        """Return the member `connection` of the options of the store vault_kv2."""
        return {"url": self.url, "auth_method": "token", "token": token}

    def token(self, rules: str) -> str:
        """Return a token with these rules as its policy."""
        name = f"example-{uuid4().hex}"
        self.call("PUT", f"sys/policies/acl/{name}", {"policy": rules})
        token: str = self.call("POST", "auth/token/create", {"policies": [name]})["auth"]["client_token"]
        return token

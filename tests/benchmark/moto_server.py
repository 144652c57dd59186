# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run moto, the usual emulator of AWS, with IAM users that have one key each."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import requests

_START_SECONDS = 60.0
# It does not check the signature, but finds the service in this header.
_HEADERS = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/iam/aws4_request, "
    "SignedHeaders=host, Signature=0"
}


class Moto:
    """Run the server as a context manager: a real process behind a real socket."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="moto-")
        self._log = Path(self._temporary.name, "log")
        self._session = requests.Session()
        self._session.trust_env = False
        self.url = ""

    def __enter__(self) -> Moto:
        program = Path(sys.executable).with_name("moto_server")
        with self._log.open("wb") as log:
            command = [sys.executable, str(program), "--host", "127.0.0.1", "--port", "0"]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + _START_SECONDS
        while not (found := re.search(r"Running on (http://\S+)\n", self._logged())):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError(f"moto did not start: {self._logged()}")
            time.sleep(0.05)
        self.url = found[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=10)
        self._session.close()
        self._temporary.cleanup()

    def calls(self) -> int:
        """Return the number of calls so far."""
        return self._logged().count('"POST / HTTP')

    def add_keys(self, count: int) -> list[dict[str, str]]:
        """Create users with one key each, with the names in the tasks."""
        return [self._add_key(f"load-{number:04}") for number in range(1, count + 1)]

    def _add_key(self, user: str) -> dict[str, str]:
        self._call("CreateUser", user)
        found = re.search(r"<AccessKeyId>(\w+)<", self._call("CreateAccessKey", user))
        assert found
        return {"owner": user, "id": found[1]}

    def _call(self, action: str, user: str) -> str:
        fields = {"Action": action, "UserName": user, "Version": "2010-05-08"}
        reply = self._session.post(self.url, data=fields, headers=_HEADERS, timeout=10)
        reply.raise_for_status()
        return reply.text

    def _logged(self) -> str:
        return self._log.read_text(encoding="utf-8")

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the rulebooks with ansible-rulebook, which runs the playbooks against the emulator."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, credentials, environment
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.loopback import Loopback

validators = pytest.importorskip("ansible_rulebook.validators")

RULEBOOKS = sorted((COLLECTION / "extensions" / "eda" / "rulebooks").glob("*.yml"))
KEY = "HSTEMULATORALICE0001"
_SECONDS = 90.0


def is_active(emulator: Emulator) -> bool:
    keys = [key for user in emulator.state("huawei")["users"] for key in user["keys"]]
    return "active" in [key["status"] for key in keys if key["access"] == KEY]


def wait(is_true: Callable[[], Any], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while not is_true():
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


@contextmanager
def rulebook(
    name: str, emulator: Emulator, directory: Path, variables: Mapping[str, Any], **more: str
) -> Iterator[Path]:
    """Run a rulebook of the collection, and yield the path of its output."""
    log, undo = directory / "output.log", directory / "undo"
    undo.mkdir()
    hosts = {"huawei-prod": {"access_key_account": {"cloud": "huawei"}}}
    inventory = {"all": {"hosts": hosts, "vars": dict(variables)}}
    (directory / "accounts.yml").write_text(yaml.safe_dump(inventory))
    (directory / "vars.yml").write_text(yaml.safe_dump({"undo_directory": str(undo), **variables}))
    programs = Path(sys.executable).parent
    env = {**environment(directory), **credentials(emulator), **more}
    env["PATH"] = f"{programs}:/usr/local/bin:/usr/bin:/bin"
    given = f"multicloud.iam.{name}"
    text = (COLLECTION / "extensions" / "eda" / "rulebooks" / f"{name}.yml").read_text()
    if "ansible.eda." in text:  # the same source comes with ansible-rulebook, and no package has the collection
        given = "rulebook.yml"
        (directory / given).write_text(text.replace("ansible.eda.", "eda.builtin."))
    command = [str(programs / "ansible-rulebook"), "--rulebook", given, "-i", "accounts.yml"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--vars", "vars.yml", "--verbose"], env=env, cwd=directory, stdout=output, stderr=output
        )
    try:
        yield log
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_a_rulebook_fits_the_schema(path: Path) -> None:
    validators.Validate.rulebook(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_a_leak_starts_the_kill_switch_again_if_it_fails(emulator: Emulator, tmp_path: Path) -> None:
    emulator.seed({"alibaba": {"leaks": [{"access_key_id": KEY}]}})
    emulator.fault("error", cloud="huawei", code="IAM.0003", message="not now", times=1)
    assert is_active(emulator)
    with rulebook("access_key_leaks", emulator, tmp_path, {}) as log:
        wait(lambda: not is_active(emulator), log)
        wait((tmp_path / "undo" / "huawei-prod.undo.json").exists, log)
    assert log.read_text().count("PLAY [") == 2
    assert not [secret for secret in emulator.secrets() if secret in log.read_text()]


class Alert(BaseHTTPRequestHandler):
    """Reply to every request with an alert, whose secret contains the key."""

    def do_GET(self) -> None:
        body = json.dumps({"secret": f"{KEY}:Published-Secret-1"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Write nothing."""


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_message_of_github_starts_the_kill_switch(emulator: Emulator, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secret = "Webhook-Secret-1"
    given: dict[str, Any] = {"webhook_host": "127.0.0.1", "webhook_port": port, "webhook_secret": secret}

    def send(payload: Mapping[str, Any], key: str) -> int:
        body = json.dumps(payload).encode()
        signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        headers["X-GitHub-Event"] = "secret_scanning_alert"
        return requests.post(f"http://127.0.0.1:{port}/", data=body, headers=headers, timeout=10).status_code

    with Loopback(Alert) as server:
        given["github_api_url"] = server.url
        url = f"{server.url}/repos/o/r/secret-scanning/alerts/1"
        alert = {"url": url, "secret_type": "huawei_cloud_access_key_id"}
        with rulebook("github_secret_scanning", emulator, tmp_path, given, GITHUB_TOKEN="Token-1") as log:
            wait(lambda: is_open(port), log)
            assert send({"action": "created", "alert": alert}, "another secret") == 401
            assert send({"action": "created", "alert": {**alert, "secret_type": "slack_api_token"}}, secret) == 200
            assert send({"action": "created", "alert": {**alert, "url": f"{url}?{{{{ 1 }}}}"}}, secret) == 200
            assert send({"action": "created", "alert": alert, "location": {}}, secret) == 200
            assert send({"action": "resolved", "alert": alert}, secret) == 200
            time.sleep(2)
            assert is_active(emulator)
            assert send({"action": "created", "alert": alert}, secret) == 200
            wait(lambda: not is_active(emulator), log)
    assert log.read_text().count("PLAY [") == 1
    assert "Published-Secret-1" not in log.read_text()

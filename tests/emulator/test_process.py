# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the command line: start, stop, background and TLS."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
import yaml

from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import PROGRAM, Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import Client

OWN_KEY = {"access_key_id": "AKIDInvented", "secret_access_key": 'it\'s "$HOME" \\ & more'}


def run(*options: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    command = [sys.executable, "-B", str(PROGRAM), *map(str, options)]
    return subprocess.run(command, capture_output=True, text=True, timeout=40, check=False, **more)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("module", [False, True], ids=["directory", "module"])
def test_foreground(tmp_path: Path, number: int, module: bool) -> None:
    port, pid = tmp_path / "port", tmp_path / "pid"
    program = ["-m", "cloud_emulator"] if module else [str(PROGRAM)]
    with subprocess.Popen(
        [sys.executable, "-B", *program, "--port-file", str(port), "--pid-file", str(pid)],
        cwd=PROGRAM.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline()
        assert line == f"cloud_emulator listening on http://127.0.0.1:{port.read_text().strip()}\n"
        assert int(pid.read_text()) == process.pid
        # An open connection must not keep the process alive.
        with requests.Session() as session:
            url = line.split()[-1]
            assert session.get(f"{url}/_emulator/health", timeout=10).json()["status"] == "ok"
            process.send_signal(number)
            assert process.wait(timeout=5) == 0
        assert process.stderr.read() == ""
    assert list(tmp_path.iterdir()) == []


# Python raises the exception of a signal handler at any place, and ignores it in its own callbacks.
SIGNALLED_IN_A_FINALIZER = """
import os, signal, socketserver, sys

class Object:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(1000))

socketserver.BaseServer.service_actions = lambda server: Object() and None
from cloud_emulator.cli import main
main([])
"""


def test_a_signal_ends_it_whatever_it_is_doing() -> None:
    command = [sys.executable, "-B", "-c", SIGNALLED_IN_A_FINALIZER]
    ended = subprocess.run(command, cwd=PROGRAM.parent, capture_output=True, text=True, timeout=10, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_background(tmp_path: Path) -> None:
    files = [part for name in ("pid", "port") for part in (f"--{name}-file", tmp_path / name)]
    started = run(*files, "--background", tmp_path / "log")
    assert (started.stdout, started.returncode) == ("started\n", 0)
    pid = int((tmp_path / "pid").read_text())
    try:
        url = f"http://127.0.0.1:{(tmp_path / 'port').read_text().strip()}"
        assert requests.get(f"{url}/_emulator/health", timeout=10).json()["pid"] == pid
        assert run(*files, "--background", tmp_path / "log").stdout == "already running\n"
        assert int((tmp_path / "pid").read_text()) == pid
        foreground = run("--pid-file", tmp_path / "pid")
        assert foreground.returncode == 1
        assert "another emulator holds the pid file" in foreground.stderr
    finally:
        stopped = run("--stop", "--pid-file", tmp_path / "pid")
    assert stopped.stdout == "stopped\n"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/_emulator/health", timeout=10)
    assert list(tmp_path.iterdir()) == [tmp_path / "log"]
    assert run("--stop", "--pid-file", tmp_path / "pid").stdout == "not running\n"


def test_a_pid_file_of_another_process_is_not_believed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        pid = tmp_path / "pid"
        pid.write_text(f"{other.pid}\n")
        assert run("--stop", "--pid-file", pid).stdout == "not running\n"
        assert other.poll() is None
        assert not pid.exists()


def test_a_failed_start_in_the_background_is_reported(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yml"
    seed.write_text("nimbus: {}")
    files = [part for name in ("pid", "port") for part in (f"--{name}-file", tmp_path / name)]
    failed = run(*files, f"--background={tmp_path / 'log'}", "--seed", seed)
    assert failed.returncode == 1
    assert "unknown cloud 'nimbus'" in failed.stderr
    assert not (tmp_path / "pid").exists()


def test_a_running_emulator_with_another_seed_is_not_used(tmp_path: Path) -> None:
    seed, other = tmp_path / "seed.yml", tmp_path / "other.yml"
    seed.write_text("tencent: {users: [{name: zoe}]}")
    other.write_text("tencent: {users: [{name: max}]}")
    files = [part for name in ("pid", "port") for part in (f"--{name}-file", tmp_path / name)]
    background = [*files, "--background", tmp_path / "log"]
    try:
        assert run(*background, "--seed", seed).stdout == "started\n"
        pid = (tmp_path / "pid").read_text()
        seed.write_text("# The same objects.\ntencent:\n  users:\n    - name: zoe\n")
        assert run(*background, "--seed", seed).stdout == "already running\n"
        others: list[list[str | Path]] = [["--seed", other], [], ["--seed", seed, "--rate-limits"]]
        for options in others:
            refused = run(*background, *options)
            assert (refused.stdout, refused.returncode) == ("", 1)
            assert "is already running with another seed or other rate limits: stop it" in refused.stderr
        assert (tmp_path / "pid").read_text() == pid
    finally:
        assert run("--stop", "--pid-file", tmp_path / "pid").stdout == "stopped\n"
    assert {path.name for path in tmp_path.iterdir()} == {"log", "seed.yml", "other.yml"}


@pytest.mark.parametrize("seed", [{}, {"tencent": {"account": {"keys": [OWN_KEY]}}}], ids=["example", "own key"])
def test_a_later_process_finds_its_url_and_environment(tmp_path: Path, seed: dict[str, Any]) -> None:
    files = {name: tmp_path / name for name in ("url", "environment")}
    options = [part for name, path in files.items() for part in (f"--{name}-file", str(path))]
    with Emulator(seed or None, *options) as emulator:
        assert files["url"].read_text() == f"{emulator.url}\n"
        assert files["environment"].stat().st_mode & 0o777 == 0o600
        # As in a step of a CI job.
        show = f"set -a; . {files['environment']}; exec {sys.executable} -c 'import json, os; print(json.dumps({{**os.environ}}))'"
        shell = subprocess.run(["sh", "-c", show], env={}, check=True, capture_output=True, text=True)
        environment = json.loads(shell.stdout)
    for cloud in CLOUDS.values():
        assert environment[cloud.endpoint_variable] == emulator.url
        own = seed and cloud.name == "tencent"
        expected = tuple(OWN_KEY.values()) if own else cloud.administrator
        assert tuple(environment[name] for name in cloud.variables) == expected
    assert not [path for path in files.values() if path.exists()]


@pytest.mark.parametrize("name", ["pid-file", "journal", "secrets-file", "background", "url-file", "environment-file"])
@pytest.mark.parametrize("plant", [os.symlink, os.link], ids=["link", "second name"])
def test_nothing_is_written_to_planted_files(tmp_path: Path, name: str, plant: Callable[..., None]) -> None:
    precious, planted = tmp_path / "precious", tmp_path / "planted"
    precious.write_text("1\n")
    plant(precious, planted)
    files = {"pid-file": tmp_path / "pid", "port-file": tmp_path / "port", name: planted}
    refused = run(*[part for option, path in files.items() for part in (f"--{option}", path)])
    assert refused.returncode == 1
    assert re.search(f"{planted} is a (link|file of another user, or has a second name)", refused.stderr)
    assert precious.read_text() == "1\n"
    if name == "pid-file":
        assert run("--stop", "--pid-file", planted).returncode == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "/nonexistent"], "cannot read the seed"),
        (["--tls-cert", "x"], "require each other"),
        (["--background", "x"], "requires --pid-file and --port-file"),
        (["--stop"], "requires --pid-file"),
    ],
)
def test_senseless_options(options: list[str], message: str) -> None:
    failed = run(*options)
    assert failed.returncode != 0
    assert message in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.mark.parametrize("name", ["flask", "yaml"])
def test_a_missing_package_is_named(tmp_path: Path, name: str) -> None:
    blocked = tmp_path / f"{name}.py"
    blocked.write_text(f"raise ModuleNotFoundError(name='{name}')")
    failed = run(env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert failed.returncode == 1
    requirements = PROGRAM.parents[1] / "requirements.txt"
    assert f"has no module '{name}'; install the packages with: {sys.executable} -m pip" in failed.stderr
    assert failed.stderr.endswith(f" install -r {requirements}\n")
    assert name in requirements.read_text().lower()
    assert (
        run("--stop", "--pid-file", tmp_path / "pid", env={**os.environ, "PYTHONPATH": str(tmp_path)}).returncode == 0
    )


def test_an_own_seed(tmp_path: Path) -> None:
    seed = {
        "tencent": {
            "account": {"owner_uin": 123456, "app_id": 9},
            "modes": {"empty_list": "null"},
            "users": [{"name": "zoe"}],
            "generate_users": {"count": 1000, "prefix": "load-", "keys": 1},
        }
    }
    path = tmp_path / "seed.yml"
    path.write_text(yaml.safe_dump(seed))
    began = time.monotonic()
    with Emulator(path) as first, Emulator(seed) as second:
        assert time.monotonic() - began < 10
        assert first.state() == second.state()
        users = first.state()["users"]
        assert [users[0]["name"], users[1]["name"], users[-1]["name"]] == ["zoe", "load-0001", "load-1000"]
        assert [users[0]["uin"], users[-1]["uin"]] == [123457, 124457]
        assert len({key["access_key_id"] for user in users for key in user["keys"]}) == 1000
        client = Client(first.url)
        reply = client.call("GetUserAppId")
        assert (reply["Uin"], reply["AppId"]) == ("123456", 9)
        assert client.call("ListAccessKeys", {"TargetUin": 123457})["AccessKeys"] is None
        client.session.close()
        first.reset()
        assert first.state() == second.state()


def test_rate_limits_option() -> None:
    with Emulator(None, "--rate-limits") as emulator:
        modes = emulator.control("POST", "modes", {})["tencent"]
        assert modes["rate_limits"] is True
        emulator.modes(rate_limits=False)
        emulator.reset()
        assert emulator.control("POST", "modes", {})["tencent"]["rate_limits"] is True


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    ca, cert, key = (tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(str(ca))
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    options = ["--tls-cert", str(cert), "--tls-key", str(key)]
    with Emulator(None, *options, ca=ca) as emulator:
        assert emulator.url.startswith("https://")
        client = Client(emulator.url)
        client.session.verify = str(ca)
        assert client.code("GetUserAppId") is None
        emulator.fault("reset_after", times=1)
        with pytest.raises(requests.ConnectionError):
            client.call("GetUserAppId")
        assert client.code("GetUserAppId") is None
        # A client that connects and sends nothing does not make others wait.
        with socket.create_connection(("127.0.0.1", emulator.port)):
            assert emulator.health()["status"] == "ok"
        client.session.close()
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{emulator.url}/_emulator/health", timeout=10)
        assert json.dumps(emulator.health())

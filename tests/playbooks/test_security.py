# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises in SECURITY.md: which servers the modules call, and which places never contain a secret."""

from __future__ import annotations

import logging
import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from ansible_collections.multicloud.iam.tests.faults.objects import READ
from ansible_collections.multicloud.iam.tests.faults.table import OBJECTS
from ansible_collections.multicloud.iam.tests.playbooks.cases import Cases
from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player, Run, credentials
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import run_module
from ansible_collections.multicloud.iam.tests.tooling import canary

pytestmark = pytest.mark.any_core

EVERYTHING = bool(os.environ.get("TEST_EVERY_STEP"))
MATRIX = pytest.mark.skipif(not EVERYTHING, reason="takes long")
EITHER_WAY = pytest.mark.parametrize(
    "env", [pytest.param({}, id="in process"), pytest.param(AS_MODULE, id="as module", marks=MATRIX)]
)

CASES: dict[str, Cases] = {cloud: part.CASES for cloud, part in parts("playbooks").items()}
# One task for each object. Each task only reads.
READS = {thing.module: thing.steps[READ].options for thing in OBJECTS.values() if not thing.like}


def read_all(**options: str) -> str:
    """Return tasks that read every object, each named like its module."""
    return yaml.safe_dump(
        [
            {"name": module, f"multicloud.iam.{module}": {**which, **options}, "ignore_errors": True}
            for module, which in READS.items()
        ]
    )


# --- certificates ---


def issue(directory: Path, host: str) -> Path:
    """Write the certificate of a host, its key and the authority that issued it."""
    authority = trustme.CA()
    issued = authority.issue_cert(host)
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    issued.private_key_pem.write_to_path(str(directory / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(directory / "cert.pem"))
    return directory


@contextmanager
def tls_emulator(certificates: Path) -> Iterator[Emulator]:
    options = ("--tls-cert", str(certificates / "cert.pem"), "--tls-key", str(certificates / "key.pem"))
    with Emulator(None, *options, ca=certificates / "ca.pem") as emulator:
        yield emulator


@pytest.fixture(scope="module")
def unknown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Start an emulator with a certificate of an unknown authority."""
    with tls_emulator(issue(tmp_path_factory.mktemp("unknown"), "127.0.0.1")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def misnamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Start an emulator with the certificate of another host, from a known authority."""
    with tls_emulator(issue(tmp_path_factory.mktemp("misnamed"), "other.example")) as emulator:
        yield emulator


def trust(emulator: Emulator) -> Path:
    """Return the file with the authority of an emulator."""
    return Path(str(emulator._session.verify))


def received(emulator: Emulator) -> str:
    """Return the calls so far. The control API can only be called by the host name in the certificate."""
    return emulator.journal_file.read_text() if emulator.journal_file.exists() else ""


def check_refused(run: Run, emulator: Emulator, advice: str) -> None:
    """Check that every module fails with this advice, and has sent nothing."""
    assert run.code == 0, run.failures
    for module in READS:
        (result,) = run.results(module)
        assert result["error"]["category"] == "certificate"
        assert f"the certificate was not accepted: {emulator.url}" in result["msg"]
        assert advice in result["error"]["advice"]
    assert received(emulator) == ""


@EITHER_WAY
def test_a_certificate_of_an_unknown_authority_is_refused(
    unknown: Emulator, tmp_path: Path, env: Mapping[str, str]
) -> None:
    check_refused(Player(unknown, tmp_path)(read_all(), env=env), unknown, "api_ca_path")


@EITHER_WAY
def test_a_certificate_of_another_host_is_refused(misnamed: Emulator, tmp_path: Path, env: Mapping[str, str]) -> None:
    """Even though its authority is trusted, by an option or by a variable."""
    authority = str(trust(misnamed))
    tasks, more = (read_all(api_ca_path=authority), {}) if env else (read_all(), {"REQUESTS_CA_BUNDLE": authority})
    check_refused(
        Player(misnamed, tmp_path)(tasks, env={**env, **more}),
        misnamed,
        "use a host name that the certificate contains",
    )


@pytest.mark.parametrize("options", [{"api_ca_path": "authority"}, {"api_validate_certs": "false"}], ids=str)
def test_a_certificate_is_accepted_with_its_authority_or_without_checks(
    tmp_path: Path, options: dict[str, str]
) -> None:
    """A user who has turned the checks off is not warned on every call."""
    env = AS_MODULE if EVERYTHING else {}
    with tls_emulator(issue(tmp_path, "127.0.0.1")) as emulator:
        given = {name: str(trust(emulator)) if value == "authority" else value for name, value in options.items()}
        run = Player(emulator, tmp_path)(read_all(**given), env=env)
        assert [run.statuses(module) for module in READS] == [["ok"]] * len(READS), run.failures
        assert "InsecureRequestWarning" not in run.output
        assert len(received(emulator).splitlines()) == len(READS)


def test_an_unreachable_endpoint_is_named(play: Player) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # and no server listens
        endpoint = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        run = play(read_all(api_endpoint=endpoint, api_retries="1"))
    for module in READS:
        message = run.message(module)
        assert f"{endpoint}" in message
        assert "refused" in message
        assert "A retry may help." in message


# --- redirects ---


@contextmanager
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """Return an address, and all data that arrives there."""
    arrived: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                with connection:
                    arrived.append(connection.recv(65536))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", arrived
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@EITHER_WAY
def test_no_redirect_is_followed(emulator: Emulator, play: Player, env: Mapping[str, str]) -> None:
    with listener() as (elsewhere, arrived):
        for cloud in CASES:
            emulator.fault("redirect", cloud=cloud, location=f"{elsewhere}/v3", status=308)
        run = play(read_all(), env=env)
    assert run.code == 0, run.failures
    for module in READS:
        assert "redirects to 127.0.0.1, and credentials are not sent to another address" in run.message(module)
    assert arrived == []


# --- processes and files ---

SECRETS = {name: secret for cases in CASES.values() for name, secret in cases.secrets.items()}
CHANGES = "".join(cases.changes for cases in CASES.values())


class Watcher:
    """Watch the processes of a run and the files that it creates.

    processes: the command lines of the processes. in_processes: the processes with a secret in their command line or
    environment. in_files: the files with a secret. modes: the modes of their directories.
    """

    def __init__(self, player: Player, emulator: Emulator) -> None:
        self.processes: set[str] = set()
        self.in_processes: set[str] = set()
        self.in_files: set[Path] = set()
        self.modes: dict[Path, int] = {}
        self._emulator = emulator
        self._home = str(player.home).encode()
        # All secrets except those that the caller of ansible-playbook has set in the environment and the variables.
        self._given = set(credentials(emulator).values())
        self._directory = player.directory
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            secrets = ({*self._emulator.secrets(), *SECRETS.values()}) - self._given
            forms = [form for secret in secrets for form in canary.forms(secret)]
            self._look_at_processes(forms)
            self._look_at_files(forms)

    def _look_at_processes(self, forms: list[bytes]) -> None:
        for process in Path("/proc").iterdir():
            if not process.name.isdigit():
                continue
            try:
                environment, command = (process / "environ").read_bytes(), (process / "cmdline").read_bytes()
            except OSError:
                continue  # it has ended, or belongs to another user
            if self._home not in environment:
                continue
            self.processes.add(command.replace(b"\0", b" ").decode())
            if any(form in text for form in forms for text in (environment, command)):
                self.in_processes.add(command.replace(b"\0", b" ").decode())

    def _look_at_files(self, forms: list[bytes]) -> None:
        # Unlike Path.rglob, this continues if a directory has been deleted in the meantime.
        names = [Path(place, name) for place, _directories, files in os.walk(self._directory) for name in files]
        for path in names:
            try:
                if path.name == "variables.json" or not path.is_file():
                    continue
                content, mode = path.read_bytes(), path.parent.stat().st_mode
            except OSError:
                continue  # deleted in the meantime
            if any(form in content for form in forms):
                self.in_files.add(path)
                self.modes[path.parent] = mode & 0o777


WAYS: dict[str, dict[str, str]] = {
    "in process": {},
    "as module": AS_MODULE,
    "as module with pipelining": {**AS_MODULE, "ANSIBLE_PIPELINING": "true"},
}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize("way", [way if "pipelining" not in way else pytest.param(way, marks=MATRIX) for way in WAYS])
def test_no_secret_is_in_processes_or_files(emulator: Emulator, play: Player, way: str) -> None:
    """Except the file that ansible-core passes to a module, readable for its user only, until the module has ended."""
    for cloud in CASES:
        emulator.fault("delay", cloud=cloud, seconds=0.15)  # so that the watcher does not miss anything
    temporary = play.directory / "tmp"
    temporary.mkdir()
    with Watcher(play, emulator) as watcher:
        _left, run = play.run_unsearched(CHANGES, variables=SECRETS, env={**WAYS[way], "TMPDIR": str(temporary)})
    assert run.code == 0, run.failures
    assert [result["changed"] for result in (run.results(task)[0] for task in TASKS)] == [True] * len(TASKS)
    assert watcher.in_processes == set()
    assert any("ansible-playbook" in process for process in watcher.processes)
    assert any("AnsiballZ" in process for process in watcher.processes) == (way == "as module")
    payloads = {path for path in watcher.in_files if path.match("remote_tmp/ansible-tmp-*/AnsiballZ_*.py")}
    assert bool(payloads) == (way == "as module")
    # While the file is copied, the same file of the controller may or may not exist.
    sources = {path for path in watcher.in_files if payloads and path.match("ansible-local-*/tmp*")}
    assert set(watcher.in_files) == payloads | sources
    assert not {path for path in watcher.in_files if path.exists()}
    # Only the user can access the directories.
    assert {watcher.modes[path.parent] for path in watcher.in_files} <= {0o700}


TASKS = re.findall(r"- name: (.*)", CHANGES)


# --- logs of the libraries ---

TEMPORARY: dict[str, Mapping[str, Any]] = {CLOUDS[cloud].reader: cases.temporary for cloud, cases in CASES.items()}


@pytest.mark.parametrize("module", TEMPORARY)
def test_no_library_logs_a_secret(
    emulator: Emulator, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """Not even if a root handler accepts all messages, and every call fails."""
    for name in (name for name in os.environ if name.lower().endswith("_proxy")):
        monkeypatch.delenv(name)
    with caplog.at_level(logging.DEBUG):
        result = run_module(module, api_endpoint=emulator.url, **TEMPORARY[module])
        emulator.fault("echo_request", cloud=next(iter({call["cloud"] for call in emulator.journal()})))
        failed = run_module(module, api_endpoint=emulator.url, api_retries=0, **TEMPORARY[module])
    assert "failed" not in result
    assert failed["failed"]
    assert "urllib3" in caplog.text
    known = {*emulator.secrets(), *TEMPORARY[module].values()} - {
        value for name, value in TEMPORARY[module].items() if name.endswith(("_id", "_name"))
    }
    known = {secret for secret in known if len(secret) >= canary.SHORTEST}
    assert not [secret for secret in known for form in canary.forms(secret) if form in caplog.text.encode()]

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build and install the collection, play site.yml against the emulator, and check what is claimed about it."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "demo" / "seed.yml"
PLAY = ("ansible-playbook", "-i", "localhost,", "demo/site.yml")
EMULATOR = Path("ansible_collections", "multicloud", "iam", "roles", "cloud_emulator", "files", "cloud_emulator")
START_SECONDS = 30.0

# What the programs get from the shell of the user; nothing of it points to a cloud, a proxy or another set-up.
KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "TERM", "TMPDIR")

say = partial(print, flush=True)


class Run(NamedTuple):
    """One run of the playbook: what is to be seen, and what the table says about it."""

    name: str
    options: tuple[str, ...]
    headline: str
    lesson: str


RUNS = (
    Run(
        "check",
        ("--check", "--diff"),
        "A rehearsal: every change is shown with its difference, and nothing is sent that could change anything.",
        "what would change, with nothing sent that could change it",
    ),
    Run(
        "for real",
        ("--diff", "-v"),
        "The same for real, with -v to show the results. That of the new key holds its secret: ansible-core up to 2.21 "
        "hides such a result as a whole, its difference included, 2.22 and newer hide the secret alone. The next task "
        "still has it from `register`, and signs a call with it.",
        "the same changes, a write each; a secret used, not shown",
    ),
    Run(
        "again",
        (),
        "Once more: all is as it should be, so nothing is written, and carol gets no second key.",
        "nothing left to do, and nothing written",
    ),
)


class Outcome(NamedTuple):
    """What a run printed, the tasks that changed something, and the calls that arrived at the emulator."""

    output: str
    changed: list[str]
    calls: list[dict[str, Any]]

    @property
    def writes(self) -> int:
        return sum(call["write"] for call in self.calls)

    @property
    def reads(self) -> int:
        return len(self.calls) - self.writes


class Emulator(NamedTuple):
    """The control API of a running emulator, and the file of all secrets that it knows."""

    port: int
    secrets_file: Path

    def ask(self, method: str, operation: str) -> Any:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, f"/_emulator/{operation}")
            return json.loads(connection.getresponse().read())

    def account(self) -> dict[str, Any]:
        account: dict[str, Any] = self.ask("GET", "state")["tencent"]
        return account

    def secrets(self) -> list[str]:
        return [json.loads(line) for line in self.secrets_file.read_text(encoding="utf-8").splitlines()]


@contextmanager
def child(
    command: Sequence[str | Path], environment: Mapping[str, str], **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """A program that never outlives the block."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, text=True, encoding="utf-8", **options
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def clean_environment(place: Path) -> dict[str, str]:
    """A home and a collections path of its own, without the settings of the user's shell."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment.update(
        HOME=str(place / "home"),
        PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        ANSIBLE_COLLECTIONS_PATH=str(place / "collections"),
        ANSIBLE_COLLECTIONS_SCAN_SYS_PATH="false",
        ANSIBLE_CONFIG=str(place / "ansible.cfg"),
        ANSIBLE_NOCOWS="true",
    )
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        environment["ANSIBLE_FORCE_COLOR"] = "true"
    (place / "home").mkdir()
    (place / "ansible.cfg").touch()
    return environment


def install(place: Path, environment: Mapping[str, str]) -> str:
    """Install what a user would get, and give the name of the tarball."""
    galaxy = partial(subprocess.run, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    galaxy(["ansible-galaxy", "collection", "build", "--output-path", place])
    [tarball] = place.glob("*.tar.gz")
    galaxy(["ansible-galaxy", "collection", "install", "--offline", "-p", place / "collections", tarball])
    return tarball.name


@contextmanager
def emulator(place: Path, environment: Mapping[str, str]) -> Iterator[Emulator]:
    """Run the emulator of the installed collection."""
    port_file, secrets_file = place / "port", place / "secrets"
    command: list[str | Path] = [sys.executable, place / "collections" / EMULATOR, "--seed", SEED]
    command += ["--port-file", port_file, "--secrets-file", secrets_file]
    with child(command, environment, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + START_SECONDS
        while not port_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("The emulator did not start.")
            time.sleep(0.05)
        yield Emulator(int(port_file.read_text(encoding="utf-8")), secrets_file)


def play(run: Run, cloud: Emulator, environment: Mapping[str, str]) -> Outcome:
    """Play the playbook before the eyes of the user."""
    title(f"{RUNS.index(run) + 1}. {run.name.capitalize()}", run.headline)
    command = [*PLAY, *run.options]
    say("$", *command)
    cloud.ask("DELETE", "journal")
    lines = []
    with child(command, environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for line in process.stdout or ():
            say(line, end="")
            lines.append(line)
        if process.wait():
            sys.exit(f"The playbook failed with status {process.returncode}.")
    output = "".join(lines)
    return Outcome(output, changed_tasks(output), cloud.ask("GET", "journal")["calls"])


def changed_tasks(output: str) -> list[str]:
    task, changed = "", []
    for match in re.finditer(r"TASK \[(.+)\] \*|changed: \[localhost\]", output):
        if match[1]:
            task = match[1]
        else:
            changed.append(task)
    return changed


def title(heading: str, text: str) -> None:
    say("", heading, "-" * len(heading), textwrap.fill(text, 79), "", sep="\n")


def show(account: Mapping[str, Any]) -> None:
    """The account as a person would describe it."""
    say(f"{'user':<7}{'remark':<22}{'console login':<15}keys")
    for user in account["users"]:
        keys = [f"{key['access_key_id']} {key['status'].lower()}" for key in user["keys"]] or ["none"]
        login = "yes" if user["console_login"] else "no"
        say(f"{user['name']:<7}{user['remark']:<22}{login:<15}{keys[0]}")
        for key in keys[1:]:
            say(" " * 44 + key)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit("Stopped."))  # what was started is ended
    with tempfile.TemporaryDirectory(prefix="multicloud-iam-demo-") as directory:
        place = Path(directory)
        environment = clean_environment(place)
        say("Building and installing the collection ...")
        tarball = install(place, environment)
        with emulator(place, environment) as cloud:
            failed = demonstrate(tarball, cloud, environment)
    sys.exit(1 if failed else 0)


def demonstrate(tarball: str, cloud: Emulator, environment: dict[str, str]) -> bool:
    """Show the three runs and whether what they promise is true; give whether it is not."""
    [signer] = yaml.safe_load(SEED.read_text(encoding="utf-8"))["tencent"]["account"]["keys"]
    password = f"Demo-{secrets.token_hex(8)}"
    environment.update(
        MULTICLOUD_IAM_TENCENT_ENDPOINT=f"http://127.0.0.1:{cloud.port}",
        TENCENTCLOUD_SECRET_ID=signer["access_key_id"],
        TENCENTCLOUD_SECRET_KEY=signer["secret_access_key"],
        FIRST_PASSWORD=password,
    )
    title(
        "The account",
        f"{tarball} is installed as a user would install it, and its emulator stands in for Tencent Cloud. "
        "The playbook holds no credentials and no address; the environment does, as with AWX.",
    )
    before = cloud.account()
    show(before)

    check = play(RUNS[0], cloud, environment)
    after_check = cloud.account()
    real = play(RUNS[1], cloud, environment)
    after_real = cloud.account()
    again = play(RUNS[2], cloud, environment)

    title("The account now", "Two keys changed their status, carol has a key, and dave may log in.")
    show(after_real)
    outcomes = (check, real, again)
    output = "".join(outcome.output for outcome in outcomes)
    claims = {
        "The check run sent no write and left the account as it was.": not check.writes and before == after_check,
        "The check run announced exactly the tasks that changed something for real.": check.changed == real.changed,
        "Each of those tasks sent one write.": real.writes == len(real.changed) > 0,
        "The run after that changed nothing and sent no write.": not again.changed
        and not again.writes
        and after_real == cloud.account(),
        "No output holds a password or a secret, not even that of the new key.": not any(
            secret in output for secret in [*cloud.secrets(), password]
        ),
    }
    title("Checked", "All of this was verified with the journal and the state of the emulator:")
    for claim, holds in claims.items():
        say("ok     " if holds else "FAILED ", claim)

    title(
        "Summary",
        "Reads and writes are the API calls that arrived at the emulator. A task reads its object once, and the number "
        "(UIN) of a key's owner once more where it knows only the name.",
    )
    say(f"{'run':<10}{'changed':>8}{'reads':>7}{'writes':>8}  what it showed")
    for run, outcome in zip(RUNS, outcomes):
        say(f"{run.name:<10}{len(outcome.changed):>8}{outcome.reads:>7}{outcome.writes:>8}  {run.lesson}")
    return not all(claims.values())

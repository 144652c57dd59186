# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build and install the collection, run a playbook for each cloud against the emulator, and check the results."""

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
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
EMULATOR = Path("ansible_collections", "multicloud", "iam", "roles", "cloud_emulator", "files", "cloud_emulator")
START_SECONDS = 30.0

# Each cloud has three files in demo/clouds: its play, its objects at the beginning, and how to show them.
FILES = {path.stem: path for path in sorted((ROOT / "demo" / "clouds").glob("*.py"))}
rotation = import_module("rotation")
CLOUDS = {name: import_module(f"clouds.{name}") for name in FILES}
SEED = {name: yaml.safe_load(path.with_name(f"{name}_seed.yml").read_text("utf-8")) for name, path in FILES.items()}
PLAYS = [str(path.with_suffix(".yml").relative_to(ROOT)) for path in FILES.values()]
PLAY = ("ansible-playbook", "-i", "localhost,", *PLAYS)

# The programs get these variables from the user's shell. None of them refers to a cloud, a proxy or other settings.
KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "TERM", "TMPDIR")

say = partial(print, flush=True)


class Run(NamedTuple):
    """Describe one run of the playbook: what it shows, and its line in the table."""

    name: str
    options: tuple[str, ...]
    headline: str
    lesson: str


RUNS = (
    Run(
        "check",
        ("--check", "--diff"),
        "A dry run: every change is shown with its diff, and no request is sent that could change anything.",
        "shows what would change, and sends no request that could change it",
    ),
    Run(
        "for real",
        ("--diff", "-v"),
        "The same for real, with -v to show the results. The result with a new key contains its secret. ansible-core "
        "up to 2.21 hides the whole result, including its diff. 2.22 and newer hide only the secret. The next task "
        "still gets it from `register`, and signs a call with it.",
        "makes the same changes, with one write each; uses secrets, and does not show them",
    ),
    Run(
        "again",
        (),
        "Again: everything is in the desired state, so nothing is written, and carol gets no second key anywhere.",
        "finds nothing left to do, and writes nothing",
    ),
)


class Change(NamedTuple):
    """Represent a task that changed something, or would change it."""

    play: str
    task: str


class Outcome(NamedTuple):
    """Hold the output of a run, the tasks that changed something, and the calls that the emulator received."""

    output: str
    changed: list[Change]
    calls: list[dict[str, Any]]

    def changes(self, cloud: str) -> int:
        return sum(change.play == CLOUDS[cloud].TITLE for change in self.changed)

    def reads(self, cloud: str) -> int:
        return sum(call["cloud"] == cloud and not call["write"] for call in self.calls)

    def writes(self, cloud: str) -> int:
        return sum(call["cloud"] == cloud and call["write"] for call in self.calls)


class Emulator(NamedTuple):
    """Access the control API of a running emulator, and the file of all secrets that it knows."""

    port: int
    secrets_file: Path

    def ask(self, method: str, operation: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"} if body else {}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(method, f"/_emulator/{operation}", json.dumps(body) if body else None, headers)
            return json.loads(connection.getresponse().read())

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.ask("GET", "state")
        return state

    def secrets(self) -> list[str]:
        return [json.loads(line) for line in self.secrets_file.read_text(encoding="utf-8").splitlines()]


@contextmanager
def child(
    command: Sequence[str | Path], environment: Mapping[str, str], **options: Any
) -> Iterator[subprocess.Popen[str]]:
    """Run a program, and stop it at the end of the block."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, text=True, encoding="utf-8", **options
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def clean_environment(place: Path) -> dict[str, str]:
    """Return an environment with a separate home and collections path, without the settings of the user's shell."""
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
    """Install the collection as a user does, and return the name of the tarball."""
    galaxy = partial(subprocess.run, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    galaxy(["ansible-galaxy", "collection", "build", "--output-path", place])
    [tarball] = place.glob("*.tar.gz")
    galaxy(["ansible-galaxy", "collection", "install", "--offline", "-p", place / "collections", tarball])
    return tarball.name


@contextmanager
def emulator(place: Path, environment: Mapping[str, str]) -> Iterator[Emulator]:
    """Run the emulator of the installed collection."""
    port_file, secrets_file, seed_file = place / "port", place / "secrets", place / "seed.yml"
    seed_file.write_text(yaml.safe_dump(SEED), encoding="utf-8")
    command: list[str | Path] = [sys.executable, place / "collections" / EMULATOR, "--seed", seed_file]
    command += ["--port-file", port_file, "--secrets-file", secrets_file]
    with child(command, environment, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + START_SECONDS
        while not port_file.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("The emulator did not start.")
            time.sleep(0.05)
        yield Emulator(int(port_file.read_text(encoding="utf-8")), secrets_file)


def play(run: Run, cloud: Emulator, environment: Mapping[str, str]) -> Outcome:
    """Run the playbook, and show its output."""
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


def changed_tasks(output: str) -> list[Change]:
    cloud, task, changed = "", "", []
    for match in re.finditer(r"PLAY \[(.+)\] \*|TASK \[(.+)\] \*|changed: \[localhost\]", output):
        if match[1]:
            cloud = match[1]
        elif match[2]:
            task = match[2]
        else:
            changed.append(Change(cloud, task))
    return changed


def title(heading: str, text: str) -> None:
    say("", heading, "-" * len(heading), textwrap.fill(text, 79), "", sep="\n")


class Row(NamedTuple):
    """Hold the columns of the table for a key, or for a user without one."""

    owner: str
    key: str
    status: str
    note: str


def rows(state: Mapping[str, Any]) -> dict[str, list[Row]]:
    """Return the accounts of all clouds with the same vocabulary, under one heading per cloud."""
    return {
        f"{cloud.TITLE}: {cloud.HEADING}": [Row(*row) for row in cloud.rows(state[name])]
        for name, cloud in CLOUDS.items()
    }


def show(state: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Show the accounts, with an asterisk at each change."""
    old = rows(before)
    for heading, table in rows(state).items():
        say(heading)
        owner = ""
        for row in table:
            star = " " if row in old[heading] else "*"
            name = "" if row.owner == owner else row.owner
            say(f"{star} {name:<11}{row.key:<37}{row.status:<9}{row.note}".rstrip())
            owner = row.owner
        say()


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit("Stopped."))  # stops the programs that were started
    with tempfile.TemporaryDirectory(prefix="multicloud-iam-demo-") as directory:
        place = Path(directory)
        environment = clean_environment(place)
        say("Building and installing the collection ...")
        tarball = install(place, environment)
        with emulator(place, environment) as cloud:
            holds = demonstrate(tarball, cloud, environment, place)
    sys.exit(0 if holds else 1)


def credentials(port: int) -> dict[str, str]:
    """Return the variables of the shell: the endpoints of the clouds, and the credentials."""
    variables: dict[str, str] = {}
    for name, cloud in CLOUDS.items():
        variables[f"MULTICLOUD_IAM_{name.upper()}_ENDPOINT"] = f"http://127.0.0.1:{port}"
        variables.update(cloud.credentials(SEED[name]))
    return variables


def show_summary(outcomes: Sequence[Outcome]) -> None:
    """Show what each run read and changed on each cloud."""
    title(
        "Summary",
        "Reads and writes are the API calls that the emulator received. A task reads its object, and the owner if it "
        "only knows the name. After a change, it reads the object again if the reply does not prove the change, and "
        "waits for jobs and validations.",
    )
    say(" " * 13, *(f"{run.name:^22}" for run in RUNS), sep="")
    say(" " * 13, *(f"{'changed':>9}{'reads':>6}{'writes':>7}" for _unused in RUNS), sep="")
    for name, shown in CLOUDS.items():
        figures = [(outcome.changes(name), outcome.reads(name), outcome.writes(name)) for outcome in outcomes]
        say(f"{shown.TITLE:<13}", *(f"{changed:>9}{reads:>6}{writes:>7}" for changed, reads, writes in figures), sep="")
    say()
    for run in RUNS:
        say(f"{run.name:<10}{run.lesson}")


def demonstrate(tarball: str, cloud: Emulator, environment: dict[str, str], place: Path) -> bool:
    """Show the three runs and a rotation, and check their claims. Return whether all of them hold."""
    given = {name: f"Demo-{secrets.token_hex(8)}" for cloud in CLOUDS.values() for name in cloud.SECRETS}
    environment.update(credentials(cloud.port), **given)
    title(
        "The accounts",
        f"{tarball} is installed as a user would install it, and its emulator replaces the clouds. "
        "The playbook contains no credentials and no URL. They are in the environment, as with AWX.",
    )
    before = cloud.state()
    show(before, before)

    check = play(RUNS[0], cloud, environment)
    after_check = cloud.state()
    real = play(RUNS[1], cloud, environment)
    after_real = cloud.state()
    again = play(RUNS[2], cloud, environment)

    title("The accounts now", "An asterisk marks each change.")
    show(after_real, before)
    outcomes = (check, real, again)
    after_again = cloud.state()
    output = "".join(outcome.output for outcome in outcomes)
    claims = {
        "The check run sent no write and left all accounts as they were.": before == after_check
        and not any(call["write"] for call in check.calls),
        "The check run predicted exactly the tasks that changed something for real.": check.changed == real.changed,
        "Each of those tasks sent one write, on every cloud.": all(
            real.writes(name) == real.changes(name) > 0 for name in CLOUDS
        ),
        "The run after that changed nothing and sent no write.": after_real == after_again
        and not again.changed
        and not any(call["write"] for call in again.calls),
        "No output contains a password or a secret, not even that of a new key.": not any(
            secret in output for secret in [*cloud.secrets(), *given.values()]
        ),
    }
    title("Checks", "All of this was checked with the journal and the state of the emulator:")
    hold = show_claims(claims)
    show_summary(outcomes)

    title(
        "A rotation",
        "The role rotate_access_key replaces the old key of bob at Tencent Cloud. No run waits: each does all that is "
        "possible on its day, and a schedule starts the next one. Here, the clocks of the cloud and of the "
        "playbook are moved between the three runs.",
    )
    rotated = rotation.rotate(place, environment, cloud.ask, say)
    say()
    return show_claims(rotation.claims(rotated, cloud.secrets())) and hold


def show_claims(claims: Mapping[str, bool]) -> bool:
    """Show each claim, and return whether all of them hold."""
    for claim, holds in claims.items():
        say("ok     " if holds else "FAILED ", claim)
    return all(claims.values())

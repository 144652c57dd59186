# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times a loop over unchanged keys, beside the same reads with ansible.builtin.uri.

`bench.py [--items N] [--repetitions N] [--output FILE]`: every repetition runs all playbooks one
after the other, so that a machine that gets slower or faster does so for all of them. It asserts
how many calls were made, and never a time. The table is printed, and written as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from ansible_collections.multicloud.iam.tests.playbooks.runner import (
    ANSIBLE_PLAYBOOK,
    COLLECTION,
    TASKS_OF_LOCALHOST,
    credentials,
    environment,
)
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

PEER = "uri"
PLAYBOOKS = {
    "empty": """
    - name: Nothing
      ansible.builtin.meta: noop
""",
    "debug": """
    - name: The floor of a loop
      ansible.builtin.debug:
        msg: "{{ item.id }}"
      loop: "{{ keys }}"
""",
    PEER: """
    - name: One read for each key
      ansible.builtin.uri:
        url: "{{ endpoint }}/_emulator/health"
      loop: "{{ keys }}"
""",
    "cam_access_key": """
    - name: Keys that are as they shall be
      multicloud.iam.cam_access_key:
        target_uin: "{{ item.owner }}"
        access_key_id: "{{ item.id }}"
        status: active
      loop: "{{ keys }}"
""",
}


@dataclass(frozen=True)
class Row:
    """What one playbook took.

    ratio: the median of its times in those of the peer, each of the same repetition. calls: to the
    API, by one run.
    """

    playbook: str
    seconds: list[float]
    median: float
    ratio: float
    calls: int


def generated_keys(emulator: Emulator, items: int) -> list[dict[str, str]]:
    """New users with a key each, as the playbooks name them."""
    emulator.seed({"tencent": {"generate_users": {"count": items, "prefix": "load-", "keys": 1}}})
    users = [user for user in emulator.state()["users"] if user["name"].startswith("load-")]
    return [{"owner": str(user["uin"]), "id": user["keys"][0]["access_key_id"]} for user in users]


def timed(playbook: Path, variables: Path, env: dict[str, str]) -> float:
    """Run a playbook, which has to change nothing; the seconds it took."""
    command = [*ANSIBLE_PLAYBOOK, "-e", f"@{variables}", str(playbook)]
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=playbook.parent, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - start
    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search(r"changed=[1-9]", done.stdout), done.stdout
    return seconds


def measure(items: int, repetitions: int) -> list[Row]:
    """Run every playbook that often, in turn."""
    with tempfile.TemporaryDirectory(prefix="multicloud-iam-bench-") as place, Emulator() as emulator:
        directory = Path(place)
        variables = directory / "variables.json"
        keys = generated_keys(emulator, items)
        variables.write_text(json.dumps({"keys": keys, "endpoint": emulator.url}), encoding="utf-8")
        env = {**environment(directory), **credentials(emulator)}
        seconds: dict[str, list[float]] = {name: [] for name in PLAYBOOKS}
        calls = dict.fromkeys(PLAYBOOKS, 0)
        for name, tasks in PLAYBOOKS.items():
            (directory / f"{name}.yml").write_text(TASKS_OF_LOCALHOST + tasks, encoding="utf-8")
        for _unused in range(repetitions):
            for name in PLAYBOOKS:
                emulator.clear_journal()
                seconds[name].append(timed(directory / f"{name}.yml", variables, env))
                journal = emulator.journal()
                assert {call["action"] for call in journal} <= {"ListAccessKeys"}
                calls[name] = len(journal)
                assert calls[name] == (items if name == "cam_access_key" else 0)
    ratios = {name: [own / peer for own, peer in zip(seconds[name], seconds[PEER])] for name in PLAYBOOKS}
    return [Row(name, seconds[name], median(seconds[name]), median(ratios[name]), calls[name]) for name in PLAYBOOKS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--output", type=Path, default=COLLECTION / "tests" / "output" / "bench.json")
    options = parser.parse_args()
    rows = measure(options.items, options.repetitions)
    machine = {
        "ansible-core": version("ansible-core"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
    }
    print(f"{options.items} items, {options.repetitions} repetitions, {machine}")
    print(f"{'playbook':<16}{'median':>9}{'fastest':>9}{'slowest':>9}{f'of {PEER}':>9}{'API calls':>11}")
    for row in rows:
        times = f"{row.median:>8.2f}s{min(row.seconds):>8.2f}s{max(row.seconds):>8.2f}s"
        print(f"{row.playbook:<16}{times}{row.ratio:>8.2f}x{row.calls:>11}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    report = {**vars(options), "output": str(options.output), "machine": machine, "rows": [asdict(row) for row in rows]}
    options.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

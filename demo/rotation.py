# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rotate a key of the demo in three runs, a simulated week and a simulated month apart."""

from __future__ import annotations

import json
import subprocess
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SIMULATED_TIME = ROOT / "tests" / "support" / "simulated_time"
KEYS = "demo/rotation.yml"
OWNER, OLD = "bob", "AKIDDemoBobKey0000000000000000000001"
DAY = 86400
# The days of the runs, and what each of them does.
DAYS = {
    0: "The key is due: it is replaced, and the old one stays active.",
    8: "The week of grace is over: the old key is disabled.",
    39: "Nothing has missed it for a month: the old key is deleted.",
}


class Rotation(NamedTuple):
    """Hold the output of all runs, and the keys of the owner after each of them."""

    output: str
    keys: list[dict[str, str]]


def rotate(
    place: Path,
    environment: Mapping[str, str],
    ask: Callable[..., Any],
    say: Callable[..., None],
) -> Rotation:
    """Run the playbook on each of the days. ask: calls the control API of the emulator."""
    records = place / "records"
    records.mkdir()
    (place / "passphrase").write_text("Demo-Passphrase\n", encoding="utf-8")
    command = ["ansible-playbook", "-i", "localhost,", "multicloud.iam.rotate_access_keys"]
    command += ["-e", f"@{KEYS}", "--vault-id", f"demo@{place / 'passphrase'}"]
    say("$ ansible-playbook multicloud.iam.rotate_access_keys -e @demo/rotation.yml --vault-id demo@passphrase")
    done = Rotation("", [])
    for day, lesson in DAYS.items():
        ask("POST", "modes", {"tencent": {"clock_skew_seconds": day * DAY}})
        run = subprocess.run(
            command,
            cwd=ROOT,
            env={
                **environment,
                "ANSIBLE_FORCE_COLOR": "false",
                "ANSIBLE_NOCOLOR": "true",
                "DEMO_RECORDS": str(records),
                "PYTHONPATH": str(SIMULATED_TIME),
                "SIMULATED_SECONDS": str(day * DAY),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if run.returncode:
            say(run.stdout)
        report = next((line for line in run.stdout.splitlines() if '"security-audit: ' in line), '"(no report)"')
        keys = keys_of(ask("GET", "state"))
        say(f"day {day:>2}: {lesson}")
        say(textwrap.indent(textwrap.fill(json.loads(report.strip().rstrip(",")), 71), "        "))
        say("        " + ", ".join(f"{key} {status}" for key, status in keys.items()))
        done = Rotation(done.output + run.stdout, [*done.keys, keys])
    return done


def keys_of(state: Mapping[str, Any]) -> dict[str, str]:
    """Return the status of the keys of the owner, by ID."""
    keys = next(user["keys"] for user in state["tencent"]["users"] if user["name"] == OWNER)
    return {key["access_key_id"]: key["status"].lower() for key in keys}


def claims(rotation: Rotation) -> dict[str, bool]:
    """Return what the demo claims about the rotation, and whether it holds."""
    new = next((key for key in rotation.keys[0] if key != OLD), "")
    expected = [{OLD: "active", new: "active"}, {OLD: "inactive", new: "active"}, {new: "active"}]
    return {
        "The rotation kept the old key active, then disabled it, and deleted it a month later.": rotation.keys
        == expected,
    }

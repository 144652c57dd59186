# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rotate a key of the demo in three runs, a simulated week and a simulated month apart."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SIMULATED_TIME = ROOT / "tests" / "support" / "simulated_time"
KEYS = "demo/rotation.yml"
OWNER, OLD = "bob", "AKIDDemoBobKey0000000000000000000001"
DAY = 86400
# The days of the runs, and what each of them does. The claims check it.
DAYS = {
    0: """\
        Run 1 creates {new}, and writes its
        secret to an encrypted file at once. A signed call proves that it works.
        Both keys are active: everything that uses the old one has a week to change.""",
    8: "day 8   A week is over. Run 2 disables the old key. It can still be enabled again.",
    39: """\
day 39  A month is over. Run 3 deletes the old key.
        {new} is the only key of bob.""",
}


class Rotation(NamedTuple):
    """Hold what the runs leave behind.

    keys: those of the owner after each run. signers: the keys that have signed calls. records: the files, by name.
    """

    output: str
    keys: list[dict[str, str]]
    signers: set[str | None]
    records: dict[str, str]


def rotate(place: Path, environment: Mapping[str, str], ask: Callable[..., Any], say: Callable[..., None]) -> Rotation:
    """Run the playbook on each of the days, and show what each run does. ask: calls the control API of the emulator."""
    records = place / "records"
    records.mkdir()
    (place / "passphrase").write_text("Demo-Passphrase\n", encoding="utf-8")
    command = ["ansible-playbook", "-i", "localhost,", "multicloud.iam.rotate_access_keys"]
    command += ["-e", f"@{KEYS}", "--vault-id", f"demo@{place / 'passphrase'}"]
    say("$ ansible-playbook multicloud.iam.rotate_access_keys -e @demo/rotation.yml --vault-id demo@passphrase\n")
    created = next(key["create_time"] for key in keys_of(ask("GET", "state")) if key["access_key_id"] == OLD)
    say(f"day 0   {OLD} exists since {created[:10]}. demo/rotation.yml allows 90 days.")
    output = ""
    keys: list[dict[str, str]] = []
    for day, lines in DAYS.items():
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
        output += run.stdout
        keys.append({key["access_key_id"]: key["status"].lower() for key in keys_of(ask("GET", "state"))})
        say(run.stdout if run.returncode else lines.format(new=new_key(keys)))
    signers = {(call["caller"] or {}).get("access_key_id") for call in ask("GET", "journal")["calls"]}
    files = {file.name: file.read_text(encoding="utf-8") for file in records.iterdir()}
    return Rotation(output, keys, signers, files)


def new_key(keys: Sequence[Mapping[str, str]]) -> str:
    """Return the ID of the key that the first run has created."""
    return next((key for key in keys[0] if key != OLD), "no key")


def keys_of(state: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the keys of the owner."""
    keys: list[dict[str, str]] = next(user["keys"] for user in state["tencent"]["users"] if user["name"] == OWNER)
    return keys


def claims(rotation: Rotation, secrets: Iterable[str]) -> dict[str, bool]:
    """Return what the demo claims about the rotation, and whether it holds."""
    new = new_key(rotation.keys)
    expected = [{OLD: "active", new: "active"}, {OLD: "inactive", new: "active"}, {new: "active"}]
    return {
        "The new key has signed a call.": new in rotation.signers,
        "The old key was active, then inactive, and then deleted.": rotation.keys == expected,
        "The record is encrypted, and no output contains the secret of a key.": [*rotation.records]
        == ["security-audit.yml"]
        and all(record.startswith("$ANSIBLE_VAULT;") for record in rotation.records.values())
        and not any(secret in rotation.output for secret in secrets),
    }

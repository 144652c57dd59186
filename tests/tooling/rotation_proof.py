# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/rotation-proof.md, from the counts that the tests of a rotation have written to tests/output.

With --check, fail instead if a task of the role was never killed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.multicloud.iam.tests.support.counts import noted
from ansible_collections.multicloud.iam.tests.support.pages import HEADER

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "rotate_access_key" / "tasks"
PREFIX = "multicloud.iam.rotate_access_key : "
WAYS = ("tree", "main", "worker")
# The tasks in an imported file take the place of the first, and no worker executes the second.
NO_TASKS = {"ansible.builtin.import_tasks", "ansible.builtin.meta"}
Entry = Mapping[str, Any]

HEAD = (
    HEADER
    + """\

<!-- Generated from the counts of the tests by tests/tooling/rotation_proof.py. Change it there. -->

# What was tested of a rotation

This page counts what the tests of the [rotation of keys](guide-rotation.md) have tried: runs of the role that were
killed, states of a model, and mutants of the planner.
[The planner of rotations](https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/dev/rotation.md) explains how
these tests work.

This command counts again, in a clone of this repository. It takes many hours:

```console
TEST_EVERY_STEP=1 .venv/bin/nox -R -s kills fuzz
```

With `TEST_KILLS=20` instead of `TEST_EVERY_STEP=1`, the session `kills` kills 20 times in each situation. At the end,
both sessions write this page. A selection of tests (`-- -k huawei`) replaces its own counts only, so the other ones can
be those of an older version of the role.
"""
)

KILLS = """\
## Killed runs

SIGKILL ends a run at a point. Then the role runs again. A *point* is one side of a task, of a call of the cloud, of a
request to OpenBao, or of a step of a write of a file, in one situation. It counts once, however often it was killed. The
ways are: the main process and all its workers (*tree*), the main process alone (*main*), and the workers alone
(*worker*).

A secret is *lost* if the record does not have the working secret of the current or the next key. An *orphan* is a key
that the rotation has created, and that the record does not know. A key in use is disabled *too early* if it is the key
of the record or of the consumer, or if its replacement was not promoted and distributed. *Runs* is how many more runs it
took at most until the rotation was where it is without a kill.
"""

NAMED = """\
On the international site of Tencent Cloud, a key has no description. If a run is killed between a creation and the write
of the secret, nothing proves that the new key is ours. *Named* counts these keys. They are not orphans: each time, the
output named the key, the test let the user answer with `replace_named`, and the rotation continued.
"""

STATES = """\
## States of the model

The model calls the shipped planner in every state that two runs, a killer, an operator, late and lost replies, and
passing time can lead to. The states of each setting are explored nearest first, and equal ones count once. *Complete*
means that there are no others. *Runs* is how many undisturbed runs it takes at most until a rotation is at rest. No
state has broken a rule.
"""

MUTANTS = """\
## Mutants of the planner

Each condition of the planner was negated, dropped or shifted, and each of its rules was left out, one at a time. The unit
tests or the model must notice, or the mutant must be equivalent.
"""

TAIL = """\
## What is not covered

- The clouds are emulators, which follow the
  [known facts](https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/dev/apis/README.md) about each API.
- Between its calls, its steps of a write and its ends, a task is not killed: nothing outside of the process changes there.
- Of several boundaries of the same task in a situation, only the first one is killed. All calls, requests and steps of
  a write are.
- Both sides of each task, and all ways at everything else, are killed only in rotations of one key with the store
  `secret_file`. Elsewhere, it is one side, and one of the ways.
- A machine that loses its power can lose what was written and not synchronised. The order of the steps of a write is
  tested instead.
- The servers of clouds and stores are not killed. Late and lost replies, and late writes, are part of the model.
- After a kill, nothing else goes wrong in the next runs. In the model, it does.
"""


def role_tasks(folder: Path = ROLE) -> set[str]:
    """Return the names of all tasks of the role. Raises ValueError if a name is not unique."""
    found = Counter(name for path in folder.rglob("*.yml") for name in _names(yaml.safe_load(path.read_text("utf-8"))))
    odd = sorted(name for name, number in found.items() if number > 1 or "{{" in name)
    if odd:
        raise ValueError(f"these names of tasks are not unique: {odd}")
    return set(found)


def _names(tasks: Sequence[Entry]) -> Iterator[str]:
    for task in tasks:
        parts = [part for part in ("block", "rescue", "always") if part in task]
        for part in parts:
            yield from _names(task[part])
        if not parts and not NO_TASKS & task.keys():
            yield task["name"]


def left_out(kills: Iterable[Entry], member: str, folder: Path = ROLE) -> list[str]:
    """Return the tasks of the role that no situation has `reached`, or no kill has hit (`tasks`)."""
    found = {task.removeprefix(PREFIX) for entry in kills for task in entry[member]}
    return sorted(role_tasks(folder) - found)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], texts: int = 1) -> Iterator[str]:
    """Yield the lines of a table. texts: how many columns at the beginning are no numbers."""
    yield f"| {' | '.join(columns)} |"
    yield f"| {' | '.join('---' if place < texts else '---:' for place in range(len(columns)))} |"
    for row in rows:
        yield "| " + " | ".join(f"{each:,}" if isinstance(each, int) else str(each) for each in row) + " |"


def sums(entries: Iterable[Entry], *names: str) -> list[int]:
    """Return the sum of each of these counts."""
    listed = list(entries)
    return [sum(entry[name] for entry in listed) for name in names]


def kills_part(kills: Sequence[Entry], folder: Path) -> Iterator[str]:
    tasks = len(role_tasks(folder))
    done, planned, points, runs, lost, orphans, early, stuck, named = sums(
        kills, "kills", "planned", "points", "runs", "lost", "orphans", "early", "stuck", "named"
    )
    yield KILLS
    yield from table(
        ("all situations together", "number"),
        [
            ("situations, each on one cloud and with one store", len(kills)),
            ("kills", done),
            ("kills in the whole matrix", planned),
            ("distinct points", points),
            ("tasks of the role that were killed", tasks - len(left_out(kills, "tasks", folder))),
            ("tasks of the role", tasks),
            ("runs of the role", runs),
            ("most runs after a kill", max((entry["most_runs"] for entry in kills), default=0)),
            ("lost secrets", lost),
            ("orphans", orphans),
            ("keys in use that were disabled too early", early),
            ("rotations that did not continue", stuck),
            ("named keys, on the international site of Tencent Cloud", named),
        ],
    )
    yield ""
    yield NAMED
    columns = (
        "situation",
        "cloud",
        "store",
        "kills",
        "of",
        *WAYS,
        "points",
        "runs",
        "lost",
        "orphans",
        "early",
        "named",
    )
    ordered = sorted(kills, key=lambda entry: (entry["situation"], entry["cloud"], entry["store"]))
    numbers = ("points", "most_runs", "lost", "orphans", "early", "named")
    yield from table(
        columns,
        (
            (
                entry["situation"],
                entry["cloud"],
                f"`{entry['store']}`",
                entry["kills"],
                entry["planned"],
                *(entry["ways"].get(way, 0) for way in WAYS),
                *(entry[name] for name in numbers),
            )
            for entry in ordered
        ),
        texts=3,
    )


def states_part(states: Mapping[str, Entry]) -> Iterator[str]:
    yield STATES
    complete = sum(entry["complete"] for entry in states.values())
    most = max((entry["runs"] for entry in states.values()), default=0)
    total = sum(entry["states"] for entry in states.values())
    yield from table(
        ("all settings together", "number"),
        [("settings", len(states)), ("states", total), ("settings that are complete", complete), ("most runs", most)],
    )
    yield ""
    yield from table(
        ("setting", "states", "complete", "runs"),
        (
            (f"`{name}`", entry["states"], "yes" if entry["complete"] else "no", entry["runs"])
            for name, entry in sorted(states.items())
        ),
    )


def mutants_part(mutants: Mapping[str, Entry]) -> Iterator[str]:
    yield MUTANTS
    caught = Counter(entry["caught"] for entry in mutants.values())
    yield from table(
        ("mutants", "number"),
        [
            ("all", len(mutants)),
            ("caught by a unit test", caught["unit test"]),
            ("caught by the model", caught["model"]),
            ("cannot be imported", caught["import"]),
            ("equivalent", caught[None]),
        ],
    )
    yield ""
    yield "The equivalent ones:"
    yield ""
    equivalent = sorted((name, entry["reason"]) for name, entry in mutants.items() if entry["caught"] is None)
    rows = ([f"`{name}`".replace("|", "\\|"), reason] for name, reason in equivalent)
    yield from table(("mutant", "reason"), rows, texts=2)


def page(
    kills: Mapping[str, Entry], states: Mapping[str, Entry], mutants: Mapping[str, Entry], folder: Path = ROLE
) -> str:
    """Return the page with these counts."""
    parts = (kills_part(list(kills.values()), folder), states_part(states), mutants_part(mutants))
    return "\n".join([HEAD, *("\n".join([*part, ""]) for part in parts), TAIL])


def main(*arguments: str) -> int:
    """Write the page, or with --check return 1 if a task was never killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=Path, nargs="?", default=ROOT / "tests" / "output")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "rotation-proof.md")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    kills, states, mutants = (noted(topic, given.counts) for topic in ("kills", "states", "mutants"))
    if not given.check:
        given.page.write_text(page(kills, states, mutants), encoding="utf-8")
        return 0
    entries = list(kills.values())
    unreached, missing = left_out(entries, "reached"), left_out(entries, "tasks")
    for name in missing:
        print(f"{'No situation reaches' if name in unreached else 'This was never killed'}: {name}")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write docs/rotation-proof.md, from the counts of the tests of a rotation in tests/rotation/counts.

With --check, fail instead if a task of the role was never killed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.multicloud.iam.tests.support.counts import ROOT, TOPICS, Entry, noted, version
from ansible_collections.multicloud.iam.tests.support.pages import HEADER

COUNTS = ROOT / "tests" / "rotation" / "counts"
ROLE = ROOT / "roles" / "rotate_access_key" / "tasks"
PREFIX = "multicloud.iam.rotate_access_key : "
WAYS = ("tree", "main", "worker")
# The tasks in an imported file take the place of the first, and no worker executes the second.
NO_TASKS = {"ansible.builtin.import_tasks", "ansible.builtin.meta"}
Counts = Mapping[str, Mapping[str, Entry]]

HEAD = (
    HEADER
    + """\

<!-- Generated from the counts of the tests by tests/tooling/rotation_proof.py. Change it there. -->

# What was tested of a rotation

This page counts what the tests of the [rotation of keys](guide-rotation.md) have tried: runs of the role that were
killed, two runs at once, states of a model, histories of the model that the role has repeated, and mutants of the planner.
[The planner of rotations](https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/dev/rotation.md) explains how
these tests work.

This command counts again, in a clone of this repository. It takes hours:

```console
TEST_EVERY_STEP=1 .venv/bin/nox -R -s kills fuzz
```

With `TEST_KILLS=20` instead of `TEST_EVERY_STEP=1`, the session `kills` kills 20 times in each situation. At the end,
both sessions write this page. A selection of tests (`-- -k huawei`) replaces its own counts only. Each table says how many
counts are those of an *older version* of the planner or of the role.
"""
)

KILLS = """\
## Killed runs

SIGKILL ends a run at a point. Then the role runs again. A *point* is one side of a task, of a call of the cloud, of a
request to OpenBao, or of a step of a write of a file. The *state* at a point is everything that the cloud, the store and
the consumers have there: a kill leaves it, and the next run can know nothing else. A run that is not killed shows the
state at each of its points. A whole test kills each situation in every state, and every point in one situation at least.
Each kill is *compared* with the state shown at its point.

The ways are: the main process and all its workers (*tree*), the main process alone (*main*), and the workers alone
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

TWO_RUNS = """\
## Two runs at once

Two machines rotate the same key at once, with the same store. In each order, they take turns at other points. *Created* is
how many keys both have created: a run that gives up on the attempt of another one deletes its key, and creates a new one.
At the end, there is one new key each time, and no key was deleted whose secret was in the record.
"""

REPLAY = """\
## Repeated histories

The real role repeats random histories of the model: runs, kills, lost calls, passing time, leaks, and an operator. After each
run, the record, the keys, the consumers, the steps and the reason must be those of the model.
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
- All ways, and both the first and the last point of each state, are killed only in rotations of one key with the store
  `secret_file`. Elsewhere, it is the last point, in one of the ways.
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


def left_out(points: Iterable[str], folder: Path = ROLE) -> list[str]:
    """Return the tasks of the role that were never killed."""
    killed = {label.removeprefix(PREFIX) for kind, label, _side in map(json.loads, points) if kind == "task"}
    return sorted(role_tasks(folder) - killed)


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


def older(topic: str, entries: Iterable[Entry]) -> int:
    """Return how many entries are those of another version of the code."""
    return sum(entry["version"] != version(topic) for entry in entries)


def kills_part(kills: Sequence[Entry], points: Mapping[str, Entry], folder: Path) -> Iterator[str]:
    tasks = len(role_tasks(folder))
    names = (
        "kills",
        "planned",
        "points",
        "states",
        "compared",
        "different",
        "runs",
        "lost",
        "orphans",
        "early",
        "stuck",
        "named",
    )
    total = dict(zip(names, sums(kills, *names)))
    yield KILLS
    yield from table(
        ("all situations together", "number"),
        [
            ("situations, each on one cloud and with one store", len(kills)),
            ("points in all situations", total["points"]),
            ("states in all situations", total["states"]),
            ("kills", total["kills"]),
            ("kills that a whole test of them needs", total["planned"]),
            ("different points that were killed", len(points)),
            ("tasks of the role that were killed", tasks - len(left_out(points, folder))),
            ("tasks of the role", tasks),
            ("runs of the role", total["runs"]),
            ("most runs after a kill", max((entry["most_runs"] for entry in kills), default=0)),
            ("kills that were compared", total["compared"]),
            ("of these, the state was another one", total["different"]),
            ("lost secrets", total["lost"]),
            ("orphans", total["orphans"]),
            ("keys in use that were disabled too early", total["early"]),
            ("rotations that did not continue", total["stuck"]),
            ("named keys, on the international site of Tencent Cloud", total["named"]),
            ("situations, counted with an older version of the role", older("kills", kills)),
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
        "states",
        "runs",
        "lost",
        "orphans",
        "early",
        "named",
    )
    ordered = sorted(kills, key=lambda entry: (entry["situation"], entry["cloud"], entry["store"]))
    numbers = ("points", "states", "most_runs", "lost", "orphans", "early", "named")
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


def two_runs_part(orders: Mapping[str, Entry]) -> Iterator[str]:
    yield TWO_RUNS
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for name, entry in sorted(orders.items()):
        cloud, store, _order = name.split(", ")
        grouped.setdefault((cloud, store), []).append(entry)
    yield from table(
        ("cloud", "store", "orders", "older version", "switches", "created", "most runs afterwards"),
        (
            (
                cloud,
                f"`{store}`",
                len(group),
                older("two-runs", group),
                *sums(group, "switches", "created"),
                max(each["more_runs"] for each in group),
            )
            for (cloud, store), group in grouped.items()
        ),
        texts=2,
    )


def replay_part(replays: Mapping[str, Entry]) -> Iterator[str]:
    yield REPLAY
    names = ("histories", "runs", "plays", "steps", "kills", "lost_calls", "by_operator", "different")
    total = dict(zip(names, sums(replays.values(), *names)))
    yield from table(
        ("all histories together", "number"),
        [
            ("histories", total["histories"]),
            ("runs of the histories", total["runs"]),
            ("plays of the role, each with many histories", total["plays"]),
            ("steps", total["steps"]),
            ("kills", total["kills"]),
            ("lost calls", total["lost_calls"]),
            ("changes by an operator, and leaks", total["by_operator"]),
            ("differences from the model", total["different"]),
            ("groups of histories, counted with an older version of the role", older("replay", replays.values())),
        ],
    )


def states_part(states: Mapping[str, Entry]) -> Iterator[str]:
    yield STATES
    complete = sum(entry["complete"] for entry in states.values())
    most = max((entry["runs"] for entry in states.values()), default=0)
    total = sum(entry["states"] for entry in states.values())
    yield from table(
        ("all settings together", "number"),
        [
            ("settings", len(states)),
            ("states", total),
            ("settings that are complete", complete),
            ("most runs", most),
            ("settings, counted with an older version of the planner", older("states", states.values())),
        ],
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
            ("mutants of an older version of the planner", older("mutants", mutants.values())),
        ],
    )
    yield ""
    yield "The equivalent ones:"
    yield ""
    equivalent = sorted((name, entry["reason"]) for name, entry in mutants.items() if entry["caught"] is None)
    rows = ([f"`{name}`".replace("|", "\\|"), reason] for name, reason in equivalent)
    yield from table(("mutant", "reason"), rows, texts=2)


def page(counts: Counts, folder: Path = ROLE) -> str:
    """Return the page with these counts."""
    parts = (
        kills_part(list(counts["kills"].values()), counts["points"], folder),
        two_runs_part(counts["two-runs"]),
        states_part(counts["states"]),
        replay_part(counts["replay"]),
        mutants_part(counts["mutants"]),
    )
    return "\n".join([HEAD, *("\n".join([*part, ""]) for part in parts), TAIL])


def main(*arguments: str) -> int:
    """Write the page, or with --check return 1 if a task was never killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", type=Path, nargs="?", default=COUNTS)
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "rotation-proof.md")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    counts = {topic: noted(topic, given.counts) for topic in TOPICS}
    if not given.check:
        given.page.write_text(page(counts), encoding="utf-8")
        return 0
    missing = left_out(counts["points"])
    for name in missing:
        print(f"This was never killed: {name}")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

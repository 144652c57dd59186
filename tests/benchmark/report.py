# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the figures down: as a page of the documentation, and as JSON."""

from __future__ import annotations

import json
import os
import platform
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from importlib.metadata import version

from ansible_collections.multicloud.iam.tests.benchmark.goals import EMPTY, Figures, Goal, net
from ansible_collections.multicloud.iam.tests.benchmark.measuring import Calls, Figure
from ansible_collections.multicloud.iam.tests.benchmark.sizes import Sizes
from ansible_collections.multicloud.iam.tests.support.pages import HEADER

# What the others of a row are compared with.
OWN = {"a": "a cam_access_key", "b": "b cam_access_key", "c": "c cam_access_key"}
NONE = "-"
_LINE = 120  # characters
PACKAGES = ("ansible-core", "ansible", "moto", "boto3", "tencentcloud-sdk-python-cam", "requests")

PAGE = (
    HEADER
    + """
# Benchmark

How fast the modules are beside their peers, how much memory they need, and how many API calls they make. `make bench`
writes this page anew, so do not edit it: its text is in `tests/benchmark/report.py`.

{conditions}

## What is promised

{goals}

The rest is asserted, or the benchmark fails before it writes this page: a and b make exactly one read for each key, b
exactly one write for each besides, and g two lists and one creation for each user. In e no task fails, each key is
written exactly once, and has its new status in the end.

## Figures

| | what is run |
| --- | --- |
| a | a loop over {sizes.loop} keys that are as they shall be |
| b | a loop over {sizes.loop} keys, the status of each of which is changed |
| c | a single task for a key that is as it shall be |
| d | one task that lists the keys of all {sizes.users} users, with last use; the API allows 20 calls of each kind a second |
| e | a loop over {sizes.keys_of_host} keys on each of {sizes.hosts} hosts, `forks: {sizes.hosts}`, the status of each \
key is changed; the API allows 5 such changes a second |
| f | a loop over {sizes.entries} entries of Alibaba Cloud Security Center that are as they shall be |
| g | a loop over {sizes.keys_of_maker} users on each of {sizes.makers} hosts, `forks: {sizes.makers}`, each of whom gets a \
key; every call takes 150 ms more |

{figures}

- *Time* is the median of the runs, each of them a whole `ansible-playbook` from its start to its end. *Net* is the time
  above that of the empty playbook, and *of ours* the net time as a multiple of that of our module in this row.
- *Memory* is the largest resident set of any one process of a run, Ansible's own among them: not their sum, because
  processes that Ansible forks share most of theirs.
- *API calls* are those of one run, as the server has counted them. *Turned away* are those that its rate limit refused,
  and that were repeated.

## How it is measured

- Everything runs on one machine, over plain HTTP on the loopback interface. A real cloud adds the same time to each
  call of everybody: the time of its network and its servers.
- Our modules talk to the [emulator](../roles/cloud_emulator/README.md), which checks every signature and counts every
  call. `amazon.aws.iam_access_key` talks to [moto](https://docs.getmoto.org), given the ID of the key and whether it is
  active, which is the same task; moto checks no signature. `ansible.builtin.uri` sends the very same requests as our
  module, signed in advance, to the same emulator. `ansible.builtin.debug` does nothing for each item of the loop.
  *Reads alone* are these requests sent by one Python process over one connection, without Ansible.
- All playbooks run in turn, then all of them again, as often as each is run, so that a machine that gets slower does so
  for all. What takes long runs less often, and d and e, whose time a rate limit dictates, and g, whose keys can be made only once, once.
- Rate limits are enforced in d and e only. No option is set there: retries and timeouts are the defaults.
- `make bench` fails where a run does, where our modules or `uri` make other calls than those of the table, where a key
  does not have the status that the playbook asks for, and, after it has written this page, where a promise is not kept.

## Why no listing serves several items

The items of a loop share the connection, what is loaded, and the answer to whose credentials they are; none of these can
change under them. What they do not share is the state that they decide by. A listing of the first item would say nothing
of what somebody has changed since, the item before it included, and a decision by it could disable a key that was meant
to live. So each item reads for itself, and at once before it writes. A report is one decision: `d` reads each owner once,
asks for the last use of ten keys a call, and does that while it still lists others, because the limits are separate.

## How to repeat it

```console
make bench
```

It takes about ten minutes, and needs a Python that runs the ansible-core named above, and a package index that pip can
use. Nothing else should run on the machine meanwhile. All figures, with each single run, are in
`tests/output/bench.json` afterwards. While working on the code, parts of it are enough; this page is left alone then:

```console
.venv/bin/nox --session bench -- --rows a,c
.venv/bin/nox --session bench -- --quick
```
"""
)


def page(figures: Figures, goals: Iterable[Goal], sizes: Sizes, conditions: Mapping[str, str]) -> str:
    """The page of a complete run."""
    tables = {"goals": "\n".join(goal_table(goals)), "figures": "\n".join(figure_table(figures))}
    return PAGE.format(conditions=_sentence(conditions), sizes=sizes, **tables)


def as_json(figures: Figures, goals: Iterable[Goal], sizes: Sizes, conditions: Mapping[str, str]) -> str:
    """Everything, the single runs included."""
    report = {
        "conditions": dict(conditions),
        "sizes": asdict(sizes),
        "goals": [{**asdict(goal), "reached": goal.reached} for goal in goals],
        "figures": [_plain(figure) for figure in figures.values()],
    }
    return json.dumps(report, indent=2) + "\n"


def conditions_here() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def goal_table(goals: Iterable[Goal]) -> list[str]:
    """The goals in Markdown."""
    lines = ["| | what | measured | at most | reached |", "| --- | --- | ---: | ---: | --- |"]
    for goal in goals:
        reached = "yes" if goal.reached else "**no**"
        numbers = f"{goal.measured:.2f} {goal.unit} | {goal.at_most:.2f} {goal.unit}"
        lines.append(f"| {goal.row} | {goal.text} | {numbers} | {reached} |")
    return lines


def figure_table(figures: Figures) -> list[str]:
    """The figures in Markdown."""
    titles = ("", "", "runs", "time", "net", "of ours", "memory", "API calls")
    lines = [f"| {' | '.join(titles)} |", "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for figure in figures.values():
        own = OWN.get(figure.row)
        above = net(figures, figure.key) if figure.is_playbook and figure.key != EMPTY else None
        cells = (
            figure.row,
            figure.name,
            str(len(figure.runs)),
            f"{figure.seconds:.2f} s",
            NONE if above is None else f"{above:.2f} s",
            NONE if above is None or own in (None, figure.key) else f"{above / net(figures, str(own)):.2f}",
            f"{figure.megabytes:.0f} MB" if figure.megabytes else NONE,
            _calls(figure.calls),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _calls(calls: Calls) -> str:
    parts = [f"{count} {action}" for action, count in sorted(calls.performed.items())]
    parts += [f"{calls.throttled} turned away"] if calls.throttled else []
    return ", ".join(parts) or NONE


def _sentence(facts: Mapping[str, str]) -> str:
    packages = ", ".join(f"{package} {facts[package]}" for package in PACKAGES)
    text = (
        f"The figures were taken on {facts['date']} on {facts['system']} with {facts['processors']} processors and "
        f"Python {facts['Python']}, with these packages: {packages}."
    )
    return textwrap.fill(text, _LINE, break_on_hyphens=False)


def _plain(figure: Figure) -> dict[str, object]:
    return {
        "row": figure.row,
        "name": figure.name,
        "median_seconds": figure.seconds,
        "seconds": [run.seconds for run in figure.runs],
        "megabytes": figure.megabytes,
        "calls": dict(figure.calls.performed),
        "throttled": figure.calls.throttled,
    }

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the figures: as a page of the documentation, and as JSON."""

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

# The other figures of a row are compared with this one.
OWN = {
    "a": "a cam_access_key",
    "b": "b cam_access_key",
    "c": "c cam_access_key",
    "i": "i cam_access_key_info",
    "j": "j cam_access_key_info",
    "k": "k info modules",
}
NONE = "-"
_LINE = 120  # characters
PACKAGES = ("ansible-core", "ansible", "moto", "boto3", "tencentcloud-sdk-python-cam", "requests")

PAGE = (
    HEADER
    + """
# Benchmark

This page compares the modules with similar modules: time, memory and API calls. `make bench` writes it, so do not edit
it. Its text is in `tests/benchmark/report.py`.

{conditions}

## Goals

The letters refer to the scenarios under [Figures](#figures), which also explains the terms.

{goals}

The calls are checked as well. If they are not as follows, the benchmark fails and does not write this page. In a and b,
there is exactly one read for each key, and in b also exactly one write. In g, there are two lists and one creation for
each user. In e, no task fails, and each key is written exactly once and has its new status in the end.

## Figures

| | what is run |
| --- | --- |
| a | a loop over {sizes.loop} keys that need no change |
| b | a loop over {sizes.loop} keys whose status changes |
| c | a single task for a key that needs no change |
| d | one task that lists the keys of all {sizes.users} users, with last use; the API allows 20 calls of each operation per second |
| e | a loop over {sizes.keys_of_host} keys on each of {sizes.hosts} hosts, `forks: {sizes.hosts}`, where the status of each \
key changes; the API allows 5 such changes per second |
| f | a loop over {sizes.entries} entries of Alibaba Cloud Security Center that need no change |
| g | a loop over {sizes.keys_of_maker} users on each of {sizes.makers} hosts, `forks: {sizes.makers}`, which creates a key \
for each user; every call takes 150 ms longer |
| h | the loop of a, and only the calls with which a real run skips the predictions of a [check run](guide-check-mode.md) |
| i | the role `rotate_access_key` with {sizes.users} keys of as many owners, where no key is due or {sizes.due} keys are; \
and the listing alone; with the rate limits of d |
| j | the role `reconcile_access_keys` with a declared list of all {sizes.users} keys, where no key needs a change; the listing \
alone; a loop over the keys; and only the reads of the loop, ten at a time; with the rate limits of d, and every call takes 100 ms \
longer |
| k | the role `access_key_report` with all four formats, for {sizes.accounts} accounts of three clouds with \
{sizes.keys_of_account} keys each, `forks: {sizes.accounts}`; and the listings alone; with rate limits, which the accounts of a cloud share |
| l | the role `disable_access_key` for a key of each cloud, while another account of this cloud is throttled |

{figures}

- *Time* is the median of the runs. Each run is a whole `ansible-playbook` from start to end. *Net* is the time minus
  that of the empty playbook. *Times ours* is the net time as a multiple of the net time of our module in the same
  scenario.
- In l, *time* is that from the start of the role until the cloud has disabled the key.
- *Memory* is the largest resident set of a single process in a run, including Ansible's own processes. It is not their
  sum, because the processes that Ansible forks share most of their memory.
- *Tasks* are those that a run shows. A loop over items is one task. In i, j and k, *times ours* compares with the listing.
- *API calls* are the calls of one run, counted by the server. *Throttled* are the calls that its rate limit rejected, and
  that were retried.

## How it is measured

- Everything runs on one machine, over plain HTTP on the loopback interface. A real cloud adds the same time to each call
  of every program: the time of its network and its servers.
- Our modules call the [emulator](../roles/cloud_emulator/README.md), which checks every signature and counts every call.
  `amazon.aws.iam_access_key` calls [moto](https://docs.getmoto.org) with the ID and the status of a key, which is the
  same task. moto does not check signatures. `ansible.builtin.uri` sends the same requests as our module, signed in
  advance, to the same emulator. `ansible.builtin.debug` does nothing for each item of the loop. *Reads alone* are the
  same requests, sent by one Python process over one connection, without Ansible.
- All playbooks run one after the other, and then all of them again, so that a temporary slowdown of the machine affects
  all of them. Slow playbooks run less often. d, e, i, j and k run once, because a rate limit determines their time, and g
  because its keys can only be created once.
- Rate limits are only enforced in d, e, i, j and k. The reads in j begin as fast as the limit allows. Retries and timeouts have their default values.
- `make bench` fails if a run fails, if our modules or `uri` make other calls than those in the table, or if a key does
  not have the status in the playbook. It also fails if a goal is missed, but writes this page first.

## Why each item reads for itself

The items of a loop share the connection, the loaded modules and the owner of the credentials, because these cannot
change during the loop. The items do not share the state of the objects. A list from the first item would not show later
changes, not even those by the previous item. A decision based on it could disable the wrong key. So each item reads the
state immediately before it writes.

An info module writes nothing, so in d, the keys of each owner are listed only once. Each operation has a separate rate
limit. Therefore, while the module still lists keys, it already reads the last use of other keys, ten per call.

## Repeat the benchmark

```console
make bench
```

The benchmark takes about 40 minutes. It needs a Python version that runs the ansible-core named above, and a package
index that pip can reach. Nothing else should run on the machine. All figures, including each single run, are written to
`tests/output/bench.json`. During development, run only a part of the benchmark. This does not write the page:

```console
.venv/bin/nox --session bench -- --rows a,c
.venv/bin/nox --session bench -- --quick
```
"""
)


def page(figures: Figures, goals: Iterable[Goal], sizes: Sizes, conditions: Mapping[str, str]) -> str:
    """Return the page of a complete run."""
    tables = {"goals": "\n".join(goal_table(goals)), "figures": "\n".join(figure_table(figures))}
    return PAGE.format(conditions=_sentence(conditions), sizes=sizes, **tables)


def as_json(figures: Figures, goals: Iterable[Goal], sizes: Sizes, conditions: Mapping[str, str]) -> str:
    """Return all figures, including the single runs."""
    report = {
        "conditions": dict(conditions),
        "sizes": asdict(sizes),
        "goals": [{**asdict(goal), "reached": goal.reached} for goal in goals],
        "figures": [_plain(figure) for figure in figures.values()],
    }
    return json.dumps(report, indent=2) + "\n"


def conditions_here() -> dict[str, str]:
    """Return the facts that the figures depend on."""
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "system": f"{platform.system()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def goal_table(goals: Iterable[Goal]) -> list[str]:
    """Return the goals in Markdown."""
    lines = ["| | what | measured | at most | reached |", "| --- | --- | ---: | ---: | --- |"]
    for goal in goals:
        reached = "yes" if goal.reached else "**no**"
        numbers = f"{goal.measured:.2f} {goal.unit} | {goal.at_most:.2f} {goal.unit}"
        lines.append(f"| {goal.row} | {goal.text} | {numbers} | {reached} |")
    return lines


def figure_table(figures: Figures) -> list[str]:
    """Return the figures in Markdown."""
    titles = ("", "", "runs", "time", "net", "times ours", "memory", "tasks", "API calls")
    lines = [f"| {' | '.join(titles)} |", "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
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
            str(figure.tasks or NONE),
            _calls(figure.calls),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _calls(calls: Calls) -> str:
    parts = [f"{count} {action}" for action, count in sorted(calls.performed.items())]
    parts += [f"{calls.throttled} throttled"] if calls.throttled else []
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
        "tasks": figure.tasks,
        "calls": dict(figure.calls.performed),
        "throttled": figure.calls.throttled,
    }

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/fault-matrix.md, out of the data that the tests run on.

`python -m ansible_collections.multicloud.iam.tests.faults.page > docs/fault-matrix.md` writes it anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ansible_collections.multicloud.iam.tests.faults.expected import (
    AMBIGUOUS,
    FAILS,
    INTERRUPTED,
    NOTHING,
    RETRIES,
    SUCCEEDS,
    Expected,
)
from ansible_collections.multicloud.iam.tests.faults.objects import OPERATIONS, READ
from ansible_collections.multicloud.iam.tests.faults.table import CELLS, GROUPS, OBJECTS, TRIED, Cell, Fault
from ansible_collections.multicloud.iam.tests.support.pages import HEADER

HEAD = (
    HEADER
    + """\

<!-- Generated from tests/faults/table.py and tests/faults/clouds by tests/faults/page.py: change it there. -->

# What happens when something goes wrong

Every fault that a network or a cloud is known for, in the middle of every operation of every kind of object: tried with
the real modules over real sockets against the emulator, inside the worker of ansible-core and as module process.

The matrix has {cells} cells ({faults} faults, {operations} operations, {objects} kinds of objects: {titles}). {tried} of
them can happen and are tried, in {runs} runs.

Of every run these hold, whatever the fault:

- The number of objects is right, and no creation is sent twice, unless it was certainly rejected before anything was
  done.
- A failure is one message that names what was attempted, the object, the API operation, and what to do, with the code,
  the request ID and the HTTP status of the reply, as the journal of the emulator has them. There is never a traceback.
- After credentials were rejected, nothing more is signed with them.
- No secret is shown, in no spelling. The one exception is `secret` in the result of the creation itself.
- When the fault is gone, the same task comes to the asked state, after what the message says to do, and the run after
  that changes nothing.
- In check mode a read fails, or succeeds, in the same way.

## How to read the tables

| entry | meaning |
| --- | --- |
| succeeds | nothing is to be noticed but the time |
| retries | succeeds with a further attempt; here `api_retries` is {retries} |
| fails: *category* | fails cleanly with this `error.category`, and nothing was changed |
| fails: *category*, in effect | the change was made before the failure; a further run finds it |
| unclear: names it | nobody can know whether the creation was carried out; the message and `appeared` name what has appeared since, and say what to do |
| unclear: none yet | the same, and nothing has appeared until now; it may still |
| interrupted | ends as asked from outside, and the message says what was under way |
| interrupted: names it | the same, and the message names the object that was made |
| - | cannot happen |

*Poll* is a read that follows a change: of the job, of the validation, or of the object, as the cloud needs it.
"""
)

TAIL = """\
## A creation whose reply is lost

The keys of an owner are listed before a creation, once more when it is its turn: only one task of a user on a machine
creates at a time, and what it made is left for the others to wait for. When its reply is lost, they are listed again,
and the message names the key that is new, and the time when the creation was sent. It is never deleted by itself,
because somebody else may have made it in the same second with the
same description, except where the task chose its identity before: a key of ZStack that nobody knows the secret of is
known by the uuid chosen for it, and is deleted again. While it is not listed, the message tells that uuid, to look for.
Mostly it does not come to that, because the job, whose ID is chosen as well, tells the end of the creation with the
secret.

A Tencent user, a Security Center entry, and a ZStack key with a chosen ID have no secret that could be lost: the task
is simply run again.

A reply that names a key which was listed before, or that lacks the secret, counts as a lost one.

## Between the reply and the registered result

Whatever fails there, either the secret arrives in the result, or the result or a warning names the key by its id, owner
and description:

| what fails | what becomes of the secret |
| --- | --- |
| a line of ours, in the module or the action plugin | it arrives, in a failed result where need be, with the key in `left_over` |
| the timeout of the task, or a signal, when the key has been made | the key is named on standard error; it arrives where the result was complete |
| the removal of the temporary directory | it arrives, with a warning |
| the connection before the reply of a module process, or that process | a warning names the owner, the description, and when it was begun |
| an `until`, on ansible-core 2.18 also `changed_when` and `failed_when` | no key is made: they are evaluated on the prediction first |
| `changed_when` and `failed_when` on newer versions | it arrives in a failed result |
| an expression of `register` that may not keep it | no key is made |

## What ends a task from outside

The timeout of a task (`timeout`), SIGINT and SIGTERM end a task in the middle of a call. The task then names or cleans up
what it was making, and only then ends. A second signal does not shorten that.

Gaps remain, and no program can close them:

- SIGKILL, or a machine that fails, between the moment when the cloud has made a key and the moment when the result is
  written. The secret is lost, and the key is not named. The next run finds it by its description, so give every key one,
  and reports it as unchanged: delete it, and run the task again. In the first minute, a run that does not find it yet
  waits for it, and fails rather than make another one.
- The timeout of a task that is run as a module process ends the waiting for it, and not the module process. It does its
  work to the end, and its result is lost with the secret of a key that it makes; a warning says what to look for. Inside
  the worker, which is the usual way on a local connection, that is not so. Give the task no `timeout` shorter than `api_timeout` times `api_retries`
  where it runs elsewhere.
- On ansible-core 2.18, a loop in which a later item fails outside of the module, over an undefined variable in its
  arguments, its `when`, `label` or `break_when`, say, loses the results of all items, with the secrets of new keys. The
  line about each on standard error names its key. Newer versions keep the results.
- After Ctrl-C ansible-playbook may be gone before the worker can tell it anything: what was being made is cleaned up
  where that is possible, and may be named nowhere.
"""

_WORDS = {SUCCEEDS: "succeeds", NOTHING: "-", INTERRUPTED: "interrupted"}


def told(expected: Expected, operation: str) -> str:
    """What is to be expected, in the words of the page."""
    if expected.outcome == FAILS:
        in_effect = ", in effect" if expected.done and operation != READ else ""
        return f"fails: {expected.category or 'the same'}{in_effect}"
    if expected.outcome == AMBIGUOUS:
        return "unclear: names it" if expected.appears else "unclear: none yet"
    if expected.outcome == INTERRUPTED and expected.appears:
        return "interrupted: names it"
    if expected.outcome == SUCCEEDS and (expected.sent or 0) > 1:
        return "retries"
    return _WORDS[expected.outcome]


def usual(fault: Fault, operation: str) -> str:
    """What becomes of most objects."""
    found = Counter(told(cell.expected, operation) for cell in of(fault, operation) if cell.name in TRIED)
    return found.most_common(1)[0][0] if found else _WORDS[NOTHING]


def of(fault: Fault, operation: str) -> list[Cell]:
    return [cell for cell in CELLS.values() if cell.fault is fault and cell.operation == operation]


def row(entries: Sequence[str]) -> str:
    return f"| {' | '.join(entries)} |"


def table(faults: Sequence[Fault]) -> Iterator[str]:
    yield row(["fault", *OPERATIONS])
    yield row(["---"] * (1 + len(OPERATIONS)))
    for fault in faults:
        yield row([fault.title, *(usual(fault, operation) for operation in OPERATIONS)])


def exceptions(faults: Sequence[Fault]) -> Iterator[str]:
    """What becomes of single objects, with the reason."""
    lines: dict[tuple[str, str, str, str], list[str]] = {}
    for fault in faults:
        for thing in OBJECTS.values():
            found: dict[tuple[str, str], list[str]] = {}
            for operation in OPERATIONS:
                cell = CELLS[Cell(fault, operation, thing).name]
                entry = told(cell.expected, operation)
                if cell.name in TRIED and (entry != usual(fault, operation) or cell.expected.why):
                    found.setdefault((entry, cell.expected.why), []).append(operation)
            for (entry, why), operations in found.items():
                lines.setdefault((thing.title, ", ".join(operations), entry, why), []).append(fault.title)
    if lines:
        yield from ("", "Not so:", "", row(["object", "operation", "instead", "because", "of"]), row(["---"] * 5))
    for key, titles in sorted(lines.items()):
        yield row([*key, "; ".join(titles)])


def page() -> str:
    lines = [
        HEAD.format(
            cells=len(CELLS),
            faults=sum(map(len, GROUPS.values())),
            operations=len(OPERATIONS),
            objects=len(OBJECTS),
            titles=", ".join(each.title for each in OBJECTS.values()),
            tried=len(TRIED),
            runs=sum(len(cell.fault.runtimes) for cell in TRIED.values()),
            retries=RETRIES,
        )
    ]
    for group, faults in GROUPS.items():
        lines += [f"## {group}", "", *table(faults), *exceptions(faults), ""]
    lines += ["## What cannot happen", "", row(["reason", "cells"]), row(["---", "---"])]
    counted = Counter(cell.expected.why for cell in CELLS.values() if cell.name not in TRIED)
    lines += [row([why, str(count)]) for why, count in sorted(counted.items())]
    return "\n".join([*lines, "", TAIL])


if __name__ == "__main__":
    print(page(), end="")

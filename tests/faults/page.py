# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print docs/fault-matrix.md, from the data that the tests run on.

`python -m ansible_collections.multicloud.iam.tests.faults.page > docs/fault-matrix.md` writes the page.
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
from ansible_collections.multicloud.iam.tests.faults.objects import OPERATIONS, READ, Object
from ansible_collections.multicloud.iam.tests.faults.table import CELLS, GROUPS, OBJECTS, TRIED, Cell, Fault
from ansible_collections.multicloud.iam.tests.support.pages import HEADER

HEAD = (
    HEADER
    + """\

<!-- Generated from tests/faults/table.py and tests/faults/clouds by tests/faults/page.py. Change it there. -->

# What happens if something goes wrong

This matrix combines the known faults of networks and clouds with every operation on every kind of object. Each
combination that can happen is tested with the real modules, over real sockets, against the emulator, in the worker of
ansible-core and as a module process.

The matrix has {cells} cells: {faults} faults, {operations} operations, {objects} kinds of objects ({titles}).
{tried} of them can happen. They are tested in {runs} runs.

The following holds in every run:

- No object is lost, and no task creates one twice. A creation is sent again only if the first request was certainly
  not processed.
- A failure is one message, never a traceback. It names what was attempted, the object, the API operation, and what to
  do. If there was a reply, it also contains the code, the request ID and the HTTP status.
- After credentials have been rejected, nothing else is signed with them.
- No secret is shown in any form. The one exception is `secret` in the result of the creation itself.
- When the fault is gone, and the advice in the message has been followed, the same task reaches the desired state. The
  next run changes nothing.
- In check mode, a read fails or succeeds in the same way.

## How to read the tables

| entry | meaning |
| --- | --- |
| succeeds | the task only takes longer |
| retries | the task succeeds after another attempt; in these tests, `api_retries` is {retries} |
| fails: *category* | the task fails with this `error.category`, and nothing was changed |
| fails: *category*, after the change | the change was made before the failure, and the next run finds it |
| unclear: names it | it is not known whether the creation was carried out; the message and `appeared` name new objects, and the message says what to do |
| unclear: none yet | the same, and nothing has appeared so far; it may still appear |
| interrupted | the timeout or the signal ends the task, and the message says what it was doing |
| interrupted: names it | the same, and the message names the object that the task was creating |
| - | cannot happen |

*Poll* is a read that follows a change: of the job, of the validation, or of the object, depending on the cloud.

A table contains the result for most objects. The exceptions below it are the objects with another result, or with the
same result for another reason.
"""
)

TAIL = """\
## A creation whose reply is lost

A task lists the keys of the owner before it creates one, and again when it has the lock. The lock lets only one task at
a time create a key for this owner, among the tasks of one user on one machine. If the reply is lost, the task lists the
keys once more. The message names the new key, and the time when the creation was sent.

The task does not delete that key, because someone else may have created it in the same second with the same
description. There is one exception: ZStack accepts a UUID for the key and an ID for the job. Usually, the job then
reports the outcome, with the secret. If it does not, the task finds the key by its UUID, and deletes it, because its
secret is lost. If the key is not listed yet, the message names its UUID.

A Tencent user, a Security Center entry, and a ZStack key with a chosen ID have no secret that could be lost. Run the
task again.

A reply counts as lost if it names a key that was listed before, or if it does not contain the secret.

## Between the reply and the registered result

If anything fails between the reply to a creation and the registered result, either the secret arrives in the result, or
a message names the key, or at least its owner and description:

| what fails | what happens to the secret |
| --- | --- |
| code of this collection, in the module or the action plugin | it arrives, if necessary in a failed result, with the key in `left_over` |
| the timeout of the task or a signal, after the key was created | the key is named on standard error; the secret arrives if the result was complete |
| the removal of the temporary directory | it arrives, with a warning |
| a module process, or the connection to it, before its result arrives | a warning names the owner, the description, and the time when the creation began |
| an `until`, and on ansible-core 2.18 also `changed_when` and `failed_when` | no key is created, because they are evaluated on a predicted result first |
| `changed_when` and `failed_when` on newer versions | it arrives in a failed result |
| an expression in `register` that is not certain to keep the secret | no key is created |

## Timeouts and signals

The timeout of a task (`timeout`), SIGINT and SIGTERM end a task in the middle of a call. Before it ends, the task names
or deletes the object that it was creating. A second signal does not shorten this.

Some gaps remain that no program can close:

- **SIGKILL, or a machine that fails,** after the cloud has created a key and before the result is written. The secret
  is lost, and the key is not named. Give every key a description, so that the next run finds it. That run reports the
  key as unchanged, without a secret. Delete the key, and run the task again. In the first minute, a run that does not
  find the key yet waits for it. If the key does not appear, the run fails instead of creating another one.
- **The timeout of a task that runs as a module process** ends the wait for the process, but not the process. The
  process completes its work. Its result is lost, with the secret of a key that it creates. A warning says what to look
  for. A task inside the worker, which is usual with a local connection, does not have this gap. For other tasks, do not
  set `timeout` to less than `api_timeout` times `api_retries`.
- **A loop on ansible-core 2.18 in which a later item fails outside the module,** for example because of an undefined
  variable in its arguments, its `when`, `label` or `break_when`. The results of all items are lost, with the secrets of
  new keys. A line on standard error has named each new key. Delete these keys, and run the task again. Newer versions
  keep the results.
- **Ctrl+C.** `ansible-playbook` may end before the worker can report anything. The task deletes the object that it was
  creating, if possible. Otherwise, the object may not be named anywhere: list the objects of the owner before you run
  the task again.
"""

_WORDS = {SUCCEEDS: "succeeds", NOTHING: "-", INTERRUPTED: "interrupted"}


def entry_of(expected: Expected, operation: str) -> str:
    """Return the expected outcome in the words of the page."""
    if expected.outcome == FAILS:
        late = ", after the change" if expected.done and operation != READ else ""
        return f"fails: {expected.category or 'the same'}{late}"
    if expected.outcome == AMBIGUOUS:
        return "unclear: names it" if expected.appears else "unclear: none yet"
    if expected.outcome == INTERRUPTED and expected.appears:
        return "interrupted: names it"
    if expected.outcome == SUCCEEDS and (expected.sent or 0) > 1:
        return "retries"
    return _WORDS[expected.outcome]


def usual(fault: Fault, operation: str) -> str:
    """Return the outcome for most objects."""
    found = Counter(entry_of(cell.expected, operation) for cell in of(fault, operation) if cell.name in TRIED)
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
    """Return the rows about objects that differ from most others, with the reason. Like objects share a row."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for fault in faults:
        for thing in OBJECTS.values():
            for (entry, why), operations in differences(fault, thing).items():
                found.setdefault((", ".join(operations), entry, why, thing.title), []).append(fault.title)
    shared: dict[tuple[str, str, str, str], list[str]] = {}
    for (where, entry, why, title), faulty in found.items():
        shared.setdefault((where, entry, why, "<br>".join(faulty)), []).append(title)
    if shared:
        yield from ("", "Exceptions:", "", row(["object", "operation", "fault", "result", "reason"]), row(["---"] * 5))
    for (where, entry, why, titles), objects in sorted(shared.items(), key=lambda each: (each[1], each[0])):
        yield row(["<br>".join(objects), where, titles, entry, why])


def differences(fault: Fault, thing: Object) -> dict[tuple[str, str], list[str]]:
    """Return the operations on an object that end in another way than on most objects, by entry and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for operation in OPERATIONS:
        cell = CELLS[Cell(fault, operation, thing).name]
        entry = entry_of(cell.expected, operation)
        if cell.name in TRIED and (entry != usual(fault, operation) or cell.expected.why):
            found.setdefault((entry, cell.expected.why), []).append(operation)
    return found


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

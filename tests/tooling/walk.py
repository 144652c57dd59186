# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the path of a status change through the code, for docs/dev/architecture.md.

`python -m ansible_collections.multicloud.iam.tests.tooling.walk` runs one task of every cloud against the emulator and
prints the stack of each of its requests, from the reconciler down to the transport.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.multicloud.iam.plugins.module_utils import _transport
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_task
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.tests.faults.objects import UPDATE
from ansible_collections.multicloud.iam.tests.faults.objects import Object as Thing
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import load_module

PLUGINS = Path(_transport.__file__).resolve().parents[1]


def stack(frame: FrameType | None) -> list[str]:
    """Return the collection's functions on the stack of a frame, outermost first, and the number of other functions."""
    found: list[str] = []
    foreign = 0
    while frame is not None:
        path = Path(frame.f_code.co_filename).resolve()
        if PLUGINS in path.parents:
            if foreign and found:
                found.append(f"({foreign} frames of libraries)")
            foreign = 0
            found.append(f"{path.relative_to(PLUGINS).with_suffix('')}:{_name(frame)}")
        else:
            foreign += 1
        frame = frame.f_back
    return found[::-1]


def _name(frame: FrameType) -> str:
    name: str = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
    return name.replace(".<locals>", "")


def walk(thing: Thing, url: str) -> list[list[str]]:
    """Return the stacks of the requests of a status change, in their order."""
    stacks: list[list[str]] = []
    send: Callable[..., Any] = _transport.Http.send

    def traced(http: Any, *arguments: Any, **options: Any) -> Any:
        stacks.append([*stack(sys._getframe(1)), "module_utils/_transport:Http.send"])
        return send(http, *arguments, **options)

    module = load_module(thing.module)
    options = {"api_endpoint": url, **thing.signing, **thing.steps[UPDATE].options}
    checked = ArgumentSpecValidator(module.argument_spec, **module.rules).validate(options)
    _transport.Http.send = traced  # type: ignore[method-assign,assignment]
    try:
        result = run_task(module, Task(checked.validated_parameters))
    finally:
        _transport.Http.send = send  # type: ignore[method-assign]
    if not result.get("changed"):
        raise RuntimeError(result)
    return stacks


def below_verb(frames: list[str]) -> list[str]:
    """Return the functions of the collection from the verb of the resource down to the transport."""
    of_core = [place for place, name in enumerate(frames) if re.search(r"/_(reconcile|apply|creation):", name)]
    return [name for name in frames[of_core[-1] + 1 :] if not name.startswith("(")]


def main() -> None:
    with Emulator() as emulator:
        for thing in (part.OBJECTS[0] for part in parts("faults").values()):
            print(f"\n{thing.title}, by {thing.module}")
            for number, frames in enumerate(walk(thing, emulator.url), 1):
                below = next(place for place, name in enumerate(frames) if "_reconcile:" in name)
                print(f"  request {number}, {len(below_verb(frames))} functions from the verb to the transport")
                print(*(f"    {name}" for name in frames[below:]), sep="\n")


if __name__ == "__main__":
    main()

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gather the counts of many tests, of any process, in a file for each topic.

The files are part of the repository, because a whole matrix takes longer than anybody waits. Each entry says which version of
the code it counts.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import yaml

ROOT = Path(__file__).resolve().parents[2]
Entry = Mapping[str, Any]
_PLANNER = ("plugins/module_utils/_rotation*.py",)
_ROLE = (
    *_PLANNER,
    "plugins/filter/rotation_*.py",
    "roles/rotate_access_key/tasks/**/*.yml",
    "roles/rotate_access_key/vars/*.yml",
)
# The tests of each topic run these files.
TOPICS = {"kills": _ROLE, "points": _ROLE, "two-runs": _ROLE, "replay": _ROLE, "states": _PLANNER, "mutants": _PLANNER}


@cache
def version(topic: str) -> str:
    """Return what identifies the code that the topic is about, in this checkout. Documentation is no part of it."""
    files = sorted(path for pattern in TOPICS[topic] for path in ROOT.glob(pattern))
    return hashlib.sha256("".join(map(code_of, files)).encode()).hexdigest()[:12]


def code_of(path: Path) -> str:
    """Return a Python or YAML file without its comments and documentation, which change nothing in a run."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return json.dumps(_without_removals(yaml.safe_load(text)))
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_documentation(each)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _without_removals(value: Any) -> Any:
    """Return tasks without what they remove of their play: defaults of modules, and ignored errors.

    No play of a run that is counted has these.
    """
    if isinstance(value, list):
        return [_without_removals(each) for each in value]
    if not isinstance(value, dict):
        return value
    defaults = value.get("module_defaults")
    if defaults:
        kept = {name: given for name, given in defaults.items() if given or name.startswith("group/")}
        value = {**value, "module_defaults": kept}
    return {
        name: each if name == "module_defaults" else _without_removals(each)
        for name, each in value.items()
        if (name, each) != ("ignore_errors", False)
    }


def _is_documentation(node: ast.stmt) -> bool:
    """Return whether a statement is a docstring, or one of the texts that ansible-doc shows."""
    value = getattr(node, "value", None)
    if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return False
    names = {target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)}
    return isinstance(node, ast.Expr) or bool(names & {"DOCUMENTATION", "EXAMPLES", "RETURN"})


def note(topic: str, entries: Mapping[str, Entry]) -> None:
    """Write the entries under their names into the file of the topic, if the session wants it."""
    if not (directory := os.environ.get("ROTATION_COUNTS")):
        return
    path = _path(topic, Path(directory))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        noted = {**_read(file), **{name: {**entry, "version": version(topic)} for name, entry in entries.items()}}
        file.truncate(0)
        file.write("{\n" + ",\n".join(_lines(noted)) + "\n}\n")


def _lines(entries: Mapping[str, Entry]) -> Iterable[str]:
    return (f"  {json.dumps(name)}: {json.dumps(entry, sort_keys=True)}" for name, entry in sorted(entries.items()))


def noted(topic: str, directory: Path | None = None) -> dict[str, Entry]:
    """Return the entries of the topic. directory: by default, where the session writes them. Otherwise there are none."""
    directory = directory or Path(os.environ.get("ROTATION_COUNTS", os.devnull))
    path = _path(topic, directory)
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return _read(file)


def _read(file: TextIO) -> dict[str, Entry]:
    file.seek(0)
    text = file.read()
    return dict(json.loads(text)) if text else {}


def _path(topic: str, directory: Path) -> Path:
    return directory / f"{topic}.json"

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the RETURN blocks of all modules from return_values. With --check, only name the modules that differ.

Documentation fragments cannot do this: ansible-core supports them for RETURN only since 2.21.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("return_values")
MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
BLOCK = re.compile(r'(?<=^RETURN = r"""\n).*?(?=^""")', re.DOTALL | re.MULTILINE)


class _Dumper(yaml.SafeDumper):
    """Write YAML as in hand-written documentation: with indented lists, and without references."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def resolved(value: Any, shared: dict[str, Any]) -> Any:
    """Return the value with everything that it uses. Its own members replace those of the same name."""
    if not isinstance(value, dict):
        return value
    used = value.get("use", [])
    bases = [resolved(shared[name], shared) for name in (used if isinstance(used, list) else [used])]
    own = {name: resolved(member, shared) for name, member in value.items() if name != "use"}
    return {name: member for part in (*bases, own) for name, member in part.items()}


def with_conditions(values: dict[str, Any], condition: str | None = None) -> dict[str, Any]:
    """Give each member the condition of its parent, unless that is success, which a member without a condition shows."""
    conditioned = {}
    for name, value in values.items():
        own = value.get("returned", condition)
        new = {}
        for key, content in value.items():
            if key == "type" and own and "returned" not in value:
                new["returned"] = own
            new[key] = with_conditions(content, None if own == "success" else own) if key == "contains" else content
        conditioned[name] = new
    return conditioned


def return_values() -> dict[str, dict[str, Any]]:
    """Return the documented members of the result of each module."""
    shared = _load(SOURCE / "shared.yml")
    values: dict[str, dict[str, Any]] = {}
    for path in sorted(SOURCE.glob("*.yml")):
        if path.stem != "shared":
            cloud = _load(path)
            values.update(resolved(cloud["modules"], {**shared, **cloud["shared"]}))
    return {module: with_conditions(members) for module, members in values.items()}


def updated(text: str, values: dict[str, Any]) -> str:
    """Return the text of a module with these values in its RETURN block."""
    block = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    new, blocks = BLOCK.subn(lambda _: block, text)
    if blocks != 1:
        raise ValueError(f"{blocks} RETURN blocks instead of one")
    return new


def main(*arguments: str) -> int:
    """Write the blocks, or with --check return 1 if one of them differs."""
    drifted = []
    for name, values in return_values().items():
        path = MODULES / f"{name}.py"
        text = path.read_text(encoding="utf-8")
        new = updated(text, values)
        if new != text:
            drifted.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    if drifted:
        print("Outdated:" if "--check" in arguments else "Written:", *drifted)
    return int(bool(drifted) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

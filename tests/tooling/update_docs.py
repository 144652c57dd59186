# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the RETURN blocks of all modules from return_values.yml; with --check, only name those that differ."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("return_values.yml")
MODULES = Path(__file__).resolve().parents[2] / "plugins" / "modules"
BLOCK = re.compile(r'(?<=^RETURN = r"""\n).*?(?=^""")', re.DOTALL | re.MULTILINE)


class _Dumper(yaml.SafeDumper):
    """Write YAML as the documentation has it: lists indented, and nothing by reference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def return_values() -> dict[str, dict[str, Any]]:
    """Return the documented members of the result of each module."""
    values: dict[str, dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["modules"]
    return values


def updated(text: str, values: dict[str, Any]) -> str:
    """Return the text of a module with these values in its RETURN block."""
    block = yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    new, blocks = BLOCK.subn(lambda _: block, text)
    if blocks != 1:
        raise ValueError(f"{blocks} RETURN blocks instead of one")
    return new


def main(*arguments: str) -> int:
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
        print("differs from return_values.yml:" if "--check" in arguments else "written:", *drifted)
    return int(bool(drifted) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

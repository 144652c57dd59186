# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shape of the code that DESIGN promises: thin modules, layers, a core without vendors."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
VENDORS = ("tencent", "huawei", "alibaba", "aliyun", "zstack")
UTILS = "ansible_collections.multicloud.iam.plugins.module_utils."


def imports(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        name
        for node in nodes
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }


def code_lines(path: Path) -> int:
    """Lines with code, without the documentation strings, comments and blank lines."""
    source = path.read_text(encoding="utf-8")
    docs = {
        line
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and getattr(node.targets[0], "id", "") in ("DOCUMENTATION", "EXAMPLES", "RETURN")
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    skipped = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return len({token.start[0] for token in tokens if token.type not in skipped} - docs)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_is_docs_plus_wiring(module):
    assert code_lines(module) <= 60
    assert not [
        node
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, (ast.If, ast.For)) and node.col_offset
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_module_has_its_action_plugin_and_is_in_the_action_groups(module):
    assert (PLUGINS / "action" / module.name).exists()
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())["action_groups"]
    assert module.stem in groups["all"]
    assert sum(module.stem in members for name, members in groups.items() if name != "all") == 1


@pytest.mark.parametrize("file", sorted((PLUGINS / "module_utils").glob("*.py")), ids=lambda path: path.stem)
def test_the_core_names_no_vendor(file):
    text = file.read_text(encoding="utf-8").lower()
    assert not [vendor for vendor in VENDORS if vendor in text]


@pytest.mark.parametrize("file", sorted((PLUGINS / "plugin_utils").glob("*.py")), ids=lambda path: path.stem)
def test_the_action_base_names_no_vendor(file):
    text = file.read_text(encoding="utf-8").lower()
    assert not [vendor for vendor in VENDORS if vendor in text]


@pytest.mark.parametrize("file", sorted((PLUGINS / "module_utils").glob("_*/*.py")), ids=lambda path: path.stem)
def test_a_vendor_imports_no_other_and_no_runtime(file):
    own = UTILS + file.parent.name
    foreign = [
        name
        for name in imports(file)
        if name.startswith(tuple(UTILS + "_" + vendor for vendor in VENDORS)) and not name.startswith(own)
    ]
    assert not foreign
    assert not {name for name in imports(file) if name in (UTILS + "_runtime", UTILS + "_reconcile")}


LAYERS = [
    {"_errors", "_plan", "_secrets"},
    {"_transport", "_credentials", "_task", "_keys", "_key_report"},
    {"_options", "_reconcile"},
    {"_runtime"},
]


def test_the_core_imports_downwards_only():
    rank = {name: level for level, names in enumerate(LAYERS) for name in names}
    for file in (PLUGINS / "module_utils").glob("*.py"):
        used = {name[len(UTILS) :] for name in imports(file) if name.startswith(UTILS)}
        assert all(rank[name] < rank[file.stem] for name in used), (file.stem, used)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Create mutants of the planner: each has one condition that is negated, dropped or shifted.

A mutant is the whole planner, loaded again with one file changed. So mutants do not affect each other or other tests.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

FOLDER = Path(__file__).resolve().parents[2] / "plugins" / "module_utils"
PACKAGE = "ansible_collections.multicloud.iam.plugins.module_utils"
# In the order of their imports.
FILES = ("_rotation_record", "_rotation_facts", "_rotation_rules", "_rotation")
MUTATED = ("_rotation_facts", "_rotation_rules", "_rotation")

_SHIFTED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


class Mutant(NamedTuple):
    """Describe a mutant. name: the file, the function, and the change as code."""

    name: str
    file: str
    tree: ast.Module
    node: ast.AST
    attribute: str
    value: Any

    def load(self) -> ModuleType:
        """Return the planner with this change."""
        shipped = getattr(self.node, self.attribute)
        setattr(self.node, self.attribute, self.value)
        try:
            path = str(FOLDER / f"{self.file}.py")
            return load(self.file, compile(ast.fix_missing_locations(self.tree), path, "exec"))
        finally:
            setattr(self.node, self.attribute, shipped)


def load(file: str, code: Any) -> ModuleType:
    """Return `_rotation`, loaded from the shipped files and one changed one."""
    names = [f"{PACKAGE}.{name}" for name in FILES]
    shipped = {name: sys.modules.get(name) for name in names}
    try:
        for name in FILES:
            full = f"{PACKAGE}.{name}"
            module = ModuleType(full)
            module.__package__, module.__file__ = PACKAGE, str(FOLDER / f"{name}.py")
            sys.modules[full] = module  # the files after this one import it from here
            exec(code if name == file else _code(name), module.__dict__)
        return module
    finally:
        for name, module_before in shipped.items():
            if module_before is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module_before


@cache
def _code(name: str) -> Any:
    return compile((FOLDER / f"{name}.py").read_text(encoding="utf-8"), str(FOLDER / f"{name}.py"), "exec")


def mutants() -> Iterator[Mutant]:
    """Yield every mutant of every condition, in the order of the code."""
    for file in MUTATED:
        tree = ast.parse((FOLDER / f"{file}.py").read_text(encoding="utf-8"))
        known: dict[str, int] = {}
        for where, how, node, attribute, value in _changes(tree):
            name = f"{file} {where}: {how}"
            known[name] = known.get(name, 0) + 1
            yield Mutant(name if known[name] == 1 else f"{name} ({known[name]})", file, tree, node, attribute, value)


Change = tuple[str, str, ast.AST, str, Any]  # function, description, node, attribute, new value


def _changes(tree: ast.Module) -> Iterator[Change]:
    """Yield each change of a condition of a tree. None of them is made yet."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                for how, attribute, value in _changes_of(node):
                    yield function.name, how, node, attribute, value
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "RULES":
            assert isinstance(node.value, ast.Tuple)
            for rule in node.value.elts:
                rest = [other for other in node.value.elts if other is not rule]
                yield "RULES", f"without {ast.unparse(rule)}", node.value, "elts", rest


def _changes_of(node: ast.AST) -> Iterator[tuple[str, str, Any]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        operator = type(node.ops[0])
        for how, table in (("shifted", _SHIFTED), ("negated", _NEGATED)):
            if operator in table:
                yield f"{how} {ast.unparse(node)}", "ops", [table[operator]()]
    elif isinstance(node, ast.BoolOp) and not _is_default(node):
        neutral = ast.Constant(isinstance(node.op, ast.And))
        for place, value in enumerate(node.values):
            others = [*node.values[:place], neutral, *node.values[place + 1 :]]
            yield f"dropped {ast.unparse(value)} from {ast.unparse(node)}", "values", others
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"negated {ast.unparse(node)}", "operand", ast.UnaryOp(ast.Not(), node.operand)
    elif _has_own_test(node):
        yield f"negated if {ast.unparse(node.test)}", "test", ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]


def _has_own_test(node: ast.AST) -> bool:
    """Return whether it is an `if` that decides something, and whose test has no other mutant."""
    if not isinstance(node, (ast.If, ast.IfExp)) or isinstance(node.test, (ast.Compare, ast.UnaryOp)):
        return False
    return isinstance(node, ast.If) or not _is_message(node.body)


def _is_default(node: ast.BoolOp) -> bool:
    """Return whether it is a value with a default, such as `x or {}`, and no condition."""
    last = node.values[-1]
    return isinstance(node.op, ast.Or) and (isinstance(last, (ast.Constant, ast.Dict)) or _is_message(last))


def _is_message(node: ast.AST) -> bool:
    """Return whether a value is only a part of a reason."""
    return isinstance(node, (ast.JoinedStr, ast.Constant)) and isinstance(getattr(node, "value", ""), str)

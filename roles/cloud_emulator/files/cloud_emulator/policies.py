# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the policy of a caller in the form of the vendor, and decide what it allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .input_error import InputError


@dataclass(frozen=True)
class Form:
    """Describe the form of a cloud's policies. Policies without a ``version`` or a ``resource`` have no such member."""

    statements: str
    effect: str
    actions: str
    allow: str = "Allow"
    deny: str = "Deny"
    version: tuple[str, str] | None = None
    resource: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Policy:
    """Hold the actions that a policy allows and denies. An asterisk stands for any text."""

    allowed: tuple[str, ...]
    denied: tuple[str, ...]

    def allows(self, action: str) -> bool:
        """Return whether an action is allowed, and not denied as well."""
        return _matches(self.allowed, action) and not self.denies(action)

    def denies(self, action: str) -> bool:
        """Return whether an action is denied explicitly."""
        return _matches(self.denied, action)


def read_policy(document: Mapping[str, Any], form: Form, where: str) -> Policy:
    """Return the policy in a document. Resources must be ``*``, because the emulator does not check resources."""
    version, expected = form.version or ("", None)
    _check_names(document, {form.statements, version} - {""}, where)
    if document.get(version) != expected:
        raise InputError(f"{where}: {version} is not {expected!r}")
    statements = document.get(form.statements)
    if not isinstance(statements, list):
        raise InputError(f"{where}: {form.statements} is not a list")
    actions: dict[str, list[str]] = {form.allow: [], form.deny: []}
    for statement in statements:
        effect, named = _statement(statement, form, f"{where}.{form.statements}[]")
        actions[effect] += named
    return Policy(tuple(actions[form.allow]), tuple(actions[form.deny]))


def _statement(statement: Any, form: Form, where: str) -> tuple[str, list[str]]:
    """Return the effect of a statement and its actions."""
    if not isinstance(statement, Mapping):
        raise InputError(f"{where} is not a mapping")
    _check_names(statement, {form.effect, form.actions, form.resource, form.name} - {None}, where)
    effect = statement.get(form.effect)
    if effect not in (form.allow, form.deny):
        raise InputError(f"{where}: {form.effect} is not {form.allow} or {form.deny}")
    if form.resource and _listed(statement.get(form.resource)) != ["*"]:
        raise InputError(f"{where}: {form.resource} is not '*', and the emulator supports no other one")
    actions = _listed(statement.get(form.actions))
    if not actions or not all(isinstance(action, str) for action in actions):
        raise InputError(f"{where}: {form.actions} is not a list of actions")
    return effect, actions


def _check_names(data: Mapping[str, Any], known: set[Any], where: str) -> None:
    unknown = [name for name in data if name not in known]
    if unknown:
        raise InputError(f"{where} has the unknown name {unknown[0]!r}, choose one of {', '.join(sorted(known))}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(patterns: tuple[str, ...], action: str) -> bool:
    return any(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), action) for pattern in patterns)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Decide what ansible-core shows of a task: hide the secrets, and report what a hidden result would have shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants
from ansible.release import __version__
from ansible.utils.display import Display

from ..module_utils._keys import describe_created
from ..module_utils._module import Module
from ..module_utils._secrets import HAS_SECRETS_API, Secrets, is_common, mask_in_output, texts_in
from ._register import variables_with_secret

Result = dict[str, Any]

display = Display()

# With a result, ansible-core 2.18 also hides its message and its warnings.
_HIDES_MESSAGES = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 19)

# The texts that were printed, by task: once for all items of its loop.
_printed: set[tuple[str, str]] = set()


class Output:
    """Control the output of one task, or of one item of its loop."""

    def __init__(self, name: str, module: Module, task: Any) -> None:
        self.name = name
        self._module = module
        self._task = task
        self._is_confidential = bool(task.no_log)  # what the user wants; we may set it as well
        self._is_secret_shown = False  # by the loop, unless the whole result is hidden

    def hide_loop_secrets(self, variables: Mapping[str, Any]) -> None:
        """Hide the secrets that ansible-core shows beside a result: those of the loop item, or of all items."""
        if not self._task.loop:
            return
        # A member that is named like a secret option, or like a registered secret of a creation, is a secret too.
        names = {*self._secret_options(), "secret"}
        shown = set(_secrets_in([self._item(variables), variables.get("ansible_loop")], self._own_secrets(), names))
        for secret in shown:
            mask_in_output(secret)
        self._is_secret_shown = any(not HAS_SECRETS_API or is_common(each) for each in shown) or (
            self._shows_other_items(variables)
        )
        if self._is_secret_shown:
            self._task.no_log = True

    def _shows_other_items(self, variables: Mapping[str, Any]) -> bool:
        """Return whether an extended loop shows other items, whose secrets are unknown until it is their turn.

        They are like this one, or have members that are neither in this one nor options.
        """
        control = self._task.loop_control
        if not (control and control.extended):
            return False
        item, loop = self._item(variables), variables.get("ansible_loop") or {}
        others = [*(loop.get("allitems") or []), loop.get("previtem"), loop.get("nextitem")]
        known = {*self._module.argument_spec, "secret", *(item if isinstance(item, Mapping) else ())}
        return any(_secrets_in(item, self._own_secrets(), set())) or any(
            isinstance(other, Mapping) and set(other) - known for other in others
        )

    def _item(self, variables: Mapping[str, Any]) -> Any:
        control = self._task.loop_control
        return variables.get((control.loop_var if control else None) or "item")

    def _own_secrets(self) -> Secrets:
        own = Secrets()
        own.add(*(text for name in self._secret_options() for text in texts_in(self._task.args.get(name))))
        return own

    def _secret_options(self) -> list[str]:
        return [name for name, option in self._module.argument_spec.items() if option.get("no_log")]

    def finish(self, result: Result, host: Any) -> None:
        """Hide a result that shows a secret, name its object, and announce a new key."""
        if self._task.loop and not self._is_confidential:
            self._name_object(result)
        # Output of a module that ansible-core could not read is shown as it is.
        is_unread = '"secret"' in str(result.get("module_stdout"))
        if is_unread or self._is_secret_shown or (not HAS_SECRETS_API and result.get("secret")):
            self.hide(result)
        if result.get("secret") and not result.get("failed"):
            self._announce_key(result["access_key"], host)

    def _name_object(self, result: Result) -> None:
        """Add the object to the message of a failed item, if it is missing there: the item itself may be hidden."""
        error = result.get("error")
        if not result.get("failed") or (isinstance(error, Mapping) and error.get("object")):
            return
        given = {name: self._task.args.get(name) for name in self._module.naming}
        label = self._own_secrets().scrub(", ".join(f"{name} {value}" for name, value in given.items() if value))
        if label:
            result["msg"] = f"{label}: {result.get('msg')}"
            if isinstance(error, Mapping):
                result["error"] = {**error, "object": label}

    def hide(self, result: Result) -> None:
        """Have ansible-core hide the whole result from output; `register` still gets it."""
        self.hide_all(result)
        names_key = any(result.get(name) for name in ("secret", "left_over", "appeared"))
        if not _HIDES_MESSAGES or (self._is_confidential and not names_key):
            return
        for warning in result.get("warnings") or []:
            display.warning(warning)
        if result.get("failed"):
            display.warning(f"{self.name}: {result.get('msg')}")

    def hide_all(self, result: Result) -> None:
        """Have ansible-core show nothing of a result."""
        result["_ansible_no_log"] = True
        # Without this, ansible-core 2.18 shows the results of all items together.
        self._task.no_log = True

    def _announce_key(self, key: Mapping[str, Any], host: Any) -> None:
        """Name a new key in one line: old cores hide its result, and the others show it only at a higher verbosity.

        Nothing is wrong, so this is no warning. It goes to stderr, because a program may read standard output.
        """
        registers = ", ".join(variables_with_secret(self._task))
        if self._is_confidential and registers:
            return
        kept = f"was returned to Ansible for the register {registers}" if registers else "was not registered"
        created = f"access key {key['id']}" if self._is_confidential else describe_created(key)
        display.display(f"{self.name}: [{host}] created {created}. Its secret {kept}, and is not shown.", stderr=True)

    def print_once(self, text: str, host: Any) -> None:
        """Print a text at -v, once for all items of a loop."""
        if (self._task._uuid, text) not in _printed:
            _printed.add((self._task._uuid, text))
            display.v(f"{self.name}: {text}", host=host)

    @contextmanager
    def quiet(self, connection: Any) -> Iterator[None]:
        """Keep the connection plugin, and ANSIBLE_DEBUG, from printing the module's output, which may carry a secret."""
        context, settings = connection._play_context, vars(constants)
        before, verbosity, debug = context.no_log, display.verbosity, settings["DEFAULT_DEBUG"]
        context.no_log, settings["DEFAULT_DEBUG"] = True, False
        if any(self._task.environment or []):
            # The command line of the module, which -vvv shows, begins with the variables.
            display.verbosity = min(verbosity, 2)
        try:
            yield
        finally:
            context.no_log, display.verbosity, settings["DEFAULT_DEBUG"] = before, verbosity, debug


def _secrets_in(value: Any, known: Secrets, names: set[str]) -> Iterator[str]:
    """Yield the known secrets in a value, and all texts under one of the names."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name in names:
                yield from texts_in(item)
            yield from _secrets_in(name, known, names)
            yield from _secrets_in(item, known, names)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _secrets_in(item, known, names)
    elif value is not None:
        yield from known.found_in(str(value))  # also of what is vaulted, and shown as it is

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Run `secret_file` and its info module on the controller, where the vault secrets are, and hide the content."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.plugins.action import ActionBase

from ..module_utils._arguments import check_options, prepare
from ..module_utils._errors import DEFECT, USAGE, CloudError
from ..module_utils._module import Module
from ..module_utils._secret_file import change_file, diff_of, failure_of, read_files
from ..module_utils._secrets import HIDDEN, mask_in_output, texts_in
from ._in_process import plain_arguments, validated
from ._output import Output
from ._vault import PlayVault

Result = dict[str, Any]

# The task of the latest attempt, with its arguments before their content was removed. `until` makes a new plugin for each
# attempt, and the task is the same object for all attempts of one item.
_original: list[tuple[Any, Mapping[str, Any]]] = []

# The member with the ID of a key, as the records of rotations have it.
PUBLIC_MEMBER = "access_key_id"

_LONGEST_MASKED = 1 << 14  # characters; a longer text is hidden with its result only


class SecretFileAction(ActionBase):
    """Run the tasks of one module. A file in plugins/action names the module."""

    module_name: str
    module: Module
    shows_content = False  # in the result, where later tasks can use it
    _supports_check_mode = True
    _supports_async = False

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._output = Output(self.module_name, self.module, self._task)

    @classmethod
    def finalize_task_arg(cls, name: str, value: Any, templar: Any, context: Any) -> Any:
        """Template an argument. The message of a failure must not quote a secret (ansible-core 2.19 and newer)."""
        try:
            return super().finalize_task_arg(name, value, templar, context)
        except AnsibleUndefinedVariable:
            raise  # its message names variables only
        except AnsibleError as error:
            if name != "content":
                raise
            cause = error.__cause__ or error
            raise AnsibleError(
                f"The option {name} could not be templated: {type(cause).__name__}. The message is not shown, because it"
                " may contain a secret."
            ) from None

    def run(self, tmp: Any = None, task_vars: Any = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        variables = task_vars or {}
        arguments = self._take_arguments()
        try:
            result.update(self._work(arguments))
        except CloudError as failure:
            result.update(failure.as_result())
        except Exception as defect:
            # Its text may contain a secret.
            result.update(_defect(defect).as_result())
        self._hide(result, arguments, variables)
        return result

    def _work(self, arguments: Mapping[str, Any]) -> Result:
        prepared = prepare(self.module, arguments)
        _check_types(prepared)
        options, warnings, message = validated(self.module, self.module_name, plain_arguments(prepared))
        if message:
            return {"failed": True, "changed": False, "msg": message}
        check_options(self.module, options)
        _mask(options.get("content"))
        done = self._done(options)
        return {**done, "warnings": warnings} if warnings else done

    def _done(self, options: Mapping[str, Any]) -> Result:
        """Do the work of the module."""
        raise NotImplementedError

    def _path(self, path: str) -> str:
        """Return an absolute path. A relative one begins in the directory of the playbook, as with ansible-core."""
        return os.path.normpath(os.path.join(self._loader.get_basedir(), os.path.expanduser(path)))

    def _take_arguments(self) -> Mapping[str, Any]:
        """Return the arguments, and remove the content from the task, because callback plugins get the rest after it."""
        if not (_original and _original[0][0] is self._task):
            _original[:] = [(self._task, dict(self._task.args))]
        arguments = _original[0][1]
        if "content" in arguments:
            self._task.args = {**arguments, "content": HIDDEN}
        return arguments

    def _hide(self, result: Result, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        if self.shows_content or (self._task.loop is not None and self._is_item_secret(arguments, variables)):
            self._output.hide(result)

    def _is_item_secret(self, arguments: Mapping[str, Any], variables: Mapping[str, Any]) -> bool:
        """Return whether ansible-core would show a secret with the item of a loop.

        Only a text or number that has nothing in common with the content is certainly none.
        """
        control = self._task.loop_control
        item = variables.get((control.loop_var if control else None) or "item")
        if not isinstance(item, (str, int, float)) or (control and control.extended):
            return True
        try:
            content = plain_arguments({"content": arguments.get("content")})
        except Exception:  # it is refused, so its texts are not known
            return True
        return any(text in str(item) or str(item) in text for text in texts_in(content))


class ChangeAction(SecretFileAction):
    """Run the tasks of `secret_file`."""

    def _done(self, options: Mapping[str, Any]) -> Result:
        vault = PlayVault(self._loader)
        done, plan = change_file(options, self._path(options["path"]), vault, bool(self._task.check_mode))
        return {**done, "diff": diff_of(plan)} if self._task.diff else done


class ReadAction(SecretFileAction):
    """Run the tasks of `secret_file_info`."""

    shows_content = True

    def _done(self, options: Mapping[str, Any]) -> Result:
        paths = [(path, self._path(path)) for path in options["paths"]]
        files, failures = read_files(paths, PlayVault(self._loader))
        for file in files:
            _mask(file["content"])
        failed = failure_of(failures).as_result() if failures else {}
        return {"changed": False, **failed, "files": files}


def _check_types(arguments: Mapping[str, Any]) -> None:
    """Refuse values of types that ansible-core would turn into a text, or would quote in its message."""
    if not isinstance(arguments.get("content", {}), (Mapping, type(None))):
        raise CloudError(
            USAGE, "content is not a dictionary", advice="Set content to a dictionary of names and values."
        )
    paths = arguments.get("paths", [])
    for path in [arguments.get("path"), *(paths if isinstance(paths, (list, tuple)) else ())]:
        if isinstance(path, (list, tuple, Mapping)):
            raise CloudError(USAGE, "a path is a list or a dictionary", advice="Set each path to a text.")


def _mask(content: Any) -> None:
    """Have ansible-core hide the texts of a content wherever they appear.

    Except for the ID of a key: it is no secret, and the output of later tasks about this key would not name it.
    """
    if isinstance(content, Mapping):
        content = {name: value for name, value in content.items() if name != PUBLIC_MEMBER}
    for text in texts_in(content):
        if len(text) <= _LONGEST_MASKED:
            mask_in_output(text)


def _defect(defect: Exception) -> CloudError:
    return CloudError(
        DEFECT,
        f"unexpected {type(defect).__name__}",
        advice="This is a defect of multicloud.iam: please report it, without any secret.",
    )

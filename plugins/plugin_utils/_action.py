# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""The action plugin in front of every module.

It does the module's work inside the worker where that is the same, else it hands the task over to the
ordinary module process. Around either it does what only the controller can do: see whether the result
is kept, hide what carries a secret, and end a loop whose credentials were rejected.
"""

from __future__ import annotations

import copy
import json
import math
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.release import __version__
from ansible.utils.display import Display

from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    AUTHENTICATION,
    PROXY,
    USAGE,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import hold_interrupts
from ansible_collections.multicloud.iam.plugins.module_utils._keys import describe_made
from ansible_collections.multicloud.iam.plugins.module_utils._options import CONNECTION_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import Module, refuse_broken_text, salvaged
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import (
    HAS_SECRETS_API,
    HIDDEN,
    Secrets,
    is_common,
    register,
    texts_in,
)
from ansible_collections.multicloud.iam.plugins.module_utils._selection import (
    check_elements,
    refuse_flags,
    refuse_null,
)
from ansible_collections.multicloud.iam.plugins.plugin_utils._conditions import (
    check_conditions,
    has_risky_conditions,
    predicted,
)
from ansible_collections.multicloud.iam.plugins.plugin_utils._in_process import run_in_process, telling_what_is_lost
from ansible_collections.multicloud.iam.plugins.plugin_utils._interpreter import is_own

Result = dict[str, Any]

display = Display()

# Options that do not say who signs; another endpoint, though, may know the key.
_UNSIGNED = frozenset(CONNECTION_OPTIONS) - {"api_endpoint"}

# Options that say where a call goes, and with that through which proxy.
_WAY = frozenset({"api_endpoint", "api_proxy", "api_region"})

# What was rejected, credentials or those of a proxy, with the category of the error, and the error. A worker process
# serves one task of one host, so this lives exactly as long as the loop of that task.
_rejected: dict[tuple[str, int], Mapping[str, Any]] = {}

# The task, and its result, of an attempt behind which `until` must not put another one. The task is the same for all
# attempts, and another one for each item.
_settled: list[tuple[Any, Mapping[str, Any]]] = []

# What was told, by task: once for all items of its loop.
_said: set[tuple[str, str]] = set()

_NOT_BEGUN = (126, 127)  # the shell's exit status for a program that cannot be run, or is not there
_LONGEST_NUMBER = 20  # digits, in a message

# ansible-core 2.18 hides with a result also its message and its warnings.
_HIDES_MESSAGES = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 19)

# The expressions of `register` (from ansible-core 2.21 on) that certainly keep the secret: of one result, and of a loop,
# which has a result for each item.
_KEEPS_SECRET = re.compile(r"_task\.(result|polymorphic_result)(\.secret)?")
_KEEPS_SECRETS = re.compile(r"_task\.(loop_result|polymorphic_result)(\.results)?")


class CloudActionModule(ActionBase):
    """Stands in front of one module; a file of plugins/action names it."""

    module_name: str
    module: Module
    _supports_check_mode = True
    _supports_async = True

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._is_confidential = bool(self._task.no_log)  # as the user wants it; we may set it as well
        self._is_judged = False  # this attempt, which may look at the object several times

    def run(self, tmp: Any = None, task_vars: Any = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        earlier = [settled for task, settled in _settled if task is self._task]
        if earlier:
            return {**result, **copy.deepcopy(earlier[0])}
        self._attempt(result, task_vars or {})
        return result

    def _attempt(self, result: Result, variables: Mapping[str, Any]) -> None:
        """Do the work, and put into the result what came of it."""
        rejection = next((_rejected[asked] for asked in self._asked().items() if asked in _rejected), None)
        # Before the hand-over, because a host that cannot be reached ends it with an exception.
        shown = self._secrets_shown_by_loop(variables)
        for secret in shown:
            register(secret)
        is_unhidden = any(not HAS_SECRETS_API or is_common(secret) for secret in shown) or self._shows_others(variables)
        if is_unhidden:
            self._task.no_log = True
        done: Result = _not_tried(rejection) if rejection else {}
        made: Result = {}
        with telling_what_is_lost(self.module_name, done, made):
            if not rejection:
                self._perform(variables, done, made)
            try:
                hold_interrupts()
                result.update(done)
                self._finish(result, is_unhidden, variables)
            except Exception as failure:
                self._play_down(done, failure)
                result.update(done)

    def _play_down(self, result: Result, failure: Exception) -> None:
        """Have what failed around a result not take the place of it, and be on the safe side about what it shows."""
        result["_ansible_no_log"] = self._task.no_log = True
        display.warning(f"{self.module_name}: unexpected {type(failure).__name__} when the work was done: {failure}")

    def _finish(self, result: Result, is_shown: bool, variables: Mapping[str, Any]) -> None:
        """Do with a result what only the controller can do.

        is_shown: a secret is shown with it by the loop, unless the whole result is hidden.
        """
        if self._task.loop and not self._is_confidential:
            self._name_the_item(result)
        # A reply of a module that ansible-core could not read is shown as it is.
        unread = '"secret"' in str(result.get("module_stdout"))
        if unread or is_shown or (not HAS_SECRETS_API and result.get("secret")):
            self._hide(result)
        if result.get("secret"):
            if not result.get("failed"):
                self._tell_what_was_made(result["access_key"], variables)
            self._keep_from_conditions(result, variables)
        error, asked = result.get("error"), self._asked()
        if isinstance(error, Mapping) and (category := error.get("category")) in asked:
            _rejected.setdefault((category, asked[category]), error)
        if _must_stay(result) or (_is_unread(result) and self._may_create()):
            _settled[:] = [(self._task, copy.deepcopy(result))]

    def _keep_from_conditions(self, result: Result, variables: Mapping[str, Any]) -> None:
        """Keep the result although a condition that could be evaluated on the prediction cannot be on it."""
        try:
            self._check_conditions(variables, result)
        except CloudError as failure:
            if not result.get("failed"):
                result.update(failed=True, msg=str(failure))

    def _judge(self, variables: Mapping[str, Any], prediction: Result) -> None:
        """Refuse a creation whose result ansible-core would lose over a condition of the task."""
        if not self._is_judged:
            self._check_conditions(variables, predicted(prediction))
            self._is_judged = True

    def _check_conditions(self, variables: Mapping[str, Any], result: Result) -> None:
        """Raise CloudError where ansible-core would lose a result over a condition, and have it evaluate none then."""
        if not has_risky_conditions(self._task):
            return
        try:
            check_conditions(self._task, self._loader, variables, result)
        except CloudError:
            self._task.until, self._task.changed_when, self._task.failed_when = [True], [], []
            raise

    def _may_create(self) -> bool:
        """Whether the task may make a key whose secret is told only once."""
        yields_secret = "allow_unregistered_secret" in self.module.argument_spec
        return yields_secret and self._task.args.get("state") != "absent"

    def _asked(self) -> dict[str, int]:
        """What to ask about no more, by the category of a failure that makes it useless."""
        return {AUTHENTICATION: self._credentials(), PROXY: self._way()}

    def _credentials(self) -> int:
        """Equal for two items of a loop that sign their calls alike, whatever the way and the patience."""
        # What is no text in YAML, as the name of an option, is for the argument spec to refuse.
        return self._hash_of(name for name in self._task.args if str(name).startswith("api_") and name not in _UNSIGNED)

    def _way(self) -> int:
        """Equal for two items of a loop that go through the same proxy, whoever signs their calls."""
        return self._hash_of(name for name in self._task.args if name in _WAY)

    def _hash_of(self, names: Iterable[str]) -> int:
        options = sorted((name, str(self._task.args[name])) for name in names)
        return hash((tuple(options), str(self._task.environment), self._task.delegate_to))

    def _perform(self, variables: Mapping[str, Any], done: Result, made: Result) -> None:
        """Do the work, and see that nothing takes the place of its result.

        done, made: filled in with the result, and with a key that was made, as soon as there is one.
        """
        try:
            self._work(variables, done, made)
        except CloudError as refusal:
            done.update(_refused(refusal))
        except Exception as failure:
            if made and not done:
                done.update(salvaged(made, failure))
            if not done:
                raise
            self._play_down(done, failure)

    def _work(self, variables: Mapping[str, Any], done: Result, made: Result) -> None:
        why = self._why_not_in_process(variables)
        if why:
            self._say_once(f"handed over to a module process: {why}", variables)
            self._hand_over(variables, done)
            return
        result = run_in_process(
            self.module,
            self.module_name,
            self._arguments(is_async=False),
            bool(self._task.check_mode),
            bool(self._task.diff),
            variables,
            lambda prediction: self._judge(variables, prediction),
            made,
        )
        done.update(result)

    def _why_not_in_process(self, variables: Mapping[str, Any]) -> str | None:
        """Why this worker is not where or how the module process would run; None if it is."""
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        connection = getattr(self._connection, "ansible_name", None) or self._connection.transport
        interpreter = self._interpreter(variables)
        if os.environ.get("MULTICLOUD_IAM_IN_PROCESS", "").lower() in ("0", "false", "no", "off"):
            return "MULTICLOUD_IAM_IN_PROCESS says so"
        if connection != "ansible.builtin.local":
            return f"the connection is {connection}, not ansible.builtin.local"
        if self._connection.become is not None:
            return "the task has become"
        if environment:
            return "the task has an environment"
        if self._task.async_val:
            return "the task has async"
        if interpreter and not is_own(interpreter):
            return f"the interpreter {interpreter} is not {sys.executable}, which runs Ansible"
        return None

    def _say_once(self, text: str, variables: Mapping[str, Any]) -> None:
        """Tell who runs with -v something of a task, and not again for each item of its loop."""
        said = (self._task._uuid, text)
        if said not in _said:
            _said.add(said)
            display.v(f"{self.module_name}: {text}", host=variables.get("inventory_hostname"))

    def _interpreter(self, variables: Mapping[str, Any]) -> str | None:
        """The Python that the task names; None where it leaves it to be found."""
        configured = constants.config.get_config_value("INTERPRETER_PYTHON", variables=self._of_host(variables))
        name = str(self._templar.template(configured))
        return None if name.startswith("auto") else name

    def _of_host(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The variables of the host that the task is done on."""
        host = self._task.delegate_to
        return dict(variables["ansible_delegated_vars"][host] if host else variables)

    def _hand_over(self, variables: Mapping[str, Any], done: Result) -> None:
        if self._may_create() and not self._task.async_val and has_risky_conditions(self._task):
            # A process cannot ask before it creates.
            self._run_module(variables, done, check_mode=True)
            if "secret" in done and not done.get("failed"):
                self._judge_handed_over(variables, done)
            if self._task.check_mode or done.get("failed") or not done.get("changed"):
                return  # what has nothing to do, the real run would tell in the same words
            done.clear()
        self._run_module(variables, done, bool(self._task.check_mode))

    def _judge_handed_over(self, variables: Mapping[str, Any], done: Result) -> None:
        """Replace a predicted creation by the refusal of it."""
        try:
            self._judge(variables, done)
        except CloudError as refusal:
            refusal = refusal.during("create", f"access key of {done['access_key']['owner'] or 'the caller'}")
            request_ids = done["request_ids"]
            done.clear()
            done.update({**_refused(refusal), "request_ids": request_ids})

    def _run_module(self, variables: Mapping[str, Any], done: Result, check_mode: bool) -> None:
        """Run the module as a process, and fill in its result as soon as it is there."""
        is_async = bool(self._task.async_val)
        begun = datetime.now(timezone.utc)
        with self._in_check_mode(check_mode), self._quiet_connection(), self._run_once(begun):
            done.update(
                self._execute_module(
                    module_name=self.module_name,
                    module_args=self._arguments(is_async),
                    task_vars=self._with_own_python(variables),
                    wrap_async=is_async,
                )
            )
            if not check_mode:  # else nothing can be lost, and the real run may follow
                hold_interrupts()
                if _is_unread(done) and self._may_create():
                    self._tell_what_may_be("the reply of the module could not be read", begun)
        if not is_async:
            done.pop("ansible_parsed", None)  # a note of ansible-core 2.22 to itself

    @contextmanager
    def _in_check_mode(self, check_mode: bool) -> Iterator[None]:
        before, self._task.check_mode = self._task.check_mode, check_mode
        try:
            yield
        finally:
            self._task.check_mode = before

    def cleanup(self, force: bool = False) -> None:
        """Remove the temporary directory. That it cannot be removed must not take the place of the result."""
        shell = self._connection._shell
        try:
            super().cleanup(force)
        except Exception as failure:
            display.warning(f"{self.module_name}: the temporary directory {shell.tmpdir} was left behind: {failure}")
            shell.tmpdir = None  # or the next item of a loop, and the end of the task, would fail over it

    def _arguments(self, is_async: bool) -> dict[str, Any]:
        """The task's arguments, with what only the controller knows of them."""
        # A variable that is null means no value. A module would take it for an option that was not given,
        # and sign with the credentials of the environment, or take the caller for the owner.
        refuse_null(self._task.args, self.module.never_null)
        refuse_flags(self._task.args, {name: self.module.argument_spec[name] for name in self.module.naming})
        check_elements(self._task.args)
        refuse_broken_text(self._task.args)  # ansible-core itself would fail over them, and not say where
        self._refuse_endless_numbers()
        arguments = {
            name: "" if value is None and self._is_no_default(name) else self._without_forbidden(name, value)
            for name, value in self._task.args.items()
        }
        if "allow_unregistered_secret" in self.module.argument_spec:
            if is_async:
                arguments["allow_unregistered_secret"] = False
            elif self._kept_in():
                arguments["allow_unregistered_secret"] = True
        return arguments

    def _kept_in(self) -> list[str]:
        """The variables of `register` that certainly keep the secret of a creation."""
        register = self._task.register
        if not isinstance(register, Mapping):
            return [register] if register else []
        keeps = _KEEPS_SECRETS if self._task.loop is not None or self._task.loop_with else _KEEPS_SECRET
        return [name for name, expression in register.items() if keeps.fullmatch(str(expression).strip())]

    def _refuse_endless_numbers(self) -> None:
        """Refuse numbers over which ansible-core's own validation would fail with a traceback."""
        for name, value in self._task.args.items():
            kind = self.module.argument_spec.get(str(name), {}).get("type")
            if kind in ("int", "float") and not _is_finite(value):
                shown = str(value)[:_LONGEST_NUMBER]
                raise CloudError(
                    USAGE, f"{name} is {shown}, no number that can be counted with", advice="Give another."
                )

    def _without_forbidden(self, option: str, value: Any) -> Any:
        """The value without the secrets that have no business in it: it is shown before anybody can refuse it."""
        names = self.module.forbidden_members.get(option)
        if not names:
            return value
        members = value
        if isinstance(value, str):
            try:
                members = json.loads(value)
            except ValueError:
                return value
        if not isinstance(members, Mapping) or not any(members.get(name) for name in names):
            return value
        return {name: HIDDEN if name in names else member for name, member in members.items()}

    def _is_no_default(self, option: str) -> bool:
        """Whether an option says where, who or which, so that nothing else may stand in for it."""
        is_text = self.module.argument_spec.get(option, {}).get("type") == "str"
        return (is_text and option.startswith("api_")) or option in self.module.never_empty

    def _with_own_python(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """On a local connection the controller's own Python is meant, unless another one is named.

        Discovery would find the system's Python, which has no SDK.
        """
        if self._connection.transport != "local" or self._interpreter(variables):
            return dict(variables)
        host, of_host = self._task.delegate_to, self._of_host(variables)
        own = {**of_host, "ansible_python_interpreter": sys.executable}
        if not host:
            return own
        return {
            **variables,
            "ansible_delegated_vars": {**variables["ansible_delegated_vars"], host: own},
        }

    @contextmanager
    def _quiet_connection(self) -> Iterator[None]:
        """Keep the connection plugin, and ANSIBLE_DEBUG, from printing the module's reply, which may carry a secret."""
        context, settings = self._connection._play_context, vars(constants)
        before, verbosity, debug = context.no_log, display.verbosity, settings["DEFAULT_DEBUG"]
        context.no_log, settings["DEFAULT_DEBUG"] = True, False
        if any(self._task.environment or []):
            # The command line of the module, which -vvv shows, begins with the variables.
            display.verbosity = min(verbosity, 2)
        try:
            yield
        finally:
            context.no_log, display.verbosity, settings["DEFAULT_DEBUG"] = before, verbosity, debug

    @contextmanager
    def _run_once(self, begun: datetime) -> Iterator[None]:
        """Keep the connection plugin from running a module anew whose reply was lost, because it may make a key."""
        if self._task.check_mode or not self._may_create():
            yield
            return
        name = "reconnection_retries"
        has_retries = self._connection.has_option(name)
        before = self._connection.get_option(name) if has_retries else None
        if has_retries:
            self._connection.set_option(name, 0)
        try:
            yield
        except BaseException as failure:
            is_interrupt = not isinstance(failure, Exception)
            self._tell_what_may_be("it was interrupted" if is_interrupt else "the connection failed", begun)
            raise
        finally:
            if has_retries:
                self._connection.set_option(name, before)

    def _tell_what_may_be(self, what: str, begun: datetime) -> None:
        """Say by what to look for a key that may have been made, after its module has not told."""
        spec = self.module.argument_spec
        texts = {name for name, option in spec.items() if option.get("type") == "str" and not option.get("no_log")}
        names = sorted(name for name in texts if not name.startswith("api_") and "choices" not in spec[name])
        given = [f"{name} {self._task.args[name]!r}" for name in names if self._task.args.get(name)]
        display.warning(
            f"{self.module_name}: {what}, maybe after an access key had been made"
            f" ({', '.join([*given, f'after {begun:%Y-%m-%dT%H:%M:%SZ}'])})."
            " Look for one before you run this again."
        )

    def _secrets_shown_by_loop(self, variables: Mapping[str, Any]) -> set[str]:
        """The secrets in what ansible-core shows with a result: the loop item, of an extended loop all of them.

        Those are the values of this task's secret options, each as it stands there, and what is called like one of
        them or like the secret of a creation that was registered.
        """
        if not self._task.loop:
            return set()
        names = {*self._secret_options(), "secret"}
        shown = [self._item(variables), variables.get("ansible_loop")]
        return set(_secrets_in(shown, self._own_secrets(), names))

    def _shows_others(self, variables: Mapping[str, Any]) -> bool:
        """Whether other items of an extended loop are shown whose secrets nobody knows before it is their turn.

        They are like this one, or have members that it has not, and that no option tells about.
        """
        control = self._task.loop_control
        if not (self._task.loop and control and control.extended):
            return False
        item, loop = self._item(variables), variables.get("ansible_loop") or {}
        others = [*(loop.get("allitems") or []), loop.get("previtem"), loop.get("nextitem")]
        known = {*self.module.argument_spec, "secret", *(item if isinstance(item, Mapping) else ())}
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
        return [name for name, option in self.module.argument_spec.items() if option.get("no_log")]

    def _name_the_item(self, result: Result) -> None:
        """Say which object a failed item was about, where its message does not: the item itself may be hidden."""
        error = result.get("error")
        if not result.get("failed") or (isinstance(error, Mapping) and error.get("object")):
            return
        given = {name: self._task.args.get(name) for name in self.module.naming}
        label = self._own_secrets().scrub(", ".join(f"{name} {value}" for name, value in given.items() if value))
        if label:
            result["msg"] = f"{label}: {result.get('msg')}"
            if isinstance(error, Mapping):
                result["error"] = {**error, "object": label}

    def _hide(self, result: Result) -> None:
        """Have ansible-core hide the whole result from output; it stays what it is for 'register'."""
        result["_ansible_no_log"] = True
        # For ansible-core 2.18, which else shows the results of all items together.
        self._task.no_log = True
        names_key = any(result.get(name) for name in ("secret", "left_over", "appeared"))
        if not _HIDES_MESSAGES or (self._is_confidential and not names_key):
            return
        for warning in result.get("warnings") or []:
            display.warning(warning)
        if result.get("failed"):
            display.warning(f"{self.module_name}: {result.get('msg')}")

    def _tell_what_was_made(self, key: Mapping[str, Any], variables: Mapping[str, Any]) -> None:
        """Name a new key in one line: old cores hide its result, the others show it only to those who ask for more.

        No warning, because nothing is wrong, but where warnings go, because standard output may be for a program.
        """
        registers = ", ".join(self._kept_in())
        if self._is_confidential and registers:
            return
        kept = f"was returned to Ansible for the register {registers}" if registers else "is kept nowhere"
        made = f"access key {key['id']}" if self._is_confidential else describe_made(key)
        display.display(
            f"{self.module_name}: [{variables.get('inventory_hostname')}] made {made}. Its secret {kept}, and is not shown.",
            stderr=True,
        )


def _refused(error: CloudError) -> Result:
    """The result of a task that is refused before it is begun."""
    return {**error.as_result(), "request_ids": []}


def _not_tried(rejection: Mapping[str, Any]) -> Result:
    """The result of an item, or of another attempt of it, after the error that rejected its credentials."""
    is_of_proxy = rejection["category"] == PROXY
    error = CloudError(
        rejection["category"],
        "not tried, because an earlier item or attempt of this task was rejected"
        f" {'by the same proxy' if is_of_proxy else 'with the same credentials'}: {rejection.get('message')}",
        code=rejection.get("code"),
        request_id=rejection.get("request_id"),
        http_status=rejection.get("http_status") if is_of_proxy else None,
        advice=rejection.get("advice")
        if is_of_proxy
        else f"{rejection.get('advice')} Correct the credentials first; repeated failures can lock a key.",
    )
    return _refused(error)


def _must_stay(result: Result) -> bool:
    """Whether another attempt would lose the secret of what this one made, or might make it once more."""
    error = result.get("error")
    is_doubtful = "appeared" in result and isinstance(error, Mapping) and not error.get("retryable")
    return bool(result.get("secret")) or is_doubtful


def _is_unread(result: Result) -> bool:
    """Whether a module that was begun has not told its result."""
    return result.get("module_stdout") is not None and result.get("rc") not in _NOT_BEGUN


def _is_finite(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
    except (TypeError, ValueError):
        return True  # what is no number at all, the argument spec refuses


def _secrets_in(value: Any, known: Secrets, names: set[str]) -> Iterator[str]:
    """The known secrets in a value, and all texts under one of the names."""
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

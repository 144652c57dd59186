# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Do the work of `secret_file` and of its info module: read, plan, and apply the plan under a lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid4

from ._errors import AUTHENTICATION, INVALID, NOT_FOUND, USAGE, CloudError
from ._module import as_text
from ._secret_path import SecretPath, Stored, reported
from ._secret_record import (
    ABSENT,
    Content,
    FilePlan,
    Record,
    check_content,
    check_version,
    parse,
    parse_mode,
    plan_absent,
    plan_present,
    render,
    version_of,
)

Result = dict[str, Any]


class Vault(Protocol):
    """Encrypt and decrypt with the vault secrets of a play.

    ids: the vault IDs of the secrets, the preferred one first, each once. default_id: the configured ID to encrypt with.
    """

    ids: Sequence[str]
    default_id: str | None

    def is_encrypted(self, data: bytes) -> bool:
        """Return whether data begins as an encrypted file does."""

    def decrypt(self, data: bytes) -> tuple[bytes, str]:
        """Return the content of an encrypted file, and the vault ID that decrypted it. Raise ValueError otherwise."""

    def encrypt(self, text: str, vault_id: str) -> bytes:
        """Return the encrypted file with a text."""

    def parse_yaml(self, text: str) -> Any:
        """Return the value of a text in YAML. Raise ValueError, which does not quote the text."""


def change_file(options: Mapping[str, Any], path: str, vault: Vault, check_mode: bool) -> tuple[Result, FilePlan]:
    """Bring one file into the state that the options request. Return the result, and what was done.

    path: the absolute path. In check mode, nothing is changed, and the version is null where a real run would choose it.
    """
    is_present = options["state"] == "present"
    verb = "write" if is_present else "delete"
    try:
        change = _Change(options, path, vault)
        try:
            with reported(), SecretPath(path) as file:
                return change.run(file, check_mode)
        except CloudError as error:
            if is_present or error.category != NOT_FOUND:
                raise
            # Without its directory, there is no file either.
            check_version(options["expected_version"], ABSENT)
            plan = plan_absent(None)
            return change.result(plan, None, ABSENT), plan
    except CloudError as error:
        raise error.during(verb, f"secret file {path}") from None


class _Change:
    """Change one file, as one task requests it."""

    def __init__(self, options: Mapping[str, Any], path: str, vault: Vault) -> None:
        self._options = options
        self._path = path
        self._vault = vault
        self._is_present = options["state"] == "present"
        self._content: Content = check_content(options["content"]) if self._is_present else {}
        self._mode = parse_mode(options["mode"])

    def run(self, file: SecretPath, check_mode: bool) -> tuple[Result, FilePlan]:
        plan, stored, version = self._read_and_plan(file)
        if plan.action == "none":
            return self.result(plan, stored, version), plan
        file.check_writable(stored)
        if check_mode:
            return self.result(plan, stored, None if plan.action == "write" else _after(plan, version)), plan
        with file.locked():
            # Another writer may have been faster.
            plan, stored, version = self._read_and_plan(file)
            if plan.action == "write":
                data = self._encoded(plan)
                stored = file.replace(data, plan.mode, stored)
                version = version_of(data, stored.stamp, plan.vault_id is not None)
            elif plan.action == "set_mode":
                file.set_mode(plan.mode)
            elif plan.action == "delete":
                file.delete()
        return self.result(plan, stored, _after(plan, version)), plan

    def _read_and_plan(self, file: SecretPath) -> tuple[FilePlan, Stored | None, str]:
        stored = file.read()
        if stored is None:
            record = None
        elif self._is_present:
            record = read_record(stored, self._vault)
        else:
            record = Record(_version(stored, self._vault), stored.mode)
        version = record.version if record else ABSENT
        check_version(self._options["expected_version"], version)
        if self._is_present:
            return plan_present(record, self._content, self._mode, self._choose_vault_id), stored, version
        return plan_absent(record), stored, version

    def _choose_vault_id(self, current: str | None) -> str | None:
        return choose_vault_id(self._options["encrypt"], self._options["vault_id"], current, self._vault)

    def _encoded(self, plan: FilePlan) -> bytes:
        text = render(self._content, plan.previous, uuid4().hex)
        return text.encode("utf-8") if plan.vault_id is None else self._vault.encrypt(text, plan.vault_id)

    def result(self, plan: FilePlan, stored: Stored | None, version: str | None) -> Result:
        """Return the result of a task. version: after the task; None if it is not known before a real run."""
        result: Result = {"changed": plan.action != "none", "path": self._options["path"], "version": version}
        if self._is_present:
            result.update(
                vault_id=plan.vault_id, mode=f"{plan.mode:04o}", members={k: list(v) for k, v in plan.members.items()}
            )
        return result


def _after(plan: FilePlan, version: str) -> str:
    return ABSENT if plan.action == "delete" else version


def diff_of(plan: FilePlan) -> dict[str, str]:
    """Return the diff of a plan as ansible-core shows it."""
    return {"before": as_text(dict(plan.before)), "after": as_text(dict(plan.after))}


def read_files(paths: Sequence[tuple[str, str]], vault: Vault) -> tuple[list[Result], list[CloudError]]:
    """Return the results of all files, and the failures of those that cannot be read. paths: as given, and absolute."""
    files, failures = [], []
    for given, path in paths:
        try:
            files.append({"path": given, **_read_file(path, vault)})
        except CloudError as error:  # noqa: PERF203 - each of them, even if another one fails
            failures.append(error.during("read", f"secret file {path}"))
    return files, failures


def _read_file(path: str, vault: Vault) -> Result:
    missing: Result = {"found": False, "version": ABSENT, "content": None, "vault_id": None, "mode": None}
    try:
        with reported(), SecretPath(path) as file:
            stored = file.read()
    except CloudError as error:
        if error.category == NOT_FOUND:
            return missing
        raise
    if stored is None:
        return missing
    record = read_record(stored, vault)
    return {
        "found": True,
        "version": record.version,
        "content": record.content,
        "vault_id": record.vault_id,
        "mode": f"{record.mode:04o}",
    }


def _version(stored: Stored, vault: Vault) -> str:
    return version_of(stored.data, stored.stamp, vault.is_encrypted(stored.data))


def read_record(stored: Stored, vault: Vault) -> Record:
    """Return the record in a file, decrypted. Raises CloudError, which shows nothing of the file."""
    data, vault_id = stored.data, None
    if vault.is_encrypted(data):
        try:
            data, vault_id = vault.decrypt(data)
        except ValueError as error:
            raise _undecryptable(str(error), vault) from None
    try:
        content, previous = parse(data.decode("utf-8"), vault.parse_yaml)
    except UnicodeError:
        raise _unusable("it is not text in UTF-8") from None
    except ValueError as error:
        raise _unusable(str(error)) from None
    return Record(_version(stored, vault), stored.mode, content, previous, vault_id)


def _unusable(reason: str) -> CloudError:
    return CloudError(
        INVALID,
        f"the file is not a dictionary in JSON or YAML: {reason}",
        advice="Correct the file, for example with ansible-vault edit, or move it away.",
        retry_helps=False,
    )


def _undecryptable(marked: str, vault: Vault) -> CloudError:
    if not vault.ids:
        return CloudError(AUTHENTICATION, "the file is encrypted, and there are no vault secrets", advice=_GIVE_SECRETS)
    return CloudError(
        AUTHENTICATION,
        f"the file cannot be decrypted{marked}. The vault IDs {_listed(vault.ids)} were tried",
        advice="Provide the vault secret that the file was encrypted with.",
        retry_helps=False,
    )


_GIVE_SECRETS = (
    "Provide a vault secret, for example with --vault-id, --vault-password-file or a Vault credential of AWX."
)


def choose_vault_id(encrypt: bool, wanted: str | None, current: str | None, vault: Vault) -> str | None:
    """Return the vault ID to encrypt with, as ansible-vault would choose it; None for plaintext.

    wanted: the option. current: the ID that the file is encrypted with, which it keeps.
    """
    if not encrypt:
        return None
    if not vault.ids:
        raise CloudError(
            USAGE,
            "there are no vault secrets to encrypt the file with",
            advice=f"{_GIVE_SECRETS} To write the secrets in plaintext, set encrypt to false.",
        )
    chosen = wanted or current or vault.default_id or (vault.ids[0] if len(vault.ids) == 1 else None)
    if chosen is None:
        raise CloudError(
            USAGE,
            f"there are several vault secrets, with the IDs {_listed(vault.ids)}",
            advice="Set vault_id to one of them, or configure ANSIBLE_VAULT_ENCRYPT_IDENTITY.",
        )
    if chosen not in vault.ids:
        raise CloudError(
            USAGE,
            f"there is no vault secret with the ID {chosen}",
            advice=f"Use one of the known IDs: {_listed(vault.ids)}.",
        )
    return chosen


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def failure_of(failures: Sequence[CloudError]) -> CloudError:
    """Return one error for all files that cannot be read."""
    first, *others = failures
    more = "".join(f" {other}" for other in others)
    return replace(first, advice=f"{first.advice or ''}{more}".strip() or None)

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Encrypt and decrypt with the vault secrets that ansible-core has loaded for a play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, match_encrypt_secret, parse_vaulttext_envelope

from ..module_utils._reply import is_deep


class PlayVault:
    """Use the vault secrets of a play."""

    def __init__(self, loader: Any) -> None:
        self._secrets = list(loader._vault.secrets or [])
        self._lib = VaultLib(self._secrets)
        self.ids: Sequence[str] = list(dict.fromkeys(vault_id for vault_id, _secret in self._secrets))
        self.default_id: str | None = constants.config.get_config_value("DEFAULT_VAULT_ENCRYPT_IDENTITY") or None

    def is_encrypted(self, data: bytes) -> bool:
        """Return whether data begins as an encrypted file does."""
        return bool(VaultLib.is_encrypted(data))

    def decrypt(self, data: bytes) -> tuple[bytes, str]:
        """Return the content of an encrypted file, and the vault ID that decrypted it.

        Raises ValueError with the ID that the file is marked with, if it has one.
        """
        try:
            plain, vault_id, _secret = self._lib.decrypt_and_get_vault_id(data)
        except AnsibleError:
            raise ValueError(_marked(data)) from None
        return bytes(plain), str(vault_id)

    def encrypt(self, text: str, vault_id: str) -> bytes:
        """Return the encrypted file with a text."""
        vault_id, secret = match_encrypt_secret(self._secrets, encrypt_vault_id=vault_id)
        return bytes(self._lib.encrypt(text, secret, vault_id=vault_id))

    def parse_yaml(self, text: str) -> Any:
        """Return the value of a text in YAML. Values that are vaulted one by one are decrypted.

        Raises ValueError, which does not quote the text.
        """

        class Loader(_Loader):
            lib = self._lib

        try:
            value = yaml.load(text, Loader)  # noqa: S506 - it creates plain values only
        except (yaml.YAMLError, AnsibleError, UnicodeError) as error:
            mark = getattr(error, "problem_mark", None)
            raise ValueError(f"the YAML is not valid{f', line {mark.line + 1}' if mark else ''}") from None
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        if is_deep(value):
            raise ValueError("it is nested too deeply")
        return value


def _marked(data: bytes) -> str:
    """Return what the header of an encrypted file says about its vault ID."""
    try:
        vault_id = parse_vaulttext_envelope(data)[3]
    except Exception:
        return " because its header is damaged"
    return f", which is marked with the vault ID {vault_id}" if vault_id else ""


class _Loader(yaml.SafeLoader):
    """Read YAML as ansible-core does, but dates as texts, because JSON has none."""

    lib: VaultLib
    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_vaulted(self, node: Any) -> str:
        """Return the text of a value that ansible-vault encrypt_string has encrypted."""
        return bytes(self.lib.decrypt(str(self.construct_scalar(node)).strip().encode())).decode("utf-8")

    def construct_unsafe(self, node: Any) -> Any:
        """Return a value that is marked as no template. Nothing in a file is one."""
        if isinstance(node, yaml.MappingNode):
            return self.construct_mapping(node, deep=True)
        return self.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else node.value


_Loader.add_constructor("!vault", _Loader.construct_vaulted)
_Loader.add_constructor("!vault-encrypted", _Loader.construct_vaulted)
_Loader.add_constructor("!unsafe", _Loader.construct_unsafe)

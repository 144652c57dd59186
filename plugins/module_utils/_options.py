# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Hold the options that modules of several clouds share. The doc fragments _connection, _state, _access_key and _access_key_info describe them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ._credentials import Credentials, resolve
from ._endpoint import Settings, check_url
from ._errors import USAGE, CloudError
from ._sources import Sources
from ._task import Task

ArgumentSpec = dict[str, Any]

_LONGEST_TIMEOUT = 86400.0  # seconds


# Their environment variables are resolved with the credentials, not by ansible-core: its validation does not know which
# ones belong together, and treats an empty variable as a value.
CONNECTION_OPTIONS: ArgumentSpec = {
    "api_endpoint": {"type": "str"},
    "api_timeout": {"type": "float", "default": 30.0},
    "api_retries": {"type": "int", "default": 5},
    "api_proxy": {"type": "str"},
    "api_validate_certs": {"type": "bool", "default": True},
    "api_ca_path": {"type": "path"},
    "api_expected_account": {"type": "str"},
}

STATE_OPTIONS: ArgumentSpec = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "allow_self_lockout": {"type": "bool", "default": False},
}

KEY_OPTIONS: ArgumentSpec = {
    **STATE_OPTIONS,
    "status": {"type": "str", "choices": ["active", "inactive"]},
    "expected_status": {"type": "str", "choices": ["active", "inactive"]},
    "description": {"type": "str"},
    "create": {"type": "str", "choices": ["if_unmatched", "if_none", "always", "never"], "default": "if_unmatched"},
    "allow_unregistered_secret": {"type": "bool", "default": False, "no_log": False},
}

KEY_FILTERS: ArgumentSpec = {
    "status": {"type": "str", "choices": ["active", "inactive"]},
    "description": {"type": "str"},
    "older_than_days": {"type": "int"},
}

KEY_SEARCH: ArgumentSpec = {"access_key_ids": {"type": "list", "elements": "str", "no_log": False}}


def credentials_of(task: Task, sources: Sources) -> Credentials:
    """Return the credentials of a task, and add their secrets to those of the task."""
    credentials = resolve(task.options, sources)
    secret = [option for option, member in sources.members.items() if not member.is_id]
    task.secrets.add(*(credentials[option] for option in secret))
    task.warnings += credentials.warnings
    return credentials


def connection_settings(
    options: Mapping[str, Any], endpoint: str, may_have_path: bool = False, example: str | None = None
) -> Settings:
    """Return the settings of the transport. Refuse values that cannot be used.

    endpoint: the URL of api_endpoint, or the default. may_have_path: whether its path has a meaning. example: a good URL,
    for the message.
    """
    if not 0 < options["api_timeout"] <= _LONGEST_TIMEOUT or options["api_retries"] < 0:
        raise CloudError(
            USAGE,
            f"api_timeout is {options['api_timeout']} and api_retries is {options['api_retries']}",
            advice="Set api_timeout to more than 0 seconds and at most a day, and api_retries to 0 or more.",
        )
    endpoint = check_url("api_endpoint", endpoint, example)
    if urlsplit(endpoint).path and not may_have_path:
        raise CloudError(
            USAGE, f"api_endpoint {endpoint!r} has a path", advice="Remove the path: scheme, host and port are enough."
        )
    proxy = options["api_proxy"]
    return Settings(
        endpoint=endpoint,
        timeout=options["api_timeout"],
        retries=options["api_retries"],
        proxy=check_url("api_proxy", proxy) if proxy else None,
        verify=options["api_validate_certs"],
        ca_path=options["api_ca_path"],
    )

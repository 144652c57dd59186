# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Argument specs that modules of several clouds share; the doc fragments of the same name describe them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.basic import env_fallback

from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._transport import Settings, check_url

ArgumentSpec = dict[str, Any]

_LONGEST_TIMEOUT = 86400.0  # seconds


def connection_options(endpoint_variable: str) -> ArgumentSpec:
    """How to reach an API. endpoint_variable: environment variable behind api_endpoint."""
    return {
        "api_endpoint": {"type": "str", "fallback": (env_fallback, [endpoint_variable])},
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
    "description": {"type": "str"},
    "create": {
        "type": "str",
        "choices": ["if_unmatched", "if_none", "always", "never"],
        "default": "if_unmatched",
    },
    "allow_unregistered_secret": {"type": "bool", "default": False, "no_log": False},
}

KEY_FILTERS: ArgumentSpec = {
    "status": {"type": "str", "choices": ["active", "inactive"]},
    "description": {"type": "str"},
    "older_than_days": {"type": "int"},
}


def connection_settings(
    options: Mapping[str, Any], default_endpoint: str | None, may_have_path: bool = False
) -> Settings:
    """The transport's settings out of the options; raises CloudError for values that cannot be.

    default_endpoint: None for a cloud that has none. may_have_path: the endpoint's path means something.
    """
    if not 0 < options["api_timeout"] <= _LONGEST_TIMEOUT or options["api_retries"] < 0:
        raise CloudError(
            USAGE,
            f"api_timeout is {options['api_timeout']} and api_retries is {options['api_retries']}",
            advice="api_timeout is above 0 seconds and at most a day, api_retries is 0 or more.",
        )
    endpoint = options["api_endpoint"] or default_endpoint
    if not endpoint:
        raise CloudError(USAGE, "api_endpoint is missing", advice="Give it as scheme, host and port.")
    endpoint = check_url("api_endpoint", endpoint)
    if urlsplit(endpoint).path and not may_have_path:
        raise CloudError(USAGE, f"api_endpoint {endpoint!r} has a path", advice="Give scheme, host and port only.")
    proxy = options["api_proxy"]
    return Settings(
        endpoint=endpoint,
        timeout=options["api_timeout"],
        retries=options["api_retries"],
        proxy=check_url("api_proxy", proxy) if proxy else None,
        verify=options["api_validate_certs"],
        ca_path=options["api_ca_path"],
    )

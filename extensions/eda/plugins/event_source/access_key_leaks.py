# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send an event for each access key that Alibaba Cloud Security Center has found in a public place."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
name: access_key_leaks
short_description: Receive events about leaked access keys from Alibaba Cloud Security Center
description:
  - Polls the list of leaked keys of an account, and sends one event for each leak that is not dealt with yet.
  - Only the operation C(DescribeAccesskeyLeakList) is called. The published text, which may contain the secret, is never read.
  - An error is logged, and the next poll tries again. Options with which no poll can work end the source.
  - The source remembers the leaks that it has sent. After a restart, it sends all leaks that are not dealt with again,
    so that none is missed. Disabling a key twice changes nothing.
author:
  - multicloud.iam contributors
version_added: 1.0.0
options:
  delay:
    description: The number of seconds between two polls.
    type: float
    default: 60
  max_age_days:
    description:
      - Leaks that were discovered more than this number of days ago are not sent.
      - If omitted, the first poll sends all leaks that are not dealt with.
    type: float
  api_access_key_id:
    description:
      - The ID of the access key that signs the calls.
      - The credentials, the region and the endpoint are found as by the module M(multicloud.iam.sas_vendor_ak_info).
        They can be set by the same environment variables and profiles.
    type: str
  api_access_key_secret:
    description: The secret of the access key that signs the calls.
    type: str
  api_security_token:
    description: The session token of temporary credentials.
    type: str
  api_profile:
    description: The name of a profile with the credentials.
    type: str
  api_region:
    description: The region, which selects the site of Security Center.
    type: str
  api_endpoint:
    description: The URL of Security Center.
    type: str
  api_sts_endpoint:
    description: The URL of STS, which is called if O(api_expected_account) is set.
    type: str
  api_expected_account:
    description: The ID of the account that the credentials must belong to.
    type: str
  api_timeout:
    description: The number of seconds that one attempt may take.
    type: float
    default: 30
  api_retries:
    description: The number of retries within one poll.
    type: int
    default: 1
  api_proxy:
    description: The URL of the proxy.
    type: str
  api_validate_certs:
    description: Whether to verify the certificate of the API.
    type: bool
    default: true
  api_ca_path:
    description: The path of the CA certificates.
    type: path
requirements:
  - Python >= 3.9
  - requests >= 2.31.0, in the Python that runs ansible-rulebook
notes:
  - The credentials need the permission C(yundun-sas:DescribeAccesskeyLeakList).
"""

EXAMPLES = r"""
- multicloud.iam.access_key_leaks:
    api_profile: security-reader
    api_region: cn-shanghai
    delay: 300
"""

RETURN = r"""
access_key_leak:
  description: The leak.
  type: dict
  returned: always
  contains:
    id:
      description: The number of the leak in Security Center, as a string.
      type: str
    access_key_id:
      description: The ID of the leaked key.
      type: str
    user_name:
      description: The name of the account or of the RAM user that owns the key. Null if it is not known.
      type: str
    user_type:
      description: V(master) if the key belongs to the account itself, V(ram) if it belongs to a RAM user.
      type: str
    url:
      description: The place where the key was found, without the query of the URL. Null if it is not known.
      type: str
    discovered_time:
      description: The time of the discovery, as ISO 8601 in UTC. Null if it is not known.
      type: str
"""

_LOG = logging.getLogger("multicloud.iam.access_key_leaks")
_OWN = {"delay": ("float", 60.0), "max_age_days": ("float", None)}
_RETRIES = 1  # the next poll tries again
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def _util(name: str) -> Any:
    """Import a module_util of this collection. ansible-rulebook runs this file by its path, without Ansible's importer."""
    full_name = f"ansible_collections.multicloud.iam.plugins.module_utils.{name}"
    try:
        return importlib.import_module(full_name)
    except ModuleNotFoundError as error:
        if not full_name.startswith(error.name or "-"):
            raise
    # .../ansible_collections/multicloud/iam/extensions/eda/plugins/event_source/access_key_leaks.py
    place = Path(__file__).absolute().parents[6]
    collections = importlib.import_module("ansible_collections") if "ansible_collections" in sys.modules else None
    if collections is not None:
        collections.__path__.append(str(place))
    sys.path.append(str(place.parent))
    importlib.invalidate_caches()
    return importlib.import_module(full_name)


def _options(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options with their types. A template in a rulebook turns every value into a text."""
    spec = _util("_alibaba.options").API_OPTIONS
    known = {name: (each["type"], each.get("default")) for name, each in spec.items()}
    known = {**known, "api_retries": ("int", _RETRIES), **_OWN}
    given = {name: value for name, value in args.items() if not name.startswith("eda_")}  # ansible-rulebook's own
    unknown = sorted(given.keys() - known.keys())
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: there is no such option. The options are {', '.join(sorted(known))}.")
    options = {
        name: default if given.get(name) is None else _converted(name, kind, given[name])
        for name, (kind, default) in known.items()
    }
    for name in _OWN:
        if options[name] is not None and not 0 < options[name] < float("inf"):
            raise ValueError(f"{name} must be greater than 0.")
    return options


def _converted(name: str, kind: str, value: Any) -> Any:
    text = str(value).strip()
    if kind == "bool":
        if text.lower() in (*_TRUE, *_FALSE):
            return text.lower() in _TRUE
        raise ValueError(f"{name} must be true or false.")
    if kind in ("float", "int"):
        try:
            return float(text) if kind == "float" else int(text)
        except ValueError:
            raise ValueError(f"{name} must be a number.") from None
    return os.path.expanduser(text) if kind == "path" else str(value)


def _poll(options: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the leaks that are not dealt with, and warnings.

    Credentials are looked up each time, because a profile may get new ones. Raises ValueError if no poll with these
    options can work, and RuntimeError for every other failure, without any secret.
    """
    errors = _util("_errors")
    task = _util("_task").Task(options)
    clock = _util("_wait").CLOCK
    age = options["max_age_days"]
    try:
        client = _util("_alibaba.client").SasClient(task)
        leaks = _util("_alibaba.leaks").list_leaks(client, None if age is None else clock.time() - age * 86400)
    except errors.CloudError as error:
        kind = ValueError if error.category in (errors.USAGE, errors.REFUSED) else RuntimeError
        raise kind(task.secrets.scrub_message(str(error))) from None
    except Exception as error:
        # Not even a defect may end the source: the next leak would go unnoticed.
        raise RuntimeError(task.secrets.scrub_message(f"unexpected {type(error).__name__}: {error}")) from None
    finally:
        task.cache.clear()
    warnings = [*task.warnings, *task.oddities.warnings()]
    return [task.secrets.scrub(leak) for leak in leaks], [task.secrets.scrub_message(text) for text in warnings]


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Poll for ever, and send each leak once."""
    options = _options(args)
    sent: set[str] = set()
    warned: set[str] = set()
    has_worked = False
    while True:
        try:
            leaks, warnings = await asyncio.to_thread(_poll, options)
        except (ValueError, RuntimeError) as error:
            if isinstance(error, ValueError) and not has_worked:
                raise
            _LOG.error("%s", error)
        else:
            has_worked = True
            for warning in set(warnings) - warned:
                _LOG.warning("%s", warning)
            warned = set(warnings)
            for leak in leaks:
                if leak["id"] not in sent:
                    await queue.put({"access_key_leak": leak})
                    sent.add(leak["id"])
            sent &= {leak["id"] for leak in leaks}
        await asyncio.sleep(options["delay"])


if __name__ == "__main__":

    class PrintingQueue(asyncio.Queue[Any]):
        """Print the events, when this file is run by hand."""

        async def put(self, item: Any) -> None:
            sys.stdout.write(f"{item}\n")

    asyncio.run(main(PrintingQueue(), {}))

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return access keys as rows for queries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .installation import AccessKey
from .modes import CLOUD, ZSPHERE
from .operation import Context
from .queries import Queryable

_INVENTORY = "org.zstack.accessKey.AccessKeyInventory"
_FIELDS = frozenset(
    ("uuid", "description", "accountUuid", "AccessKeyID", "AccessKeySecret", "state", "createDate", "lastOpDate")
)

KEYS: Mapping[str, Queryable] = {
    CLOUD: Queryable(_INVENTORY, _FIELDS | {"userUuid"}),
    ZSPHERE: Queryable(_INVENTORY, _FIELDS),
}
"""Queryable fields of access keys, by product."""


def key_row(context: Context, key: AccessKey) -> dict[str, Any]:
    """Return a key with the field names of the API."""
    return {
        "uuid": key.uuid,
        "description": key.description,
        "accountUuid": key.account_uuid,
        "userUuid": key.account_uuid if context.newest else key.user_uuid,
        "AccessKeyID": key.access_key_id,
        "AccessKeySecret": key.access_key_secret,
        "state": key.state,
        "type": "User" if context.modes.inventory_type else None,
        "createDate": key.create_time,
        "lastOpDate": key.last_op_time,
    }

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check whether a caller may perform an operation."""

from __future__ import annotations

import base64
import hashlib

from .account import Account, Principal
from .errors import ApiError
from .operation import Operation

_PRINCIPAL_TYPES = {"RAMUser": "SubUser", "AssumedRoleUser": "AssumedRoleUser"}


def check_permission(account: Account, caller: Principal, operation: Operation, action: str) -> None:
    """Raise an error if the RAM user or role is denied the operation. Permissions are not per resource."""
    permission = f"{operation.ram_service}:{action}"
    allows = caller.policy is None or caller.policy.allows(permission)
    if not operation.ram_service or (allows and action not in caller.deny):
        return
    is_explicit = caller.policy is not None and caller.policy.denies(permission)
    session = caller.name.partition("/")[2]
    diagnosis = hashlib.sha256(f"{caller.id}/{permission}".encode()).digest()
    detail = {
        "AuthAction": permission,
        "AuthPrincipalType": _PRINCIPAL_TYPES[caller.kind],
        "AuthPrincipalOwnerId": account.account_id,
        "AuthPrincipalDisplayName": f"{caller.id}:{session}" if session else caller.id,
        "PolicyType": "AccountLevelIdentityBasedPolicy",
        "NoPermissionType": "ExplicitDeny" if is_explicit else "ImplicitDeny",
        "EncodedDiagnosticMessage": base64.b64encode(diagnosis).decode(),
    }
    raise ApiError("NoPermission", "caller has no permission", {"AccessDeniedDetail": detail})

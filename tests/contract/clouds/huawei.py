# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the fields of the requests that change an object of Huawei Cloud."""

from __future__ import annotations

from huaweicloudsdkiam.v3 import UpdateCredentialOption, UpdatePermanentAccessKeyRequest

from ...support import huawei

# The options of a task, and what of them is a field of the request, by operation.
CASES = {
    "UpdatePermanentAccessKey": (
        {"access_key": huawei.BOB[0], "status": "inactive", "description": "Table"},
        {"access_key": huawei.BOB[0], "status": "inactive", "description": "Table"},
    )
}
# The fields of the models of the official SDK, by operation.
MODELS = {
    "UpdatePermanentAccessKey": (
        set(UpdatePermanentAccessKeyRequest.attribute_map.values()) - {"body"}
        | set(UpdateCredentialOption.attribute_map.values())
    )
}

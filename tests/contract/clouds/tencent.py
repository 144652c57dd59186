# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the fields of the requests that change an object of Tencent Cloud."""

from __future__ import annotations

import json

from tencentcloud.cam.v20190116 import models as cam

from ...support import tencent

PASSWORD = "Table-Pass-1/%"
# The options of a task, and what of them is a field of the request, by operation.
CASES = {
    "UpdateAccessKey": (
        {"access_key_id": tencent.BOB[0], "target_uin": tencent.UIN["bob"], "status": "inactive"},
        {"AccessKeyId": tencent.BOB[0], "TargetUin": tencent.UIN["bob"], "Status": "Inactive"},
    ),
    "UpdateUser": (
        {
            "name": "bob",
            "remark": "Table",
            "console_login": True,
            "password": PASSWORD,
            "need_reset_password": True,
            "phone_num": "13800000009",
            "country_code": "49",
            "email": "table@example.com",
        },
        {
            "Name": "bob",
            "Remark": "Table",
            "ConsoleLogin": 1,
            "Password": "***",
            "NeedResetPassword": 1,
            "PhoneNum": "13800000009",
            "CountryCode": "49",
            "Email": "table@example.com",
        },
    ),
}
# The fields of the models of the official SDK, by operation.
MODELS = {
    "UpdateAccessKey": set(json.loads(cam.UpdateAccessKeyRequest().to_json_string())),
    "UpdateUser": set(json.loads(cam.UpdateUserRequest().to_json_string())),
}

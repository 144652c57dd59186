# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.multicloud.iam.plugins.modules.zstack_accesskey_status import MODULE
from ansible_collections.multicloud.iam.plugins.plugin_utils._action import CloudActionModule


class ActionModule(CloudActionModule):
    module_name = "multicloud.iam.zstack_accesskey_status"
    module = MODULE

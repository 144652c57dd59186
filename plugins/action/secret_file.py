# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.multicloud.iam.plugins.modules.secret_file import MODULE
from ansible_collections.multicloud.iam.plugins.plugin_utils._secret_action import ChangeAction


class ActionModule(ChangeAction):
    module_name = "multicloud.iam.secret_file"
    module = MODULE

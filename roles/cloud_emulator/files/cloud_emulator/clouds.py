# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clouds that the emulator serves. The only place outside their packages that names them."""

from __future__ import annotations

from .alibaba.cloud import Alibaba
from .cloud import Cloud
from .huawei.cloud import Huawei
from .tencent.cloud import Tencent
from .zstack.cloud import ZStack

CLOUDS: tuple[type[Cloud], ...] = (Tencent, Alibaba, ZStack, Huawei)

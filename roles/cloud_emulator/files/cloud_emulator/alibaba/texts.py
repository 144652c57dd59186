# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the texts of Security Center that depend on the parameter Lang. Only some of the real ones are known."""

from __future__ import annotations

from collections.abc import Mapping

from .account import ABNORMAL, TIMED_OUT

LANGUAGES = ("zh", "en")
DEFAULT = "zh"
MODULE_ABNORMAL = "ak_domain_error"
MODULE_TIMED_OUT = "ak_verify_timeout"

_OUTCOMES: Mapping[int, Mapping[str, str]] = {
    ABNORMAL: {
        "en": "The IAM user is forbidden in the currently selected region",
        "zh": "IAM用户在当前选择的区域被禁止",
    },
    TIMED_OUT: {"en": "The validation timed out", "zh": "验证超时"},
}
# For each module: its name, its description, and the kind of its assets.
_MODULES: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "HOST": {"en": ("Host", "Host assets", "Host"), "zh": ("主机", "主机资产", "主机")},
    "CSPM": {
        "en": ("CSPM", "Configuration assessment of cloud products", "Cloud product"),
        "zh": ("云安全态势管理", "云产品配置评估", "云产品"),
    },
    "SIEM": {
        "en": ("Agentic SOC", "Threat analysis and response", "Log"),
        "zh": ("威胁分析与响应", "威胁分析与响应", "日志"),
    },
    "TRIAL": {"en": ("Log audit", "Audit of operation logs", "Log"), "zh": ("日志审计", "操作日志审计", "日志")},
}


def outcome(service_status: int, language: str) -> str:
    """Return the text of a failed validation, or an empty one."""
    return _OUTCOMES.get(service_status, {}).get(language, "")


def module(code: str, language: str) -> tuple[str, str, str]:
    """Return the texts of a module: ModuleDisp, ModuleStatement and ModuleAssetType."""
    return _MODULES[code][language]

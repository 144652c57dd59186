# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the exception for invalid input to the emulator itself."""

from __future__ import annotations


class InputError(ValueError):
    """Report a seed, mode, fault or command line that the emulator does not accept."""

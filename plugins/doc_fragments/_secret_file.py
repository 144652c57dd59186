# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
notes:
  - The task always runs on the controller, or in the execution environment, whatever its host and connection are. It
    starts no process on the host, and needs no Python there. C(become), C(environment) and C(delegate_to) have no effect.
  - A relative path begins in the directory of the playbook. C(~) and environment variables are expanded.
  - The file must be a regular file with one name. Symbolic links, hard links, directories, FIFOs and devices are refused.
    The directories of the path may be links.
  - The vault secrets are those that Ansible has for the play, for example from C(--vault-id),
    C(--vault-password-file), C(--ask-vault-pass) or a Vault credential of AWX.
attributes:
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: posix
    details:
      - This is about the controller. The host can be of any platform.
"""

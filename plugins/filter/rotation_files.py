# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_files
short_description: Describe the public part of records that were read together
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Describes the records that the role P(multicloud.iam.rotate_access_key#role) has read with
    M(multicloud.iam.secret_file_info).
  - It belongs to the role, and may change with it at any time.
positional: wanted
options:
  _input:
    description: The member C(files) of the result of M(multicloud.iam.secret_file_info).
    type: list
    elements: dict
    required: true
  wanted:
    description: The path, the account and the owner of each enrolment, by name.
    type: dict
    required: true
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Describe a record that does not exist yet
  ansible.builtin.debug:
    msg: "{{ files | multicloud.iam.rotation_files(wanted) }}"
  vars:
    files:
      - path: ci-deploy.yml
        found: false
        version: ''
        content: null
    wanted:
      ci-deploy:
        path: ci-deploy.yml
        account: '100000000000'
        owner: '100000000011'
"""

RETURN = r"""
_value:
  description:
    - The events of the run, without any secret.
  type: list
  elements: dict
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import files_of


class FilterModule:
    """Offer the filter to ansible-core."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_files": files_of}

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the playbooks to measure, as a user would write them."""

from __future__ import annotations

from ansible_collections.multicloud.iam.tests.playbooks.runner import TASKS_OF_LOCALHOST

EMPTY = f"""{TASKS_OF_LOCALHOST}
    - name: Nothing
      ansible.builtin.meta: noop
"""

DEBUG = f"""{TASKS_OF_LOCALHOST}
    - name: Measure the minimum time of a loop
      ansible.builtin.debug:
        msg: "{{{{ item.id }}}}"
      loop: "{{{{ keys }}}}"
"""

_KEY = """
    - name: Make sure that a key has its status
      multicloud.iam.cam_access_key:
        target_uin: "{{ item.owner }}"
        access_key_id: "{{ item.id }}"
        status: "{{ status | default('active') }}"
"""

KEYS = f"""{TASKS_OF_LOCALHOST}{_KEY}
      loop: "{{{{ keys }}}}"
"""

ONE_KEY = f"""{TASKS_OF_LOCALHOST}{_KEY}
      vars:
        item: "{{{{ keys[0] }}}}"
"""

HOSTS = f"""
- hosts: all
  connection: local
  gather_facts: false
  tasks:{_KEY}
      loop: "{{{{ shares[inventory_hostname] }}}}"
"""

MAKERS = """
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: Make sure that a user has a key
      multicloud.iam.cam_access_key:
        user_name: "{{ item }}"
        description: bench
      loop: "{{ shares[inventory_hostname] }}"
      register: made
"""

AMAZON = f"""{TASKS_OF_LOCALHOST}
    - name: Make sure that a key has its status
      amazon.aws.iam_access_key:
        endpoint_url: "{{{{ aws }}}}"
        user_name: "{{{{ item.owner }}}}"
        id: "{{{{ item.id }}}}"
        active: "{{{{ status | default('active') == 'active' }}}}"
      loop: "{{{{ keys }}}}"
"""

_READ = """
    - name: Read the keys of a user
      ansible.builtin.uri:
        url: "{{ endpoint }}/"
        method: POST
        headers: "{{ item.headers }}"
        body: "{{ item.body }}"
"""

URI = f"""{TASKS_OF_LOCALHOST}{_READ}
      loop: "{{{{ reads }}}}"
"""

ONE_URI = f"""{TASKS_OF_LOCALHOST}{_READ}
      vars:
        item: "{{{{ reads[0] }}}}"
"""

REPORT = f"""{TASKS_OF_LOCALHOST}
    - name: List all keys of the account
      multicloud.iam.cam_access_key_info:
        all_users: true
      register: report

    - name: Check that no key is missing
      ansible.builtin.assert:
        that: report.access_keys | length == users
"""

ENTRIES = f"""{TASKS_OF_LOCALHOST}
    - name: Make sure that an entry has its status
      multicloud.iam.sas_vendor_ak:
        vendor_auth_alias: "{{{{ item }}}}"
        status: active
      loop: "{{{{ aliases }}}}"
"""

LISTING = f"""{TASKS_OF_LOCALHOST}
    - name: Identify the account
      multicloud.iam.cam_caller_info:

    - name: List the keys of all owners
      multicloud.iam.cam_access_key_info:
        target_uins: "{{{{ rotate_access_key_keys | map(attribute='owner') }}}}"
      register: report

    - name: Check that no key is missing
      ansible.builtin.assert:
        that: report.access_keys | length == rotate_access_key_keys | length
"""

ACCOUNT = f"""{TASKS_OF_LOCALHOST}
    - name: Identify the account
      multicloud.iam.cam_caller_info:

    - name: List all keys of the account
      multicloud.iam.cam_access_key_info:
        all_users: true
"""

RECONCILED = "- import_playbook: multicloud.iam.reconcile_access_keys\n"

ACCOUNTS = """
- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - name: List everything in the account
      action: "{{module}}"
      args:
        all_users: "{{ all_users | default(omit) }}"
      register: listed

    - name: Check that something was listed
      ansible.builtin.assert:
        that: (listed.access_keys | default(listed.vendor_aks)) | length > 0
        quiet: true
"""

ACCOUNTS_REPORT = "- import_playbook: multicloud.iam.access_key_report\n"

# The first task says when the role begins.
FIRST_STOP = """
- hosts: all
  connection: local
  gather_facts: false
  pre_tasks:
    - name: Begin
      ansible.builtin.debug:
        msg: "{{ now(utc=true, fmt='%Y-%m-%dT%H:%M:%S.%f+00:00') }}"
      run_once: true
  roles:
    - role: multicloud.iam.disable_access_key
"""

ROTATION = "- import_playbook: multicloud.iam.rotate_access_keys\n"

"""Reaching hosts through Ansible: playing a playbook on an estate, and asking one host from an action plugin."""

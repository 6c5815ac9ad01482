"""Reaching hosts through Ansible: playing a playbook on an estate, and asking one host from an action plugin."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # of the project: playbooks, plugins and hostkit lie beside the package

"""Changing hosts: bring state documents to hostkit, show what it answers."""

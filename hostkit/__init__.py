"""What runs on hosts: read, diff, apply and fingerprint state documents. Standard library only, Python 2.6 to 3.13.

Start reading in `engine.py`; `docs/hostkit.md` explains the whole on one page.
"""

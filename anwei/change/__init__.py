"""The life cycle of a change: file, plan, approval, gate, waves, run, rollback."""

"""Who approved what: signatures, the trust file, counting, and the signed commit brought to where it will run."""

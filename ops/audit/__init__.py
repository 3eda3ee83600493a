"""Holds what is installed against a database of vulnerabilities: `python -m ops.audit`, a part of `make check`."""

"""Puts an environment under load for a bounded time, and accounts for every reading: `make load`."""

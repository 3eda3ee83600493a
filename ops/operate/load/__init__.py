"""Loads the API for a limited time and accounts for every reading: `make load`."""

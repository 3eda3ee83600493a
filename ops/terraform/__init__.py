"""Runs Terraform: finds it and its provider, starts it, and tells what it does while it does it."""

"""Looks for what would stop a deployment, before it starts."""

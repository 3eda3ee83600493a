"""Finds Terraform and its provider, runs its commands, and shows their progress and errors."""

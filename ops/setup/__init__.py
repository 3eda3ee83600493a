"""Installs the project's environments from exact, hashed requirements."""

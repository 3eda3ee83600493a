"""Handlers in the seed's style, written for the comparison: straightforward, one call for each reading.

Each is one file, as a tutorial has it: module-level clients, `patch_all`, configuration from SSM on first use. They run
on AWS by themselves and import nothing of the project.
"""

"""Checkov, with one fault corrected: it fails on `dynamic` blocks of Terraform's JSON, and skips the resource's checks.

It is run by its path with the Python of checkov's own environment. Checkov takes the numbers of first and last lines,
which its parser adds to each JSON object, for blocks (`process_dynamic_values`, 3.3).
"""

import sys
from importlib import import_module
from typing import Any

_parser: Any = import_module("checkov.terraform.parser_functions")
_process = _parser.process_dynamic_values


def _process_without_line_numbers(resource: dict[str, Any]) -> bool:
    blocks = resource.get("dynamic")
    for block in blocks if isinstance(blocks, list) else ():
        for name in ("__startline__", "__endline__"):
            block.pop(name, None)
    return bool(_process(resource))


_parser.process_dynamic_values = _process_without_line_numbers

if __name__ == "__main__":
    sys.exit(import_module("checkov.main").Checkov().run())

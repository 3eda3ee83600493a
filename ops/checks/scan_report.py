"""What a checkov run found, by the addresses that Terraform's users know."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.project.errors import OpsError

_BLOCK_TYPE = re.compile(r'^ {4}"(?P<type>[a-z0-9_]+)": \{$')
_BLOCK_NAME = re.compile(r'^ {6}"(?P<name>[\w-]+)": \{$')


class ReportError(OpsError):
    """Checkov wrote what cannot be judged."""


@dataclass(frozen=True, order=True)
class Finding:
    """One check on one resource.

    Attributes:
        check: Checkov's id, e.g. `CKV_AWS_120`.
        resource: `modules/api aws_api_gateway_stage.this` in a scan of files, `module.api.aws_...` in a plan's.
    """

    check: str
    resource: str


@dataclass(frozen=True)
class Report:
    """Everything that one run judged.

    Attributes:
        passed: Findings in order.
        failed: Findings at fault, with the check's own words.
        unparsed: Files that checkov could not read, relative to the scanned folder.
    """

    passed: frozenset[Finding]
    failed: dict[Finding, str]
    unparsed: tuple[str, ...]


def read_files_report(text: str, root: Path) -> Report:
    """Read the JSON of a scan of `.tf.json` files, whose resources checkov names by half."""

    def resource(check: dict[str, Any]) -> str:
        return resource_at(root, check["file_path"].lstrip("/"), check["file_line_range"][0])

    return _read(text, resource, root)


def read_plan_report(text: str, root: Path) -> Report:
    """Read the JSON of a scan of a plan."""
    return _read(text, lambda check: str(check["resource"]), root)


def resource_at(root: Path, path: str, line: int) -> str:
    """The resource whose block holds a line, found by the generator's own indentation.

    Args:
        root: The scanned folder.
        path: The file, relative to it.
        line: Counted from 1.
    """
    lines = (root / path).read_text(encoding="utf-8").splitlines()[:line]
    name = next((found["name"] for text in reversed(lines) if (found := _BLOCK_NAME.match(text))), "?")
    kind = next((found["type"] for text in reversed(lines) if (found := _BLOCK_TYPE.match(text))), "?")
    return f"{Path(path).parent} {kind}.{name}"


def _read(text: str, resource: Callable[[dict[str, Any]], str], root: Path) -> Report:
    try:
        results = json.loads(text)["results"]
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        message = f"checkov judged nothing: its output has no results ({error})"
        raise ReportError(message) from error
    return Report(
        frozenset(Finding(check["check_id"], resource(check)) for check in results["passed_checks"]),
        {Finding(check["check_id"], resource(check)): check["check_name"] for check in results["failed_checks"]},
        tuple(sorted(Path(path).relative_to(root).as_posix() for path in results["parsing_errors"])),
    )

"""Reads the events that `terraform plan -json` and `terraform apply -json` write, a JSON object a line.

Their types are listed in https://developer.hashicorp.com/terraform/internals/machine-readable-ui.
"""

import json
from typing import Any

_PROGRESS = ("refresh_start", "refresh_complete", "apply_start", "apply_progress", "apply_complete")


class Events:
    """What the events of one run say.

    Attributes:
        errors: The errors, each with its detail and the resource or file as far as Terraform names it.
        summary: Terraform's last count of changes, such as `Apply complete! Resources: 1 added, 0 changed, ...`.
        status: What Terraform did last, such as `aws_sqs_queue.a: Still creating... [10s elapsed]`.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.summary = ""
        self.status = "planning"

    def feed(self, line: str) -> None:
        """Read one line of output; one that is not JSON is an error from before Terraform could write events."""
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            self.errors += [line] if line.strip() else []
            return
        match event.get("type"):
            case "change_summary":
                self.summary = event["@message"]
            case "diagnostic" if event["diagnostic"]["severity"] == "error":
                self.errors.append(_error_text(event["diagnostic"]))
            case kind if kind in _PROGRESS:
                self.status = event["@message"]


def _error_text(diagnostic: dict[str, Any]) -> str:
    place = diagnostic.get("address") or diagnostic.get("range", {}).get("filename")
    summary = f"{place}: {diagnostic['summary']}" if place else diagnostic["summary"]
    return f"{summary}\n{diagnostic.get('detail', '')}".rstrip()

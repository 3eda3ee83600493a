"""Marks suppressed results in checkov's SARIF, so that code scanning shows them as settled, with the reason."""

import json
from pathlib import Path

from ops.checks.gate import Expectations
from ops.checks.scan_report import Finding, resource_at


def mark_suppressed(sarif: str, root: Path, expectations: Expectations) -> str:
    """Add SARIF's own `suppressions` to each result that the expectations allow.

    Args:
        sarif: Checkov's SARIF of the project's files.
        root: The scanned folder.
        expectations: Whose suppressions count.

    Returns:
        The SARIF with its suppressions.
    """
    reasons = {
        Finding(entry.check, resource): entry.reason for entry in expectations.suppressed for resource in entry.files
    }
    document = json.loads(sarif)
    for run in document["runs"]:
        for result in run["results"]:
            where = result["locations"][0]["physicalLocation"]
            resource = resource_at(root, where["artifactLocation"]["uri"], where["region"]["startLine"])
            reason = reasons.get(Finding(result["ruleId"], resource))
            if reason:
                result["suppressions"] = [{"kind": "external", "justification": reason}]
    return json.dumps(document, indent=2) + "\n"

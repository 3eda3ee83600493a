"""The places where no secret may appear, each with a known value: to find nothing in an empty place proves nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ops.aws.access import Access
from ops.local.layout import Layout
from ops.terraform.runner import Terraform
from tests.proofs.state.secret_search import files_under, findings

CREDENTIAL_FILES: Final = ("env", "admin.env", "state/credentials.json", "certificates/server.key")
"""The files of an embedded AWS that contain credentials; only their owner may read them."""
STORAGE_FOLDERS: Final = ("state/services/", "state/objects/")
"""The storage of the embedded AWS itself, its parameters included; only the folders' owner may read it."""


LOGGED_ADDRESS: Final = "module.data.aws_ssm_parameter.api_key"
"""A resource that Terraform's trace names, without its value."""


@dataclass(frozen=True)
class Place:
    """One place.

    Attributes:
        contents: The contents, by name.
        known: A value that the same search must find there.
    """

    contents: Mapping[str, bytes]
    known: str

    def findings(self, secret: str) -> dict[str, list[str]]:
        """Where it contains a secret, and in which shapes."""
        assert findings(self.contents, self.known), f"{self.known} is not found either: {sorted(self.contents)}"
        return findings(self.contents, secret)


def plan_places(terraform: Terraform, folder: Path, known: str) -> dict[str, Place]:
    """A plan, its JSON, and everything that Terraform and the provider log meanwhile.

    Args:
        terraform: Terraform on the root to plan.
        folder: Where the files are written.
        known: A value in the plan that is not secret.
    """
    file = folder / "plan.tfplan"
    traced, log = tracing(terraform, folder / "plan.log")
    traced.save_plan(file)
    shown = json.dumps(terraform.show_plan(file)).encode()
    return {
        "the plan": Place({"plan.tfplan": file.read_bytes()}, known),
        "the plan's JSON": Place({"plan.json": shown}, known),
        "Terraform's trace of a plan": Place({"plan.log": log.read_bytes()}, LOGGED_ADDRESS),
    }


def tracing(terraform: Terraform, log: Path) -> tuple[Terraform, Path]:
    """Terraform that logs everything to a file."""
    variables = {"TF_LOG": "trace", "TF_LOG_PATH": str(log)}
    return replace(terraform, environment={**terraform.environment, **variables}), log


def aws_places(access: Access, known: str) -> dict[str, Place]:
    """Every version of every object of every bucket, the states among them, and every log group.

    Args:
        access: A user who may read everything.
        known: A value in the environment's state that is not secret.
    """
    return {"S3, all versions": Place(_objects(access), known), "CloudWatch Logs": Place(_events(access), "RequestId")}


def local_places(layout: Layout, known: str) -> dict[str, Place]:
    """The embedded AWS's log, and every file of its folder except those for credentials.

    Args:
        layout: Its files.
        known: A value in the environment's outputs that is not secret.
    """
    files = {
        name: content
        for name, content in files_under(layout.home).items()
        if name not in CREDENTIAL_FILES and not name.startswith(STORAGE_FOLDERS)
    }
    log = files.pop(layout.log.name)
    return {"the embedded AWS's log": Place({"server.log": log}, "ministack"), "its files": Place(files, known)}


def _objects(access: Access) -> dict[str, bytes]:
    s3 = access.s3()
    return {
        f"{bucket['Name']}/{version['Key']}?{version['VersionId']}": s3.get_object(
            Bucket=bucket["Name"], Key=version["Key"], VersionId=version["VersionId"]
        )["Body"].read()
        for bucket in s3.list_buckets()["Buckets"]
        for version in s3.list_object_versions(Bucket=bucket["Name"]).get("Versions", [])
    }


def _events(access: Access) -> dict[str, bytes]:
    logs = access.logs()
    groups = [
        group["logGroupName"]
        for page in logs.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    ]
    return {
        group: "\n".join(
            event["message"]
            for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in page["events"]
        ).encode()
        for group in groups
    }

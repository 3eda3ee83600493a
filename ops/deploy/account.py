"""Applies the account's root on real AWS: the state bucket, and what is one for a whole account and region."""

import os
from pathlib import Path

from generate.reading import read_account
from ops.aws.access import Access
from ops.aws.real_aws import refuse_embedded
from ops.deploy.bootstrap import Bootstrap
from ops.deploy.confirmation import confirm
from ops.deploy.deployment import terraform_on
from ops.project.paths import ACCOUNT
from ops.project.progress import Progress


def bootstrap_account(root: Path, progress: Progress) -> None:
    """Ask, then apply the account's root; its bucket first where there is none.

    Raises:
        OpsError: It was not confirmed, the bucket belongs to someone else, or Terraform refused.
    """
    settings = read_account(root)
    refuse_embedded(root, "the account", os.environ)
    access = Access(settings.state.region)
    identity = access.caller()
    confirm(f"This sets up account {identity} in {settings.region}, with the state bucket {settings.state.bucket}.")
    bootstrap = Bootstrap(
        project=root,
        work=root / "build" / "bootstrap",
        bucket=settings.state.bucket,
        access=access,
        terraform=lambda folder: terraform_on(root, folder, ACCOUNT, progress),
        progress=progress,
    )
    bootstrap.ensure_bucket()
    progress.say(f"account: {bootstrap.apply()}")

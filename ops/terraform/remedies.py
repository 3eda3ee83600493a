"""What to do about the failures of Terraform that users meet most."""

import re
from typing import Final, NamedTuple


class Remedy(NamedTuple):
    """What a failure looks like in Terraform's words, and what to do about it."""

    pattern: str
    advice: str


_REMEDIES: Final = (
    Remedy(
        r"Error acquiring the state lock",
        "Someone else is at work on this environment, or a run was killed. "
        "make unlock ENV=<environment> shows who holds the lock; with ID=<the lock's ID> it lifts it.",
    ),
    Remedy(
        r"No valid credential sources|InvalidClientTokenId|UnrecognizedClientException|get credentials",
        "There are no usable AWS credentials: log in (aws sso login) or set AWS_PROFILE; make doctor ENV=... looks.",
    ),
    Remedy(r"ExpiredToken", "Your AWS credentials have expired: log in again (aws sso login)."),
    Remedy(r"NoSuchBucket|S3 bucket .* does not exist", "The state bucket does not exist yet: make bootstrap."),
    Remedy(
        r"BucketAlreadyOwnedByYou",
        "The state bucket exists, but not in this state. Where its first state was lost, adopt it: "
        "terraform -chdir=envs/account import aws_s3_bucket.state <bucket>.",
    ),
    Remedy(
        r"could not connect to registry|Failed to query available provider packages|Failed to install provider",
        "The AWS provider could not be installed. Give access to Terraform's registry, or name a mirror's folder "
        "in TF_PLUGIN_MIRROR (terraform providers mirror <folder> makes one).",
    ),
    Remedy(
        r"doesn't match any of the checksums",
        "The provider found differs from the one in .terraform.lock.hcl: use the published one.",
    ),
)


def remedies_for(text: str) -> str:
    """What to do about an error, as lines to add to it; empty where nothing is known."""
    known = [remedy.advice for remedy in _REMEDIES if re.search(remedy.pattern, text)]
    return "".join(f"\n-> {advice}" for advice in known)

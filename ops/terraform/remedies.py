"""What to do about the failures of Terraform that users meet most."""

import re
from typing import Final, NamedTuple


class Remedy(NamedTuple):
    """What a failure looks like in Terraform's words, what to do about it, and what would mean another cause."""

    pattern: str
    advice: str
    unless: str | None = None


_EXPIRED: Final = r"ExpiredToken|SSO session has expired|SSOProviderInvalidToken|refresh cached SSO token"
_REMEDIES: Final = (
    Remedy(
        r"Error acquiring the state lock",
        "Someone else is at work on this environment, or a run was killed. "
        "make unlock ENV=<environment> shows who holds the lock; with ID=<the lock's ID> it lifts it.",
        unless=rf"{_EXPIRED}|AccessDenied",
    ),
    Remedy(
        _EXPIRED,
        "Your AWS credentials have expired: log in again (aws sso login), or set new ones.",
    ),
    Remedy(
        r"No valid credential sources|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId"
        r"|get credentials|failed to get shared config profile",
        "There are no usable AWS credentials: log in (aws sso login) or set AWS_PROFILE; make doctor ENV=... looks. "
        "Without an AWS account, on this machine: make up, then make plan ENV=local.",
        unless=_EXPIRED,
    ),
    Remedy(
        r"NoSuchBucket|S3 bucket .* does not exist",
        "The state bucket does not exist yet: make bootstrap makes it, once for an account. Its name is [state] bucket "
        "in envs/account/settings.toml and in the environment's: S3 names are global, so set one of your own in both, "
        "then make generate.",
    ),
    Remedy(
        r"requested bucket from|BucketRegionError|PermanentRedirect|MovedPermanently|StatusCode: 301",
        "The state bucket is in another region than the settings say. Set [state] region to the bucket's in "
        "envs/account/settings.toml and in the environment's, then make generate. If the bucket is somebody else's "
        "(S3 names are global), choose another [state] bucket.",
    ),
    Remedy(
        r"(?:workspaces|(?:loading|refreshing|saving) state|state lock)[\s\S]*(?:AccessDenied|StatusCode: 403)",
        "These credentials may not read the state: they need s3:ListBucket on the state bucket and s3:GetObject and "
        "s3:PutObject on the state and its .tflock. If the bucket is another account's (S3 names are global), choose "
        "another [state] bucket; make doctor ENV=... looks whose credentials these are.",
    ),
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
    known = [
        remedy.advice
        for remedy in _REMEDIES
        if re.search(remedy.pattern, text) and not (remedy.unless and re.search(remedy.unless, text))
    ]
    return "".join(f"\n-> {advice}" for advice in known)

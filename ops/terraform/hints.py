"""What to do about the failures of Terraform that users meet most."""

import re
from typing import Final

_HINTS: Final = {
    r"ExpiredToken|SSO session has expired|SSOProviderInvalidToken|refresh cached SSO token": (
        "Your AWS credentials have expired: log in again (aws sso login), or set new ones."
    ),
    r"(?:workspaces|(?:loading|refreshing|saving) state|state lock)[\s\S]*(?:AccessDenied|StatusCode: 403)": (
        "These credentials may not read the state: they need s3:ListBucket on the state bucket and s3:GetObject and "
        "s3:PutObject on the state and its .tflock. If the bucket is another account's (S3 names are global), choose "
        "another [state] bucket; make doctor ENV=... shows whose credentials these are."
    ),
    r"Error acquiring the state lock": (
        "Another run is under way on this environment, or a run was killed. "
        "make unlock ENV=<environment> shows who has the lock; with ID=<the lock's ID> it removes it."
    ),
    r"NoSuchBucket|S3 bucket .* does not exist": (
        "The state bucket does not exist yet: make bootstrap creates it, once for an account. Its name is [state] "
        "bucket in envs/account/settings.toml and in the environment's: S3 names are global, so set one of your own in "
        "both, then make generate."
    ),
    r"requested bucket from|BucketRegionError|PermanentRedirect|MovedPermanently|StatusCode: 301": (
        "The state bucket is in another region than the settings say. Set [state] region to the bucket's in "
        "envs/account/settings.toml and in the environment's, then make generate. If the bucket is somebody else's "
        "(S3 names are global), choose another [state] bucket."
    ),
    r"could not connect to registry|Failed to query available provider packages|Failed to install provider": (
        "The AWS provider could not be installed. Give access to Terraform's registry, or set TF_PLUGIN_MIRROR to a "
        "mirror's folder (terraform providers mirror <folder> makes one)."
    ),
}
"""Patterns of Terraform's output with what to do; the first that is found is the cause."""


def hint_for(output: str) -> str:
    """What to do about a failure, as a line to add to Terraform's output; empty where the cause is not known."""
    return next((f"\n-> {hint}" for pattern, hint in _HINTS.items() if re.search(pattern, output)), "")

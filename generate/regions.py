"""AWS's regions by partition, and what keeps a pipeline from running in some of them.

The names are those of botocore's endpoint data, which takes too long to import here; a test compares the two.
"""

from typing import Final

_PROVIDER_5: Final = "AWS provider 5.100, which the generated files are written for"

REGIONS: Final = {
    "aws": (
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
        *("ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5"),
        *("ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2"),
        *("eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1"),
        *("me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1"),
        "us-west-2",
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
    "aws-eusc": ("eusc-de-east-1",),
    "aws-iso": ("us-iso-east-1", "us-iso-west-1"),
    "aws-iso-b": ("us-isob-east-1", "us-isob-west-1"),
    "aws-iso-e": ("eu-isoe-west-1",),
    "aws-iso-f": ("us-isof-east-1", "us-isof-south-1"),
}
"""Every region by its partition."""

_ISOLATED: Final = "is isolated: it has no public console or documentation to generate for, and nothing is tested there"
UNUSABLE_PARTITIONS: Final = {
    "aws-eusc": f"{_PROVIDER_5}, asks for sts.eusc-de-east-1.amazonaws.com there, and the host is in amazonaws.eu",
    **dict.fromkeys(("aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"), f"the partition {_ISOLATED}"),
}
"""Why the pipeline cannot run in a partition."""
UNUSABLE_REGIONS: Final = {"ap-southeast-6": f"{_PROVIDER_5}, does not know it (`invalid AWS Region`)"}
"""Why it cannot run in a region of another partition."""

NEWER_THAN_THE_BACKEND: Final = frozenset({"ap-east-2"})
"""Regions that the S3 backend of Terraform 1.11, the oldest one supported, takes for a typing error."""

CONSOLES: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
"""The console's host in each partition that has a public one, the region in front of it left out."""

_PARTITIONS: Final = {region: partition for partition, regions in REGIONS.items() for region in regions}


def usable_regions() -> list[str]:
    """The regions that the pipeline can run in."""
    return [region for region in sorted(_PARTITIONS) if region_problem(region) is None]


def partition_of(region: str) -> str | None:
    """The partition of a region; None where there is no such region."""
    return _PARTITIONS.get(region)


def region_problem(region: str) -> str | None:
    """What would be allowed in place of a region that cannot be used; None where it can be."""
    partition = partition_of(region)
    if partition is None:
        return f"a region of AWS{_nearest(region)}"
    reason = UNUSABLE_PARTITIONS.get(partition) or UNUSABLE_REGIONS.get(region)
    return f"a region that the pipeline can run in, and not {region}: {reason}" if reason else None


def _nearest(region: str) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    close = difflib.get_close_matches(region.strip().lower(), _PARTITIONS, n=3)
    return f", such as {', '.join(close)}" if close else ", such as us-east-1 or eu-central-1"

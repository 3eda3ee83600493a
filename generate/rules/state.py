"""Rules for where things are: the regions, the state's bucket and its key."""

import re
from collections.abc import Iterator

from generate.regions import partition_of, region_problem
from generate.rules.broken import Broken
from generate.settings import AccountSettings, EnvironmentSettings, State

_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")


def place_rules(settings: EnvironmentSettings | AccountSettings) -> Iterator[Broken]:
    """Yield each rule that the regions, the state's bucket and its key break."""
    state = settings.state
    if problem := bucket_problem(state.bucket):
        yield Broken(("state.bucket",), state.bucket, problem)
    regions = {"region": settings.region, "state.region": state.region}
    problems = {key: problem for key, region in regions.items() if (problem := region_problem(region))}
    yield from (Broken((key,), regions[key], problem) for key, problem in problems.items())
    if "state.region" not in problems:
        yield from _key_rules(state)
    if not problems:
        yield from _region_rules(settings)


def _region_rules(settings: EnvironmentSettings | AccountSettings) -> Iterator[Broken]:
    """What two regions that can be used must have in common."""
    keys, found = ("state.region", "region"), settings.state.region
    partition = partition_of(settings.region)
    if partition_of(found) != partition:
        allowed = f"a region of {partition}, as region is: credentials are for one partition"
        yield Broken(keys, found, allowed)
    elif isinstance(settings, AccountSettings) and found != settings.region:
        allowed = f"the region {settings.region}, as region says: this root makes the state bucket there"
        yield Broken(keys, found, allowed)


def bucket_problem(name: str) -> str | None:
    """What S3 would take in place of a bucket's name; None where it takes it.

    S3 user guide, "General purpose bucket naming rules"; the last one is DNS's, under which buckets are reached.
    """
    if _ADDRESS.fullmatch(name):
        return "a name that S3 takes: not formatted as an IP address"
    if name.startswith(_RESERVED_BEGINNINGS):
        return f"a name that S3 takes: not beginning with {', '.join(_RESERVED_BEGINNINGS)}"
    if name.endswith(_RESERVED_ENDINGS):
        return f"a name that S3 takes: not ending with {', '.join(_RESERVED_ENDINGS)}"
    if any(part.startswith("-") or part.endswith("-") for part in name.split(".")):
        return "a name that S3 takes: a letter or digit at both ends and on both sides of a dot"
    return None


def _key_rules(state: State) -> Iterator[Broken]:
    """S3 takes a key of the bucket's own region alone (S3 user guide, "Using server-side encryption with KMS keys")."""
    if state.kms_key_arn is None:
        return
    beginning = f"arn:{partition_of(state.region)}:kms:{state.region}:"
    if not state.kms_key_arn.startswith(beginning):
        allowed = f"a key of state.region, whose ARN begins with {beginning}"
        yield Broken(("state.kms_key_arn", "state.region"), state.kms_key_arn, allowed)

"""Rules for tags: what any of the tagged services refuses, though another one would take it.

The services are DynamoDB, SQS, SNS, KMS, Lambda, IAM, CloudWatch, CloudWatch Logs, API Gateway, Systems Manager, S3.
The characters, lengths and number of tags are the fields' own (`generate/settings.py`).
"""

from collections.abc import Iterator

from generate.rules.broken import Broken

RESERVED_TAGS = ("project", "environment", "managed-by")
"""The default tags that the generator sets itself."""
_RESERVED_PREFIX = "aws:"
"""In any case, of keys and of values (AWS General Reference, "Tagging your AWS resources")."""


def tag_rules(tags: dict[str, str]) -> Iterator[Broken]:
    """Yield each rule of AWS's that a tag breaks."""
    seen: dict[str, str] = {}
    for tag, value in tags.items():
        key, folded = (f"tags.{tag}",), tag.lower()
        if folded in RESERVED_TAGS or folded.startswith(_RESERVED_PREFIX):
            allowed = f"any name but {', '.join(RESERVED_TAGS)}, which the generator sets, and AWS's own aws:*"
            yield Broken(key, value, allowed)
        if value.lower().startswith(_RESERVED_PREFIX):
            yield Broken(key, value, "a value that does not begin with aws:, which AWS keeps for itself")
        if tag != tag.strip(" ") or value != value.strip(" "):
            yield Broken(key, value, "no space at either end, of the name or of the value")
        if folded in seen:
            yield Broken(key, value, f"one of tags.{seen[folded]} and tags.{tag}: IAM compares tag keys without case")
        seen.setdefault(folded, tag)

"""The policies and permissions of resources: which other principals they admit, for what, and on which condition."""

import pytest

from tests.proofs.privilege.documented import attached
from tests.proofs.privilege.generated_documents import Body, Statement, resources
from tests.support.proving import Figures

pytestmark = pytest.mark.proof("least privilege")


def test_nothing_is_allowed_without_tls(every: list[Statement], roots: dict[str, Body], figures: Figures) -> None:
    denials = [each.body for each in every if each.body["effect"] == "Deny"]
    kept = [kind for _, kind, _, _ in resources(roots) if kind in {"aws_sqs_queue", "aws_sns_topic", "aws_s3_bucket"}]

    assert len(denials) == len(kept)
    for denial in denials:
        assert denial["principals"] == [{"type": "*", "identifiers": ["*"]}]
        insecure = {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}
        assert denial["condition"] == [insecure]
        figures.count("queues, topics and buckets that deny plain http")


def bodies(roots: dict[str, Body], wanted: str) -> dict[str, Body]:
    return {name: body for _, kind, name, body in resources(roots) if kind == wanted}


def test_one_method_invokes_each_function(roots: dict[str, Body], figures: Figures) -> None:
    permissions = bodies(roots, "aws_lambda_permission")

    assert permissions == attached.INVOKERS
    figures.tried("permissions to invoke a function, each for one method", len(permissions))


def test_the_sources_of_dead_letter_queues_are_documented(roots: dict[str, Body], figures: Figures) -> None:
    queues = bodies(roots, "aws_sqs_queue")
    allowed = {name: body["redrive_allow_policy"] for name, body in queues.items() if "redrive_allow_policy" in body}

    assert allowed == attached.REDRIVE_POLICIES
    figures.tried("dead-letter queues that accept only their sources", len(allowed))


def test_no_state_is_public(roots: dict[str, Body], figures: Figures) -> None:
    (block,) = bodies(roots, "aws_s3_bucket_public_access_block").values()

    assert {name: value for name, value in block.items() if name != "bucket"} == attached.STATE_BUCKET
    figures.tried("ways to make the state bucket public, all blocked", len(attached.STATE_BUCKET))

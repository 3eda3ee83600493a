"""The demonstration prints what is true and ends with an error where it is not."""

from io import StringIO
from pathlib import Path

import pytest

from ops.aws.access import Access, Keys
from ops.local.demonstration import Demonstration, FalseClaimError
from ops.local.pipeline import Pipeline, WaitedTooLongError, wait_for

ACCESS = Access("us-east-1", "https://127.0.0.1:1", Path("ca.pem"), Keys("key", "secret"))


def test_a_true_claim_is_printed_and_a_false_one_is_an_error() -> None:
    said = StringIO()
    demonstration = Demonstration(Pipeline(ACCESS, ACCESS, ACCESS, {"ApiId": "a", "ApiStageName": "dev"}), said)
    demonstration.begin("One")
    demonstration.check("two is two", is_true=True, found=2)

    with pytest.raises(FalseClaimError, match="the demonstration claims 'two is three', but this was found: 2"):
        demonstration.check("two is three", is_true=False, found=2)
    assert said.getvalue() == "\n1. One\n   ok  two is two\n"


def test_what_does_not_happen_in_time_is_an_error() -> None:
    with pytest.raises(WaitedTooLongError, match="the message was not found within 0 s"):
        wait_for("the message", lambda: None, seconds=0)

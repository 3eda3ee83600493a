"""A typo in an argument or attribute is found while generating, with the name that was meant."""

from typing import Any

import pytest

from generate.builders import account
from generate.errors import DocumentError
from generate.project import MODULES
from generate.provider_schema import provider_schema
from generate.settings import AccountSettings
from generate.terraform import Document, Expression


def problems(document: Document) -> tuple[str, ...]:
    with pytest.raises(DocumentError) as caught:
        document.files()
    return caught.value.problems


def table(**changes: Any) -> Document:
    arguments = {"name": "a", "hash_key": "device_id", "attribute": [{"name": "device_id", "type": "S"}], **changes}
    document = Document("modules/sample")
    document.resource("aws_dynamodb_table", "raw", **arguments)
    return document


def test_what_the_provider_knows_passes() -> None:
    assert table(depends_on=[], lifecycle={"prevent_destroy": True}).files()


def test_an_unknown_argument_names_the_one_that_was_meant() -> None:
    assert problems(table(hash_kee="x")) == (
        "modules/sample: resource.aws_dynamodb_table.raw: there is no argument 'hash_kee'; did you mean 'hash_key'?",
    )


def test_an_argument_that_resembles_nothing_is_named() -> None:
    assert problems(table(xyzzy="x")) == (
        "modules/sample: resource.aws_dynamodb_table.raw: there is no argument 'xyzzy'",
    )


def test_a_missing_argument_is_named_at_every_depth() -> None:
    document = table(attribute=[{"type": "S"}])
    document.resource("aws_dynamodb_table", "empty", hash_key="a")

    assert problems(document) == (
        "modules/sample: resource.aws_dynamodb_table.raw.attribute: the required argument 'name' is missing",
        "modules/sample: resource.aws_dynamodb_table.empty: the required argument 'name' is missing",
    )


def test_a_needed_block_must_stand_there() -> None:
    document = Document("modules/sample")
    document.resource("aws_api_gateway_method_settings", "all", rest_api_id="a", stage_name="b", method_path="*/*")

    assert problems(document) == (
        "modules/sample: resource.aws_api_gateway_method_settings.all: the required argument 'settings' is missing",
    )


def test_a_typo_inside_a_nested_block_is_found() -> None:
    assert problems(table(point_in_time_recovery={"enabeld": True})) == (
        (
            "modules/sample: resource.aws_dynamodb_table.raw.point_in_time_recovery: there is no argument 'enabeld'; "
            "did you mean 'enabled'?"
        ),
        (
            "modules/sample: resource.aws_dynamodb_table.raw.point_in_time_recovery: the required argument 'enabled' "
            "is missing"
        ),
    )


def test_an_attribute_that_nothing_has_is_no_reference() -> None:
    document = table()
    document.data("aws_region", "current")
    document.output("Arn", Expression("aws_dynamodb_table.raw.arm"), "The ARN.")
    document.output("Region", Expression("data.aws_region.current.nmae"), "The region.")
    document.output("Whole", Expression("aws_dynamodb_table.raw"), "All of it.")

    assert problems(document) == (
        (
            "modules/sample: output.Arn.value: refers to aws_dynamodb_table.raw.arm: "
            "aws_dynamodb_table has no attribute 'arm'; did you mean 'arn'?"
        ),
        (
            "modules/sample: output.Region.value: refers to data.aws_region.current.nmae: aws_region has no attribute "
            "'nmae'; did you mean 'name'?"
        ),
    )


def test_a_type_outside_the_slice_says_how_to_take_it_in() -> None:
    document = Document("modules/sample")
    bucket = document.resource("aws_s3_buckett", "this", bucket="a")
    document.output("Arn", bucket.arn, "The ARN.")

    assert problems(document) == (
        (
            "modules/sample: resource.aws_s3_buckett.this: aws_s3_buckett is not in provider_schema.json; "
            "run `make provider-schema`"
        ),
    )


def test_the_slice_holds_the_types_in_use_and_no_other() -> None:
    used: dict[str, set[str]] = {"resource": set(), "data": set()}
    for document in (*(build() for build in MODULES.values()), account.build(AccountSettings())):
        for kind, types in document.types().items():
            used[kind] |= types

    assert {kind: set(types) for kind, types in provider_schema().items()} == used

"""The safe layer over terrascript refuses what Terraform would misread."""

from typing import Any

import pytest

from generate.errors import DocumentError, DuplicateBlockError
from generate.interface import Interface
from generate.references import split_template
from generate.terraform import Document, Expression, Validation


def problems(document: Document) -> tuple[str, ...]:
    with pytest.raises(DocumentError) as caught:
        document.files()
    return caught.value.problems


def test_a_reference_prints_itself_wrapped() -> None:
    document = Document("modules/sample")
    queue = document.resource("aws_sqs_queue", "this", name="a")
    document.resource("aws_sqs_queue", "other", name=queue.name, policy=f"{queue.arn}/*")

    other = document.files()["main.tf.json"]["resource"]["aws_sqs_queue"]["other"]

    assert other == {"name": "${aws_sqs_queue.this.name}", "policy": "${aws_sqs_queue.this.arn}/*"}


def test_a_reference_inside_lists_and_objects_is_wrapped_too() -> None:
    document = Document("modules/sample")
    suffix = document.variable("suffix", "string", "The suffix.")
    document.resource("aws_sqs_queue", "this", tags={"all": [suffix, {"deep": suffix[0]}]}, count=None)

    body = document.files()["main.tf.json"]["resource"]["aws_sqs_queue"]["this"]

    assert body == {"tags": {"all": ["${var.suffix}", {"deep": "${var.suffix[0]}"}]}, "count": None}


def test_private_attributes_are_no_references() -> None:
    with pytest.raises(AttributeError):
        _ = Expression("aws_sqs_queue.this")._arn  # noqa: SLF001 - that is what is tried


@pytest.mark.parametrize("kind", ["resource", "data"])
def test_a_duplicate_block_is_refused(kind: str) -> None:
    document = Document("modules/sample")
    add = getattr(document, kind)
    add("aws_sqs_queue", "this", name="a")

    with pytest.raises(DuplicateBlockError, match=r"modules/sample: (data\.)?aws_sqs_queue\.this is defined twice"):
        add("aws_sqs_queue", "this", name="b")


def test_a_second_terraform_block_is_refused() -> None:
    document = Document("modules/sample")
    document.terraform(required_version=">= 1.11")

    with pytest.raises(DuplicateBlockError, match="terraform is defined twice"):
        document.terraform(required_version=">= 1.12")


@pytest.mark.parametrize("bare", ["aws_sqs_queue.this.arn", "var.suffix", "module.data.key_arn", "local.x"])
def test_an_unwrapped_reference_is_refused(bare: str) -> None:
    document = Document("modules/sample")
    document.resource("aws_sqs_queue", "this", name=bare)

    (problem,) = problems(document)

    assert problem == (
        f"modules/sample: resource.aws_sqs_queue.this.name: {bare!r} contains a reference outside ${{}}, "
        "which Terraform reads as plain text"
    )


@pytest.mark.parametrize(
    "expression",
    ["aws_sqs_queue.missing.arn", "data.aws_region.missing.name", "var.missing", "local.missing", "module.missing.x"],
)
def test_an_unknown_reference_is_refused(expression: str) -> None:
    document = Document("modules/sample")
    document.resource("aws_sqs_queue", "this", name=Expression(expression))

    (problem,) = problems(document)

    assert "modules/sample: resource.aws_sqs_queue.this.name: refers to" in problem
    assert "missing" in problem


def test_references_are_found_inside_calls_and_nested_templates() -> None:
    document = Document("modules/sample")
    document.resource("aws_sqs_queue", "this", name='${upper("${var.missing}-${lower(var.lost)} var.text")}')

    assert {problem.split("refers to ")[1] for problem in problems(document)} == {
        "var.missing, which is not declared",
        "var.lost, which is not declared",
    }


def test_an_escaped_template_and_a_comment_are_text() -> None:
    document = Document("modules/sample")
    document.resource("aws_sqs_queue", "this", **{"//": "see aws_sqs_queue.gone"}, name="$${literal}")

    assert document.files()["main.tf.json"]


def test_what_depends_on_names_must_exist() -> None:
    document = Document("modules/sample")
    document.resource("aws_sqs_queue", "this", name="a", depends_on=["aws_sqs_queue.gone"])

    (problem,) = problems(document)

    assert problem.endswith("refers to aws_sqs_queue.gone, which is not declared")


def test_an_unused_variable_and_local_are_refused() -> None:
    document = Document("modules/sample")
    document.variable("idle", "string", "Idle.")
    document.local("idle", 1)

    assert problems(document) == (
        "modules/sample: local.idle is declared and not used",
        "modules/sample: var.idle is declared and not used",
    )


def test_a_variable_that_only_its_own_validation_uses_is_unused() -> None:
    document = Document("modules/sample")
    document.variable("idle", "string", "Idle.", validations=[Validation(Expression('var.idle != ""'), "Say it.")])

    assert problems(document) == ("modules/sample: var.idle is declared and not used",)


def test_module_inputs_and_outputs_are_checked_all_at_once() -> None:
    interface = Interface(frozenset({"needed"}), frozenset({"optional"}), frozenset({"arn"}))
    document = Document("envs/sample")
    call = document.module("data", "data", interface, optional=1, unknown=2)
    document.output("Good", call.arn, "There.")
    document.output("Bad", call.url, "Not there.")

    assert problems(document) == (
        "envs/sample: module.data: the module has no variable 'unknown'",
        "envs/sample: module.data: the required variable 'needed' is not given",
        "envs/sample: output.Bad.value: refers to module.data.url, which the module does not hand out",
    )


def test_a_document_without_locals_has_no_empty_files() -> None:
    document = Document("modules/sample")
    document.resource("aws_sqs_queue", "this", name="a")

    assert list(document.files()) == ["main.tf.json"]


@pytest.mark.parametrize(
    ("text", "expressions", "rest"),
    [
        ("plain", (), "plain"),
        ("a${b}c${d}", ("b", "d"), "ac"),
        ("${ { for k in x : k => k } }", (" { for k in x : k => k } ",), ""),
        ("$${kept}", (), "$${kept}"),
        ("${never closed", ("never closed",), ""),
    ],
)
def test_templates_are_split(text: str, expressions: tuple[str, ...], rest: str) -> None:
    assert split_template(text) == (expressions, rest)


def test_an_interface_separates_required_from_optional() -> None:
    document = Document("modules/sample")
    document.variable("needed", "string", "Needed.")
    document.variable("optional", "number", "Optional.", default=None)
    document.output("arn", "x", "The ARN.")

    expected: Any = Interface(frozenset({"needed"}), frozenset({"optional"}), frozenset({"arn"}))
    assert document.interface == expected

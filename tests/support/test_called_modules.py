"""A module is read with the values of its call, and with its `dynamic` blocks expanded."""

from typing import Any

import pytest

from tests.support.called_modules import Body, called_module

FOR_EACH = {
    "list": "${var.rules}",
    "optional": "${nonsensitive(var.queue == null) ? [] : [var.queue.arn]}",
    "names": '${length(var.names) == 0 ? [] : [[for name in var.names : "${name}.${data.aws_region.current.id}"]]}',
}


def read(body: Body, **arguments: Any) -> Body:
    """The body of a module with the variables `rules`, `queue`, `names` and `suffix`, called with some of them."""
    defaults: dict[str, Any] = {"rules": [], "queue": None, "names": [], "suffix": "test"}
    files = {
        "envs/dev/main.tf.json": {"module": {"call": {"source": "../../modules/called", **arguments}}},
        "modules/called/variables.tf.json": {
            "variable": {name: {"default": default} for name, default in defaults.items()}
        },
        "modules/called/main.tf.json": body,
    }
    return called_module(files, "envs/dev", "call")


def test_variables_have_the_values_of_the_call_or_their_defaults() -> None:
    body = {"a": "${var.suffix}", "b": ["x-${var.suffix}-${local.y}"], "c": "${var.queue}", "d": 1, "e": "${f(var.g)}"}

    assert read(body) == {"a": "test", "b": ["x-test-${local.y}"], "c": None, "d": 1, "e": "${f(var.g)}"}
    assert read(body, suffix="own", queue={"arn": "${module.q.arn}"})["c"] == {"arn": "${module.q.arn}"}
    assert read(body, suffix="own")["b"] == ["x-own-${local.y}"]


@pytest.mark.parametrize("for_each", FOR_EACH.values(), ids=FOR_EACH)
def test_a_dynamic_block_over_nothing_is_absent(for_each: str) -> None:
    assert read({"dynamic": {"rule": {"for_each": for_each, "content": {"a": 1}}}}) == {}


def test_dynamic_blocks_follow_the_written_ones() -> None:
    rule = {"for_each": FOR_EACH["list"], "content": {"name": "${rule.value.name}", "of": "${rule.value.of}"}}
    queue = {"for_each": FOR_EACH["optional"], "content": {"name": "${rule.value}"}}
    names = {"for_each": FOR_EACH["names"], "content": {"names": "${rule.value}"}}
    body = {"rule": [{"name": "written"}], "dynamic": {"rule": [rule, queue, names]}}

    found = read(body, rules=[{"name": "one", "of": ["x"]}, {"name": "two"}], queue={"arn": "q"}, names=["a", "b"])

    assert found["rule"] == [
        {"name": "written"},
        {"name": "one", "of": ["x"]},
        {"name": "two", "of": None},
        {"name": "q"},
        {"names": ["a.${data.aws_region.current.id}", "b.${data.aws_region.current.id}"]},
    ]


def test_a_dynamic_block_within_one_refers_to_both_values() -> None:
    inner = {"part": {"for_each": "${rule.value.parts}", "content": {"is": "${part.value} of ${rule.value.name}"}}}
    rule = {"for_each": FOR_EACH["list"], "content": {"dynamic": inner}}

    found = read({"dynamic": {"rule": rule}}, rules=[{"name": "one", "parts": ["x", "y"]}, {"name": "two"}])

    assert found == {"rule": [{"part": [{"is": "x of one"}, {"is": "y of one"}]}, {}]}


def test_a_list_of_texts_is_expanded() -> None:
    text = '${concat([for name in var.names : "group:${name}"], ["other-${var.suffix}", "last"])}'

    assert read({"values": text}, names=["a", "b"]) == {"values": ["group:a", "group:b", "other-test", "last"]}


def test_an_expression_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\$\{toset\(var.rules\)\}: tests/support/called_modules.py does not know"):
        read({"dynamic": {"rule": {"for_each": "${toset(var.rules)}", "content": {}}}})

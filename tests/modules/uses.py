"""Roots that call every module in one of the ways that Terraform knows, with every variable given."""

import json
from typing import Any

from ops.project.paths import ROOT
from tests.modules.cases import CASES, KEY, QUEUE

Body = dict[str, Any]

SAMPLES: Body = {
    "subscriptions": [{"protocol": "email", "endpoint": "on-call@example.com"}],
    "visibility_timeout_seconds": 400,
    "log_group_names": ["/aws/lambda/own-dev"],
    "key_arn": KEY,
    "role_name": "own",
    "description": "Own.",
    "environment_variables": {"OWN": "1"},
    "reserved_concurrency": 50,
    "failure_queue_arn": QUEUE,
    "event_source": {
        "queue_arn": QUEUE,
        "batch_size": 10,
        "batching_window_seconds": 0,
        "maximum_concurrency": 2,
    },
    "layer_arns": ["arn:aws:lambda:us-east-1:123456789012:layer:own:1"],
    "update_after": ["arn:aws:lambda:us-east-1:123456789012:function:other"],
    "encrypts_through": ["dynamodb"],
    "decrypts_through": ["ssm"],
    "policy_statements": [
        {
            "sid": "Read",
            "actions": ["dynamodb:GetItem"],
            "resources": ["*"],
            "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
        }
    ],
}
"""Values of variables whose default is null or empty."""
KNOWN_SHAPES = ("subscriptions", "event_source")
"""Of these it must be known how many elements they have, or whether they are null; all within them need not be."""


def inputs(module: str) -> Body:
    """A value for each variable of a module.

    Raises:
        KeyError: A variable has neither a valid value in its case, nor a default, nor a sample.
    """
    variables = json.loads((ROOT / "modules" / module / "variables.tf.json").read_text())["variable"]
    valid = CASES[module].valid
    given = {name: body.get("default") for name, body in variables.items()} | valid
    return {name: value if value not in (None, [], {}, "") else SAMPLES[name] for name, value in given.items()}


def repeated() -> Body:
    """Each module under a map's keys."""
    return _root("${each.key}", for_each={"a": "x", "b": "y"})


def counted() -> Body:
    """Each module twice."""
    return _root("e${count.index}", count=2)


def aliased() -> Body:
    """Each module with a provider of another name, where there is no default one."""
    return _root(providers={"aws": "aws.other"}) | {"provider": {"aws": [{"alias": "other", "region": "eu-west-1"}]}}


def unknown() -> Body:
    """Each value is known after the apply alone."""
    root = _root()
    sources: Body = {}
    for module, call in root["module"].items():
        for name in inputs(module):
            sources[f"{module}_{name}"] = {"input": call[name]}
            later = f"terraform_data.{module}_{name}.output"
            call[name] = _parts(later, call[name]) if name in KNOWN_SHAPES else f"${{{later}}}"
    return root | {"resource": {"terraform_data": sources}}


def sensitive() -> Body:
    """Each value comes from a sensitive variable."""
    root = _root()
    variables: Body = {}
    for module, call in root["module"].items():
        for name in inputs(module):
            variables[f"{module}_{name}"] = {"default": call[name], "sensitive": True}
            call[name] = f"${{var.{module}_{name}}}"
    return root | {"variable": variables}


def _parts(expression: str, value: Any) -> Any:
    """A list or an object whose parts are references to those of an expression."""
    if isinstance(value, list):
        return [_parts(f"{expression}[{index}]", each) for index, each in enumerate(value)]
    if isinstance(value, dict):
        return {key: _parts(f"{expression}.{key}", each) for key, each in value.items() if key != "protocol"} | {
            key: each for key, each in value.items() if key == "protocol"
        }
    return f"${{{expression}}}"


USES = {use.__name__: use for use in (repeated, counted, aliased, unknown, sensitive)}


def _root(suffix: str = "dev", **more: Any) -> Body:
    calls: Body = {}
    for name in sorted(CASES):
        given = inputs(name)
        named = {"function_name": f"own-{suffix}"} if "function_name" in given else {"environment_suffix": suffix}
        calls[name] = {"source": f"../modules/{name}", **given, **named, **more}
    return {"module": calls}

"""Each module's README: what it makes, takes and gives, and how it is called."""

import json
from typing import Any

from generate.builders.common import MODULE_PROVIDER_VERSION, TERRAFORM_VERSION
from generate.prose import render_template
from generate.render import HEADER
from generate.terraform import Document, Variable

_SUMMARIES = {
    "data": "The KMS key, the tables of raw readings and processed items, and the parameters.",
    "queueing": "The ingestion queue, its dead-letter queue, the queue for failed asynchronous invocations, and the "
    "alert topic.",
    "layer": "The layer with what the functions import beyond the runtime's own packages.",
    "function": "One Lambda function with its role, log group, failure destination and event source: any package and "
    "any entry point.",
    "api": "The REST API with IAM authorization, request validation, throttling, logs, traces and permissions.",
    "monitoring": "The alarms, each with a section in the runbook, and the dashboard.",
}
_KNOWN = {
    "queueing": " (but for the number and the names of `subscriptions`)",
    "function": " (but for whether `event_source` is null)",
}
"""What a module must know while it is planned."""


def module_readme(name: str, module: Document) -> str:
    """Render a module's README."""
    inputs = {variable.name: variable.example for variable in module.variables.values() if variable.required}
    call = {"module": {name: {"source": f"./modules/{name}", **inputs}}}
    return render_template(
        "module_readme.md.j2",
        header=HEADER,
        name=name,
        summary=_SUMMARIES[name],
        but=_KNOWN.get(name, ""),
        variables=list(module.variables.values()),
        outputs=module.outputs,
        resources=module.resource_addresses(),
        example_hcl=_hcl_block(name, inputs),
        example_json=json.dumps(call, indent=2),
        default=_default,
        allowed=_allowed,
        terraform_version=TERRAFORM_VERSION,
        provider_version=MODULE_PROVIDER_VERSION,
    )


def _allowed(variable: Variable) -> str:
    """What the validations allow, without the variable's name where a sentence begins with it."""
    return " ".join(text.removeprefix(f"{variable.name} must be ") for text in variable.allowed).replace("|", "\\|")


def _default(variable: Variable) -> str:
    return "required" if variable.required else f"`{json.dumps(variable.default)}`"


def _hcl_block(name: str, inputs: dict[str, Any]) -> str:
    """The call in HCL, with its equals signs aligned as `terraform fmt` aligns them."""
    lines = {"source": json.dumps(f"./modules/{name}"), **{key: _hcl(value) for key, value in inputs.items()}}
    width = max(len(key) for key in lines)
    body = "\n".join(f"  {key.ljust(width)} = {value}" for key, value in lines.items())
    return f'module "{name}" {{\n{body}\n}}'


def _hcl(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_hcl(item)}" for key, item in value.items()) + " }"
    if isinstance(value, str) and value.startswith("${"):
        return value[2:-1]
    return json.dumps(value)

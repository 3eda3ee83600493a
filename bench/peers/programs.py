"""Writes the common stack with one tool: `python programs.py cdktf|cdktn|terrascript TARGET`.

It runs in the tool's own environment and imports nothing of the project.
"""

import json
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

TOOL, TARGET = sys.argv[1:]
STACK = Path(__file__).with_name("stack.json")
TAGS = [{"tags": {"environment": "dev"}}]
STATE = {"bucket": "iot-pipeline-terraform-state", "key": "dev/iot-pipeline.tfstate", "region": "us-east-1"}


def declare(add: Callable[..., Any]) -> None:
    """Declare the resources of `stack.json`.

    Args:
        add: Adds a resource with the tool, by Terraform's type without `aws_`, name and arguments; what it returns has
            the resource's attributes as references, or is None: the stack's references stay.
    """
    added: dict[str, Any] = {}

    def resolve(reference: re.Match[str]) -> str:
        target = added[reference[1]]
        return getattr(target, reference[2]) if target else reference[0]

    for kind, resources in json.loads(STACK.read_text(encoding="utf-8")).items():
        for name, arguments in resources.items():
            text = re.sub(r"\$\{aws_(\w+\.\w+)\.(\w+)\}", resolve, json.dumps(arguments))
            added[f"{kind}.{name}"] = add(kind, name, **json.loads(text))


def write_with_cdk(bindings: str, find_class: Callable[[str], Any]) -> None:
    """Use CDKTF or CDK Terrain, which have the same classes, but for those of their AWS bindings."""
    cdk = import_module(TOOL)
    app = cdk.App(outdir=TARGET)
    stack = cdk.TerraformStack(app, "iot-pipeline")
    import_module(f"{bindings}.provider").AwsProvider(stack, "aws", region="us-east-1", default_tags=TAGS)
    cdk.S3Backend(stack, **STATE)
    declare(lambda kind, name, /, **arguments: find_class(kind)(stack, f"{kind}-{name}", **arguments))
    app.synth()


def find_cdktf_class(kind: str) -> Any:
    """CDKTF's bindings have a module for each type."""
    return getattr(import_module(f"cdktf_cdktf_provider_aws.{kind}"), kind.title().replace("_", ""))


def find_cdktn_class(kind: str) -> Any:
    """CDK Terrain's bindings have a module for each service."""
    service = next(name for name in ("api_gateway", "cloudwatch_log", kind.partition("_")[0]) if kind.startswith(name))
    module = {"cloudwatch_log": "cloudwatch_logs", "lambda": "lambda_"}.get(service, service)
    name = kind.removeprefix(f"{service}_").title().replace("_", "")
    return getattr(import_module(f"cdktn_aws.{module}"), f"Aws{name}")


def write_with_terrascript() -> None:
    """Use plain terrascript by its documented imports. Its references lack `${}`, so that the stack's own stay."""
    from terrascript import Terraform, Terrascript, provider, resource  # noqa: PLC0415 - of its own environment

    configuration = Terrascript(provider.aws(region="us-east-1", default_tags=TAGS))
    configuration.add(Terraform(backend={"s3": STATE}))

    def add(kind: str, name: str, /, **arguments: Any) -> None:
        configuration.add(getattr(resource, f"aws_{kind}")(name, **arguments))

    declare(add)
    Path(TARGET).write_text(str(configuration), encoding="utf-8")


if __name__ == "__main__":
    match TOOL:
        case "cdktf":
            write_with_cdk("cdktf_cdktf_provider_aws", find_cdktf_class)
        case "cdktn":
            write_with_cdk("cdktn_aws", find_cdktn_class)
        case "terrascript":
            write_with_terrascript()

"""The common stack in CDK Terrain for Python: `python cdktn_stack.py FOLDER`."""

import sys
from typing import Any

from cdktn import App, S3Backend, TerraformStack
from cdktn_aws import api_gateway, cloudwatch, cloudwatch_logs, dynamodb, iam, lambda_, provider, sns, sqs, ssm
from stack import declare

SERVICES = {
    "api_gateway": api_gateway,
    "cloudwatch_log": cloudwatch_logs,
    "cloudwatch": cloudwatch,
    "dynamodb": dynamodb,
    "iam": iam,
    "lambda": lambda_,
    "sns": sns,
    "sqs": sqs,
    "ssm": ssm,
}
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "iot-pipeline")
provider.AwsProvider(stack, "aws", region="us-east-1", default_tags=[{"tags": {"environment": "dev"}}])
S3Backend(stack, bucket="iot-pipeline-terraform-state", key="dev/iot-pipeline.tfstate", region="us-east-1")


def add(kind: str, name: str, /, **arguments: Any) -> Any:
    """Make an instance of the class that the bindings have for a type, in the submodule of its service."""
    service = next(prefix for prefix in SERVICES if kind.startswith(prefix))
    kind_of_service = kind.removeprefix(f"{service}_")
    return getattr(SERVICES[service], "Aws" + kind_of_service.title().replace("_", ""))(
        stack, f"{kind}-{name}", **arguments
    )


declare(add)
app.synth()

"""The common stack in CDKTF for Python: `python cdktf_stack.py FOLDER`."""

import sys
from typing import Any

from cdktf import App, S3Backend, TerraformStack
from cdktf_cdktf_provider_aws.api_gateway_deployment import ApiGatewayDeployment
from cdktf_cdktf_provider_aws.api_gateway_integration import ApiGatewayIntegration
from cdktf_cdktf_provider_aws.api_gateway_method import ApiGatewayMethod
from cdktf_cdktf_provider_aws.api_gateway_method_settings import ApiGatewayMethodSettings
from cdktf_cdktf_provider_aws.api_gateway_resource import ApiGatewayResource
from cdktf_cdktf_provider_aws.api_gateway_rest_api import ApiGatewayRestApi
from cdktf_cdktf_provider_aws.api_gateway_stage import ApiGatewayStage
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from cdktf_cdktf_provider_aws.lambda_event_source_mapping import LambdaEventSourceMapping
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction
from cdktf_cdktf_provider_aws.lambda_layer_version import LambdaLayerVersion
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.ssm_parameter import SsmParameter
from stack import declare

CLASSES = {
    each.__name__: each
    for each in (
        ApiGatewayDeployment,
        ApiGatewayIntegration,
        ApiGatewayMethod,
        ApiGatewayMethodSettings,
        ApiGatewayResource,
        ApiGatewayRestApi,
        ApiGatewayStage,
        CloudwatchLogGroup,
        CloudwatchMetricAlarm,
        DynamodbTable,
        IamRole,
        IamRolePolicy,
        IamRolePolicyAttachment,
        LambdaEventSourceMapping,
        LambdaFunction,
        LambdaLayerVersion,
        LambdaPermission,
        SnsTopic,
        SqsQueue,
        SsmParameter,
    )
}
app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "iot-pipeline")
AwsProvider(stack, "aws", region="us-east-1", default_tags=[{"tags": {"environment": "dev"}}])
S3Backend(stack, bucket="iot-pipeline-terraform-state", key="dev/iot-pipeline.tfstate", region="us-east-1")


def add(kind: str, name: str, /, **arguments: Any) -> Any:
    """Make an instance of the class that the bindings have for a type."""
    return CLASSES[kind.title().replace("_", "")](stack, f"{kind}-{name}", **arguments)


declare(add)
app.synth()

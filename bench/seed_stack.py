"""Deploys the seed-style functions to the embedded AWS, beside `envs/dev`, with the services that they use."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

from ops.aws.access import Access
from tests.handlers.moto_pipeline import PROCESSED_TABLE, MotoPipeline

_SOURCE: Final = Path(__file__).parent / "peers" / "seed.py"
_TIMEOUT_SECONDS: Final = 30
"""Not more than a queue's visibility timeout, which is 30 s by default."""


def deploy(access: Access, layer: Path, runtime: Any) -> tuple[str, str]:
    """Deploy them to an AWS that has none of them.

    Args:
        access: The administrator's.
        layer: A layer package with the X-Ray SDK.
        runtime: Such as `python3.11`.

    Returns:
        The API's address and the name of the processed table.
    """
    pipeline, functions = (
        MotoPipeline.of(access.dynamodb(), access.sqs(), access.sns(), access.ssm()),
        access.functions(),
    )
    published = functions.publish_layer_version(
        LayerName="bench-seed", Content={"ZipFile": layer.read_bytes()}, CompatibleRuntimes=[runtime]
    )
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(_SOURCE, _SOURCE.name)
    role, arns = _create_role(access), []
    for handler, megabytes in (("ingestion", 256), ("processor", 512)):
        created = functions.create_function(
            FunctionName=f"bench-seed-{handler}",
            Runtime=runtime,
            Role=role,
            Handler=f"seed.{handler}",
            Code={"ZipFile": package.getvalue()},
            Timeout=_TIMEOUT_SECONDS,
            MemorySize=megabytes,
            Layers=[published["LayerVersionArn"]],
            Environment={"Variables": pipeline.variables},
            TracingConfig={"Mode": "Active"},
        )
        functions.get_waiter("function_active_v2").wait(FunctionName=created["FunctionName"])
        arns.append(created["FunctionArn"])
    queue = pipeline.sqs.get_queue_attributes(QueueUrl=pipeline.queue_url, AttributeNames=["QueueArn"])["Attributes"]
    functions.create_event_source_mapping(EventSourceArn=queue["QueueArn"], FunctionName=arns[1], BatchSize=10)
    return _create_api(access, arns[0]), PROCESSED_TABLE


def _create_role(access: Access) -> str:
    name, services = "bench-seed-role", ("dynamodb", "sqs", "sns", "ssm", "logs", "xray")
    trust = _policy(Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole")
    allowed = _policy(Action=[f"{service}:*" for service in services], Resource="*")
    role = access.iam().create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    access.iam().put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=allowed)
    return role


def _policy(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _create_api(access: Access, function: str) -> str:
    gateway = access.api_gateway()
    api = gateway.create_rest_api(name="bench-seed")["id"]
    (root,) = (one["id"] for one in gateway.get_resources(restApiId=api)["items"] if one["path"] == "/")
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="ingest")["id"]
    method: Any = {"restApiId": api, "resourceId": resource, "httpMethod": "POST"}
    gateway.put_method(**method, authorizationType="AWS_IAM")
    uri = f"arn:aws:apigateway:{access.region}:lambda:path/2015-03-31/functions/{function}/invocations"
    gateway.put_integration(**method, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    gateway.create_deployment(restApiId=api, stageName="seed")
    return f"{access.endpoint}/restapis/{api}/seed/_user_request_"

"""Deploys the seed-style functions beside `envs/dev` on the embedded AWS: the same services, the seed's wiring."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.aws.access import Access
from ops.project.errors import OpsError

RAW_TABLE, PROCESSED_TABLE = "bench-seed-raw", "bench-seed-processed"
_SOURCES: Final = Path(__file__).parent / "seed"
_CONFIG_PARAMETER: Final = "/bench-seed/config"
_STAGE: Final = "seed"
_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True)
class SeedStack:
    """The deployed stack.

    Attributes:
        api: The API's address.
        processed_table: Where its processor writes.
    """

    api: str
    processed_table: str = PROCESSED_TABLE


def deploy(access: Access, layer: Path, runtime: Any) -> SeedStack:
    """Deploy it to an AWS that has none of it.

    Args:
        access: The administrator's.
        layer: A layer package with the X-Ray SDK.
        runtime: Such as `python3.11`.
    """
    _create_table(access, RAW_TABLE, "timestamp", "N")
    _create_table(access, PROCESSED_TABLE, "event_date", "S")
    queue = access.sqs().create_queue(QueueName="bench-seed-queue", Attributes={"VisibilityTimeout": "361"})["QueueUrl"]
    topic = access.sns().create_topic(Name="bench-seed-alerts")["TopicArn"]
    access.session().client("ssm", **_options(access)).put_parameter(
        Name=_CONFIG_PARAMETER, Value=json.dumps({"batch_size": 100}), Type="String"
    )
    variables = {
        "RAW_TABLE_NAME": RAW_TABLE,
        "PROCESSED_TABLE_NAME": PROCESSED_TABLE,
        "QUEUE_URL": queue,
        "ALERT_TOPIC_ARN": topic,
        "CONFIG_PARAM": _CONFIG_PARAMETER,
    }
    published = access.functions().publish_layer_version(
        LayerName="bench-seed", Content={"ZipFile": layer.read_bytes()}, CompatibleRuntimes=[runtime]
    )["LayerVersionArn"]
    role = _create_role(access)
    ingestion, processor = (
        _create_function(access, name, role, published, runtime, variables) for name in ("ingestion", "processor")
    )
    arn = access.sqs().get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    access.functions().create_event_source_mapping(EventSourceArn=arn, FunctionName=processor, BatchSize=10)
    return SeedStack(_create_api(access, ingestion))


def await_active(access: Access, look: Callable[[], bool]) -> None:
    """Wait until a look finds what it looks for.

    Raises:
        OpsError: It took more than a minute.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    while not look():
        if time.monotonic() > end:
            raise OpsError(f"the seed-style stack at {access.endpoint} does not become active")
        time.sleep(0.2)


def _options(access: Access) -> dict[str, Any]:
    return {"endpoint_url": access.endpoint, "verify": str(access.authority) if access.authority else None}


def _create_table(access: Access, name: str, range_key: str, kind: Any) -> None:
    access.dynamodb().create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "device_id", "AttributeType": "S"},
            {"AttributeName": range_key, "AttributeType": kind},
        ],
        KeySchema=[
            {"AttributeName": "device_id", "KeyType": "HASH"},
            {"AttributeName": range_key, "KeyType": "RANGE"},
        ],
    )


def _create_role(access: Access) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    actions = ["dynamodb:*", "sqs:*", "sns:*", "ssm:*", "logs:*", "xray:*"]
    role = access.iam().create_role(RoleName="bench-seed-role", AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    allowed = _policy({"Effect": "Allow", "Action": actions, "Resource": "*"})
    access.iam().put_role_policy(RoleName="bench-seed-role", PolicyName="all", PolicyDocument=allowed)
    return role


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _create_function(  # noqa: PLR0913, PLR0917 - what a function is made of
    access: Access, name: str, role: str, layer: str, runtime: Any, variables: dict[str, str]
) -> str:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(_SOURCES / f"{name}.py", "index.py")
    functions = access.functions()
    created = functions.create_function(
        FunctionName=f"bench-seed-{name}",
        Runtime=runtime,
        Role=role,
        Handler="index.lambda_handler",
        Code={"ZipFile": package.getvalue()},
        Timeout=60,
        MemorySize=512 if name == "processor" else 256,
        Layers=[layer],
        Environment={"Variables": variables},
        TracingConfig={"Mode": "Active"},
    )
    name_of_it = created["FunctionName"]
    await_active(access, lambda: functions.get_function(FunctionName=name_of_it)["Configuration"]["State"] == "Active")
    return created["FunctionArn"]


def _create_api(access: Access, function: str) -> str:
    gateway = access.api_gateway()
    api = gateway.create_rest_api(name="bench-seed")["id"]
    (root,) = (one["id"] for one in gateway.get_resources(restApiId=api)["items"] if one["path"] == "/")
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="ingest")["id"]
    place: Any = {"restApiId": api, "resourceId": resource, "httpMethod": "POST"}
    gateway.put_method(**place, authorizationType="AWS_IAM")
    path = f"arn:aws:apigateway:{access.region}:lambda:path/2015-03-31/functions/{function}/invocations"
    gateway.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=path)
    gateway.create_deployment(restApiId=api, stageName=_STAGE)
    return f"{access.endpoint}/restapis/{api}/{_STAGE}/_user_request_"

"""The modules serve a root that somebody wrote by hand in HCL: applied, used, planned again, destroyed."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from ops.aws.api_client import ApiClient
from ops.local.access_files import api_address
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.terraform.runner import Terraform
from ops.terraform.toolchain import Toolchain
from tests.modules.hand_written import applied
from tests.support.planned_changes import planned_changes
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.proof("modules alone"), pytest.mark.slow, pytest.mark.timeout(900)]
API_KEY = "the-key-of-the-example-0123456789"
DEVICE = "by-hand"
READING = {"device_id": DEVICE, "sensor_data": {"temp": 25.5}}
OWN_FUNCTION = "own-function"
OWN_CODE = """
def handler(event, context):
    failed = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}
"""


def planned(terraform: Terraform, file: Path) -> list[str]:
    terraform.save_plan(file)
    return planned_changes(terraform.show_plan(file))


def test_the_whole_pipeline_written_by_hand_works(
    pipeline: Pipeline, machine: Machine, toolchain: Toolchain, tmp_path: Path, figures: Figures
) -> None:
    administrator = pipeline.administrator
    variables = {"api_key": API_KEY, "packages": str(machine.layout.packages)}
    with applied("pipeline", tmp_path, toolchain, administrator, variables) as terraform:
        outputs = terraform.outputs()
        address = {"ApiId": outputs["api_id"], "ApiStageName": "example"}
        caller = ApiClient(api_address(str(administrator.endpoint), address), administrator)

        without_key = caller.post("/ingest", READING)
        request = caller.prepare_post("/ingest", READING)
        request.headers["X-Api-Key"] = API_KEY
        sent = caller.deliver(caller.sign(request))

        assert (without_key.status, sent.status) == (401, 200), sent.text
        figures.count("readings refused without the second factor")
        query = {"device_id": DEVICE}
        found = eventually(lambda: caller.get("/query", query).document()["items"] or None)
        assert [item["temperature_fahrenheit"] for item in found] == [77.9]
        figures.count("readings sent, processed and queried through the API of the root written by hand")

        assert planned(terraform, tmp_path / "plan.tfplan") == []
        figures.count("plans of nothing afterwards")
    names = administrator.dynamodb().list_tables()["TableNames"]
    assert [name for name in names if name.endswith("-example")] == []
    figures.count("roots destroyed, with no table left")


def test_queueing_alone_serves_a_function_of_ones_own(
    pipeline: Pipeline, toolchain: Toolchain, tmp_path: Path, figures: Figures
) -> None:
    administrator = pipeline.administrator
    role = make_own_function(pipeline)
    variables = {"function_name": OWN_FUNCTION, "function_role_name": role, "function_timeout_seconds": "1"}
    with applied("queueing", tmp_path, toolchain, administrator, variables) as terraform:
        sqs, outputs = administrator.sqs(), terraform.outputs()
        for body in ("good", "bad"):
            sqs.send_message(QueueUrl=outputs["queue_url"], MessageBody=body)

        dead = outputs["dead_letter_queue_url"]
        (message,) = eventually(lambda: sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=5).get("Messages"))
        assert message["Body"] == "bad"
        counts = sqs.get_queue_attributes(QueueUrl=outputs["queue_url"], AttributeNames=["All"])["Attributes"]
        assert counts["ApproximateNumberOfMessages"] == counts["ApproximateNumberOfMessagesNotVisible"] == "0"
        figures.tried("messages through the queue of the module alone, one of them dead-lettered", 2)

        assert planned(terraform, tmp_path / "plan.tfplan") == []
        figures.count("plans of nothing afterwards")
    assert not [url for url in sqs.list_queues()["QueueUrls"] if url.endswith(OWN_FUNCTION)]
    administrator.functions().delete_function(FunctionName=OWN_FUNCTION)
    administrator.iam().delete_role(RoleName=role)
    figures.count("roots destroyed, with no queue left")


def make_own_function(pipeline: Pipeline) -> str:
    """Somebody's function, which knows nothing of the pipeline.

    Returns:
        Its role's name.
    """
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = pipeline.administrator.iam().create_role(RoleName=OWN_FUNCTION, AssumeRolePolicyDocument=document)["Role"]
    code = BytesIO()
    with ZipFile(code, "w") as archive:
        archive.writestr("own.py", OWN_CODE)
    pipeline.administrator.functions().create_function(
        FunctionName=OWN_FUNCTION,
        Role=role["Arn"],
        Handler="own.handler",
        Runtime="python3.11",
        Timeout=1,
        Code={"ZipFile": code.getvalue()},
    )
    return role["RoleName"]

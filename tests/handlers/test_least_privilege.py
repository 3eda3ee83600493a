"""The calls that each function makes are those that its role was granted: none is missing, none is idle."""

import pytest

from handlers.aws import clients
from handlers.aws.alert_state import table_key
from handlers.services.batch import BatchFailedError
from tests.handlers.fakes import FailingClient, client_error
from tests.handlers.moto_pipeline import API_KEY_PARAMETER, PROCESSED_TABLE, MotoPipeline, message, reading_message
from tests.proofs.privilege.generated_documents import Statement, generated, statements

BATCHES = {
    "SendMessageBatch": "SendMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
"""SQS's batch calls need the permission of the single ones (SQS developer guide, "Amazon SQS API permissions")."""
BY_LAMBDA_ITSELF = {
    "KeepFailedInvocations": {"sqs:SendMessage"},
    "WriteLogs": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "WriteTraces": {"xray:PutTraceSegments", "xray:PutTelemetryRecords"},
}
"""Statements for what no handler calls through a client; nor does one call KMS, which other services do for it."""
EVENT_SOURCE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
"""What the event source mapping calls with the processor's role."""


class RecordedCalls:
    """Clients that record the calls."""

    def __init__(self, moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> None:
        self._recorders = {}
        for service in ("dynamodb", "sqs", "sns", "ssm"):
            recorder = FailingClient(getattr(moto, service), "nothing", client_error("Never"))
            self._recorders[service] = recorder
            monkeypatch.setattr(clients, service, lambda recorder=recorder: recorder)

    def actions(self) -> set[str]:
        """The IAM actions of the calls so far."""
        found = set()
        for service, recorder in self._recorders.items():
            for call in recorder.calls:
                name = "".join(part.capitalize() for part in call.split("_"))
                found.add(f"{service}:{BATCHES.get(name, name)}")
        return found

    def refuse(self, service: str, operation: str, times: int) -> None:
        """Let an operation fail that many times."""
        recorder = self._recorders[service]
        recorder._operation, recorder.left = operation, times  # noqa: SLF001 - of this module's own recorder


@pytest.fixture
def calls(moto: MotoPipeline, monkeypatch: pytest.MonkeyPatch) -> RecordedCalls:
    return RecordedCalls(moto, monkeypatch)


@pytest.fixture(scope="module")
def every() -> list[Statement]:
    return list(statements(generated()))


def granted(every: list[Statement], function: str) -> set[str]:
    """What the handler of a function may call: its role's policy less what Lambda needs itself."""
    own = {each.sid: set(each.body["actions"]) for each in every if (each.root, each.document) == (function, "this")}
    assert {sid: own.pop(sid) for sid in BY_LAMBDA_ITSELF} == BY_LAMBDA_ITSELF
    return {action for actions in own.values() for action in actions if not action.startswith("kms:")}


def test_ingestion(
    moto: MotoPipeline, calls: RecordedCalls, monkeypatch: pytest.MonkeyPatch, every: list[Statement]
) -> None:
    moto.ssm.put_parameter(Name=API_KEY_PARAMETER, Value="k" * 20, Type="SecureString")
    monkeypatch.setenv("API_KEY_PARAMETER", API_KEY_PARAMETER)
    reading = {"device_id": "d", "timestamp": 1, "sensor_data": {"temp": 1}}

    for body in (reading, reading, {**reading, "sensor_data": {"temp": 2}}, {"readings": [reading]}):
        moto.post(body, {"X-Api-Key": "k" * 20})

    assert calls.actions() == granted(every, "ingestion")


def test_processor(moto: MotoPipeline, calls: RecordedCalls, every: list[Statement]) -> None:
    reading = {"device_id": "d", "timestamp": 1, "sensor_data": {"temp": 1}}
    moto.post(reading)
    before = calls.actions()

    calls.refuse("dynamodb", "batch_write_item", times=1)
    moto.process(message("poison"), reading_message("d", 1, temp=99))
    moto.process(reading_message("d", 2, temp=99), reading_message("d", 3, temp=1))
    moto.reprocess({"device_id": "d"})
    claimed_by_another(moto)

    assert calls.actions() - (before - granted(every, "processor")) == granted(every, "processor") - EVENT_SOURCE


def claimed_by_another(moto: MotoPipeline) -> None:
    """Let another invocation have claimed an alert, and a reading wait for it in vain."""
    moto.process(reading_message("e", 1, temp=99))
    moto.dynamodb.update_item(
        TableName=PROCESSED_TABLE,
        Key=table_key(("e", "temperature")),
        UpdateExpression="SET claimed_until = :far, claimed_alert = :alert",
        ExpressionAttributeValues={":far": {"N": "9999999999999"}, ":alert": {"BOOL": True}},
    )
    with pytest.raises(BatchFailedError, match="claimed by another invocation"):
        moto.process(reading_message("e", 1, temp=99))


def test_query(moto: MotoPipeline, calls: RecordedCalls, every: list[Statement]) -> None:
    for table in ("raw", "processed"):
        assert moto.query(device_id="d", table=table)[0] == 200

    assert calls.actions() == granted(every, "query")

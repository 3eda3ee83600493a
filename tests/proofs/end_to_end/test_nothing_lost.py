"""On a running pipeline: functions are killed and the whole AWS restarts under traffic, and nothing is lost.

Clients send every reading until it is acknowledged. In the end exactly what was sent is raw, and each reading is
processed or in the dead-letter queue with its reason, from which it comes back; none is there twice.
"""

import re
from contextlib import suppress
from http import HTTPStatus
from random import Random

import pytest

from ops.local.demonstration.narrator import StoryError
from ops.local.machine import Machine
from ops.local.pipeline import Pipeline
from ops.local.server import find_server
from ops.operate.redriving.dead_letters import Choice
from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, redrive
from tests.proofs.end_to_end.broken import messages_come_back_after
from tests.proofs.end_to_end.traffic import Traffic
from tests.proofs.end_to_end.workers import kill_at_work, workers_of
from tests.support.proving import Figures
from tests.support.running import eventually

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.slow, pytest.mark.timeout(900)]
KILLS = 12
RESTARTS = 2
VISIBILITY_SECONDS = 20
PATIENCE = 180
LONGEST_WORK_SECONDS = 0.02
"""Of processor time, about what a warm invocation takes."""
DIED = r"ESM: Lambda {} failed processing SQS batch .*Worker process (?:died|exited immediately)"
"""What the embedded AWS logs of a batch that ended without an answer. It deletes none of its messages, so that each is
processed, as all are in the end, only when it is received again."""


def test_functions_are_killed_under_traffic(
    machine: Machine, pipeline: Pipeline, device: str, figures: Figures
) -> None:
    running = find_server(machine.layout)
    assert running is not None
    ingestion, processor = pipeline.outputs["IngestionFunctionName"], pipeline.outputs["ProcessorFunctionName"]
    traffic, random = Traffic(pipeline, device), Random(device)  # noqa: S311  # picks, hides nothing
    said_before = len(machine.layout.log.read_text())

    def kill(function: str, cpu_seconds: float) -> None:
        def one_of_them() -> bool | None:
            return any(kill_at_work(each, cpu_seconds) for each in workers_of(running.process.pid, function)) or None

        eventually(one_of_them, PATIENCE)
        figures.count("processes of functions killed inside an invocation")
        traffic.await_more(10)

    with messages_come_back_after(pipeline, VISIBILITY_SECONDS):
        with traffic.flowing():
            for function in (ingestion, processor):  # certain to be unanswered: the event is taken, all is still to do
                kill(function, 0)
            for function in (ingestion, processor) * (KILLS // 2 - 1):
                kill(function, random.uniform(0, LONGEST_WORK_SECONDS))
        settle(traffic, figures)
    unanswered = sum(number for (status, _), number in traffic.answers.items() if status == HTTPStatus.BAD_GATEWAY)
    assert unanswered, f"no request was in a process that was killed; the API answered {traffic.answers}"
    figures.tried("requests that the API answered 502 for their killed process, and that were sent again", unanswered)
    died = len(re.findall(DIED.format(processor), machine.layout.log.read_text()[said_before:]))
    assert died, "no batch was in a process that was killed"
    figures.tried("batches in a killed process, whose messages were received again", died)


def test_the_embedded_aws_restarts_under_traffic(
    machine: Machine, pipeline: Pipeline, device: str, figures: Figures
) -> None:
    traffic = Traffic(pipeline, device)

    with messages_come_back_after(pipeline, VISIBILITY_SECONDS):
        with traffic.flowing():
            for _ in range(RESTARTS):
                traffic.await_more(40)
                machine.down()
                assert machine.up() == pipeline
                figures.count("restarts in the middle of traffic")
            traffic.await_more(40)
        settle(traffic, figures)


def settle(traffic: Traffic, figures: Figures) -> None:
    """Wait until nothing is on its way, look at everything, and bring back what was given up."""
    assert traffic.acknowledged == traffic.sent
    assert traffic.raw() == traffic.sent

    def lost() -> int:
        dead = {key for keys, _ in traffic.dead_letters().values() for key in keys}
        return len(traffic.sent.keys() - traffic.processed().keys() - dead)

    with suppress(StoryError):
        eventually(lambda: lost() == 0 or None, PATIENCE)
    assert lost() == 0, f"of {len(traffic.sent)} acknowledged readings neither processed nor dead letters: {lost()}"
    letters = traffic.dead_letters()
    assert all(reason for _, reason in letters.values())
    if letters:
        sqs, outputs = traffic.pipeline.administrator.sqs(), traffic.pipeline.outputs
        destination = IngestionQueue(sqs, outputs["IngestionQueueUrl"])
        queue = DeadLetterQueue(sqs, outputs["DeadLetterQueueUrl"])
        redrive(queue, destination, Choice(message_ids=list(letters)))
    eventually(lambda: traffic.processed() == traffic.sent or None, PATIENCE)
    figures.tried("acknowledged readings: raw, processed, once", len(traffic.sent), len(traffic.processed()))
    figures.measure("messages by way of the dead-letter queue", len(letters))
    for (status, text), number in sorted(traffic.answers.items()):
        figures.measure(f"answers {status} {text}", number)

"""On a running pipeline functions are killed and the whole AWS restarts under traffic, and nothing is lost.

Clients send every reading until it is acknowledged. In the end exactly the sent readings are stored raw, and each is
processed or in the dead-letter queue with its reason, from which it is redriven; none is stored twice.
"""

import re
from contextlib import suppress
from http import HTTPStatus
from random import Random

import pytest

from ops.local.machine import Machine
from ops.local.pipeline import Pipeline, WaitedTooLongError
from ops.local.server import find_server
from ops.operate.redriving.dead_letters import Choice
from ops.operate.redriving.destinations import IngestionQueue
from ops.operate.redriving.moving import DeadLetterQueue, redrive
from tests.proofs.end_to_end.failing_processor import shortened_visibility_timeout
from tests.proofs.end_to_end.function_processes import kill_during_invocation, processes_of
from tests.proofs.end_to_end.traffic import Traffic
from tests.support.proving import Figures
from tests.support.running_pipeline import eventually

pytestmark = [pytest.mark.proof("nothing lost"), pytest.mark.slow, pytest.mark.timeout(900)]
KILLS = 12
RESTARTS = 2
VISIBILITY_SECONDS = 20
PATIENCE = 180
LONGEST_WORK_SECONDS = 0.02
"""Processor time, about as much as a warm invocation takes."""
DIED = r"ESM: Lambda {} failed processing SQS batch .*Worker process (?:died|exited immediately)"
"""The embedded AWS logs this for a batch that ended without an answer. It deletes none of its messages: each is
processed only when it is received again."""


def test_functions_are_killed_under_traffic(
    machine: Machine, pipeline: Pipeline, device: str, figures: Figures
) -> None:
    running = find_server(machine.layout)
    assert running is not None
    ingestion, processor = pipeline.outputs["IngestionFunctionName"], pipeline.outputs["ProcessorFunctionName"]
    traffic, random = Traffic(pipeline, device), Random(device)  # noqa: S311  # not a secret
    log_length_before = len(machine.layout.log.read_text())

    def kill(function: str, cpu_seconds: float) -> None:
        def kill_one() -> bool | None:
            return (
                any(kill_during_invocation(each, cpu_seconds) for each in processes_of(running.process.pid, function))
                or None
            )

        eventually(kill_one, PATIENCE)
        figures.count("functions' processes killed during an invocation")
        traffic.await_more(10)

    with shortened_visibility_timeout(pipeline, VISIBILITY_SECONDS):
        with traffic.flowing():
            for function in (
                ingestion,
                processor,
            ):  # certainly unanswered: the event is read, no work done
                kill(function, 0)
            for function in (ingestion, processor) * (KILLS // 2 - 1):
                kill(function, random.uniform(0, LONGEST_WORK_SECONDS))
        check_all_accounted_for(traffic, figures)
    unanswered = sum(number for (status, _), number in traffic.answers.items() if status == HTTPStatus.BAD_GATEWAY)
    assert unanswered, f"no request was in a process that was killed; the API answered {traffic.answers}"
    figures.tried("requests answered 502 because their process was killed, then sent again", unanswered)
    died = len(re.findall(DIED.format(processor), machine.layout.log.read_text()[log_length_before:]))
    assert died, "no batch was in a process that was killed"
    figures.tried("batches of killed processes, whose messages were received again", died)


def test_the_embedded_aws_restarts_under_traffic(
    machine: Machine, pipeline: Pipeline, device: str, figures: Figures
) -> None:
    traffic = Traffic(pipeline, device)

    with shortened_visibility_timeout(pipeline, VISIBILITY_SECONDS):
        with traffic.flowing():
            for _ in range(RESTARTS):
                traffic.await_more(40)
                machine.down()
                assert machine.up() == pipeline
                figures.count("restarts under traffic")
            traffic.await_more(40)
        check_all_accounted_for(traffic, figures)


def check_all_accounted_for(traffic: Traffic, figures: Figures) -> None:
    """Wait until all is processed or dead-lettered, check every reading, and redrive the dead-letter messages."""
    assert traffic.acknowledged == traffic.sent
    assert traffic.raw() == traffic.sent

    def lost() -> int:
        dead = {key for keys, _ in traffic.dead_letters().values() for key in keys}
        return len(traffic.sent.keys() - traffic.processed().keys() - dead)

    with suppress(WaitedTooLongError):
        eventually(lambda: lost() == 0 or None, PATIENCE)
    assert lost() == 0, (
        f"of {len(traffic.sent)} acknowledged readings neither processed nor dead-letter messages: {lost()}"
    )
    dead_letters = traffic.dead_letters()
    assert all(reason for _, reason in dead_letters.values())
    if dead_letters:
        sqs, outputs = traffic.pipeline.administrator.sqs(), traffic.pipeline.outputs
        destination = IngestionQueue(sqs, outputs["IngestionQueueUrl"])
        queue = DeadLetterQueue(sqs, outputs["DeadLetterQueueUrl"])
        redrive(queue, destination, Choice(message_ids=list(dead_letters)))
    eventually(lambda: traffic.processed() == traffic.sent or None, PATIENCE)
    figures.tried("acknowledged readings: stored raw and processed, once", len(traffic.sent), len(traffic.processed()))
    figures.measure("messages that were dead-lettered and redriven", len(dead_letters))
    for (status, text), number in sorted(traffic.answers.items()):
        figures.measure(f"answers {status} {text}", number)

"""Chapter: what becomes of a message that nobody can process."""

import json

from handlers.aws.dead_letter_queue import REASON_ATTRIBUTE
from ops.local.demonstration.stage import Stage


def tell_poison(stage: Stage) -> None:
    """Put a message that is no reading into the queue, and find it in the dead-letter queue.

    Raises:
        StoryError: It did not get there, or without a reason.
    """
    narrator = stage.narrator
    narrator.chapter("A message that is no reading gets into the queue")
    body = json.dumps({"poison": stage.device})
    stage.pipeline.administrator.sqs().send_message(QueueUrl=stage.output("IngestionQueueUrl"), MessageBody=body)
    narrator.tell(f"sent straight to the queue: {body}")
    message = narrator.await_value("the dead letter", lambda: stage.peek("DeadLetterQueueUrl", stage.device))
    attributes = message.get("MessageAttributes", {})
    reason = attributes[REASON_ATTRIBUTE].get("StringValue") if REASON_ATTRIBUTE in attributes else None
    narrator.show(f"it is in the dead-letter queue, with its reason: {reason}", true=bool(reason), found=message)
    narrator.tell("(make redrive ENV=local puts such messages back, when what was wrong is mended)")
    stage.pipeline.administrator.sqs().delete_message(
        QueueUrl=stage.output("DeadLetterQueueUrl"), ReceiptHandle=message["ReceiptHandle"]
    )

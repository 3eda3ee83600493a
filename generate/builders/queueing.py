"""The module `queueing`: the ingestion queue, the dead-letter queues, and the alert topic."""

from generate.builders.common import Location, account_data, arn_variable, new_module, number_variable
from generate.builders.setting_variables import setting_variable
from generate.naming import ALERT_TOPIC_DISPLAY_NAME, resource_name
from generate.policies import condition, deny_without_tls, policy_document, service, statement
from generate.settings import EventSource, Queueing
from generate.terraform import Document, Expression, Validation

RETENTION_SECONDS = 1_209_600
"""14 days, the longest that SQS keeps a message (SQS developer guide, quotas)."""


def build() -> Document:
    """Build the module."""
    document, suffix = new_module("queueing")
    key_arn = arn_variable(
        document, "key_arn", "ARN of the KMS key that encrypts the queues and the topic.", "${module.data.key_arn}"
    )
    where = account_data(document)
    dead_letter = _dead_letter_queue(document, "dead_letter", suffix, key_arn, where)
    async_dead_letter = _dead_letter_queue(document, "async_dead_letter", suffix, key_arn, where)
    ingestion = _ingestion_queue(document, suffix, key_arn, where, dead_letter)
    topic = _topic(document, suffix, key_arn, where)
    queues = {"ingestion": ingestion, "dead_letter": dead_letter, "async_dead_letter": async_dead_letter}
    for name, queue in queues.items():
        title = name.replace("_", "-").replace("async-dead", "asynchronous dead")
        document.output(f"{name}_queue_url", queue.url, f"URL of the {title} queue.")
        document.output(f"{name}_queue_arn", queue.arn, f"ARN of the {title} queue.")
        document.output(f"{name}_queue_name", queue.name, f"Name of the {title} queue.")
    document.output("alert_topic_arn", topic.arn, "ARN of the alert topic.")
    document.output("alert_topic_name", topic.name, "Name of the alert topic.")
    return document


def _dead_letter_queue(
    document: Document, name: str, suffix: Expression, key_arn: Expression, where: Location
) -> Expression:
    """A queue for what failed. Only the ingestion queue may redrive into the first, and no queue into the second.

    The source is named by an ARN put together from its name: a reference would close a circle.
    """
    allow: dict[str, object] = {"redrivePermission": "denyAll"}
    if name == "dead_letter":
        sources = [where.arn("sqs", resource_name("ingestion_queue", suffix))]
        allow = {"redrivePermission": "byQueue", "sourceQueueArns": sources}
    return document.resource(
        "aws_sqs_queue",
        name,
        name=resource_name(f"{name}_queue", suffix),
        message_retention_seconds=RETENTION_SECONDS,
        kms_master_key_id=key_arn,
        redrive_allow_policy=_jsonencode(allow),
        policy=_queue_policy(document, name, suffix, where),
    )


def _ingestion_queue(
    document: Document, suffix: Expression, key_arn: Expression, where: Location, dead_letter: Expression
) -> Expression:
    timeout = number_variable(
        document, "processor_timeout_seconds", "Timeout of the function that reads the queue.", 1, 900, default=60
    )
    window = setting_variable(document, EventSource, "batching_window_seconds")
    receives = setting_variable(document, Queueing, "maximum_receive_count")
    visibility = setting_variable(document, Queueing, "visibility_timeout_seconds")
    minimum = document.local("minimum_visibility_timeout_seconds", Expression(f"6 * {timeout.bare} + {window.bare}"))
    shown = Expression(f"nonsensitive({minimum.bare})")  # Terraform warns of a message with a sensitive value
    return document.resource(
        "aws_sqs_queue",
        "ingestion",
        name=resource_name("ingestion_queue", suffix),
        message_retention_seconds=RETENTION_SECONDS,
        visibility_timeout_seconds=Expression(f"coalesce({visibility.bare}, {minimum.bare})"),
        kms_master_key_id=key_arn,
        redrive_policy=_jsonencode({"deadLetterTargetArn": dead_letter.arn, "maxReceiveCount": receives}),
        policy=_queue_policy(document, "ingestion", suffix, where),
        lifecycle={
            "precondition": [
                {
                    "condition": Expression(f"coalesce({visibility.bare}, {minimum.bare}) >= {minimum.bare}"),
                    "error_message": f"visibility_timeout_seconds must be at least {shown}: 6 times the processor's "
                    "timeout plus the batching window, or a batch is delivered twice.",
                }
            ]
        },
    )


def _queue_policy(document: Document, name: str, suffix: Expression, where: Location) -> Expression:
    arn = where.arn("sqs", resource_name(f"{name}_queue", suffix))
    return policy_document(document, f"{name}_queue", deny_without_tls("sqs", [arn]))


def _topic(document: Document, suffix: Expression, key_arn: Expression, where: Location) -> Expression:
    topic = document.resource(
        "aws_sns_topic",
        "alerts",
        name=resource_name("alert_topic", suffix),
        display_name=ALERT_TOPIC_DISPLAY_NAME,
        kms_master_key_id=key_arn,
    )
    document.resource(
        "aws_sns_topic_policy", "alerts", arn=topic.arn, policy=_topic_policy(document, suffix, topic, where)
    )
    _subscriptions(document, topic)
    return topic


_NAMES = '[for s in var.subscriptions : s.name if s.name != null && s.name != ""]'


def _subscriptions(document: Document, topic: Expression) -> None:
    """Who is notified, under keys that are known and not sensitive whatever the endpoints are."""
    given = document.variable(
        "subscriptions",
        "list(object({ protocol = string, endpoint = string, name = optional(string) }))",
        "Who is notified of alerts: protocol email or https, and where. Each is known by its name, or by its place in "
        "the list: with a name it is not replaced where another one goes.",
        default=[],
        nullable=False,
        validations=[
            Validation(
                Expression('alltrue([for s in var.subscriptions : contains(["email", "https"], s.protocol)])'),
                "each subscription's protocol must be email or https.",
            ),
            Validation(
                Expression(f"length(distinct({_NAMES})) == length({_NAMES})"),
                "each subscription's name must be its own.",
            ),
        ],
    ).bare
    places = document.local(
        "subscriptions",
        Expression(
            f"{{ for place in range(nonsensitive(length({given}))) : "
            f'nonsensitive(coalesce({given}[place].name, format("#%d", place))) => place }}'
        ),
    )
    document.resource(
        "aws_sns_topic_subscription",
        "alerts",
        for_each=places,
        topic_arn=topic.arn,
        protocol=Expression(f"{given}[each.value].protocol"),
        endpoint=Expression(f"{given}[each.value].endpoint"),
    )


def _topic_policy(document: Document, suffix: Expression, topic: Expression, where: Location) -> Expression:
    """CloudWatch's alarms of this environment may publish; functions publish by their own roles.

    `sns:*` is no action of a topic policy, so the denial names what reaches a topic over HTTP.
    """
    deny = deny_without_tls("sns", [topic.arn])
    return policy_document(
        document,
        "alert_topic",
        statement(
            "AlarmsPublish",
            ["sns:Publish"],
            [topic.arn],
            condition("StringEquals", "aws:SourceAccount", where.account),
            condition("ArnLike", "aws:SourceArn", where.arn("cloudwatch", f"alarm:*-{suffix}")),
            principal=service("cloudwatch.amazonaws.com"),
        ),
        {**deny, "actions": ["sns:Publish"]},
    )


def _jsonencode(value: dict[str, object]) -> Expression:
    """Terraform's own JSON of an object of texts, lists of texts and expressions."""
    return Expression(f"jsonencode({_literal(value)})")


def _literal(value: object) -> str:
    match value:
        case Expression():
            return value.bare
        case dict():
            return "{ " + ", ".join(f"{key} = {_literal(item)}" for key, item in value.items()) + " }"
        case list():
            return "[" + ", ".join(_literal(item) for item in value) + "]"
        case _:
            return f'"{value}"'

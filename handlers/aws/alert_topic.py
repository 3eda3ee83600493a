"""The topic that notifies people and systems of alerts."""

from typing import TYPE_CHECKING, Final

import msgspec

from handlers.aws.alert_state import AlertState
from handlers.aws.retrying import Retrying
from handlers.domain.documents import encode
from handlers.domain.timestamps import event_date

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient

LONGEST_SUBJECT: Final = 100
"""https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""


class AlertTopic(msgspec.Struct, frozen=True):
    """Publishes notifications."""

    client: "SNSClient"
    arn: str

    def publish(self, claimed: AlertState, retrying: Retrying) -> None:
        """Notify subscribers that a device broke a rule, or is normal again.

        The message is JSON: `device_id`, `rule`, `state` (`alert` or `clear`), and `value`, `timestamp`, `event_date`
        of the latest reading that decided. The first three are message attributes too, to filter by (`docs/alerts.md`).

        Raises:
            UnavailableError: AWS failed; whether it was published is not known.
        """
        state = "alert" if claimed.claimed_alert else "clear"
        labels = {"device_id": claimed.device_id, "rule": claimed.rule_name, "state": state}
        reading = {
            "value": claimed.notification_value,
            "timestamp": claimed.notification_time,
            "event_date": event_date(claimed.notification_time),
        }
        retrying.call(
            self.client.publish,
            TopicArn=self.arn,
            Subject=f"IoT {state}: {claimed.device_id}"[:LONGEST_SUBJECT],
            Message=encode(labels | reading),
            MessageAttributes={name: {"DataType": "String", "StringValue": text} for name, text in labels.items()},
        )

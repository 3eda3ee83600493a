"""The topic that tells people and systems about alerts."""

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
    """Publishes what subscribers are to be told."""

    client: "SNSClient"
    arn: str

    def publish(self, claimed: AlertState, retrying: Retrying) -> None:
        """Tell subscribers that an alert began or ended.

        The message is JSON: `device_id`, `rule`, `state` (`alert` or `clear`), and `value`, `timestamp`, `event_date`
        of the latest reading that decided. The first three are message attributes too, to filter by (`docs/alerts.md`).

        Raises:
            UnavailableError: AWS failed; whether it was published is not known.
        """
        state = "alert" if claimed.claimed_alert else "clear"
        labels = {"device_id": claimed.device_id, "rule": claimed.rule_name, "state": state}
        reading = {
            "value": claimed.told_value,
            "timestamp": claimed.told_at,
            "event_date": event_date(claimed.told_at),
        }
        retrying.call(
            self.client.publish,
            TopicArn=self.arn,
            Subject=f"IoT {state}: {claimed.device_id}"[:LONGEST_SUBJECT],
            Message=encode(labels | reading),
            MessageAttributes={name: {"DataType": "String", "StringValue": text} for name, text in labels.items()},
        )

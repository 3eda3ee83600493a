"""What the processed table knows of a device since a moment."""

import sys
from typing import TYPE_CHECKING, Final

import msgspec

from handlers.aws.range_reader import RangeReader
from handlers.aws.retrying import Retrying
from handlers.domain.paging import Window
from handlers.domain.reading import Reading
from handlers.domain.rules import Observation
from handlers.domain.transform import plan

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PAGE_SIZE: Final = 100
"""Of a reading that is not late there is none to be found; of a late one the newest mostly decides."""


class NewerReadings(msgspec.Struct, frozen=True):
    """Looks for readings that make others late."""

    client: "DynamoDBClient"
    table_name: str

    def decisive(self, observation: Observation, retrying: Retrying) -> Observation | None:
        """Return what the device's newest reading that decides about the rule says, if it is newer than the observed.

        Readings that decide nothing (no such value, a value within the hysteresis) are passed over, page by page.

        Raises:
            UnavailableError: AWS failed, or time ran out.
        """
        reader = RangeReader(self.client, self.table_name, "event_date", is_consistent=True, page_size=PAGE_SIZE)
        window = Window(first=observation.reading.timestamp + 1)
        device_id, rules = observation.reading.device_id, {observation.rule_name: observation.rule}
        for item in reader.read(device_id, window, sys.maxsize, retrying, is_descending=True):
            reading = Reading(device_id, int(item["timestamp"]), item["sensor_data"])
            if decided := plan(reading, rules, processed_at=0).observations:
                return decided[0]
        return None

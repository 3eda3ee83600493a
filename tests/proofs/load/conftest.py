"""The tables that a load is compared with."""

import pytest

from ops.local.pipeline import Pipeline
from ops.operate.load.ledger import Tables


@pytest.fixture
def tables(pipeline: Pipeline) -> Tables:
    outputs = pipeline.outputs
    return Tables(pipeline.administrator.dynamodb(), outputs["RawSensorTableName"], outputs["ProcessedDataTableName"])

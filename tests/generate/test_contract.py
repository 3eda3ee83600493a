"""What the generated infrastructure says and what the handlers read and emit are the same names."""

from typing import Any

import msgspec
import pytest

from generate.naming import FUNCTIONS
from handlers.contract import (
    METRICS_ENVIRONMENT_DIMENSION,
    METRICS_NAMESPACE,
    TTL_ATTRIBUTE,
    Metric,
)
from tests.generate.conftest import Resources
from tests.support.function_settings import settings_of

METRICS = {value for name, value in vars(Metric).items() if name.isupper()}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_gets_the_variables_that_it_reads(documents: dict[str, Any], function: str) -> None:
    variables = documents["envs/dev/main.tf.json"]["module"][function]["environment_variables"]

    fields = {field.encode_name: field for field in msgspec.structs.fields(settings_of(function))}
    powertools = {name for name in variables if name.startswith("POWERTOOLS_")}
    assert set(variables) - powertools <= fields.keys()
    assert {name for name, field in fields.items() if field.required} <= set(variables)
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == METRICS_NAMESPACE


def test_every_alarm_on_a_custom_metric_names_one_that_the_handlers_emit(resources: dict[str, Resources]) -> None:
    watched = []
    for alarm in resources["monitoring"]["aws_cloudwatch_metric_alarm"].values():
        metrics = [query["metric"] for query in alarm.get("metric_query", ()) if "metric" in query] or [alarm]
        watched += [metric for metric in metrics if metric["namespace"] == METRICS_NAMESPACE]

    assert {metric["metric_name"] for metric in watched} <= METRICS
    assert all(set(metric["dimensions"]) == {METRICS_ENVIRONMENT_DIMENSION} for metric in watched)
    assert len(watched) == 4


def test_items_expire_by_the_attribute_that_the_handlers_write(resources: dict[str, Resources]) -> None:
    for table in resources["data"]["aws_dynamodb_table"].values():
        assert table["ttl"] == {"attribute_name": TTL_ATTRIBUTE, "enabled": True}

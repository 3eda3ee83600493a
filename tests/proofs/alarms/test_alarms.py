"""Every alarm watches an existing metric, and changes its state when it should and only then."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generate.naming import FUNCTIONS
from handlers.contract import METRICS_ENVIRONMENT_DIMENSION, METRICS_NAMESPACE, Metric
from tests.proofs.alarms.dimensions import DISTINCT_LIMITS, DimensionResolver, expected_dimensions
from tests.proofs.alarms.evaluator import Datapoint, state
from tests.proofs.alarms.generated_alarms import ALARMS, beyond, evaluation_range, metrics, series, threshold
from tests.support.proving import Figures

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "metrics.json").read_text(encoding="utf-8"))
CUSTOM = {value for name, value in vars(Metric).items() if name.isupper()}
EACH = pytest.mark.parametrize("key", ALARMS)
KINDS = st.sampled_from(["missing", "calm", "at the threshold", "breaching"])


def state_after(key: str, values: list[Datapoint], current: str = "OK") -> str:
    """An alarm's state after a series of datapoints."""
    alarm = ALARMS[key]
    return state(alarm, threshold(alarm), series(alarm, values), current)


def points(key: str, kinds: list[str]) -> list[Datapoint]:
    """Datapoints of these kinds for an alarm."""
    alarm = ALARMS[key]
    values = {"missing": None, "calm": 0.0, "at the threshold": threshold(alarm), "breaching": beyond(alarm)}
    return [values[kind] for kind in kinds]


@pytest.mark.proof("alarms")
@EACH
def test_its_metric_is_published(key: str, figures: Figures) -> None:
    for metric in metrics(ALARMS[key]):
        dimensions = sorted(metric["dimensions"])
        if metric["namespace"] == METRICS_NAMESPACE:
            assert metric["metric_name"] in CUSTOM
            assert dimensions == [METRICS_ENVIRONMENT_DIMENSION]
        else:
            assert dimensions in PUBLISHED[metric["namespace"]][metric["metric_name"]]
        figures.count("metrics, with their dimensions, that are published")


@pytest.fixture(scope="module")
def resolver() -> DimensionResolver:
    return DimensionResolver()


@pytest.mark.proof("alarms")
@EACH
def test_it_watches_the_resource_that_its_key_names(key: str, resolver: DimensionResolver, figures: Figures) -> None:
    for metric in metrics(ALARMS[key]):
        assert resolver.dimensions(metric) == expected_dimensions(key)
        figures.tried("dimensions of the resource that the alarm's key names", len(metric["dimensions"]))


@pytest.mark.proof("alarms")
@pytest.mark.parametrize("key", [key for key in ALARMS if "_function." in str(ALARMS[key]["threshold"])])
def test_a_limit_is_that_of_the_watched_function(key: str, resolver: DimensionResolver, figures: Figures) -> None:
    (watched,) = resolver.dimensions(ALARMS[key]).values()
    function = getattr(DISTINCT_LIMITS, watched.partition(":")[0])
    limits = resolver.limits(ALARMS[key]["threshold"])

    assert len(limits) == 1
    assert limits == {name: getattr(function, name) for name in limits}
    figures.count("thresholds calculated from the timeout or concurrency of the watched function")


def test_each_function_has_alarms_on_its_timeout_and_its_concurrency(resolver: DimensionResolver) -> None:
    limits = [resolver.limits(str(alarm["threshold"])) for alarm in ALARMS.values()]

    assert sorted(name for each in limits for name in each) == [
        *["reserved_concurrency"] * len(FUNCTIONS),
        *["timeout_seconds"] * len(FUNCTIONS),
    ]


@pytest.mark.proof("alarms")
@EACH
def test_it_is_in_alarm_after_its_datapoints_and_not_before(key: str, figures: Figures) -> None:
    alarm = ALARMS[key]
    low: list[Datapoint] = [0.0] * evaluation_range(alarm)
    short = alarm["datapoints_to_alarm"] - 1

    assert state_after(key, low) == "OK"
    assert state_after(key, [*low, *[beyond(alarm)] * short]) == "OK"
    assert state_after(key, [*low, *[beyond(alarm)] * (short + 1)]) == "ALARM"
    figures.tried("series that must, or must not, trip an alarm", 3)


@pytest.mark.proof("alarms")
@EACH
def test_exactly_the_threshold_is_no_alarm(key: str, figures: Figures) -> None:
    alarm = ALARMS[key]

    assert state_after(key, [threshold(alarm)] * evaluation_range(alarm)) == "OK"
    figures.count("series that must, or must not, trip an alarm")


@pytest.mark.proof("alarms")
@EACH
def test_missing_data_is_no_alarm_and_ends_one(key: str, figures: Figures) -> None:
    """Missing data is never a fault here: without errors, messages or requests there are no datapoints."""
    alarm = ALARMS[key]
    missing: list[Datapoint] = [None] * evaluation_range(alarm)

    assert state_after(key, missing) == "OK"
    assert state_after(key, [*[beyond(alarm)] * 20, *missing], "ALARM") == "OK"
    figures.tried("series that must, or must not, trip an alarm", 2)


@pytest.mark.proof("alarms")
@EACH
def test_the_datapoints_of_any_series_decide(key: str, figures: Figures) -> None:
    """M of N: with nothing missing, exactly the last N decide; a missing point never counts as breaching."""
    alarm = ALARMS[key]
    periods, enough = alarm["evaluation_periods"], alarm["datapoints_to_alarm"]

    @settings(max_examples=40, deadline=None)
    @given(st.lists(KINDS, min_size=1, max_size=25))
    def check(kinds: list[str]) -> None:
        found = state_after(key, points(key, kinds))
        figures.count("generated series that the datapoints decide")
        seen = kinds[-evaluation_range(alarm) :]
        if "missing" not in seen and len(seen) >= periods:
            assert found == ("ALARM" if seen[-periods:].count("breaching") >= enough else "OK")
        elif found == "ALARM":
            assert seen.count("breaching") >= enough
        assert found == state_after(key, points(key, ["breaching"] * 20 + seen if len(kinds) > len(seen) else kinds))
        filled = ["calm" if kind == "missing" else kind for kind in kinds]
        assert not (found == "OK" and state_after(key, points(key, filled)) == "ALARM")

    check()


def test_a_processor_at_its_mappings_limit_is_no_alarm() -> None:
    """While a queue drains, the mapping runs its maximum of 90 executions; that alone is no alarm."""
    assert state_after("processor_concurrency", [90.0] * 20) == "OK"
    assert state_after("processor_concurrency", [91.0] * 20) == "ALARM"


def test_the_share_of_rejections_is_known_where_only_one_metric_has_data() -> None:
    alarm = ALARMS["readings_rejected"]
    nothing: list[Datapoint] = [None] * 5

    assert state(alarm, 0.25, {"accepted": nothing, "rejected": [3.0] * 5}) == "ALARM"
    assert state(alarm, 0.25, {"accepted": [3.0] * 5, "rejected": nothing}) == "OK"


def test_no_alarm_on_a_table_treats_missing_data_as_missing() -> None:
    """CloudWatch turns `missing` into `ignore` for AWS/DynamoDB, whose throttle metrics end with the throttling."""
    tables = [alarm for alarm in ALARMS.values() if alarm.get("namespace") == "AWS/DynamoDB"]

    assert len(tables) == 4
    assert {alarm["treat_missing_data"] for alarm in tables} == {"notBreaching"}


def test_user_errors_of_the_first_design_would_be_found() -> None:
    """`UserErrors` has no table dimension: an alarm with one never leaves INSUFFICIENT_DATA."""
    assert ["TableName"] not in PUBLISHED["AWS/DynamoDB"]["UserErrors"]


def test_each_dead_letter_queue_has_an_alarm_at_once_and_one_before_its_messages_expire() -> None:
    """An alarm notifies once; another one notifies when a message has been there for half of the 14 days."""
    for queue in ("dead_letter_queue", "async_dead_letter_queue"):
        assert state_after(f"{queue}_messages", [1.0]) == "ALARM"
        assert state_after(f"{queue}_age", [7 * 86_400.0]) == "OK"
        assert state_after(f"{queue}_age", [7 * 86_400.0 + 60]) == "ALARM"

"""Every alarm watches something that exists, goes off when it should, and only then."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.contract import METRICS_ENVIRONMENT_DIMENSION, METRICS_NAMESPACE, Metric
from tests.proofs.alarms.evaluator import Datapoint, state
from tests.proofs.alarms.generated import ALARMS, beyond, evaluation_range, metrics, series, threshold
from tests.proofs.alarms.wiring import UNLIKE, Wiring, named
from tests.support.proving import Figures

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parent / "metrics.json").read_text(encoding="utf-8"))
CUSTOM = {value for name, value in vars(Metric).items() if name.isupper()}
EACH = pytest.mark.parametrize("key", ALARMS)
KINDS = st.sampled_from(["missing", "calm", "at the threshold", "breaching"])


def after(key: str, values: list[Datapoint], current: str = "OK") -> str:
    """An alarm's state after a series."""
    alarm = ALARMS[key]
    return state(alarm, threshold(alarm), series(alarm, values), current)


def points(key: str, kinds: list[str]) -> list[Datapoint]:
    """Values of these kinds for an alarm."""
    alarm = ALARMS[key]
    values = {"missing": None, "calm": 0.0, "at the threshold": threshold(alarm), "breaching": beyond(alarm)}
    return [values[kind] for kind in kinds]


@pytest.mark.proof("alarms")
@EACH
def test_its_metric_is_one_that_is_published(key: str, figures: Figures) -> None:
    for metric in metrics(ALARMS[key]):
        dimensions = sorted(metric["dimensions"])
        if metric["namespace"] == METRICS_NAMESPACE:
            assert metric["metric_name"] in CUSTOM
            assert dimensions == [METRICS_ENVIRONMENT_DIMENSION]
        else:
            assert dimensions in PUBLISHED[metric["namespace"]][metric["metric_name"]]
        figures.count("metrics, with their dimensions, that are published")


@pytest.fixture(scope="module")
def wiring() -> Wiring:
    return Wiring()


@pytest.mark.proof("alarms")
@EACH
def test_it_watches_the_thing_that_its_key_names(key: str, wiring: Wiring, figures: Figures) -> None:
    for metric in metrics(ALARMS[key]):
        assert wiring.dimensions(metric) == named(key)
        figures.tried("dimensions that lead to the resource which the alarm's key names", len(metric["dimensions"]))


@pytest.mark.proof("alarms")
@pytest.mark.parametrize("key", [key for key in ALARMS if "_function." in str(ALARMS[key]["threshold"])])
def test_a_limit_is_that_of_the_function_which_is_watched(key: str, wiring: Wiring, figures: Figures) -> None:
    (watched,) = wiring.dimensions(ALARMS[key]).values()
    function = getattr(UNLIKE, watched.split(".")[1])
    limits = wiring.limits(ALARMS[key]["threshold"])

    assert len(limits) == 1
    assert limits == {name: getattr(function, name) for name in limits}
    figures.count("thresholds that are worked out from the timeout or concurrency of the function which is watched")


def test_each_function_is_held_to_its_timeout_and_its_concurrency(wiring: Wiring) -> None:
    limits = [wiring.limits(str(alarm["threshold"])) for alarm in ALARMS.values()]

    assert sorted(name for each in limits for name in each) == ["reserved_concurrency"] * 3 + ["timeout_seconds"] * 3


@pytest.mark.proof("alarms")
@EACH
def test_it_goes_off_after_its_datapoints_and_not_before(key: str, figures: Figures) -> None:
    alarm = ALARMS[key]
    calm: list[Datapoint] = [0.0] * evaluation_range(alarm)
    short = alarm["datapoints_to_alarm"] - 1

    assert after(key, calm) == "OK"
    assert after(key, [*calm, *[beyond(alarm)] * short]) == "OK"
    assert after(key, [*calm, *[beyond(alarm)] * (short + 1)]) == "ALARM"
    figures.tried("series that must, or must not, trip an alarm", 3)


@pytest.mark.proof("alarms")
@EACH
def test_exactly_the_threshold_is_in_order(key: str, figures: Figures) -> None:
    alarm = ALARMS[key]

    assert after(key, [threshold(alarm)] * evaluation_range(alarm)) == "OK"
    figures.count("series that must, or must not, trip an alarm")


@pytest.mark.proof("alarms")
@EACH
def test_silence_is_in_order_and_ends_an_alarm(key: str, figures: Figures) -> None:
    """Silence is no fault anywhere here: no error, no message and no request is no datapoint either."""
    alarm = ALARMS[key]
    silence: list[Datapoint] = [None] * evaluation_range(alarm)

    assert after(key, silence) == "OK"
    assert after(key, [*[beyond(alarm)] * 20, *silence], "ALARM") == "OK"
    figures.tried("series that must, or must not, trip an alarm", 2)


@pytest.mark.proof("alarms")
@EACH
def test_of_any_series_the_datapoints_decide(key: str, figures: Figures) -> None:
    """M of N: with nothing missing, exactly the last N decide; a missing point never counts as breaching."""
    alarm = ALARMS[key]
    periods, enough = alarm["evaluation_periods"], alarm["datapoints_to_alarm"]

    @settings(max_examples=40, deadline=None)
    @given(st.lists(KINDS, min_size=1, max_size=25))
    def holds(kinds: list[str]) -> None:
        found = after(key, points(key, kinds))
        figures.count("drawn series that the datapoints decide")
        seen = kinds[-evaluation_range(alarm) :]
        if "missing" not in seen and len(seen) >= periods:
            assert found == ("ALARM" if seen[-periods:].count("breaching") >= enough else "OK")
        elif found == "ALARM":
            assert seen.count("breaching") >= enough
        assert found == after(key, points(key, ["breaching"] * 20 + seen if len(kinds) > len(seen) else kinds))
        calmer = ["calm" if kind == "missing" else kind for kind in kinds]
        assert not (found == "OK" and after(key, points(key, calmer)) == "ALARM")

    holds()


def test_a_processor_at_its_mappings_limit_is_in_order() -> None:
    """A draining queue keeps the mapping at its maximum of 90 executions; that alone is no alarm."""
    assert after("processor_concurrency", [90.0] * 20) == "OK"
    assert after("processor_concurrency", [91.0] * 20) == "ALARM"


def test_the_share_of_rejections_counts_where_only_one_side_was_measured() -> None:
    alarm = ALARMS["readings_rejected"]
    nothing: list[Datapoint] = [None] * 5

    assert state(alarm, 0.25, {"accepted": nothing, "rejected": [3.0] * 5}) == "ALARM"
    assert state(alarm, 0.25, {"accepted": [3.0] * 5, "rejected": nothing}) == "OK"


def test_no_alarm_on_a_table_takes_missing_data_as_missing() -> None:
    """CloudWatch turns `missing` into `ignore` for AWS/DynamoDB, whose throttle metrics stop when all is well again."""
    tables = [alarm for alarm in ALARMS.values() if alarm.get("namespace") == "AWS/DynamoDB"]

    assert len(tables) == 4
    assert {alarm["treat_missing_data"] for alarm in tables} == {"notBreaching"}


def test_the_first_designs_user_errors_would_be_found() -> None:
    """`UserErrors` has no table dimension: an alarm on it with one never goes off."""
    assert ["TableName"] not in PUBLISHED["AWS/DynamoDB"]["UserErrors"]


def test_each_dead_letter_queue_is_told_of_at_once_and_again_before_its_messages_expire() -> None:
    """An alarm rings once; a message that nobody has looked at by half of the 14 days rings again."""
    for queue in ("dead_letter_queue", "async_dead_letter_queue"):
        assert after(f"{queue}_messages", [1.0]) == "ALARM"
        assert after(f"{queue}_age", [7 * 86_400.0]) == "OK"
        assert after(f"{queue}_age", [7 * 86_400.0 + 60]) == "ALARM"

"""The limits, their order and what hits them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.settings import EnvironmentSettings
from ops.capacity.assumptions import Assumptions
from ops.capacity.ceilings import Ceiling, ceilings
from ops.capacity.demand import Demand
from ops.capacity.examples import example
from ops.capacity.items import write_units
from ops.capacity.limits import limit, limits
from ops.capacity.ours import Ours
from tests.ops.capacity.conftest import Designed

SETTINGS = EnvironmentSettings(environment="test")
SCHEMA = Path(__file__).parents[3] / "envs" / "settings.schema.json"


def named(found: list[Ceiling], name: str) -> Ceiling:
    return next(each for each in found if each.name == name)


@pytest.mark.parametrize("name", sorted(limits()))
def test_each_limit_says_where_it_comes_from(name: str) -> None:
    limit = limits()[name]

    assert limit.source.startswith("https://docs.aws.amazon.com/")
    assert limit.read.startswith("20")
    assert (limit.quota_code is None) == (limit.service_code is None)


@given(
    devices=st.integers(min_value=1, max_value=100_000_000),
    batch=st.integers(min_value=1, max_value=100),
    interval=st.sampled_from([0.1, 1, 60, 3600]),
)
def test_the_first_limit_has_the_least_headroom(devices: int, batch: int, interval: float) -> None:
    found = ceilings(Ours(Demand(devices, interval, batch), SETTINGS, Assumptions()))

    used = [each.used for each in found]
    assert used == sorted(used, reverse=True)
    assert [each.is_hit for each in found] == [share > 1 for share in used]
    assert len({each.name for each in found}) == len(found)


def test_the_throttle_by_hand(designed: Designed) -> None:
    # 30,000 readings a minute alone in their requests are 500 a second, and 1,000 in the busiest one
    found = named(ceilings(designed(30_000)), "API throttle of the settings")

    assert (found.load, found.allowed, found.is_hit) == (1000, 1000, False)
    assert named(ceilings(designed(30_001)), "API throttle of the settings").is_hit
    assert "api.throttling_rate_limit" in found.remedy


def test_concurrency_by_hand(designed: Designed) -> None:
    # 500 requests a second of 0.4 s each; a second's worth of short ones counts as a tenth at least
    slow = designed(30_000, peak=1, assumptions=Assumptions(ingestion_milliseconds=400))
    quick = designed(30_000, peak=1, assumptions=Assumptions(ingestion_milliseconds=20))

    name = "ingestion's reserved concurrency"
    assert named(ceilings(slow), name).load == pytest.approx(200)
    assert "functions.ingestion.reserved_concurrency to 200" in named(ceilings(slow), name).remedy
    assert named(ceilings(quick), name).load == pytest.approx(50)


def test_the_mapping_by_hand(designed: Designed) -> None:
    # 1,000 readings a second are 100 messages, a full batch, collected in ten receives of 20 ms, processed in 19.8 s
    design = designed(60_000, 100, peak=1, assumptions=Assumptions(processor_milliseconds=19_800))

    found = named(ceilings(design), "event source mapping's concurrency")
    assert found.load == pytest.approx(20)
    assert found.allowed == 90


def test_tables_by_hand(designed: Designed) -> None:
    # 1,000 readings a second, whose items each table takes; nothing is written of alerts that do not change
    found = ceilings(designed(60_000, 100, peak=1))

    assert named(found, "writes of a new table").load == pytest.approx(1000)
    assert named(found, "writes of a table").quota_code == "L-AB614373"
    assert named(ceilings(designed(1, interval=0.001, peak=2)), "writes of one device").is_hit


def test_large_items_take_more_writes(designed: Designed) -> None:
    # items of 100 numbers are some 2 KB: 1,000 readings a second are 3,000 units of the raw table, and of the other
    design = designed(60_000, 10, peak=1, sensor_values=100)
    units = write_units(design.sizes.raw), write_units(design.sizes.processed)

    assert min(units) >= 2
    assert (design.raw_write_units, design.processed_write_units) == pytest.approx([1000 * unit for unit in units])
    assert named(ceilings(design), "writes of a new table").load == pytest.approx(1000 * max(units))
    shared = designed(60_000, 10, peak=1, sensor_values=100, readings_per_device=10)
    assert named(ceilings(shared), "writes of one device").load == pytest.approx(10 * max(units))


def test_a_request_too_many_for_the_burst_is_no_limit_of_a_second(designed: Designed) -> None:
    # 6,667 requests in the busiest second: more than the account's burst, less than its rate
    found = ceilings(designed(100_000_000, 100, interval=300))

    assert named(found, "API throttle of the account").load == pytest.approx(6_667, abs=1)
    assert limit("api_gateway.burst") < 6_667 < limit("api_gateway.rate")
    assert not named(found, "API throttle of the account").is_hit
    assert not any("burst" in each.name for each in found)


def test_a_raised_rate_takes_as_many_cells(settings: EnvironmentSettings) -> None:
    # 33,333 requests in the busiest second, and the settings' rate ends at 10,000
    found = example(Demand(1_000_000, 60, 1), settings)

    assert found.cells_raised == 4


def test_messages_that_fail_stay_in_flight(designed: Designed) -> None:
    well, ill = (
        named(
            ceilings(designed(6_000_000, 100, peak=1, assumptions=Assumptions(message_failure_rate=rate))),
            "messages in flight",
        )
        for rate in (0.0, 0.2)
    )

    assert not well.is_hit
    assert ill.load - well.load == pytest.approx(10_000 * 0.2 * 90, rel=0.2)
    assert ill.is_hit


def test_alert_states_lie_in_eight_partitions(designed: Designed) -> None:
    # 8,333 changes a second, three writes each
    stormy = ceilings(designed(1_000_000, 100, peak=1, assumptions=Assumptions(alert_rate=0.5)))
    calm = designed(100_000, 100, peak=1)

    assert named(stormy, "writes of alert states").load == pytest.approx(8_333 * 3 / 8, rel=0.001)
    assert named(stormy, "writes of alert states").is_hit
    assert not any(each.name == "writes of alert states" for each in ceilings(calm))
    # a query of a partition is 3.906 units and a half, once for each batch
    assert named(ceilings(calm), "reads of alert states").load == pytest.approx(
        4.406 * calm.polling().batches, rel=0.001
    )


def test_a_single_reading_asks_ingestion_for_no_parameter(designed: Designed) -> None:
    name = "parameters read after rest"
    single, many = (named(ceilings(designed(60_000 * batch, batch, peak=1)), name).load for batch in (1, 2))

    assert many > single + 50


def test_remedies_name_settings_that_there_are(designed: Designed) -> None:
    definitions = json.loads(SCHEMA.read_text())
    text = json.dumps(definitions)
    for each in ceilings(designed(1_000_000)):
        for word in each.remedy.replace(",", " ").replace(";", " ").replace("(", " ").replace(")", " ").split():
            if word.startswith(("functions.", "api.", "config.")):
                for part in word.split("."):
                    assert f'"{part}"' in text, word


def test_cells_grow_with_the_fleet() -> None:
    small, large = (example(Demand(devices, 60, 100), SETTINGS) for devices in (1000, 100_000_000))

    assert (small.cells, small.cells_raised) == (1, 1)
    assert large.cells > large.cells_raised > 1


def test_the_busiest_second_counts(designed: Designed) -> None:
    calm = designed(10_000, peak=1)
    busy = replace(calm, demand=replace(calm.demand, peak=3))

    name = "API throttle of the settings"
    assert named(ceilings(busy), name).used == pytest.approx(3 * named(ceilings(calm), name).used)

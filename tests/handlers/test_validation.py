"""What makes a reading valid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.domain.accepted_times import AcceptedTimes
from handlers.domain.problems import FaultsError
from handlers.domain.validation import SentReading, validate

VALID: dict[str, object] = {"device_id": "d", "sensor_data": {"temp": Decimal("25.5")}}
LATEST = 1_795_428_930_123
ACCEPTED = AcceptedTimes(latest=LATEST)


def faults_of(document: object) -> dict[str, str]:
    with pytest.raises(FaultsError) as raised:
        validate(document, "#", ACCEPTED)
    return {fault.pointer: fault.detail for fault in raised.value.faults}


def test_a_reading_without_a_time_leaves_it_open() -> None:
    sent = validate(VALID, "#", ACCEPTED)

    assert sent == SentReading("d", None, {"temp": Decimal("25.5")})
    assert sent.reading(now=7).timestamp == 7


@pytest.mark.parametrize(
    "timestamp",
    [
        Decimal(LATEST),
        Decimal(f"{LATEST}.0"),
        Decimal("1.795428930123e12"),
        Decimal("17954289301230e-1"),
        "2026-11-23T10:15:30.123Z",
        "2026-11-23T12:15:30.123+02:00",
    ],
)
def test_a_time_is_given_in_milliseconds_or_iso_8601(timestamp: object) -> None:
    sent = validate({**VALID, "timestamp": timestamp}, "#", ACCEPTED)

    assert sent.reading(now=7).timestamp == LATEST


@pytest.mark.parametrize("device_id", ["d", "A-z_0.9:x", "d" * 128])
def test_a_device_may_have_any_plain_name(device_id: str) -> None:
    assert validate({**VALID, "device_id": device_id}, "#").device_id == device_id


@pytest.mark.parametrize("device_id", ["", "d" * 129, "a b", "ä", "d\n", "a/b", "\ud800", Decimal(1), None, True, {}])
def test_another_name_is_refused(device_id: object) -> None:
    assert list(faults_of({**VALID, "device_id": device_id})) == ["#/device_id"]


@pytest.mark.parametrize(
    ("timestamp", "reason"),
    [
        (Decimal(-1), "before 1970"),
        ("1969-12-31T23:59:59Z", "before 1970"),
        (Decimal(LATEST + 1), "after 2026-11-23T10:15:30.123Z"),
        (Decimal("1e400"), "after"),
        (Decimal("1e999999999999"), "after"),
        (Decimal("-1e999999999999"), "before 1970"),
        (Decimal("9" * 400), "after"),
        (Decimal("1.5"), "integer"),
        (Decimal("1e-999999999999"), "integer"),
        (Decimal("Infinity"), "integer"),
        (Decimal("NaN"), "integer"),
        ("soon", "integer"),
        (str(LATEST), "integer"),
        (True, "integer"),
        (None, "integer"),
        ([], "integer"),
    ],
)
def test_another_time_is_refused(timestamp: object, reason: str) -> None:
    faults = faults_of({**VALID, "timestamp": timestamp})

    assert list(faults) == ["#/timestamp"]
    assert reason in faults["#/timestamp"]


@pytest.mark.parametrize("sensor_data", [None, [], "x", Decimal(1), {}, {f"n{i}": True for i in range(101)}])
def test_sensor_data_is_an_object_with_members(sensor_data: object) -> None:
    assert faults_of({**VALID, "sensor_data": sensor_data}) == {
        "#/sensor_data": "must be an object of 1 to 100 members"
    }


@pytest.mark.parametrize(
    "value", [Decimal(0), Decimal("1E-130"), Decimal("9" * 38), "", "x" * 256, "ä€\U0001f600", True, False]
)
def test_a_value_is_a_number_a_string_or_a_boolean(value: object) -> None:
    assert validate({**VALID, "sensor_data": {"v": value}}, "#").sensor_data["v"] == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Decimal("Infinity"), "finite"),
        (Decimal("1E126"), "magnitude"),
        (Decimal("1" * 39), "38"),
        ("x" * 257, "0 to 256 characters; it has 257"),
        ("a\x00", "control characters"),
        ("\x1b", "control characters"),
        ("\x85", "control characters"),
        ("\ud800", "surrogates"),
        ("\ufffe", "noncharacters"),
        (None, "must be a finite number, a string or a boolean"),
        ({"nested": Decimal(1)}, "must be a finite number"),
        ([Decimal(1)], "must be a finite number"),
    ],
)
def test_another_value_is_refused(value: object, reason: str) -> None:
    faults = faults_of({**VALID, "sensor_data": {"ok": True, "v": value}})

    assert list(faults) == ["#/sensor_data/v"]
    assert reason in faults["#/sensor_data/v"]


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("", "#/sensor_data/"),
        ("\x00", "#/sensor_data/%00"),
        ("\ud800", "#/sensor_data/%ED%A0%80"),
        ("n" * 257, "#/sensor_data"),
    ],
)
def test_another_sensor_name_is_refused(name: str, pointer: str) -> None:
    faults = faults_of({**VALID, "sensor_data": {name: True}})

    assert list(faults) == [pointer]
    assert "its name" in faults[pointer]


@pytest.mark.parametrize("document", [None, [], "x", Decimal(1), True])
def test_a_reading_is_an_object(document: object) -> None:
    assert faults_of(document) == {"#": "must be an object"}


def test_every_fault_is_reported_at_its_place() -> None:
    faults = faults_of(
        {"device_id": "?", "timestamp": "?", "sensor_data": {"a/b": None, "c~": []}, "more": 1, "m" * 300: 2}
    )

    assert list(faults) == [
        "#/more",
        "#",
        "#/device_id",
        "#/timestamp",
        "#/sensor_data/a~1b",
        "#/sensor_data/c~0",
    ]


def test_missing_members_are_reported() -> None:
    assert faults_of({}) == {"#/device_id": "is missing", "#/sensor_data": "is missing"}


JSON = st.recursive(
    st.none() | st.booleans() | st.decimals() | st.text(st.characters(), max_size=300),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({}, optional={"device_id": JSON, "timestamp": JSON, "sensor_data": JSON, "other": JSON})
    | JSON
)
def test_whatever_is_sent_is_valid_or_has_faults(document: object) -> None:
    try:
        sent = validate(document, "#", ACCEPTED)
    except FaultsError:
        assert faults_of(document)
    else:
        assert validate(sent._asdict() | {"timestamp": Decimal(0)}, "#").sensor_data == sent.sensor_data

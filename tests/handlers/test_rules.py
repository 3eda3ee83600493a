"""Rules and what readings decide about them."""

from decimal import Decimal

import pytest

from handlers.domain.reading import Reading, SensorValue
from handlers.domain.rules import Observation, Rule, alert_transitions, broken_rules, observations

BETWEEN = Rule(Decimal(-40), Decimal(85), Decimal(1))


@pytest.mark.parametrize(
    ("value", "decision"),
    [
        ("85.1", True),
        ("85", None),
        ("84.5", None),
        ("84", False),
        ("20", False),
        ("-39", False),
        ("-39.5", None),
        ("-40", None),
        ("-40.0000000000000000000000000000000001", True),
    ],
)
def test_an_alert_ends_only_inside_the_hysteresis(value: str, decision: bool | None) -> None:  # noqa: FBT001 - a case
    assert BETWEEN.decision(Decimal(value)) is decision


def test_one_limit_is_enough() -> None:
    assert Rule(Decimal(5), None, Decimal(0)).decision(Decimal(4)) is True
    assert Rule(None, Decimal(5), Decimal(0)).decision(Decimal(4)) is False


@pytest.mark.parametrize(
    ("minimum", "maximum", "hysteresis", "reason"),
    [
        (None, None, "1", "min or max"),
        ("NaN", None, "0", "finite"),
        ("0", "1E+126", "0", "magnitude"),
        ("0", "1", "-1", "negative"),
        ("2", "1", "0", "no room"),
        ("0", "1", "0.6", "no room"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    minimum: str | None, maximum: str | None, hysteresis: str, reason: str
) -> None:
    lower, upper = (None if limit is None else Decimal(limit) for limit in (minimum, maximum))
    with pytest.raises(ValueError, match=reason):
        Rule(lower, upper, Decimal(hysteresis))


def test_a_rule_may_allow_a_single_value() -> None:
    assert Rule(Decimal(1), Decimal(1), Decimal(0)).decision(Decimal(1)) is False


@pytest.mark.parametrize("values", [{}, {"temperature": "hot"}, {"temperature": True}])
def test_what_is_no_number_breaks_no_rule(values: dict[str, SensorValue]) -> None:
    rules = {"temperature": BETWEEN}

    assert broken_rules(rules, values) == []
    assert observations(Reading("d", 0, {}), rules, values) == []


def test_a_value_in_the_hysteresis_decides_nothing() -> None:
    assert observations(Reading("d", 0, {}), {"t": BETWEEN}, {"t": Decimal("84.5")}) == []


def test_alert_transitions_follow_event_time() -> None:
    def observed(timestamp: int, *, is_alert: bool) -> Observation:
        return Observation(Reading("d", timestamp, {}), "t", BETWEEN, Decimal(0), is_alert)

    unordered = [
        observed(5, is_alert=False),
        observed(1, is_alert=False),
        observed(4, is_alert=True),
        observed(2, is_alert=False),
        observed(3, is_alert=True),
    ]

    points = alert_transitions(unordered)

    assert [(point.reading.timestamp, point.is_alert) for point in points] == [(2, False), (4, True), (5, False)]
    assert alert_transitions([]) == []

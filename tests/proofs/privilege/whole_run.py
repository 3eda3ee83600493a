"""A run of the pipeline from end to end: everything that its users and devices do, without faults of AWS."""

from collections.abc import Callable
from io import StringIO
from typing import Any, Final

from ops.aws.api_client import Answer
from ops.local.demonstration import Demonstration
from ops.operate.logs import FUNCTIONS
from tests.proofs.end_to_end.traffic import Traffic
from tests.proofs.privilege.driver import Driver
from tests.proofs.privilege.grant_uses import HOT, NORMAL
from tests.support.running_pipeline import eventually

_PAGE: Final = 25
"""Readings, fewer than a device of the traffic sends."""
_PATIENCE: Final = 180
"""Seconds."""


def run_end_to_end(driver: Driver, device: str) -> int:
    """Force cold starts, run the demo, send traffic, replay and query it, raise and clear an alert.

    Args:
        driver: The pipeline.
        device: The beginning of the device ids.

    Returns:
        How many readings the traffic sent; each is then stored raw and processed.
    """
    for function in FUNCTIONS:
        driver.force_cold_start(function)
    Demonstration(driver.pipeline, StringIO()).run()
    traffic = Traffic(driver.pipeline, device)
    with traffic.flowing():
        pass  # each client sends its minimum
    eventually(lambda: traffic.raw() == traffic.processed() == traffic.sent or None, _PATIENCE)
    for each in traffic.devices():
        _replay_and_query(driver, each, sum(sender == each for sender, _ in traffic.sent))
    _raise_and_clear_alert(driver, f"{device}-hot")
    return len(traffic.sent)


def _replay_and_query(driver: Driver, device: str, readings: int) -> None:
    asked = {"device_id": device, "limit": _PAGE}
    assert _sum_pages(lambda page: driver.api.post("/process", {**asked, **page}), "processed") == readings
    for table in ("raw", "processed"):
        query = {"device_id": device, "limit": str(_PAGE), "table": table}
        assert _sum_pages(lambda page: driver.api.get("/query", {**query, **page}), "count") == readings  # noqa: B023  # called at once


def _sum_pages(ask: Callable[[dict[str, str]], Answer], counted: str) -> int:
    """The sum of a member over all pages."""
    page: dict[str, Any] = ask({}).document()
    total = page[counted]
    while token := page["next_token"]:
        page = ask({"next_token": token}).document()
        total += page[counted]
    return int(total)


def _raise_and_clear_alert(driver: Driver, device: str) -> None:
    for timestamp, (temperature, is_alert) in enumerate(((HOT, True), (NORMAL, False)), driver.timestamp):
        answer = driver.api.post("/ingest", {**driver.reading(device, temperature), "timestamp": timestamp})
        assert answer.status == 200, answer
        eventually(lambda: _is_notified(driver, device, is_alert=is_alert) or None)  # noqa: B023  # called at once


def _is_notified(driver: Driver, device: str, *, is_alert: bool) -> bool:
    """Whether the last notification of subscribers was that the device is in alert, or normal again."""
    states = driver.alert_states(device)
    return [(state["is_alert"], state["is_told"]) for state in states] == [(is_alert, is_alert)]

"""A run of the pipeline from end to end: all that its users and devices do, right or wrong, and no fault of AWS's."""

from collections.abc import Callable
from io import StringIO
from typing import Any, Final

from ops.aws.api_client import Answer
from ops.local.demonstration import Demonstration
from ops.operate.logs import FUNCTIONS
from tests.proofs.end_to_end.traffic import Traffic
from tests.proofs.privilege.scene import Scene
from tests.proofs.privilege.stories import HOT, WELL
from tests.support.running import eventually

_PAGE: Final = 25
"""Readings, fewer than a device of the traffic sends."""
_PATIENCE: Final = 180
"""Seconds."""


def run_from_end_to_end(scene: Scene, device: str) -> int:
    """Start the functions afresh, run the demonstration, send traffic, replay and query it, raise an alert.

    Args:
        scene: The pipeline.
        device: What the names of the run's devices begin with.

    Returns:
        How many readings the traffic sent, each of which is then raw and processed.
    """
    for function in FUNCTIONS:
        scene.make_cold(function)
    Demonstration(scene.pipeline, StringIO()).run()
    traffic = Traffic(scene.pipeline, device)
    with traffic.flowing():
        pass  # each client sends its least
    eventually(lambda: traffic.raw() == traffic.processed() == traffic.sent or None, _PATIENCE)
    for each in traffic.devices():
        _replay_and_query(scene, each, sum(sender == each for sender, _ in traffic.sent))
    _raise_and_clear_an_alert(scene, f"{device}-hot")
    return len(traffic.sent)


def _replay_and_query(scene: Scene, device: str, readings: int) -> None:
    asked = {"device_id": device, "limit": _PAGE}
    assert _over_pages(lambda page: scene.api.post("/process", {**asked, **page}), "processed") == readings
    for table in ("raw", "processed"):
        query = {"device_id": device, "limit": str(_PAGE), "table": table}
        assert _over_pages(lambda page: scene.api.get("/query", {**query, **page}), "count") == readings  # noqa: B023  # called at once


def _over_pages(ask: Callable[[dict[str, str]], Answer], counted: str) -> int:
    """The sum of what each page tells, asked for by the token of the page before."""
    page: dict[str, Any] = ask({}).document()
    total = page[counted]
    while token := page["next_token"]:
        page = ask({"next_token": token}).document()
        total += page[counted]
    return int(total)


def _raise_and_clear_an_alert(scene: Scene, device: str) -> None:
    for timestamp, (temperature, is_alert) in enumerate(((HOT, True), (WELL, False)), scene.timestamp):
        answer = scene.api.post("/ingest", {**scene.reading(device, temperature), "timestamp": timestamp})
        assert answer.status == 200, answer
        eventually(lambda: _is_told(scene, device, is_alert=is_alert) or None)  # noqa: B023  # called at once


def _is_told(scene: Scene, device: str, *, is_alert: bool) -> bool:
    """Whether subscribers were told last that the device is in alert, or well again."""
    states = scene.alert_states(device)
    return [(state["is_alert"], state["is_told"]) for state in states] == [(is_alert, is_alert)]

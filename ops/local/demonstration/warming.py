"""Wakes the functions, whose first requests take a few seconds each on a small machine."""

from ops.local.demonstration.stage import Stage

_ERROR = 500


def warm_up(stage: Stage) -> None:
    """Send each function a request that leaves nothing behind.

    Raises:
        StoryError: A function answered with an error of its own.
    """
    stage.narrator.tell("waking the three functions, whose first start takes longest ...")
    answers = (
        stage.caller.post("/ingest", {}),
        stage.caller.post("/process", {"device_id": stage.device}),
        stage.caller.get("/query", {"device_id": stage.device}),
    )
    for answer in answers:
        if answer.status >= _ERROR:
            stage.narrator.show("every function starts", true=False, found=answer)

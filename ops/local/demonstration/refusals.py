"""Chapter: who is refused, and by what."""

import json

from ops.aws.api_client import Answer
from ops.local.demonstration.stage import Stage

_FORBIDDEN = 403


def tell_refusals(stage: Stage) -> None:
    """Call as those who may not.

    Raises:
        StoryError: One of them was let in.
    """
    narrator = stage.narrator
    narrator.chapter("Four callers who may not come in: POST /ingest asks for an AWS signature and a permission")
    request = stage.caller.prepare_post("/ingest", stage.reading())
    _refused(stage, "no signature at all", stage.caller.deliver(request))
    forged = stage.forger.sign(stage.forger.prepare_post("/ingest", stage.reading()))
    _refused(stage, "the caller's key id with a guessed secret", stage.forger.deliver(forged))
    tampered = stage.caller.sign(stage.caller.prepare_post("/ingest", stage.reading())).prepare()
    tampered.body = json.dumps({**stage.reading(), "sensor_data": {"temp": 99.9}}).encode()
    _refused(stage, "a signed request whose 25.5 became 99.9 on the way", stage.caller.deliver(tampered))
    stranger = stage.stranger.post("/ingest", stage.reading())
    _refused(stage, "a good signature of a user without execute-api:Invoke", stranger)


def _refused(stage: Stage, how: str, answer: Answer) -> None:
    document = answer.document()
    said = str(document.get("detail") or document.get("message")).partition(". ")[0]
    stage.narrator.show(f"{how}: 403, {said}", true=answer.status == _FORBIDDEN, found=answer)

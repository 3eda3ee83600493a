"""The search finds a planted secret in every shape; otherwise finding nothing would prove nothing."""

import base64
import json
import zipfile
from collections.abc import Callable
from io import BytesIO
from urllib.parse import quote, urlencode

import pytest

from tests.proofs.state.secret_search import findings
from tests.support.proving import Figures

SECRET = 'k"ey\\+/<&>=%-of-twenty?characters é'


def archived(text: str) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", text)
    return file.getvalue()


def in_go(text: str) -> str:
    escaped = json.dumps(text)
    for character, escape in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        escaped = escaped.replace(character, escape)
    return escaped


WRITERS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda secret: f"before {secret} after".encode(),
    "JSON": lambda secret: json.dumps({"value": secret}).encode(),
    "JSON in JSON": lambda secret: json.dumps({"body": json.dumps({"value": secret})}).encode(),
    "Go's JSON": lambda secret: in_go(secret).encode(),
    "an address": lambda secret: f"https://host/?key={quote(secret, safe='')}&more=1".encode(),
    "a form": lambda secret: urlencode({"key": secret}).encode(),
    "hexadecimal": lambda secret: secret.encode().hex().encode(),
    "an archive": archived,
    **{
        f"base64 after {offset} bytes": lambda secret, offset=offset: base64.b64encode(  # type: ignore[misc]  # bound now
            b"x" * offset + secret.encode() + b"rest"
        )
        for offset in range(4)
    },
    "base64url": lambda secret: base64.urlsafe_b64encode(b"ab" + secret.encode() + b"c"),
}


@pytest.mark.proof("state")
@pytest.mark.parametrize("shape", WRITERS)
def test_a_planted_secret_is_found_in_every_shape(shape: str, figures: Figures) -> None:
    content = WRITERS[shape](SECRET)

    assert findings({"file": content}, SECRET)
    assert not findings({"file": content}, SECRET[::-1])
    figures.count("shapes in which a planted secret is found")

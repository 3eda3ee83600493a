"""Searches for a secret in all shapes in which a tool may have written it."""

import base64
import json
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

_GO_ESCAPES: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
"""What Go's `json.Marshal`, and so Terraform, escapes beyond JSON (https://pkg.go.dev/encoding/json#HTMLEscape)."""


def shapes(secret: str) -> dict[str, bytes]:
    """A secret as a file may contain it: plain, in JSON once or twice, in a URL, in base64 at any offset.

    Args:
        secret: 20 characters or more; of a shorter one base64 leaves too little to search for.
    """
    once, go = _in_json(secret), _in_go_json(secret)
    texts = {
        "plain": secret,
        "JSON": once,
        "Go's JSON": go,
        "JSON in JSON": _in_json(once),
        "Go's JSON in JSON": _in_go_json(go),
        "address": quote(secret, safe=""),
        "form": quote_plus(secret),
        "hexadecimal": secret.encode().hex(),
    }
    encoded = {name: text.encode() for name, text in texts.items()}
    for offset in range(3):
        encoded[f"base64 at {offset}"] = _base64_core(secret.encode(), offset)
        encoded[f"base64url at {offset}"] = _base64_core(secret.encode(), offset, b"-_")
    return encoded


def shapes_in(content: bytes, secret: str) -> list[str]:
    """The names of the shapes in which a content contains the secret."""
    return [name for name, shape in shapes(secret).items() if shape in content]


def unzipped(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A content and, where it is an archive (a plan file is one), each member of it."""
    yield name, content
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{name}!{member}", archive.read(member)


def findings(contents: Mapping[str, bytes], secret: str) -> dict[str, list[str]]:
    """The contents that contain a secret, and in which shapes.

    Args:
        contents: The contents to search, by name.
        secret: The secret to search for.
    """
    parts = [part for name, content in contents.items() for part in unzipped(name, content)]
    found = {name: shapes_in(content, secret) for name, content in parts}
    return {name: names for name, names in found.items() if names}


def files_under(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its relative path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _in_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _in_go_json(text: str) -> str:
    return "".join(_GO_ESCAPES.get(character, character) for character in _in_json(text))


def _base64_core(secret: bytes, offset: int, alternative: bytes | None = None) -> bytes:
    """The part of the secret's base64 that is independent of the bytes around it, with `offset` bytes before it."""
    encoded = base64.b64encode(b"\0" * offset + secret, alternative).rstrip(b"=")
    first = (0, 2, 3)[offset]
    return encoded[first : (offset + len(secret)) * 8 // 6]

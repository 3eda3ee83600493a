"""Puts right that compressed bodies are decompressed, and answers compressed.

API Gateway decompresses a request by its `Content-Encoding` and leaves the header as it was, answers 415 where it does
not support the coding or the body is not encoded so, and compresses an integration's answer where `Accept-Encoding`
asks for it and the API has a `minimumCompressionSize` (API Gateway Developer Guide, "Payload compression for REST
APIs"). MiniStack 1.5.33 does neither.
"""

import gzip
import zlib
from collections.abc import Callable, Coroutine, Mapping
from io import BytesIO
from types import ModuleType
from typing import Any, Final

MAXIMUM_BYTES: Final = 10_485_760
"""Of a payload (API Gateway Developer Guide, "Quotas"): no body is decompressed any further."""
Answer = Coroutine[Any, Any, Any]


class TooLargeError(Exception):
    """Decompressed, the body is larger than API Gateway's limit."""


def compressing(execute: Callable[..., Answer], gateway: ModuleType) -> Callable[..., Answer]:
    """Wrap what carries a request to an API out.

    Args:
        execute: Takes the request, the API's id, the stage's name, method, path, headers, body, and more.
        gateway: MiniStack's API Gateway.
    """

    async def carry_out(request: dict[str, Any], *more: Any) -> Any:
        api_id, stage_name, method, path, headers, body, *rest = more
        request["stage"] = gateway._stages_v1.get(api_id, {}).get(stage_name)  # noqa: SLF001  # a refusal is rendered by it
        if request["stage"] is not None:
            try:
                body = decompressed(body, headers.get("content-encoding", "identity"))
            except TooLargeError:
                return gateway._gw_error("REQUEST_TOO_LARGE", "Request Too Long")  # noqa: SLF001  # as above
            except ValueError:
                return gateway._gw_error("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")  # noqa: SLF001  # as above
        answer = await execute(request, api_id, stage_name, method, path, headers, body, *rest)
        minimum = _minimum_size(gateway._rest_apis.get(api_id))  # noqa: SLF001  # as above
        is_integration = isinstance(answer, tuple)
        return compressed(answer, headers, minimum) if is_integration and minimum is not None else answer

    return carry_out


def with_numbers(view: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Wrap what describes an API: a `minimumCompressionSize` that was updated, by text, is a number again."""

    def described(api: Any) -> Any:
        shown = view(api)
        return shown and {**shown, "minimumCompressionSize": _minimum_size(shown)}

    return described


def _minimum_size(api: Mapping[str, Any] | None) -> int | None:
    """What `minimumCompressionSize` says, as it was created or, by text, updated; None turns compression off."""
    size = (api or {}).get("minimumCompressionSize")
    return None if size in (None, "") else int(size)


def decompressed(body: bytes, coding: str) -> bytes:
    """Return a body without its content coding.

    Raises:
        TooLargeError: it would have more than `MAXIMUM_BYTES`.
        ValueError: the coding is not supported, or the body is not encoded so.
    """
    name = coding.strip().lower()
    try:
        if name == "gzip":
            content = gzip.GzipFile(fileobj=BytesIO(body)).read(MAXIMUM_BYTES + 1)
        elif name == "deflate":
            content = _inflated(body)
        elif name == "identity":
            return body
        else:
            raise ValueError(coding)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(coding) from error
    if len(content) > MAXIMUM_BYTES:
        raise TooLargeError
    return content


def _inflated(body: bytes) -> bytes:
    stream = zlib.decompressobj()
    content = stream.decompress(body, MAXIMUM_BYTES + 1)
    if not stream.eof and len(content) <= MAXIMUM_BYTES:
        raise EOFError
    return content


def compressed(answer: tuple[int, dict[str, Any], bytes], headers: Mapping[str, str], minimum: int) -> Any:
    """Return an integration's answer, compressed where the client asks for it and the answer is large enough."""
    status, sent, body = answer
    encode = _ENCODERS.get(_preferred(headers.get("accept-encoding", "")))
    if encode is None or len(body) < minimum or any(name.lower() == "content-encoding" for name in sent):
        return answer
    coding, content = encode(body)
    return status, {**sent, "Content-Encoding": coding}, content


_ENCODERS: Final[dict[str, Callable[[bytes], tuple[str, bytes]]]] = {
    "gzip": lambda body: ("gzip", gzip.compress(body)),
    "deflate": lambda body: ("deflate", zlib.compress(body)),
}


def _preferred(accepted: str) -> str:
    """The coding of the highest priority, the first of those that are equal."""
    parts = [one.partition(";")[::2] for one in accepted.lower().split(",")]
    priorities = {name.strip(): _priority(parameter) for name, parameter in parts}
    first = max(priorities, key=priorities.__getitem__)
    return first if priorities[first] else ""


def _priority(parameter: str) -> float:
    try:
        return float(parameter.partition("=")[2] or 1)
    except ValueError:
        return 0.0

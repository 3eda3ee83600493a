"""Corrects that compressed bodies are not decompressed, and answers not compressed.

API Gateway decompresses a request by its `Content-Encoding`, answers 415 where it does not support the coding or the
body is not encoded so, and compresses an integration's answer where `Accept-Encoding` allows it and the API has a
`minimumCompressionSize` (API Gateway Developer Guide, "Payload compression for REST APIs"). MiniStack 1.5.33 does
neither.
"""

import gzip
import zlib
from collections.abc import Callable, Coroutine, Mapping
from types import ModuleType
from typing import Any, Final

MAXIMUM_BYTES: Final = 10_485_760
"""Of a payload (API Gateway Developer Guide, "Quotas")."""
_Coder = Callable[[bytes], bytes]
_ENCODERS: Final[Mapping[str, _Coder]] = {"gzip": gzip.compress, "deflate": zlib.compress}
_DECODERS: Final[Mapping[str, _Coder]] = {"gzip": gzip.decompress, "deflate": zlib.decompress, "identity": bytes}


async def translate_codings(
    execute: Callable[..., Coroutine[Any, Any, Any]], gateway: ModuleType, request: dict[str, Any], *more: Any
) -> Any:
    """Carry out a request to an API.

    Args:
        execute: Carries it out without content codings.
        gateway: MiniStack's API Gateway.
        request: What MiniStack knows of the request.
        more: The API's ID, the stage's name, method, path, headers, body, and further arguments.
    """
    api_id, stage_name, method, path, headers, body, *rest = more
    request["stage"] = gateway._stages_v1.get(api_id, {}).get(stage_name)  # noqa: SLF001  # renders a refusal
    if request["stage"] is not None:
        refuse = gateway._gw_error  # noqa: SLF001  # there is no public one
        try:
            body = _DECODERS[headers.get("content-encoding", "identity").strip().lower()](body)
        except (KeyError, OSError, EOFError, zlib.error):  # not supported, or not encoded so
            return refuse("UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type")
        if len(body) > MAXIMUM_BYTES:
            return refuse("REQUEST_TOO_LARGE", "Request Too Long")
    answer = await execute(request, api_id, stage_name, method, path, headers, body, *rest)
    minimum = _minimum_size(gateway._rest_apis.get(api_id))  # noqa: SLF001  # there is no public access to its store
    is_integration = isinstance(answer, tuple)
    return compress(answer, headers, minimum) if is_integration and minimum is not None else answer


def describe_api(view: Callable[..., dict[str, Any]], api: Any) -> dict[str, Any]:
    """Describe an API; a `minimumCompressionSize` that was updated, which is text, becomes a number again."""
    shown = view(api)
    return shown and {**shown, "minimumCompressionSize": _minimum_size(shown)}


def _minimum_size(api: Mapping[str, Any] | None) -> int | None:
    size = (api or {}).get("minimumCompressionSize")
    return None if size in (None, "") else int(size)


def compress(answer: tuple[int, dict[str, Any], bytes], headers: Mapping[str, str], minimum: int) -> Any:
    """Compress an integration's answer where the client accepts it and the answer has the minimum size."""
    status, sent, body = answer
    coding = headers.get("accept-encoding", "").partition(",")[0].strip().lower()  # the preferred one; no q-values
    if coding not in _ENCODERS or len(body) < minimum or any(name.lower() == "content-encoding" for name in sent):
        return answer
    return status, {**sent, "Content-Encoding": coding}, _ENCODERS[coding](body)

"""Bad JSON: documents with odd parts, and bytes that are hardly JSON."""

import json
from typing import Final

from hypothesis import strategies as st

NUMBERS: Final = (
    *("0", "-0", "-0.0", "1", "-1", "00", "01", "+1", ".5", "1.", "1e", "0x10", "1_000"),
    *("25.5", "0.1", "1e400", "-1e400", "1e-400", "1E+125", "9.99E+125", "1E126", "1E-130", "1E-131", "1e3", "1.0"),
    *("1" * 38, "1" * 39, "0." + "1" * 39, "9" * 4_301, "1e999999999999999999999", "1e-999999999999999999999"),
    *("253402300799999", "253402300800000", "-62135596800000", "1795428930123", "1795428930123.5", "0e999999999"),
    *("NaN", "Infinity", "-Infinity", "nan", "inf", "-NaN"),
)
TEXTS: Final = (
    *('""', '"a"', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"\\ud83d\\ude00"', '"\\uffff"', '"\\x41"', '"\\u12"'),
    *('"\x01"', '"\t"', '"\x7f"', '"\x85"', '"\u202e"', '"\ufeff"', '"\ufffe"', '"\U0010ffff"', '"', "'a'"),
    *('"2026-11-23T10:15:30Z"', '"2026-11-23"', '"2026-13-23T10:15:30Z"', '"2026-11-23T24:00:00Z"'),
    *('"9999-12-31T23:59:59-23:59"', '"0000-01-01T00:00:00Z"', '"0001-01-01T00:00:00+23:59"'),
    *('"2026-11-23T10:15:30+99:99"', '"\u0662026-11-23T10:15:30Z"', f'"{"x" * 256}"', f'"{"x" * 257}"'),
    *('"device-1"', '"../.."', '"a b"', '"${a}"', '"<script>"', f'"{"d" * 128}"', f'"{"d" * 129}"', '"#alert#d"'),
)
WORDS: Final = (
    "true",
    "false",
    "null",
    "True",
    "None",
    "undefined",
    "[]",
    "{}",
    "[",
    "{",
    "]",
    "}",
    "",
    " ",
    "//",
    ",",
)
NAMES: Final = (
    *('"device_id"', '"timestamp"', '"sensor_data"', '"readings"', '"start"', '"end"', '"limit"', '"next_token"'),
    *('"temp"', '"temperature"', '"Device_Id"', '"device_id "', '"__class__"', '"a/b~c"', '"%"', "device_id", "1"),
)
MEMBERS: Final = {
    "device_id": ('"device-1"', '"d"', f'"{"d" * 128}"'),
    "timestamp": ("1795428930123", "946684800000.0", '"2026-11-23T10:15:30.123Z"', '"2026-11-23T10:15+05:30"'),
    "sensor_data": ('{"temp":25.5}', '{"a":1,"b":"x","c":true}', '{"temperature":-40}'),
    "start": ("0", '"1970-01-01T00:00Z"'),
    "end": ("1795428930123", '"2026-11-23T10:15:30Z"'),
    "limit": ("1", "1000"),
    "next_token": ("null",),
}
"""What the API contract accepts."""

_TOKENS: Final = st.sampled_from(NUMBERS + TEXTS + WORDS)
_ODD_NAMES: Final = st.sampled_from(NAMES + TEXTS)


def _object(members: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{name}:{value}" for name, value in members) + "}"


VALUES: Final[st.SearchStrategy[str]] = st.recursive(
    _TOKENS | st.text(max_size=20).map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda parts: f"[{','.join(parts)}]")
        | st.lists(st.tuples(_ODD_NAMES, inner), max_size=4).map(_object)
    ),
    max_leaves=8,
)
"""The text of a JSON value, or of something that looks like one."""


def documents(*names: str) -> st.SearchStrategy[str]:
    """Texts of objects with these members: most as the contract requires, some odd, repeated or unknown."""
    known = [
        st.tuples(st.just(f'"{name}"'), st.sampled_from(MEMBERS[name]) | st.sampled_from(MEMBERS[name]) | VALUES)
        for name in names
    ]
    complete = st.tuples(*known).map(list)
    odd = st.lists(st.one_of(*known, st.tuples(_ODD_NAMES, VALUES)), max_size=6)
    more = st.tuples(complete, odd).map(lambda parts: parts[0] + parts[1])
    return (complete | odd | more).map(_object)


READINGS: Final = documents("device_id", "timestamp", "sensor_data") | documents("device_id", "sensor_data")
_ENTRIES: Final = st.lists(READINGS | VALUES, max_size=5)


def _or_valid(text: str) -> str:
    """A text where it is JSON, else a valid reading: text that is not JSON would make its whole batch invalid."""
    try:
        json.loads(text)
    except ValueError:
        return '{"device_id":"d","sensor_data":{"a":1}}'
    return text


BATCHES: Final = (_ENTRIES | _ENTRIES.map(lambda parts: [_or_valid(part) for part in parts])).map(
    lambda parts: f'{{"readings":[{",".join(parts)}]}}'
)
REPLAYS: Final = documents("device_id", "start", "end", "limit", "next_token") | documents("device_id")

ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be", "latin-1", "cp037", "utf-7")
_BYTES: Final = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x80",
    b"\x1f\x8b\x08",
)
"""NUL, no UTF-8, a byte order mark, an overlong `/`, a surrogate, beyond Unicode, a lone continuation, gzip's start."""


@st.composite
def damaged(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> bytes:
    """A text in some encoding, then cut, or with bytes repeated or inserted."""
    text = draw(texts)
    body = text.encode(draw(st.sampled_from(ENCODINGS) | st.just("utf-8")), errors="replace")
    for _ in range(draw(st.integers(0, 3))):
        start, end = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        middle = draw(st.sampled_from([b"", body[start:end] * 2]) | st.sampled_from(_BYTES) | st.binary(max_size=4))
        body = body[:start] + middle + draw(st.sampled_from([b"", body[end:]]))
    return body


def deep(levels: int) -> dict[str, str]:
    """Texts with so many nested levels, by what is nested."""
    return {
        f"arrays-{levels}": "[" * levels + "]" * levels,
        f"objects-{levels}": '{"a":' * levels + "1" + "}" * levels,
        f"open-arrays-{levels}": "[" * levels,
        f"open-objects-{levels}": '{"a":' * levels,
        f"sensor-data-{levels}": '{"device_id":"d","sensor_data":{"a":' + "[" * levels + "]" * levels + "}}",
        f"readings-{levels}": '{"readings":' + "[" * levels + "]" * levels + "}",
    }


def large(limit: int) -> dict[str, str]:
    """Texts around and far beyond a limit of bytes; each is refused, for its size or for its content."""
    head, tail = '{"device_id":"d","sensor_data":{"a":"', '"}}'
    room = limit - len(head) - len(tail)
    return {
        "a byte below the limit": f"{head}{'x' * (room - 1)}{tail}",
        "at the limit": f"{head}{'x' * room}{tail}",
        "a byte beyond the limit": f"{head}{'x' * (room + 1)}{tail}",
        "two bytes a character": f"{head}{'ä' * (room // 2 + 1)}{tail}",
        "a name at the limit": '{"' + "n" * (limit - 8) + '":1}',
        "a number at the limit": '{"device_id":"d","sensor_data":{"a":' + "1" * (limit - 40) + "}}",
        "an exponent at the limit": '{"device_id":"d","sensor_data":{"a":1e' + "1" * (limit - 42) + "}}",
        "a timestamp at the limit": '{"device_id":"d","timestamp":' + "1" * (limit - 60) + ',"sensor_data":{"a":1}}',
        "spaces": " " * (limit + 1),
        "faults without number": "{" + ",".join(f'"{number}":0' for number in range(100_000)) + "}",
        "10 MB": f"{head}{'x' * 10_000_000}{tail}",
        "10 MB of arrays": "[" * 10_000_000,
    }

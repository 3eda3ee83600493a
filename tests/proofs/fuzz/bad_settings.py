"""Settings files with errors: in values, types, ranges, names or nesting."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_origin

import msgspec
from hypothesis import strategies as st

from generate.settings import EnvironmentSettings
from generate.structs import Settings

Assignments = dict[tuple[str, ...], str]
"""The text of a TOML value by the parts of its key."""

NUMBERS: Final = (
    *("-1", "0", "1", "2", "3", "7", "10", "29", "60", "100", "900", "901", "1000", "3653", "43200", "1_000", "+5"),
    *("2147483647", "2147483648", "9" * 20, "9" * 4_300, "9" * 4_301, "0x" + "f" * 8, "0x" + "f" * 5_000, "0b1", "0o7"),
    *("0.0", "-0.0", "0.05", "0.5", "1.0", "1e17", "-1e17", "1e125", "1e126", "1e-130", "1e-131", "1e308", "-1e308"),
    *("1e400", "1e-400", "nan", "-nan", "inf", "-inf", "1.", ".5", "1e", "00", "0.1", "0.2", "0.3", "1e16"),
)
WORDS: Final = (
    *("true", "false", "True", "1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27T07:32:00", "07:32:00", "25:00:00"),
    *("[]", "[1]", "[[]]", "[[[[]]]]", "[1, 'a', {}]", "{}", "{a = 1}", "{a = {a = {a = 1}}}", "{min = 1}", "nil", ""),
    *("[" * 30 + "]" * 30, "[" * 5_000, "{a=" * 5_000, "[" * 9_000 + "]" * 9_000, "'", '"""', "[{}]", "]"),
    *(
        '[{protocol = "email", endpoint = "a@b.example"}]',
        '[{protocol = "https"}]',
        '[{protocol = "sms", endpoint = "1"}]',
    ),
)
TEXTS: Final = (
    *("eusc-de-east-1", "us-gov-west-1", "AWS:x", " a", "{{a}}"),
    *("", " ", "a", "us-east-1", "us-east-\u0661", "us-east-1\n", "x" * 300, "x" * 9_000, "iot-state", "192.168.0.1"),
    *(
        "${var.a}",
        "$${a}",
        "%{if true}",
        "%%{a}",
        "a${",
        "$",
        "%",
        "$%{",
        "}{",
        "$\n{",
        "var.a",
        "local.suffix",
        "data.aws_x.y.z",
    ),
    *(
        "module.data.key_arn",
        "aws_sns_topic.alerts.arn",
        "<&>",
        '"',
        "\\",
        "\\u0000",
        "\x00",
        "\x1b[31m",
        "\x7f",
        "\u202e",
    ),
    *(
        "\ufeff",
        "\u2028",
        "\U0001f600" * 256,
        "a@b.example",
        "https://x.example/a?b=${c}",
        "https://x.example/var.a",
        "http://x",
    ),
    *(
        "aws:tag",
        "project",
        "Environment",
        "email",
        "python3.13",
        "arm64",
        "DEBUG",
        "../../etc",
        "a/b",
        "#",
        "//",
        "[key]",
    ),
)


def literal(text: str) -> str:
    """A text as a basic string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


VALUES: Final = (
    st.sampled_from(NUMBERS)
    | st.sampled_from(WORDS)
    | st.sampled_from(TEXTS).map(literal)
    | st.text(max_size=20).map(literal)
    | st.integers().map(str)
    | st.floats().map(repr)
)
NAMES: Final = st.sampled_from(TEXTS) | st.text(max_size=10) | st.sampled_from(["temperature", "team", "min", "regoin"])


def setting_keys(kind: type[Settings] = EnvironmentSettings, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The keys of all settings, and of the tables that contain them."""
    for field in msgspec.structs.fields(kind):
        key = (*prefix, field.name)
        yield key
        if isinstance(field.type, type) and get_origin(field.type) is None and issubclass(field.type, Settings):
            yield from setting_keys(field.type, key)


def flat(values: Mapping[str, Any], prefix: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The assignments of a settings file, which consists of tables, texts, numbers and flags."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, (*prefix, name))
        else:
            yield (*prefix, name), json.dumps(value)


def assignments(text: str) -> Assignments:
    """The assignments of a settings file's text."""
    return dict(flat(tomllib.loads(text)))


@st.composite
def changed(draw: st.DrawFn, valid: Assignments) -> str:
    """A settings file with one to four changes, each of them valid or not."""
    changes = dict(valid)
    keys = [key for key in setting_keys() if key != ("environment",)]
    for _ in range(draw(st.integers(1, 4))):
        name = draw(NAMES)
        short = name[:4]
        key = draw(
            st.sampled_from(keys)
            | st.sampled_from([("config", "rules", name, bound) for bound in ("min", "max", "hysteresis", name)])
            | st.sampled_from([("tags", name), ("config", "rules", name), (name,), ("state", name), ("environment",)])
            | st.just(("functions", *([short] * draw(st.sampled_from([1, 5, 50, 3_000])))))
        )
        changes[key] = draw(VALUES)
        if draw(st.integers(0, 9)) == 0:
            changes.pop(draw(st.sampled_from(sorted(changes))))
    return written(changes)


def written(values: Assignments) -> str:
    """The text of a settings file."""
    return "".join(f"{'.'.join(literal(part) for part in key)} = {value}\n" for key, value in values.items())

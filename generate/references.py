"""Finds the references in a document that Terraform would misread, or that lead nowhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from generate.interface import Interface
from generate.provider_schema import attribute_problem

_BARE_KEYS = frozenset({"depends_on", "ignore_changes", "replace_triggered_by"})
"""Terraform reads references without `${}` there."""
_PROSE_KEYS = frozenset({"description", "error_message", "alarm_description", "type", "from", "to"})
"""Plain text; `from` and `to` of a `moved` block are addresses that the document need not have any more."""
_BRACE = re.compile("[{}]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_REFERENCE = re.compile(
    r"(?<![\w.])(?:"
    r"(?P<variable>var\.\w+)"
    r"|(?P<local>local\.\w+)"
    r"|(?P<module>module\.\w+)\.(?P<output>\w+)"
    r"|(?P<block>(?P<data>data\.)?(?P<type>aws_\w+)\.\w+)(?:\.(?P<attribute>\w+))?"
    r")"
)


def find_problems(
    document: str, files: Mapping[str, Any], addresses: AbstractSet[str], called: Mapping[str, Interface]
) -> Iterator[str]:
    """Yield a line for each reference that is unwrapped or unknown, and each variable that nothing uses.

    Args:
        document: How to name the document in a problem.
        files: The document's files, as they will be dumped.
        addresses: Every address that the document declares.
        called: Interfaces of the modules that it calls, by name.
    """
    used: set[str] = set()
    for path, text in _strings(files, ()):
        if "." not in text:
            continue  # every reference has one
        key = next((part for part in reversed(path) if not part.isdigit()), "")
        if key == "//":
            continue
        place = f"{document}: {'.'.join(path[1:])}"
        expressions, outside = ((text,), "") if key in _BARE_KEYS else split_template(text)
        if key not in _PROSE_KEYS and _REFERENCE.search(outside):
            yield f"{place}: {text!r} contains a reference outside ${{}}, which Terraform reads as plain text"
        for match in _references(expressions):
            if path[0] != "variables.tf.json":  # a variable's own validation is no use of it
                used.add(match[0])
            yield from (f"{place}: {problem}" for problem in _unknown(match, addresses, called))
    named = {address for address in addresses if address.startswith(("var.", "local."))}
    yield from (f"{document}: {address} is declared and not used" for address in sorted(named - used))


def is_reference(text: str) -> bool:
    """Whether plain text contains what would be a reference inside `${}`."""
    return bool(_REFERENCE.search(text))


def _references(expressions: Iterable[str]) -> Iterator[re.Match[str]]:
    for expression in expressions:
        yield from _REFERENCE.finditer(_without_strings(expression))


def split_template(text: str) -> tuple[tuple[str, ...], str]:
    """Split a template into its `${...}` expressions and the text around them.

    Returns:
        The expressions without their wrapping, and the rest of the text.
    """
    expressions: list[str] = []
    rest: list[str] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        if text[start - 1 : start] == "$":  # `$${` is an escaped, literal `${`
            rest.append(text[position : start + 2])
            position = start + 2
            continue
        end = _closing_brace(text, start + 2)
        rest.append(text[position:start])
        expressions.append(text[start + 2 : end])
        position = end + 1
    rest.append(text[position:])
    return tuple(expressions), "".join(rest)


def _closing_brace(text: str, start: int) -> int:
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.start()
    return len(text)


def _without_strings(expression: str) -> str:
    """Blank out string literals, but keep what they interpolate."""
    return _STRING.sub(lambda match: " ".join(split_template(match[0])[0]), expression)


def _unknown(match: re.Match[str], addresses: AbstractSet[str], called: Mapping[str, Interface]) -> Iterator[str]:
    if match["block"]:
        yield from _unknown_block(match, addresses)
    elif match["module"] is None:
        if match[0] not in addresses:
            yield f"refers to {match[0]}, which is not declared"
    elif match["module"] not in addresses:
        yield f"refers to {match['module']}, which is not called"
    elif match["output"] not in called[match["module"].removeprefix("module.")].outputs:
        yield f"refers to {match[0]}, which the module does not hand out"


def _unknown_block(match: re.Match[str], addresses: AbstractSet[str]) -> Iterator[str]:
    if match["block"] not in addresses:
        yield f"refers to {match['block']}, which is not declared"
    elif match["attribute"]:
        problem = attribute_problem("data" if match["data"] else "resource", match["type"], match["attribute"])
        if problem:
            yield f"refers to {match[0]}: {problem}"


def _strings(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, (*path, str(index)))

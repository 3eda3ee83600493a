"""Reads a generated module as one call of it applies it, because its file alone does not say what is applied.

Variables have the values of the call, or their defaults; `dynamic` blocks and lists of texts are expanded. Every other
expression is left as it is written.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

Body = dict[str, Any]
_REFERENCE: Final = re.compile(r"\$\{(\w+(?:\.\w+)+)\}")
_UNLESS_NULL: Final = re.compile(r"\$\{nonsensitive\(([\w.]+) == null\) \? \[\] : \[([\w.]+)\]\}")
"""For each: an optional value, if it is given."""
_UNLESS_EMPTY: Final = re.compile(
    r"\$\{length\(([\w.]+)\) == 0 \? \[\] : \[\[for name in \1 : \"(\$\{name\}[^\"]*)\"\]\]\}"
)
"""For each: a list with a text of each name, unless there are no names."""


_TEXTS_AND_MORE: Final = re.compile(r"\$\{concat\(\[for name in ([\w.]+) : \"([^\"]*)\"\], (\[.*\])\)\}")
"""A text of each name, and further texts."""


def called_module(files: Mapping[str, Body], root: str, call: str) -> Body:
    """The `main.tf.json` of a module as a root calls it.

    Args:
        files: The generated documents by path.
        root: The folder of the root, such as `envs/dev`.
        call: The name of the call.

    Raises:
        ValueError: A `dynamic` block iterates over an expression that is not one of the generator's.
    """
    arguments = files[f"{root}/main.tf.json"]["module"][call]
    folder = f"modules/{arguments['source'].rpartition('/')[2]}"
    declared = files[f"{folder}/variables.tf.json"]["variable"]
    values = {name: arguments.get(name, variable.get("default")) for name, variable in declared.items()}
    module: Body = _expand(files[f"{folder}/main.tf.json"], {"var": values})
    return module


def _expand(value: Any, scope: Mapping[str, Any]) -> Any:
    """A value with the references to names of the scope resolved."""
    if isinstance(value, str):
        return _expand_text(value, scope)
    if isinstance(value, list):
        return [_expand(each, scope) for each in value]
    return _expand_body(value, scope) if isinstance(value, dict) else value


def _expand_text(text: str, scope: Mapping[str, Any]) -> Any:
    if whole := _REFERENCE.fullmatch(text):
        return _look_up(whole[1], scope)
    if texts := _TEXTS_AND_MORE.fullmatch(text):
        return [*_texts(texts[2], _look_up(texts[1], scope)), *_expand(json.loads(texts[3]), scope)]
    return _REFERENCE.sub(lambda part: str(_look_up(part[1], scope)), text)


def _expand_body(body: Body, scope: Mapping[str, Any]) -> Body:
    expanded = {name: _expand(each, scope) for name, each in body.items() if name != "dynamic"}
    for block, definitions in body.get("dynamic", {}).items():
        for definition in definitions if isinstance(definitions, list) else [definitions]:
            for item in _items(definition["for_each"], scope):
                content = _expand(definition["content"], {**scope, block: {"value": item}})
                expanded.setdefault(block, []).append(content)
    return expanded


def _items(for_each: str, scope: Mapping[str, Any]) -> list[Any]:
    """What a `dynamic` block iterates over."""
    if reference := _REFERENCE.fullmatch(for_each):
        return _look_up(reference[1], scope) or []  # an optional list that is not given is empty
    if optional := _UNLESS_NULL.fullmatch(for_each):
        given = _look_up(optional[1], scope) is not None
        return [_look_up(optional[2], scope)] if given else []
    if named := _UNLESS_EMPTY.fullmatch(for_each):
        names = _look_up(named[1], scope)
        return [_texts(named[2], names)] if names else []
    raise ValueError(f"{for_each}: tests/support/called_modules.py does not know this expression")


def _texts(template: str, names: list[str]) -> list[str]:
    return [template.replace("${name}", name) for name in names]


def _look_up(path: str, scope: Mapping[str, Any]) -> Any:
    """The value of a reference; one to no name of the scope is left as it is written."""
    first, *rest = path.split(".")
    if first not in scope:
        return f"${{{path}}}"
    value: Any = scope[first]
    for name in rest:
        value = value.get(name) if value is not None else None
    return value

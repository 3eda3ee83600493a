"""The functions' environment variables, declared as types. Read on first use, never at import.

A field's name in capitals is its variable; a field without a default must be set.
"""

import os
from datetime import date
from functools import cache
from typing import Annotated, TypeVar

import msgspec

from handlers.contract import DEFAULT_OLDEST_TIMESTAMP
from handlers.errors import SettingsError

Days = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[int, msgspec.Meta(ge=0)]


class FunctionSettings(msgspec.Struct, frozen=True, rename="upper"):
    """The variables of every function."""

    environment: str


class IngestionSettings(FunctionSettings, frozen=True, rename="upper"):
    """What `handlers.ingestion` reads."""

    raw_table_name: str
    queue_url: str
    config_parameter: str
    api_key_parameter: str | None = None
    """Set only where the settings ask for the second factor; where it is set, keys are checked."""
    raw_ttl_days: Days | None = None
    """Lifetime of a raw item; None where it never expires."""
    maximum_clock_skew_seconds: Seconds = 300
    oldest_timestamp: date = date.fromisoformat(DEFAULT_OLDEST_TIMESTAMP)


class ProcessorSettings(FunctionSettings, frozen=True, rename="upper"):
    """What `handlers.processor` reads."""

    raw_table_name: str
    processed_table_name: str
    queue_url: str
    dead_letter_queue_url: str
    alert_topic_arn: str
    config_parameter: str
    processed_ttl_days: Days | None = None
    """Lifetime of a processed item; None where it never expires."""


class QuerySettings(FunctionSettings, frozen=True, rename="upper"):
    """What `handlers.query` reads."""

    raw_table_name: str
    processed_table_name: str


Settings = TypeVar("Settings", bound=FunctionSettings)


@cache
def load(kind: type[Settings]) -> Settings:
    """Read one function's variables; an empty one counts as missing.

    Raises:
        SettingsError: names every missing variable, or the one with an invalid value.
    """
    fields = msgspec.structs.fields(kind)
    variables = {field.encode_name: os.environ.get(field.encode_name) for field in fields}
    missing = [field.encode_name for field in fields if field.required and not variables[field.encode_name]]
    if missing:
        raise SettingsError(f"environment variables are missing: {', '.join(missing)}")
    try:
        return msgspec.convert({name: value for name, value in variables.items() if value}, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(f"an environment variable is invalid: {error}") from None

"""Rules across settings: what each field allows alone, AWS refuses together.

What an environment and the account have in common is held to the same rules.
"""

from collections.abc import Iterator

from generate.rules.broken import Broken
from generate.rules.environment import environment_rules
from generate.rules.state import place_rules
from generate.rules.tags import tag_rules
from generate.rules.texts import text_rules
from generate.settings import AccountSettings, EnvironmentSettings

__all__ = ["Broken", "broken_rules"]


def broken_rules(settings: EnvironmentSettings | AccountSettings) -> Iterator[Broken]:
    """Yield each broken rule between settings."""
    if isinstance(settings, EnvironmentSettings):
        yield from environment_rules(settings)
    yield from place_rules(settings)
    yield from tag_rules(settings.tags)
    yield from text_rules(settings.values())

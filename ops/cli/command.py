"""The command `iot-pipeline`, which an installed wheel brings. What each verb needs is imported when it is used."""

import argparse
import sys
from collections.abc import Sequence

from generate.unread import until_unread

_NAME = "iot-pipeline"
"""Of the command and of the distribution."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on the project in the working folder.

    Args:
        arguments: The command line; this process's by default.

    Returns:
        The exit code of the verb.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["generate"]:
        from generate.__main__ import main as generate  # noqa: PLC0415 - only this verb needs it

        return until_unread(lambda: generate(given[1:]))
    from importlib.metadata import version  # noqa: PLC0415 - takes longer to import than the rest

    parser = argparse.ArgumentParser(prog=_NAME, description="A serverless IoT data pipeline on AWS.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version(_NAME)}")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("generate", help="write the Terraform JSON from the settings: [--check] [--diff] [new] [schema]")
    parser.parse_args(given)
    return 0

"""What every command line of `ops` shares: errors told in one sentence, and an exit code."""

import argparse
import sys
from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from generate.errors import GenerateError
from generate.unread import until_unread
from ops.aws.credentials import NO_CREDENTIALS, CredentialsError
from ops.project.errors import OpsError
from ops.project.signals import interruptible

FAILED = 1
INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended, by the shells' convention."""


def run(command: Callable[[], int]) -> int:
    """Run a command and tell a user's mistake without a traceback; end quietly where nobody reads it any more.

    Returns:
        The command's exit code; 1 where it refused, 130 where Ctrl-C, SIGTERM or SIGHUP interrupted it, 141 where its
        output was not read to the end.
    """
    return until_unread(lambda: _run(command))


def _run(command: Callable[[], int]) -> int:
    try:
        with interruptible():
            return command()
    except (OpsError, GenerateError) as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILED
    except NO_CREDENTIALS as error:
        print(f"error: {CredentialsError(error)}", file=sys.stderr)
        return FAILED
    except (BotoCoreError, ClientError) as error:
        print(f"error: the AWS request failed: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED


def parse(parser: argparse.ArgumentParser, words: Sequence[str] | None) -> argparse.Namespace:
    """Read a command line; `--name=--` has the value `--`, of which argparse before Python 3.13 makes an empty list.

    Args:
        parser: Of options with one value each.
        words: The command line; this process's by default.
    """
    arguments = parser.parse_args(words)
    for name, value in vars(arguments).items():
        if isinstance(value, list):
            setattr(arguments, name, "--")
    return arguments

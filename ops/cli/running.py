"""How every command ends: with an exit code, and an error in one sentence."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError

from generate.errors import GenerateError
from generate.unread import until_unread
from ops.aws.credentials import NO_CREDENTIALS, CredentialsError
from ops.cli.options import PREFIX
from ops.project.errors import OpsError
from ops.project.paths import ROOT
from ops.project.programs import interruptible

FAILED = 1
INTERRUPTED = 130
"""The exit code of a program that Ctrl-C ended, by the shells' convention."""


def run(command: Callable[[], int]) -> int:
    """Run a command, show users' mistakes without a traceback, and end quietly where its output is not read to the end.

    Returns:
        The command's exit code; 1 where it refused, 130 where Ctrl-C, SIGTERM or SIGHUP interrupted it, 141 where its
        output was not read to the end.
    """
    return until_unread(lambda: _run(command))


def become(module: str, *arguments: str) -> NoReturn:
    """Run one of the checkout's modules in place of this process, so that it gets the signals itself."""
    os.chdir(ROOT)
    # What was typed after make is for this command, and not for those that the module runs.
    variables = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], variables)  # noqa: S606  # without a shell


def _run(command: Callable[[], int]) -> int:
    try:
        with interruptible():
            return command()
    except (OpsError, GenerateError) as error:
        message = str(error)
    except NO_CREDENTIALS as error:
        message = str(CredentialsError(error))
    except (BotoCoreError, ClientError) as error:
        message = f"the AWS request failed: {error}"
    except KeyboardInterrupt:
        print("interrupted; run the same command again to go on", file=sys.stderr)
        return INTERRUPTED
    print(f"error: {message}", file=sys.stderr)
    return FAILED

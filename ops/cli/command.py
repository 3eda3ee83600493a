"""The command `iot-pipeline`. `generate` is run before anything is imported that it does not need."""

import sys
from collections.abc import Sequence

from generate.unread import until_unread


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: The command line; this process's by default.

    Returns:
        The exit code: 0 done, 1 failed or refused, 2 wrong usage, 3 drift, 130 interrupted, 141 output not read.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["generate"]:
        from generate.__main__ import main as generate  # noqa: PLC0415 - only this verb needs it

        return until_unread(lambda: generate(words[1:], "iot-pipeline generate"))
    from ops.cli.application import execute  # noqa: PLC0415 - `generate` takes less time and memory without it
    from ops.cli.running import run  # noqa: PLC0415

    return run(lambda: execute(words))


if __name__ == "__main__":
    sys.exit(main())

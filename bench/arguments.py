"""What the measurements' commands take."""

import argparse


def positive(text: str) -> int:
    """A whole number of at least 1, for `argparse`.

    Raises:
        ArgumentTypeError: It is none.
    """
    if text.isascii() and text.isdecimal() and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")


def asked_rounds(name: str, default: int) -> int:
    """Read the one argument that a measurement in rounds takes.

    Args:
        name: The measurement's.
        default: Rounds where none are asked for.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}")
    parser.add_argument("--rounds", type=positive, default=default, help=f"turns that each has (default: {default})")
    rounds: int = parser.parse_args().rounds
    return rounds

"""The command line: write, check, compare, start a new environment, print the schema."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from generate.errors import GenerateError
from generate.new import new_environment, reserved_concurrency
from generate.project import generate_project
from generate.reading import read_all, read_environment
from generate.render import canonical
from generate.tree import differences, generated_files, write
from generate.unread import until_unread

OK, DIFFERENT, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None, program: str = "python -m generate") -> int:
    """Run the command line.

    Args:
        arguments: The command line; this process's by default.
        program: What its help calls it.

    Returns:
        0: done, or nothing differs; 1: `--check` or `--diff` found a difference; 2: the input cannot be used.
    """
    options = _parser(program).parse_args(arguments)
    try:
        return _run(options)
    except GenerateError as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE
    except OSError as error:
        if error.filename is None:  # the output itself, which `until_unread` judges
            raise
        sys.stderr.write(f"cannot read or write {error.filename}: {error.strerror}\n")
        return UNUSABLE


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "schema":
            from generate.schema import environment_schema  # noqa: PLC0415 - only this command needs it

            sys.stdout.write(canonical(environment_schema()))
            return OK
        case "new" if options.check or options.diff:
            message = "--check and --diff write nothing, and new writes: use one or the other"
            raise GenerateError(message)
        case "new" if not options.source.strip():
            message = "FROM=: it is empty; allowed is the name of an environment, whose settings are copied"
            raise GenerateError(message)
        case "new":
            path = new_environment(options.root, options.name, options.source)
            sys.stdout.write(f"wrote {path}\n")
            options.env = options.name
            done = _generate(options)
            sys.stdout.write(f"{reserved_concurrency(read_environment(options.root, options.name))}\n")
            return done
    return _generate(options)


def _generate(options: argparse.Namespace) -> int:
    root, env = options.root, options.env
    account, environments = read_all(root) if env is None else (None, [read_environment(root, env)])
    texts = generate_project(account, environments)
    existing = generated_files(root, env)
    if options.check or options.diff:
        return _report(differences(root, texts, existing), check=options.check)
    for line in write(root, texts, existing):
        sys.stdout.write(f"{line}\n")
    return OK


def _report(difference: str, *, check: bool) -> int:
    sys.stdout.write(difference)
    if difference and check:
        sys.stderr.write("the generated files are not current: run `make generate` and commit what it writes\n")
    return DIFFERENT if difference else OK


def _parser(program: str) -> argparse.ArgumentParser:
    formatter = partial(argparse.HelpFormatter, width=120)  # the terminal's own width takes 10 ms of imports to find
    what = "Write the Terraform JSON of the project."
    parser = argparse.ArgumentParser(prog=program, description=what, formatter_class=formatter)
    parser.add_argument("--root", type=Path, default=Path(), help="the project's folder (default: this one)")
    parser.add_argument("--env", help="only the Terraform of this environment and of the modules")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing; exit 1 with a diff where the tree differs")
    mode.add_argument("--diff", action="store_true", help="write nothing; print what would change")
    commands = parser.add_subparsers(dest="command", prog=parser.prog)
    new = commands.add_parser("new", help="start an environment from another one's settings")
    new.add_argument("name", help="the new environment")
    new.add_argument("--from", dest="source", default="dev", help="whose settings to start from (default: dev)")
    commands.add_parser("schema", help="print the JSON Schema of envs/<env>/settings.toml")
    return parser


if __name__ == "__main__":
    sys.exit(until_unread(main))

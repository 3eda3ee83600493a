"""What can go wrong while generating, as errors for the user."""

from collections.abc import Iterable


class GenerateError(Exception):
    """Base of all errors of the generator. Its text is for the user."""


class ProblemsError(GenerateError):
    """Several problems of one kind, all reported at once.

    Attributes:
        problems: One line each, complete in itself.
    """

    heading = "cannot generate"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"{self.heading}: {count} problem{'s' if count != 1 else ''}{lines}")


class FileError(GenerateError):
    """A file or folder could not be read or written; names it, with the operating system's reason."""

    def __init__(self, action: str, path: object, error: OSError) -> None:
        super().__init__(f"cannot {action} {path}: {error.strerror or error}")


class SettingsError(ProblemsError):
    """A settings file holds what is not allowed; each problem names file, key, value and what is allowed."""

    heading = "the settings are not usable"


class SpecificationError(ProblemsError):
    """A function is not specified completely; each problem names the file and the missing part."""

    heading = "the functions cannot be generated"


class DocumentError(ProblemsError):
    """A builder wrote a document that Terraform would refuse or misread; each problem names the block."""

    heading = "the Terraform document is not sound"


class DuplicateBlockError(GenerateError):
    """A builder added a block under an address that is taken; Terraform JSON would keep only the last."""

    def __init__(self, document: str, address: str) -> None:
        super().__init__(f"{document}: {address} is defined twice; each block needs a name of its own")

"""The advisories that are passed over, each with its reason and the day on which it counts no more."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from ops.project.errors import OpsError

IGNORED_FILE: Final = Path("ops") / "checks" / "ignored_vulnerabilities.toml"
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=20)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Ignored(_Strict):
    """One advisory that is passed over.

    Attributes:
        advisory: Its id, or an alias.
        package: The package that it is about.
        reason: Why it does no harm here.
        expires: The last day on which it is passed over.
    """

    advisory: str
    package: str
    reason: _Reason
    expires: date


class _File(_Strict):
    ignored: tuple[Ignored, ...]


def read_ignored(path: Path) -> tuple[Ignored, ...]:
    """Read the file of ignored advisories.

    Raises:
        OpsError: It holds what is not allowed; all problems are in the message.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return _File.model_validate(content, strict=False).ignored
    except tomllib.TOMLDecodeError as error:
        raise OpsError(f"{path.name}: {error}") from error
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, at['loc']))}: {at['msg']}" for at in error.errors())
        raise OpsError("\n".join(f"{path.name}: {problem}" for problem in problems)) from error

"""The verbs of whoever changes the project: they need a checkout, and most of them its development requirements."""

from pathlib import Path
from typing import Annotated, NoReturn

from cyclopts import Parameter

from generate.__main__ import main as run_generate
from ops.checks.testing import run_tests
from ops.cli.embedded import embedded_machine
from ops.cli.running import FAILED, become
from ops.local.machine import write_plan
from ops.packaging.service_models import write_service_models
from ops.project.paths import ROOT
from ops.project.progress import Progress
from ops.setup.pinning import pin_all
from ops.terraform.schema_slice import write_provider_schema

Measurement = Annotated[
    str | None, Parameter(help="synthesis, cold_start, warm_path, calls, end_to_end or developing; all by default.")
]
NewName = Annotated[str, Parameter(help="The new environment, such as pr-123.")]
PlanFile = Annotated[Path | None, Parameter(help="The JSON of a plan (terraform show -json), to scan alone.")]
Source = Annotated[str, Parameter(name="--from", help="The environment whose settings are copied.")]


def generate(*words: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> int:
    """Write modules/ and envs/ from the settings; --check and --diff write nothing. See `generate --help`."""
    return run_generate(words)


def new(*, env: NewName, source: Source = "dev") -> int:
    """Start an environment from another one's settings."""
    return run_generate(["new", f"--from={source}", "--", env])


def golden() -> NoReturn:
    """Write the golden files of tests/golden/ anew; read the diff."""
    become("tests.generate.golden")


def previous() -> NoReturn:
    """Keep the generated files as those of the previous version, from which an upgrade is proved."""
    become("tests.proofs.upgrade.previous")


def provider_schema() -> None:
    """Write the slice of the provider's schema anew, after its version or the types in use changed."""
    write_provider_schema()


def service_models() -> None:
    """Write the slice of botocore's service models anew, after its version or the calls of the handlers changed."""
    write_service_models()


def test() -> int:
    """Run all tests but the slow proofs, with coverage."""
    return run_tests(Progress())


def prove() -> NoReturn:
    """Run all proofs, the slow ones too, and print one table: what was tried, what held."""
    become("pytest", "-m", "proof", "--proofs")


def check() -> int:
    """Lint, words, types, generated files, terraform validate, checkov, vulnerability audit."""
    from ops.checks.checks import checks, run_checks  # noqa: PLC0415 - needs the requirements of development

    progress = Progress()
    return run_checks(checks(ROOT, progress), progress)


def scan(*, plan: PlanFile = None) -> int:
    """Scan the files, and the plan of the environment on the embedded AWS, with checkov."""
    from ops.checks.scan import scan_files, scan_plan  # noqa: PLC0415 - needs the requirements of development

    if plan is not None:
        return scan_plan(ROOT, plan)
    if code := scan_files(ROOT):
        return code
    file = ROOT / "build" / "local" / "plan.json"
    return scan_plan(ROOT, file) if write_plan(embedded_machine(), file) else FAILED


def audit() -> int:
    """Look for known vulnerabilities of everything that is pinned."""
    from ops.checks.audit import audit as audit_pins  # noqa: PLC0415 - needs the requirements of development

    return 0 if audit_pins(ROOT, Progress()) else FAILED


def bench(*, what: Measurement = None) -> NoReturn:
    """Measure against peers and lower bounds, and render docs/performance.md."""
    become("bench", *([what] if what else []))


def lock() -> None:
    """Pin the newest versions that pyproject.toml and bench/requirements/*.in allow."""
    pin_all()

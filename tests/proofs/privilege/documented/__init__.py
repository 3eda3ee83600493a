"""Every statement of the generated policies, and why it is there."""

from typing import Final

from tests.proofs.privilege.documented import functions, resources
from tests.proofs.privilege.documented.statement import Documented, Place

STATEMENTS: Final[dict[Place, Documented]] = {**functions.STATEMENTS, **resources.STATEMENTS}
"""All of them, by call of a module, document and sid."""

"""What every policy of the generated files says, statement by statement, and why it is there."""

from typing import Final

from tests.proofs.privilege.documented import functions, resources
from tests.proofs.privilege.documented.vocabulary import Documented, Place

STATEMENTS: Final[dict[Place, Documented]] = {**functions.STATEMENTS, **resources.STATEMENTS}
"""All of them, by module, document and sid."""

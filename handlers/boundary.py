"""Where an API's request ends: every error becomes an answer, and no error's inside leaves the function."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from handlers.domain.problems import FaultsError, ProblemError, bad_request, unavailable
from handlers.errors import UnavailableError
from handlers.gateway import Answer, Event, problem_answer, request_id
from handlers.observability import logger

_INTERNAL_ERROR: Final = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "The request failed on our side.")


def answered(operation: Callable[[Event], Answer], event: Event) -> Answer:
    """Carry out a request and answer it, whatever happens."""
    logger.set_correlation_id(request_id(event))
    try:
        return operation(event)
    except ProblemError as problem:
        return problem_answer(problem)
    except FaultsError as error:
        return problem_answer(bad_request(error.faults))
    except UnavailableError as error:
        logger.error("AWS did not answer", operation=error.operation, code=error.code)
        return problem_answer(unavailable())
    except Exception:  # noqa: BLE001 - the last wall: a caller gets a problem, the log gets the trace
        logger.exception("unexpected failure")
        return problem_answer(_INTERNAL_ERROR)

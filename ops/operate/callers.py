"""Finds the API that a command names, and the caller to call it as."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ops.aws.access import Access
from ops.aws.api_client import ApiClient
from ops.deploy.deployment import Deployment, not_applied
from ops.local.access_files import local_access
from ops.local.layout import default_layout
from ops.local.record import read_record
from ops.local.variables import read_variables
from ops.project.paths import LOCAL
from ops.project.progress import Progress

ADDRESS: Final = "API_ENDPOINT"
"""The variable that names the API's address, where it is not at the output's: behind a name of its own, say."""
_OUTPUT: Final = "ApiEndpoint"


def find_api(root: Path, environment: str, progress: Progress) -> ApiClient:
    """A client of an environment's API.

    Args:
        root: The project's folder.
        environment: `local` is the embedded AWS, as the user who may only call the API; anything else is an
            environment on real AWS, with the user's own credentials.
        progress: Notified of what happens.

    Raises:
        OpsError: The embedded AWS does not run, there is no such environment, there are no usable credentials, or its
            outputs cannot be read.
    """
    if environment != LOCAL:
        operator = find_operator(root, environment, progress)
        return ApiClient(operator.output(_OUTPUT), operator.access)
    layout = default_layout(root)
    return ApiClient(read_variables(layout.caller_variables)[ADDRESS], local_access(layout.caller_variables))


@dataclass(frozen=True)
class Operator:
    """Who looks after a running environment.

    Attributes:
        access: The AWS that it runs on, as someone who may operate it.
        outputs: The environment's outputs by name; `ApiEndpoint` is where the API can be reached from here.
        environment: Its name; `local` is the embedded AWS.
    """

    access: Access
    outputs: dict[str, Any]
    environment: str = LOCAL

    def output(self, name: str) -> str:
        """One of the environment's outputs.

        Raises:
            OpsError: The environment is not applied as far as that.
        """
        if name not in self.outputs:
            raise not_applied(self.environment)
        return str(self.outputs[name])


def find_operator(root: Path, environment: str, progress: Progress) -> Operator:
    """Access to what an environment is made of.

    Args:
        root: The project's folder.
        environment: `local` is the embedded AWS, as its administrator; anything else is an environment on real AWS,
            with the user's own credentials.
        progress: Notified of what happens.

    Raises:
        OpsError: The embedded AWS does not run, there is no such environment, there are no usable credentials, or its
            outputs cannot be read.
    """
    if environment != LOCAL:
        deployment = Deployment(root, environment, progress)
        deployment.check_caller("the same command with")
        return Operator(deployment.access(), _reachable(deployment.outputs(), os.environ.get(ADDRESS)), environment)
    layout = default_layout(root)
    access = local_access(layout.administrator_variables)
    outputs = read_record(layout).outputs
    if not outputs:
        raise not_applied(environment)
    return Operator(access, _reachable(outputs, read_variables(layout.administrator_variables)[ADDRESS]))


def _reachable(outputs: dict[str, Any], address: str | None) -> dict[str, Any]:
    return {**outputs, _OUTPUT: address} if address else outputs

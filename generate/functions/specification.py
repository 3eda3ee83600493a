"""What a Lambda function of the project is: everything else about it is derived from its specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from generate.functions.settings import ApiFunctionSettings, FunctionSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generate.policies import Statement
    from generate.settings import EnvironmentSettings
    from generate.terraform import Expression

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True)
class Route:
    """One method of the API.

    Attributes:
        method: The HTTP method.
        path: Of the resource, such as `/devices/{device_id}`.
        operation: Its operation object in the OpenAPI document. What API Gateway checks before the function runs is
            derived from it: required parameters, and that the body is an object of the request's schema.
    """

    method: Method
    path: str
    operation: Mapping[str, Any]

    @property
    def title(self) -> str:
        """The method and the path, for people."""
        return f"{self.method} {self.path}"

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path."""
        return tuple(self.path.strip("/").split("/"))

    @property
    def request_schema(self) -> str | None:
        """The name of the schema of the body, None where there is no body."""
        body = self.operation.get("requestBody")
        return body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2] if body else None

    def required_parameters(self) -> Iterator[str]:
        """Yield the parameters that API Gateway requires, in its own notation."""
        places = {"query": "querystring", "path": "path", "header": "header"}
        for parameter in self.operation.get("parameters", ()):
            if parameter["required"]:
                yield f"method.request.{places[parameter['in']]}.{parameter['name']}"


@dataclass(frozen=True)
class Wiring:
    """What a function's variables and statements may refer to, in an environment's root.

    Attributes:
        settings: The environment's settings.
        data: The module with the tables and parameters.
        queueing: The module with the queues and the topic.
    """

    settings: EnvironmentSettings
    data: Expression
    queueing: Expression


@dataclass(frozen=True, kw_only=True)
class FunctionSpecification:
    """One Lambda function.

    Attributes:
        name: Its key in the settings. Its entry point is `lambda_handler` in `handlers/<name>.py`.
        resource_name: Its name in AWS, with `{}` for the environment suffix.
        description: What it does, in one sentence.
        routes: The API's methods that it serves.
        schemas: Schemas of the OpenAPI document that only these routes use, by name.
        settings: What can be set of it, with its defaults.
        variables: Its environment variables; those with the value None are left out. Their names are the fields of
            its class in `handlers/settings.py` (a test compares them).
        statements: What its role may do, besides logs, traces and the failure destination.
        encrypts_through: AWS services through which it uses the KMS key to write and read.
        decrypts_through: Those through which it only reads.
        reads_queue: Whether the ingestion queue invokes it.
        updated_after: Functions that an upgrade updates first.
    """

    name: str
    resource_name: str
    description: str
    routes: tuple[Route, ...] = ()
    schemas: Mapping[str, Any] = field(default_factory=dict)
    settings: type[FunctionSettings] = ApiFunctionSettings
    variables: Callable[[Wiring], dict[str, object]] = lambda _wiring: {}
    statements: Callable[[Wiring], list[Statement]] = lambda _wiring: []
    encrypts_through: tuple[str, ...] = ()
    decrypts_through: Callable[[Wiring], tuple[str, ...]] = lambda _wiring: ()
    reads_queue: bool = False
    updated_after: tuple[str, ...] = ()

    @property
    def handler(self) -> str:
        """Lambda's name of the entry point."""
        return f"handlers.{self.name}.lambda_handler"

    @property
    def output(self) -> str:
        """The output of an environment's root with the function's name in AWS."""
        return "".join(part.capitalize() for part in self.name.split("_")) + "FunctionName"

"""The roles' inline policies as applied, which can be applied without some of their grants."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from ops.local.pipeline import Pipeline
from ops.operate.logs import FUNCTIONS

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient

Document = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Grant:
    """One action on one resource, as one statement allows it.

    Attributes:
        function: Whose role has it: `ingestion`, `processor` or `query`.
        sid: The statement.
        action: Such as `sqs:SendMessage`.
        resource: An ARN, or `*`.
    """

    function: str
    sid: str
    action: str
    resource: str

    @property
    def target(self) -> str:
        """The last part of the resource's ARN."""
        return tail(self.resource)

    @override
    def __str__(self) -> str:
        return f"{self.function} {self.sid}: {self.action} on {self.target}"


@dataclass(frozen=True)
class RolePolicy:
    """The one inline policy of a function's role.

    Attributes:
        iam: A client of IAM.
        function: What a user calls the function.
        role: The role's name.
        name: The policy's name.
        document: The policy as it was applied.
    """

    iam: "IAMClient"
    function: str
    role: str
    name: str
    document: Document

    def grants(self) -> list[Grant]:
        """All grants of the policy."""
        return [grant for statement in self.document["Statement"] for grant in self._granted(statement)]

    @contextmanager
    def without(self, *grants: Grant) -> Iterator[None]:
        """Remove grants until the block ends; then the policy is restored, whatever happens."""
        self._put({**self.document, "Statement": list(self._left(grants))})
        try:
            yield
        finally:
            self._put(self.document)

    def _granted(self, statement: Document) -> Iterator[Grant]:
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield Grant(self.function, statement["Sid"], action, resource)

    def _left(self, grants: Sequence[Grant]) -> Iterator[Document]:
        """One statement for each remaining grant."""
        for statement in self.document["Statement"]:
            for number, grant in enumerate(self._granted(statement)):
                if grant not in grants:
                    sid = f"{grant.sid}{number}"
                    yield {**statement, "Sid": sid, "Action": grant.action, "Resource": grant.resource}

    def _put(self, document: Document) -> None:
        self.iam.put_role_policy(RoleName=self.role, PolicyName=self.name, PolicyDocument=json.dumps(document))


def applied_policies(pipeline: Pipeline) -> dict[str, RolePolicy]:
    """The policy of each function's role, read from the running AWS; each must have exactly one."""
    return {function: _applied(pipeline, function, output) for function, output in FUNCTIONS.items()}


def listed(value: str | list[str]) -> list[str]:
    """An element of a policy as a list; IAM returns a list of one as a string."""
    return [value] if isinstance(value, str) else value


def tail(arn: str) -> str:
    """The last part of an ARN, a URL or a parameter's name."""
    return arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1]


def _applied(pipeline: Pipeline, function: str, output: str) -> RolePolicy:
    administrator = pipeline.administrator
    configuration = administrator.functions().get_function_configuration(FunctionName=pipeline.outputs[output])
    role = tail(configuration["Role"])
    iam = administrator.iam()
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    return RolePolicy(iam, function, role, name, document)

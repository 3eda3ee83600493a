"""Calls the API as any AWS client does: over verified TLS, signed with Signature Version 4."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from handlers.domain.documents import encode, parse
from handlers.errors import MalformedDocumentError
from ops.aws.access import Access
from ops.project.errors import OpsError

_TIMEOUT_SECONDS: Final = 35
"""API Gateway itself ends a request at 29."""
_CONNECTIONS: Final = 256
"""That are kept: as many as threads may share one client."""
API_KEY_VARIABLE: Final = "PIPELINE_API_KEY"
API_KEY_HELP: Final = (
    f"{API_KEY_VARIABLE} in the environment is sent as X-Api-Key, where api.require_api_key asks for it."
)


def given_api_key() -> str | None:
    """The API key in the user's environment, or None.

    Raises:
        OpsError: It cannot be a header's value.
    """
    key = os.environ.get(API_KEY_VARIABLE) or None
    if key and not (key.isascii() and key.isprintable()):
        raise OpsError(f"{API_KEY_VARIABLE} has characters that no header may have: printable ASCII is allowed")
    return key


def missing_key_advice(status: int) -> str | None:
    """What to do where the API refused with this status because no key was sent; else None."""
    if status != HTTPStatus.UNAUTHORIZED or given_api_key():
        return None
    return f"the environment asks for an API key (api.require_api_key): set it as the variable {API_KEY_VARIABLE}"


@dataclass(frozen=True)
class Answer:
    """The API's response.

    Attributes:
        status: The HTTP status.
        text: The body.
        headers: The headers, their names in lower case.
    """

    status: int
    text: str
    headers: Mapping[str, str]

    def document(self) -> Any:
        """The body read as JSON, every number as a `Decimal`.

        Raises:
            OpsError: It is not JSON, or it has a member twice.
        """
        try:
            return parse(self.text)
        except MalformedDocumentError as error:
            raise OpsError(f"the API answered {self.status}, and not JSON ({error}): {self.text[:200]}") from error


@dataclass(frozen=True)
class ApiClient:
    """One caller of one API. It keeps its credentials and its connections, also between threads.

    Its methods raise `OpsError` where there are no credentials to sign with, and where there is no response.

    Attributes:
        address: The API's address with its stage, without a `/` at the end.
        access: The caller, the region, and the certificate authorities to trust.
        api_key: The second factor, where the environment asks for it; None sends none.
    """

    address: str
    access: Access
    api_key: str | None = field(default_factory=given_api_key, repr=False)

    def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """Send a signed GET."""
        return self.deliver(self.sign(self.prepare_get(path, query)))

    def post(self, path: str, document: object) -> Answer:
        """Send a signed POST of a JSON document, or of bytes as they are."""
        return self.deliver(self.sign(self.prepare_post(path, document)))

    def prepare_get(self, path: str, query: Mapping[str, str]) -> AWSRequest:
        """A GET that is not signed yet."""
        return AWSRequest("GET", self.address + path, self._key_header(), params=dict(query))

    def prepare_post(self, path: str, document: object) -> AWSRequest:
        """A POST of a JSON document, or of bytes as they are, that is not signed yet."""
        headers = {"Content-Type": "application/json", **self._key_header()}
        body = document if isinstance(document, bytes) else encode(document).encode()
        return AWSRequest("POST", self.address + path, headers, body)

    def sign(self, request: AWSRequest) -> AWSRequest:
        """Sign a request with its body, by botocore's own Signature Version 4."""
        SigV4Auth(self.credentials, "execute-api", self.access.region).add_auth(request)
        return request

    def deliver(self, request: AWSRequest | AWSPreparedRequest) -> Answer:
        """Send a request as it is."""
        prepared = request.prepare() if isinstance(request, AWSRequest) else request
        try:
            response = self.connection.send(prepared)
        except BotoCoreError as error:
            hint = " (make up starts the embedded AWS)" if self.access.endpoint else ""
            raise OpsError(f"the API cannot be reached{hint}: {error}") from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, response.text, headers)

    @cached_property
    def credentials(self) -> Credentials:
        """What requests are signed with."""
        try:
            credentials = self.access.session().get_credentials()
        except BotoCoreError as error:
            raise OpsError(f"no AWS credentials: {error}") from error
        if credentials is None:
            raise OpsError("no AWS credentials: log in (aws sso login) or set AWS_PROFILE")
        return credentials

    @cached_property
    def connection(self) -> URLLib3Session:
        """What requests are sent over: on AWS through the user's proxies; the embedded AWS is behind none."""
        verify: Any = self.access.trusted() or True  # the stubs know only a flag
        proxies = {} if self.access.endpoint else get_environ_proxies(self.address)
        return URLLib3Session(verify, proxies, _TIMEOUT_SECONDS, _CONNECTIONS)

    def _key_header(self) -> dict[str, str]:
        return {"X-Api-Key": self.api_key} if self.api_key else {}

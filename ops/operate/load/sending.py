"""A client of the API that keeps its connection and its credentials, so that the load measures the pipeline."""

from functools import cached_property

from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from typing_extensions import override

from ops.aws.api_client import ApiClient


class KeptConnection(ApiClient):
    """One caller who calls often. Not to be shared between threads."""

    @override
    def credentials(self) -> Credentials:
        return self._kept_credentials

    @override
    def connection(self) -> URLLib3Session:
        return self._kept_connection

    @cached_property
    def _kept_credentials(self) -> Credentials:
        return super().credentials()

    @cached_property
    def _kept_connection(self) -> URLLib3Session:
        return super().connection()

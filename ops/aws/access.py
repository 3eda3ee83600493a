"""Access to one AWS: the embedded one with its own address and credentials, or the real one with the user's."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from ops.aws.credentials import CredentialsError

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_iam import IAMClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_ssm import SSMClient
    from types_boto3_sts import STSClient

_CONNECT_SECONDS: Final = 10


@dataclass(frozen=True)
class Keys:
    """An access key of an IAM user.

    Attributes:
        access_key_id: Its public part.
        secret_access_key: Its secret.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True)
class Access:
    """Which AWS, and as whom.

    Attributes:
        region: The region of every call.
        endpoint: The embedded AWS's address; None for AWS itself.
        authority: A file of certificate authorities to trust; None for the system's, or AWS_CA_BUNDLE.
        keys: The caller's key; None for the user's own credentials, found as every AWS tool finds them.
    """

    region: str
    endpoint: str | None = None
    authority: Path | None = None
    keys: Keys | None = None

    def session(self) -> boto3.Session:
        """A session with this access's credentials and region."""
        return boto3.Session(botocore_session=self._core(), region_name=self.region)

    def api_gateway(self) -> "APIGatewayClient":
        """A client of API Gateway."""
        return self.session().client("apigateway", **self._options())

    def cloudwatch(self) -> "CloudWatchClient":
        """A client of CloudWatch."""
        return self.session().client("cloudwatch", **self._options())

    def dynamodb(self) -> "DynamoDBClient":
        """A client of DynamoDB."""
        return self.session().client("dynamodb", **self._options())

    def iam(self) -> "IAMClient":
        """A client of IAM."""
        return self.session().client("iam", **self._options())

    def functions(self) -> "LambdaClient":
        """A client of Lambda."""
        return self.session().client("lambda", **self._options())

    def logs(self) -> "CloudWatchLogsClient":
        """A client of CloudWatch Logs."""
        return self.session().client("logs", **self._options())

    def s3(self) -> "S3Client":
        """A client of S3."""
        return self.session().client("s3", **self._options())

    def sns(self) -> "SNSClient":
        """A client of SNS."""
        return self.session().client("sns", **self._options())

    def sqs(self) -> "SQSClient":
        """A client of SQS."""
        return self.session().client("sqs", **self._options())

    def ssm(self) -> "SSMClient":
        """A client of Systems Manager."""
        return self.session().client("ssm", **self._options())

    def sts(self) -> "STSClient":
        """A client of STS."""
        return self.session().client("sts", **self._options())

    def xray(self) -> Any:  # its types are not installed
        """A client of X-Ray."""
        return self.session().client("xray", **self._options())

    def trusted(self) -> str | None:
        """The file of certificate authorities that AWS's tools trust; None is their own."""
        return str(self.authority) if self.authority else self._core().get_config_variable("ca_bundle")

    def caller(self) -> str:
        """The account that the credentials belong to, and who in it.

        Raises:
            CredentialsError: There are no usable credentials.
        """
        try:
            identity = self.sts().get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise CredentialsError(error, self.region) from error
        return f"{identity['Account']} ({identity['Arn']})"

    def variables(self) -> dict[str, str]:
        """The environment variables by which every AWS tool has this access."""
        given = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CA_BUNDLE": str(self.authority) if self.authority else None,
            "AWS_ACCESS_KEY_ID": self.keys.access_key_id if self.keys else None,
            "AWS_SECRET_ACCESS_KEY": self.keys.secret_access_key if self.keys else None,
        }
        return {name: value for name, value in given.items() if value}

    def _options(self) -> dict[str, Any]:
        """What every client is made with; the embedded AWS is on this machine, behind no proxy."""
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            retries={"mode": "standard"},
            proxies={} if self.endpoint else None,
        )
        return {
            "endpoint_url": self.endpoint,
            "verify": str(self.authority) if self.authority else None,
            "config": config,
        }

    def _core(self) -> Session:
        """A session of botocore; with keys, the user's profile and files are not read."""
        if self.keys is None:
            return Session()
        none, nowhere = (None, None, None, None), (None, None, os.devnull, None)
        core = Session({"profile": none, "config_file": nowhere, "credentials_file": nowhere})
        core.set_credentials(self.keys.access_key_id, self.keys.secret_access_key)
        return core

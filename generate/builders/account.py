"""The root that is applied once for an account and region: the state bucket and API Gateway's CloudWatch role."""

from generate.builders.common import ROOT_PROVIDER_VERSION, Location, account_data, versions
from generate.builders.environment import backend
from generate.naming import default_tags
from generate.policies import ANYONE, assume_role_policy, condition, policy_document, statement
from generate.reading import ACCOUNT
from generate.settings import AccountSettings
from generate.terraform import Document, Expression


def build(settings: AccountSettings) -> Document:
    """Build the root."""
    document = Document(f"envs/{ACCOUNT}")
    document.terraform(**versions(ROOT_PROVIDER_VERSION), backend=backend(ACCOUNT, settings))
    document.provider("aws", region=settings.region, default_tags=[{"tags": default_tags(ACCOUNT, settings.tags)}])
    where = account_data(document)
    bucket = _state_bucket(document, settings, where)
    _api_gateway_logging(document, settings, where)
    document.output("StateBucketName", bucket.bucket, "Bucket with Terraform's states.")
    document.output("StateKeyArn", Expression("aws_kms_key.state").arn, "KMS key for states: state.kms_key_arn.")
    return document


def _state_bucket(document: Document, settings: AccountSettings, where: Location) -> Expression:
    key = _state_key(document, where)
    bucket = document.resource(
        "aws_s3_bucket", "state", bucket=settings.state.bucket, lifecycle={"prevent_destroy": True}
    )
    document.resource(
        "aws_s3_bucket_versioning", "state", bucket=bucket.id, versioning_configuration={"status": "Enabled"}
    )
    document.resource(
        "aws_s3_bucket_server_side_encryption_configuration",
        "state",
        bucket=bucket.id,
        rule={
            "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
            "bucket_key_enabled": True,
        },
    )
    document.resource(
        "aws_s3_bucket_public_access_block",
        "state",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    document.resource(
        "aws_s3_bucket_ownership_controls", "state", bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"}
    )
    _lifecycle(document, settings, bucket)
    insecure = condition("Bool", "aws:SecureTransport", "false")
    policy = policy_document(
        document,
        "state_bucket",
        statement(
            "DenyWithoutTls", ["s3:*"], [bucket.arn, f"{bucket.arn}/*"], insecure, principal=ANYONE, effect="Deny"
        ),
    )
    document.resource("aws_s3_bucket_policy", "state", bucket=bucket.id, policy=policy)
    return bucket


def _state_key(document: Document, where: Location) -> Expression:
    policy = policy_document(
        document, "state_key", statement("AccountGovernsByIam", ["kms:*"], ["*"], principal=where.root)
    )
    key = document.resource(
        "aws_kms_key",
        "state",
        description="Encrypts Terraform's states.",
        enable_key_rotation=True,
        deletion_window_in_days=30,
        policy=policy,
    )
    document.resource("aws_kms_alias", "state", name="alias/iot-pipeline-state", target_key_id=key.key_id)
    return key


def _lifecycle(document: Document, settings: AccountSettings, bucket: Expression) -> None:
    document.resource(
        "aws_s3_bucket_lifecycle_configuration",
        "state",
        bucket=bucket.id,
        rule=[
            {
                "id": "old-versions",
                "status": "Enabled",
                "filter": {},
                "noncurrent_version_expiration": {"noncurrent_days": settings.noncurrent_version_days},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            }
        ],
        depends_on=["aws_s3_bucket_versioning.state"],
    )


def _api_gateway_logging(document: Document, settings: AccountSettings, where: Location) -> None:
    """The role by which API Gateway writes logs: one setting for the whole account and region.

    Its actions are those of AWS's own AmazonAPIGatewayPushToCloudWatchLogs, kept to API Gateway's log groups.
    """
    role = document.resource(
        "aws_iam_role",
        "api_gateway",
        name=f"iot-api-gateway-logs-{settings.region}",
        description="Lets API Gateway write logs, for the whole account and region.",
        assume_role_policy=assume_role_policy(document, "apigateway.amazonaws.com"),
    )
    names = ("/aws/apigateway/*", "API-Gateway-Execution-Logs_*")
    groups = [where.arn("logs", f"log-group:{name}") for name in names]
    write = [
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
        "logs:GetLogEvents",
        "logs:FilterLogEvents",
    ]
    policy = policy_document(
        document,
        "api_gateway",
        statement("WriteLogs", write, groups),
        statement("FindLogGroups", ["logs:DescribeLogGroups"], ["*"]),
    )
    attached = document.resource("aws_iam_role_policy", "api_gateway", name="logs", role=role.id, policy=policy)
    document.resource("aws_api_gateway_account", "this", cloudwatch_role_arn=role.arn, depends_on=[attached.bare])

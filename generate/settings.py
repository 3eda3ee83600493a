"""The settings of one environment, and of the account: typed, frozen, with AWS's own ranges."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from handlers.contract import MAXIMUM_BATCH_SIZE, MAXIMUM_PROCESSING_TIMEOUT, MINIMUM_PROCESSING_TIMEOUT

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days for which CloudWatch Logs can keep a log group (PutRetentionPolicy, CloudWatch Logs API reference)."""

EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,15}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
BucketName = Annotated[str, StringConstraints(min_length=3, max_length=63, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]
KeyArn = Annotated[str, StringConstraints(pattern=r"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$")]
TagKey = Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Za-z0-9 _.:/=+@-]+$")]
TagValue = Annotated[str, StringConstraints(max_length=256, pattern=r"^[A-Za-z0-9 _.:/=+@-]*$")]
_NO_TEMPLATE = r"^([^$%]|\$[^{$%]|%[^{$%])*[$%]?$"
"""Text without `${` and `%{`, in which Terraform would read a template."""
SensorName = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=_NO_TEMPLATE)]

GREATEST_MAXIMUM_CONCURRENCY = 1000
"""Of an event source mapping (Lambda API reference, ScalingConfig)."""


class Settings(BaseModel):
    """Base of all settings: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class State(Settings):
    """Where Terraform keeps the state: an S3 bucket that `envs/account` makes."""

    bucket: BucketName = Field("iot-pipeline-terraform-state", description="The state bucket; S3 names are global.")
    region: Region = Field("us-east-1", description="The state bucket's region.")
    kms_key_arn: KeyArn | None = Field(
        None, description="KMS key that encrypts the state; unset: S3's own key (the backend's `encrypt`)."
    )


class Rule(Settings):
    """Bounds of one sensor value; a processed item outside them is marked and raises one alert."""

    min: float | None = Field(None, description="The least value that is in order.")
    max: float | None = Field(None, description="The greatest value that is in order.")
    hysteresis: float = Field(0, ge=0, description="How far inside its bound a value must be before the alert clears.")


class Config(Settings):
    """Content of the parameter `/iot-pipeline/{env}/config`, which the handlers read while they run."""

    batch_size: int = Field(100, ge=1, le=MAXIMUM_BATCH_SIZE, description="The most readings in one request.")
    processing_timeout: int = Field(
        60,
        ge=MINIMUM_PROCESSING_TIMEOUT,
        le=MAXIMUM_PROCESSING_TIMEOUT,
        description="Seconds that processing a batch may take.",
    )
    rules: dict[SensorName, Rule] = Field(default_factory=dict, description="Alert rules by sensor name.")


class Data(Settings):
    """The key, the tables and the parameters."""

    deletion_protection: bool = Field(default=True, description="Refuse to delete the tables.")
    raw_ttl_days: int | None = Field(None, ge=1, le=3653, description="Days until a raw item expires; unset: never.")
    processed_ttl_days: int | None = Field(
        None, ge=1, le=3653, description="Days until a processed item expires; unset: never."
    )
    key_deletion_window_days: int = Field(30, ge=7, le=30, description="Days before a deleted KMS key is gone.")
    api_key_version: int = Field(1, ge=1, description="Raise it to write a new value of the api-key parameter.")


class Subscription(Settings):
    """Somebody who is told of alerts."""

    protocol: Literal["email", "https"] = Field(description="How the alert travels.")
    endpoint: str = Field(min_length=3, pattern=_NO_TEMPLATE, description="An e-mail address or an https address.")


class Queueing(Settings):
    """The ingestion queue, its dead-letter queue and the alert topic."""

    maximum_receive_count: int = Field(3, ge=1, le=1000, description="Receives before a message is dead-lettered.")
    visibility_timeout_seconds: int | None = Field(
        None,
        ge=0,
        le=43200,
        description="Unset: 6 times the processor's timeout plus the batching window, which is AWS's least.",
    )
    subscriptions: list[Subscription] = Field(default_factory=list, description="Who is told of alerts.")


class Function(Settings):
    """One Lambda function behind the API, which ends a request after 29 seconds."""

    memory_megabytes: int = Field(256, ge=128, le=10240, description="Memory, and CPU with it.")
    timeout_seconds: int = Field(29, ge=1, le=29, description="API Gateway ends a request after 29 seconds.")
    reserved_concurrency: int = Field(100, ge=1, description="Concurrent executions kept for it, and its limit.")


class Processor(Settings):
    """The processor, which serves the queue and `POST /process`."""

    memory_megabytes: int = Field(512, ge=128, le=10240, description="Memory, and CPU with it.")
    timeout_seconds: int = Field(60, ge=29, le=900, description="Time to process one batch.")
    reserved_concurrency: int = Field(100, ge=3, description="Concurrent executions kept for it, and its limit.")
    api_concurrency: int = Field(10, ge=1, description="How many of them are left for POST /process.")


class EventSource(Settings):
    """The event source mapping from the ingestion queue to the processor."""

    batch_size: int = Field(100, ge=1, le=10000, description="The most messages in one batch.")
    batching_window_seconds: int = Field(1, ge=0, le=300, description="The longest wait for a batch to fill.")
    maximum_concurrency: int | None = Field(
        None,
        ge=2,
        le=GREATEST_MAXIMUM_CONCURRENCY,
        description="Unset: the processor's reserved concurrency less `api_concurrency`.",
    )


class Functions(Settings):
    """The Lambda functions and their layer."""

    runtime: Literal["python3.11", "python3.12", "python3.13"] = Field("python3.11", description="Lambda runtime.")
    architecture: Literal["x86_64", "arm64"] = Field("x86_64", description="Instruction set.")
    log_retention_days: RetentionDays = Field(30, description="Days that logs are kept.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="The least level logged.")
    ingestion: Function = Field(default_factory=Function)
    processor: Processor = Field(default_factory=Processor)
    query: Function = Field(default_factory=Function)
    event_source: EventSource = Field(default_factory=EventSource)


class Api(Settings):
    """The REST API."""

    throttling_rate_limit: int = Field(1000, ge=1, le=10000, description="Requests a second, steady.")
    throttling_burst_limit: int = Field(1000, ge=1, le=5000, description="Requests at once.")
    require_api_key: bool = Field(
        default=False, description="Ask for X-Api-Key, too, and compare it with the api-key parameter."
    )
    maximum_clock_skew_seconds: int = Field(300, ge=0, le=86400, description="How far ahead a timestamp may be.")


class Monitoring(Settings):
    """Thresholds of the alarms that have no natural one."""

    latency_milliseconds: int = Field(2500, ge=1, le=29000, description="p90 of the API's latency.")
    queue_age_seconds: int = Field(300, ge=1, le=1209600, description="Age of the oldest waiting message.")
    server_error_rate: float = Field(0.05, gt=0, lt=1, description="Share of requests answered 5XX.")
    client_error_rate: float = Field(0.05, gt=0, lt=1, description="Share of requests answered 4XX.")
    rejected_rate: float = Field(0.25, gt=0, lt=1, description="Share of readings refused.")
    lag_milliseconds: int = Field(60000, ge=1000, description="p90 from acceptance to the processed item.")


class EnvironmentSettings(Settings):
    """One environment: `envs/<name>/settings.toml`.

    Attributes:
        environment: The folder's name, and the suffix of every resource's name; not a key of the file.
    """

    environment: EnvironmentName
    region: Region = Field("us-east-1", description="The AWS region of everything.")
    tags: dict[TagKey, TagValue] = Field(default_factory=dict, max_length=47, description="Tags of every resource.")
    state: State = Field(default_factory=State)
    config: Config = Field(default_factory=Config)
    data: Data = Field(default_factory=Data)
    queueing: Queueing = Field(default_factory=Queueing)
    functions: Functions = Field(default_factory=Functions)
    api: Api = Field(default_factory=Api)
    monitoring: Monitoring = Field(default_factory=Monitoring)

    @property
    def visibility_timeout_seconds(self) -> int:
        """The queue's visibility timeout: as set, or AWS's least (Lambda developer guide, "Using Lambda with SQS")."""
        given = self.queueing.visibility_timeout_seconds
        return self.least_visibility_timeout_seconds if given is None else given

    @property
    def least_visibility_timeout_seconds(self) -> int:
        """Six times the function's timeout plus the batching window."""
        return 6 * self.functions.processor.timeout_seconds + self.functions.event_source.batching_window_seconds

    @property
    def greatest_maximum_concurrency(self) -> int:
        """What the event source mapping may take of the processor's reserved concurrency."""
        left = self.functions.processor.reserved_concurrency - self.functions.processor.api_concurrency
        return min(left, GREATEST_MAXIMUM_CONCURRENCY)

    @property
    def maximum_concurrency(self) -> int:
        """The event source mapping's maximum concurrency: as set, or all that `POST /process` leaves."""
        given = self.functions.event_source.maximum_concurrency
        return self.greatest_maximum_concurrency if given is None else given


class AccountSettings(Settings):
    """The account and region, once: `envs/account/settings.toml`."""

    region: Region = Field("us-east-1", description="The AWS region.")
    tags: dict[TagKey, TagValue] = Field(default_factory=dict, max_length=47, description="Tags of every resource.")
    state: State = Field(default_factory=State)
    noncurrent_version_days: int = Field(90, ge=1, description="Days that an old version of a state is kept.")

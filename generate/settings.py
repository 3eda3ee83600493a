"""The settings of one environment, and of the account: typed, frozen, with AWS's own ranges."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta

from generate.functions import specifications
from generate.functions.settings import FunctionSettings, ProcessorSettings
from generate.regions import usable_regions
from generate.structs import MAXIMUM_INTEGER, Settings
from handlers.contract import (
    DEFAULT_OLDEST_TIMESTAMP,
    MAXIMUM_BATCH_SIZE,
    MAXIMUM_PROCESSING_TIMEOUT,
    MAXIMUM_RULE_NAME_LENGTH,
    MINIMUM_PROCESSING_TIMEOUT,
)

RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""Days for which CloudWatch Logs can keep a log group (PutRetentionPolicy, CloudWatch Logs API reference)."""

END = r"$(?!\n)"
"""The end of a text; to Python's `$` alone, a line feed may follow."""
EnvironmentName = Annotated[str, Meta(pattern=rf"^[a-z][a-z0-9-]{{0,15}}{END}")]
Region = Annotated[str, Meta(extra_json_schema={"enum": usable_regions()})]
"""Judged by a rule, which names the nearest regions, and the reason where one cannot be used."""
BucketName = Annotated[str, Meta(min_length=3, max_length=63, pattern=rf"^[a-z0-9-]+(\.[a-z0-9-]+)*{END}")]
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KeyArn = Annotated[str, Meta(pattern=rf"^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{{12}}:key/({_UUID}|mrk-[0-9a-f]{{32}}){END}")]
TagKey = Annotated[str, Meta(min_length=1, max_length=128, pattern=rf"^[A-Za-z0-9 _.:/=+@-]+{END}")]
TagValue = Annotated[str, Meta(min_length=1, max_length=256, pattern=rf"^[A-Za-z0-9 _.:/=+@-]+{END}")]
"""Not empty, though AWS takes that: with an empty default tag the provider plans wrongly (its issue 42247)."""
MAXIMUM_TAGS = 47
"""AWS's 50 less the three that the generator sets."""
Tags = dict[TagKey, TagValue]
RunbookUrl = Annotated[
    str, Meta(max_length=500, pattern=rf"^https://[A-Za-z0-9.-]+(:[0-9]+)?([/?][A-Za-z0-9._~:/?@!&()*+,;=%-]*)?{END}")
]
"""Without `#`: each alarm adds its section's."""
_NO_TEMPLATE = rf"^([^$%]|\$[^{{$%]|%[^{{$%])*[$%]?{END}"
"""Text without `${` and `%{`, in which Terraform would read a template."""
SensorName = Annotated[str, Meta(min_length=1, max_length=MAXIMUM_RULE_NAME_LENGTH, pattern=_NO_TEMPLATE)]

LifetimeDays = Annotated[int, Meta(ge=1, le=3653)]
VisibilityTimeoutSeconds = Annotated[int, Meta(ge=0, le=43200)]

MAPPING_CONCURRENCY_LIMIT = 1000
"""Of an event source mapping (Lambda API reference, ScalingConfig)."""
MaximumConcurrency = Annotated[int, Meta(ge=2, le=MAPPING_CONCURRENCY_LIMIT)]


class State(Settings, frozen=True):
    """Where Terraform keeps the state: an S3 bucket that `envs/account` makes."""

    bucket: Annotated[BucketName, Meta(description="The state bucket; S3 names are global.")] = (
        "iot-pipeline-terraform-state"
    )
    region: Annotated[Region, Meta(description="The state bucket's region.")] = "us-east-1"
    kms_key_arn: Annotated[
        KeyArn | None,
        Meta(description="KMS key that encrypts the state; unset: S3's own key (the backend's `encrypt`)."),
    ] = None


class Rule(Settings, frozen=True):
    """Bounds of one sensor value; a processed item outside them is marked and raises one alert."""

    min: Annotated[float | None, Meta(description="Minimum normal value.")] = None
    max: Annotated[float | None, Meta(description="Maximum normal value.")] = None
    hysteresis: Annotated[
        float, Meta(ge=0, description="How far inside its bound a value must be before the alert clears.")
    ] = 0


class Config(Settings, frozen=True):
    """Content of the parameter `/iot-pipeline/{env}/config`, which the handlers read while they run."""

    batch_size: Annotated[int, Meta(ge=1, le=MAXIMUM_BATCH_SIZE, description="The most readings in one request.")] = 100
    processing_timeout: Annotated[
        int,
        Meta(
            ge=MINIMUM_PROCESSING_TIMEOUT,
            le=MAXIMUM_PROCESSING_TIMEOUT,
            description="Seconds that processing a batch may take.",
        ),
    ] = 60
    rules: Annotated[dict[SensorName, Rule], Meta(description="Alert rules by sensor name.")] = msgspec.field(
        default_factory=dict
    )


class Data(Settings, frozen=True):
    """The key, the tables and the parameters."""

    deletion_protection: Annotated[bool, Meta(description="Refuse to delete the tables.")] = True
    raw_ttl_days: Annotated[LifetimeDays | None, Meta(description="Days until a raw item expires; unset: never.")] = (
        None
    )
    processed_ttl_days: Annotated[
        LifetimeDays | None, Meta(description="Days until a processed item expires; unset: never.")
    ] = None
    key_deletion_window_days: Annotated[
        int, Meta(ge=7, le=30, description="Days before a deleted KMS key is gone.")
    ] = 30
    api_key_version: Annotated[
        int, Meta(ge=1, le=MAXIMUM_INTEGER, description="Raise it to write a new value of the api-key parameter.")
    ] = 1


class Subscription(Settings, frozen=True):
    """A subscription to alerts."""

    protocol: Annotated[Literal["email", "https"], Meta(description="How the alert travels.")]
    endpoint: Annotated[
        str, Meta(min_length=3, pattern=_NO_TEMPLATE, description="An e-mail address or an https address.")
    ]


class Queueing(Settings, frozen=True):
    """The ingestion queue, its dead-letter queue and the alert topic."""

    maximum_receive_count: Annotated[
        int, Meta(ge=1, le=1000, description="Receives before a message is dead-lettered.")
    ] = 3
    visibility_timeout_seconds: Annotated[
        VisibilityTimeoutSeconds | None,
        Meta(description="Unset: 6 times the processor's timeout plus the batching window, which is AWS's minimum."),
    ] = None
    subscriptions: Annotated[list[Subscription], Meta(description="Who is notified of alerts.")] = msgspec.field(
        default_factory=list
    )


class EventSource(Settings, frozen=True):
    """The event source mapping from the ingestion queue to the processor."""

    batch_size: Annotated[
        int,
        Meta(
            ge=1, le=10000, description="The most messages in one batch; each carries up to ten readings of a request."
        ),
    ] = 100
    batching_window_seconds: Annotated[int, Meta(ge=0, le=300, description="The longest wait for a batch to fill.")] = 1
    maximum_concurrency: Annotated[
        MaximumConcurrency | None,
        Meta(description="Unset: the processor's reserved concurrency less `api_concurrency`."),
    ] = None


class CommonFunctionSettings(Settings, frozen=True):
    """The Lambda functions and their layer."""

    runtime: Annotated[Literal["python3.11", "python3.12", "python3.13"], Meta(description="Lambda runtime.")] = (
        "python3.11"
    )
    architecture: Annotated[Literal["x86_64", "arm64"], Meta(description="Instruction set.")] = "x86_64"
    log_retention_days: Annotated[RetentionDays, Meta(description="Days that logs are kept.")] = 30
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], Meta(description="Minimum log level.")] = "INFO"
    event_source: EventSource = EventSource()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> FunctionSettings: ...


if TYPE_CHECKING:
    Functions = CommonFunctionSettings
else:
    Functions = msgspec.defstruct(
        "Functions",
        [(each.name, each.settings, each.settings()) for each in specifications()],
        bases=(CommonFunctionSettings,),
        frozen=True,
        forbid_unknown_fields=True,
        namespace={"__doc__": CommonFunctionSettings.__doc__},
    )
    """With a table for each function's own settings."""


class Api(Settings, frozen=True):
    """The REST API."""

    throttling_rate_limit: Annotated[int, Meta(ge=1, le=10000, description="Requests a second, steady.")] = 1000
    throttling_burst_limit: Annotated[int, Meta(ge=1, le=5000, description="Requests at once.")] = 1000
    require_api_key: Annotated[
        bool, Meta(description="Ask for X-Api-Key, too, and compare it with the api-key parameter.")
    ] = False
    maximum_clock_skew_seconds: Annotated[
        int, Meta(ge=0, le=86400, description="How far ahead a timestamp may be.")
    ] = 300
    oldest_timestamp: Annotated[
        date, Meta(description="UTC day; earlier timestamps are refused: seconds, or a clock that is not set.")
    ] = date.fromisoformat(DEFAULT_OLDEST_TIMESTAMP)


class Monitoring(Settings, frozen=True):
    """Thresholds of the alarms that have no natural one, and where the runbook is."""

    latency_milliseconds: Annotated[int, Meta(ge=1, le=29000, description="p90 of the API's latency.")] = 2500
    queue_age_seconds: Annotated[int, Meta(ge=1, le=1209600, description="Age of the oldest waiting message.")] = 300
    server_error_rate: Annotated[float, Meta(gt=0, lt=1, description="Share of requests answered 5XX.")] = 0.05
    client_error_rate: Annotated[float, Meta(gt=0, lt=1, description="Share of requests answered 4XX.")] = 0.05
    rejected_rate: Annotated[float, Meta(gt=0, lt=1, description="Share of readings refused.")] = 0.25
    lag_milliseconds: Annotated[
        int, Meta(ge=1000, le=MAXIMUM_INTEGER, description="p90 from acceptance to the processed item.")
    ] = 60000
    runbook_url: Annotated[
        RunbookUrl | None,
        Meta(description="Where alarms' readers open the runbook; unset: alarms name docs/runbook.md."),
    ] = None


class EnvironmentSettings(Settings, frozen=True):
    """One environment: `envs/<name>/settings.toml`.

    Attributes:
        environment: The folder's name, and the suffix of every resource's name; not a key of the file.
    """

    environment: EnvironmentName
    region: Annotated[Region, Meta(description="The AWS region of everything.")] = "us-east-1"
    tags: Annotated[Tags, Meta(max_length=MAXIMUM_TAGS, description="Tags of every resource.")] = msgspec.field(
        default_factory=dict
    )
    state: State = State()
    config: Config = Config()
    data: Data = Data()
    queueing: Queueing = Queueing()
    functions: Functions = Functions()
    api: Api = Api()
    monitoring: Monitoring = Monitoring()

    @property
    def processor(self) -> ProcessorSettings:
        """The settings of the function that reads the queue."""
        found = self.functions.processor
        assert isinstance(found, ProcessorSettings)  # noqa: S101 - the specification says so
        return found

    @property
    def visibility_timeout_seconds(self) -> int:
        """The queue's visibility timeout: as set, or AWS's minimum (Lambda guide, "Using Lambda with SQS")."""
        given = self.queueing.visibility_timeout_seconds
        return self.minimum_visibility_timeout_seconds if given is None else given

    @property
    def minimum_visibility_timeout_seconds(self) -> int:
        """Six times the function's timeout plus the batching window."""
        return 6 * self.processor.timeout_seconds + self.functions.event_source.batching_window_seconds

    @property
    def maximum_concurrency_limit(self) -> int:
        """What the event source mapping may take of the processor's reserved concurrency."""
        left = self.processor.reserved_concurrency - self.processor.api_concurrency
        return min(left, MAPPING_CONCURRENCY_LIMIT)

    @property
    def maximum_concurrency(self) -> int:
        """The event source mapping's maximum concurrency: as set, or all that `POST /process` leaves."""
        given = self.functions.event_source.maximum_concurrency
        return self.maximum_concurrency_limit if given is None else given


class AccountSettings(Settings, frozen=True):
    """The account and region, once: `envs/account/settings.toml`."""

    region: Annotated[Region, Meta(description="The AWS region.")] = "us-east-1"
    tags: Annotated[Tags, Meta(max_length=MAXIMUM_TAGS, description="Tags of every resource.")] = msgspec.field(
        default_factory=dict
    )
    state: State = State()
    noncurrent_version_days: Annotated[
        int, Meta(ge=1, le=MAXIMUM_INTEGER, description="Days that an old version of a state is kept.")
    ] = 90

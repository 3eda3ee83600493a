"""What happens each second, on average: the shape that every design is brought into, and then priced."""

from dataclasses import dataclass, field

from ops.capacity.calls import Calls


@dataclass(frozen=True)
class Work:
    """One function at work.

    Attributes:
        invocations: A second.
        seconds: Duration of each.
        memory_megabytes: Its memory.
        log_bytes: What an invocation logs, Lambda's own lines and CloudWatch's overhead included.
        calls: AWS calls of one invocation.
    """

    invocations: float
    seconds: float
    memory_megabytes: int
    log_bytes: float
    calls: Calls = field(default_factory=dict)

    @property
    def concurrency(self) -> float:
        """Invocations at once, on average."""
        return self.invocations * self.seconds


@dataclass(frozen=True)
class Standing:
    """What is paid for whether anything happens or not.

    Attributes:
        metrics: Custom and detailed metrics.
        alarm_metrics: Metrics that alarms watch.
        kms_requests: A second: data keys that are fetched anew.
    """

    metrics: int
    alarm_metrics: int
    dashboards: int
    keys: int
    kms_requests: float


@dataclass(frozen=True)
class Load:
    """A design under a demand; rates are a second, on average.

    Attributes:
        name: Of the design.
        readings: Readings.
        requests: Requests to the API.
        functions: The functions at work, by name.
        sqs_requests: Sends, receives (empty ones, too), deletes, in units of 64 KB.
        write_units: DynamoDB's.
        read_units: DynamoDB's.
        stored_bytes: For each table, bytes and items that it grows by, and the days that an item lives (None: ever).
        traces: X-Ray traces recorded.
        access_log_bytes: API Gateway's access log, for each request.
        answer_bytes: What goes out to the internet for each request.
        parameter_reads: SSM GetParameter.
        publications: SNS publications, and the deliveries of each by `sns.emails` or `sns.https`.
        log_retention_days: How long logs are kept.
    """

    name: str
    architecture: str
    readings: float
    requests: float
    functions: dict[str, Work]
    sqs_requests: float
    write_units: float
    read_units: float
    stored_bytes: tuple[tuple[float, float, int | None], ...]
    traces: float
    access_log_bytes: float
    answer_bytes: float
    parameter_reads: float
    publications: float
    deliveries: dict[str, int]
    log_retention_days: int
    standing: Standing

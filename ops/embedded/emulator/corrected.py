"""MiniStack's application, with faults put right that would refuse, or show as drift, what is right on AWS.

It is loaded by file inside MiniStack's own virtual environment. Where a later MiniStack has moved a function that is
put right here, the start fails at once and aloud.
"""

import asyncio.constants
from importlib import import_module

from actions import base_action  # type: ignore[import-not-found]  # beside this file, which is loaded by its path
from alarms import describing_in_full, keeping_metrics  # type: ignore[import-not-found]  # the same

_actions = import_module("ministack.core.iam_actions")
for _function in ("_action_from_target", "_action_from_query"):
    setattr(_actions, _function, base_action(getattr(_actions, _function)))

_cloudwatch = import_module("ministack.services.cloudwatch")
for _function, _correction in (("_put_metric_alarm", keeping_metrics), ("_describe_alarms", describing_in_full)):
    setattr(_cloudwatch, _function, _correction(getattr(_cloudwatch, _function), _cloudwatch))

# A client that keeps its connection open would hold up a stop, and with it the storing of the state, for 30 seconds.
asyncio.constants.SSL_SHUTDOWN_TIMEOUT = 1.0

app = import_module("ministack.app").app

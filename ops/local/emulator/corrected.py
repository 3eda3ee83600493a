"""MiniStack's application, with faults put right that would refuse, let in, or show as drift, what AWS does not.

It is loaded by file inside MiniStack's own virtual environment. Where a later MiniStack has moved a function that is
put right here, the start fails at once and aloud.
"""

import asyncio.constants
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

# Beside this file, which is loaded by its path.
from actions import base_action  # type: ignore[import-not-found]
from alarms import describing_in_full, keeping_metrics  # type: ignore[import-not-found]
from api_requests import named  # type: ignore[import-not-found]
from api_requests import traced as traced_request
from authorizations import recording  # type: ignore[import-not-found]
from body_validation import explaining, substituting  # type: ignore[import-not-found]
from compression import compressing, with_numbers  # type: ignore[import-not-found]
from credential_scope import scope_checked  # type: ignore[import-not-found]
from invocations import header_of_invocation  # type: ignore[import-not-found]
from invocations import traced as traced_invocation
from messages import remembering_entries, with_system_attributes  # type: ignore[import-not-found]
from simulation import given_first, with_context  # type: ignore[import-not-found]
from traces import Traces, trace_of  # type: ignore[import-not-found]


def _correct(module: ModuleType, function: str, correction: Callable[..., Any], *arguments: Any) -> None:
    setattr(module, function, correction(getattr(module, function), *arguments))


_actions = import_module("ministack.core.iam_actions")
_correct(_actions, "_action_from_target", base_action)
_correct(_actions, "_action_from_query", base_action)

_cloudwatch = import_module("ministack.services.cloudwatch")
_correct(_cloudwatch, "_put_metric_alarm", keeping_metrics, _cloudwatch)
_correct(_cloudwatch, "_describe_alarms", describing_in_full, _cloudwatch)

_app = import_module("ministack.app")
_correct(_app, "_enforce_execute_api", scope_checked, _app)

_gateway = import_module("ministack.services.apigateway_v1")
_correct(_gateway, "_build_lambda_event_v1", traced_request, trace_of)
_correct(_gateway, "_invoke_lambda_proxy_v1", named)
_correct(_gateway, "_check_request_validation", explaining)
_correct(_gateway, "_gateway_error_response", substituting)
_correct(_gateway, "_execute_in_scope", compressing, _gateway)
_correct(_gateway, "_rest_api_view", with_numbers)

_sqs = import_module("ministack.services.sqs")
_correct(_sqs, "_act_send_message", with_system_attributes)
_sqs._HANDLERS["SendMessageBatch"] = remembering_entries(_sqs._HANDLERS["SendMessageBatch"])  # noqa: SLF001  # no other door

_traces = Traces()
os.environ["AWS_XRAY_DAEMON_ADDRESS"] = _traces.listen()  # the functions inherit it
_app.SERVICE_HANDLERS["xray"] = _traces.handle_request
_actions.SERVICE_TO_IAM_NAMESPACE["xray"] = "xray"
_actions._BOTOCORE_SERVICE_MAP["xray"] = ["xray"]  # noqa: SLF001  # by which the action of a request is found

_lambda = import_module("ministack.services.lambda_svc")
_correct(_lambda, "_execute_function_dispatch", traced_invocation, trace_of, _traces.add)
_correct(_lambda, "_xray_trace_id_for_invocation", header_of_invocation)

_evaluator = import_module("ministack.core.iam_evaluator")
_accounts = import_module("ministack.core.responses")


def _principal(key_id: str) -> str:
    """The ARN behind an access key's id, or the id where nobody is."""
    return getattr(_evaluator.resolve_principal(key_id, _accounts.get_account_id()), "arn", key_id)


_correct(_evaluator, "_resolve_condition_key", given_first)
_correct(_evaluator, "enforce", recording, _principal, Path(os.environ["AUTHORIZATION_RECORD"]))
_handlers = import_module("ministack.services.iam")._IAM_HANDLERS  # noqa: SLF001  # no other door
_handlers["SimulatePrincipalPolicy"] = with_context(_handlers["SimulatePrincipalPolicy"])

# A client that keeps its connection open would hold up a stop, and with it the storing of the state, for 30 seconds.
asyncio.constants.SSL_SHUTDOWN_TIMEOUT = 1.0

app = _app.app

"""MiniStack's application, with faults corrected that would refuse, allow or show as drift what AWS does not.

It is loaded by its path inside MiniStack's own virtual environment. A correction is a function that takes MiniStack's
own one first and then its arguments. Where a later MiniStack has moved a corrected function, the start fails.
"""

import asyncio.constants
import os
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

# Beside this file, which is loaded by its path.
import alarms  # type: ignore[import-not-found]
import authorizations  # type: ignore[import-not-found]
import body_validation  # type: ignore[import-not-found]
import compression  # type: ignore[import-not-found]
import credential_scope  # type: ignore[import-not-found]
import queue_batches  # type: ignore[import-not-found]
import simulation  # type: ignore[import-not-found]
import traces  # type: ignore[import-not-found]


def _correct(module: ModuleType, function: str, correction: Callable[..., Any], *arguments: Any) -> None:
    setattr(module, function, partial(correction, getattr(module, function), *arguments))


_app = import_module("ministack.app")
_iam_actions = import_module("ministack.core.iam_actions")
_evaluator = import_module("ministack.core.iam_evaluator")
_responses = import_module("ministack.core.responses")
_gateway = import_module("ministack.services.apigateway_v1")
_cloudwatch = import_module("ministack.services.cloudwatch")
_iam_handlers = import_module("ministack.services.iam")._IAM_HANDLERS  # noqa: SLF001  # there is no public one
_lambda = import_module("ministack.services.lambda_svc")
_sqs = import_module("ministack.services.sqs")
_sqs_handlers = _sqs._HANDLERS  # noqa: SLF001  # there is no public one

_correct(_cloudwatch, "_put_metric_alarm", alarms.keep_metrics, _cloudwatch)
_correct(_cloudwatch, "_describe_alarms", alarms.describe_in_full, _cloudwatch)

_correct(_app, "_enforce_execute_api", credential_scope.check_scope, _app)

_correct(_gateway, "_check_request_validation", body_validation.validate)
_correct(_gateway, "_gateway_error_response", body_validation.render_error)

_correct(_gateway, "_execute_in_scope", compression.translate_codings, _gateway)
_correct(_gateway, "_rest_api_view", compression.describe_api)

_correct(_iam_actions, "_action_from_target", queue_batches.iam_action)
_correct(_iam_actions, "_action_from_query", queue_batches.iam_action)
_correct(_sqs, "_act_send_message", queue_batches.send_message)
_sqs_handlers["SendMessageBatch"] = partial(queue_batches.send_batch, _sqs_handlers["SendMessageBatch"])

_correct(_evaluator, "_resolve_condition_key", simulation.condition_value)
_iam_handlers["SimulatePrincipalPolicy"] = partial(simulation.simulate, _iam_handlers["SimulatePrincipalPolicy"])

_traces = traces.Traces()
os.environ["AWS_XRAY_DAEMON_ADDRESS"] = _traces.listen()  # the functions inherit it
_app.SERVICE_HANDLERS["xray"] = _traces.handle_request
_iam_actions.SERVICE_TO_IAM_NAMESPACE["xray"] = "xray"
_iam_actions._BOTOCORE_SERVICE_MAP["xray"] = ["xray"]  # noqa: SLF001  # maps a request to its IAM action
_correct(_gateway, "_build_lambda_event_v1", traces.build_event)
_correct(_gateway, "_invoke_lambda_proxy_v1", traces.answer_request)
_correct(_lambda, "_execute_function_dispatch", traces.run_traced, _traces.add)
_correct(_lambda, "_xray_trace_id_for_invocation", traces.invocation_header)


def _principal(key_id: str) -> str:
    """The ARN that an access key belongs to, or the key's ID where it belongs to no principal."""
    return getattr(_evaluator.resolve_principal(key_id, _responses.get_account_id()), "arn", key_id)


_correct(_evaluator, "enforce", authorizations.log_decision, _principal, Path(os.environ["AUTHORIZATION_LOG"]))

# A client that keeps its connection open would delay a stop, and so the writing of the state, by 30 seconds.
asyncio.constants.SSL_SHUTDOWN_TIMEOUT = 1.0

app = _app.app

"""What Lambda's Python runtime does, in the function's own process: import once, answer events.

Run as a script, by path, without the emulator's packages: only the function's code and what Lambda
brings along can be imported. Requests come on standard input, replies leave on the pipe whose
number is the first argument, one line of JSON each; standard output and error are the log. The end
of the input is the end of the emulator, and of this process, whatever it is doing.
"""

import _queue
import _thread
import json
import logging
import os
import sys
import time
from importlib import import_module
from typing import Any


class Context:
    """What a handler gets as its second argument."""

    identity = None
    client_context = None

    def __init__(self, request: dict[str, Any]) -> None:
        self.aws_request_id: str = request["request_id"]
        self.invoked_function_arn: str = request["arn"]
        self._deadline: float = request["deadline"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]

    def get_remaining_time_in_millis(self) -> int:
        """How long until the invocation is cut off."""
        return max(0, int((self._deadline - time.time()) * 1000))


class _Records(logging.Filter):
    """Adds the request's id to each record."""

    request_id = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.request_id
        return True


_records = _Records()


def main() -> None:
    """Shut the way out, import the handler, say so, and answer until nobody is left to ask."""
    os.set_inheritable(int(sys.argv[1]), False)
    sys.path[:0] = [os.environ["LAMBDA_TASK_ROOT"], os.environ["LAMBDA_RUNTIME_DIR"]]
    sys.addaudithook(import_module("lifeboat_isolation").refuse_network)
    _set_up_logging()
    waiting: _queue.SimpleQueue[dict[str, Any]] = _queue.SimpleQueue()
    _thread.start_new_thread(_read, (os.dup(0), waiting))

    def reply(content: str) -> None:
        with open(int(sys.argv[1]), "w", encoding="utf-8", closefd=False) as replies:
            replies.write(content + "\n")

    try:
        handler = _handler(os.environ["_HANDLER"])
    except BaseException as error:
        # Whatever a module does when it is imported, its process is of no use.
        reply(json.dumps({"error": _told(error, None)}))
        return
    reply('{"ready": true}')
    while True:
        reply(_answer(handler, waiting.get()))


def _read(source: int, waiting: "_queue.SimpleQueue[dict[str, Any]]") -> None:
    with open(source, encoding="utf-8") as lines:
        for line in lines:
            waiting.put(json.loads(line))
    os._exit(1)


def _handler(name: str) -> Any:
    module_name, _, function = name.rpartition(".")
    try:
        module = import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise _RuntimeFaultError(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from error
    try:
        return getattr(module, function)
    except AttributeError as error:
        raise _RuntimeFaultError(
            "Runtime.HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'"
        ) from error


def _answer(handler: Any, request: dict[str, Any]) -> str:
    _records.request_id = request["request_id"]
    try:
        result = handler(request["event"], Context(request))
    except BaseException as error:
        # A handler's `sys.exit` too is an answer to the one who invoked it.
        return json.dumps({"error": _told(error, request["request_id"])})
    try:
        return '{"result": ' + json.dumps(result) + "}"
    except (TypeError, ValueError) as error:
        unable = _RuntimeFaultError("Runtime.MarshalError", f"Unable to marshal response: {error}")
        return json.dumps({"error": _told(unable, request["request_id"])})


class _RuntimeFaultError(Exception):
    """An error of the runtime's own, which has a name that is no Python class."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _told(error: BaseException, request_id: str | None) -> dict[str, Any]:
    """The error as Lambda answers it, after a line in the log."""
    import traceback

    kind = error.kind if isinstance(error, _RuntimeFaultError) else type(error).__name__
    trace = (
        []
        if isinstance(error, _RuntimeFaultError)
        else traceback.format_tb(error.__traceback__)[1:]
    )
    _log_error(kind, error, trace)
    told: dict[str, Any] = {"errorMessage": str(error), "errorType": kind}
    if request_id is not None:
        told["requestId"] = request_id
    return {**told, "stackTrace": trace}


def _log_error(kind: str, error: BaseException, trace: list[str]) -> None:
    if os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON":
        told = {"level": "ERROR", "errorType": kind, "errorMessage": str(error)}
        print(json.dumps({**told, "stackTrace": trace, "requestId": _records.request_id}))
        return
    # One event of the log: its lines are parted by carriage returns.
    lines = [f"[ERROR] {kind}: {error}", "Traceback (most recent call last):", *trace]
    print("\r".join(line.rstrip("\n").replace("\n", "\r") for line in lines))


class _JsonFormatter(logging.Formatter):
    """A record as Lambda writes it when the function's log format is JSON."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": _records.request_id,
        }
        if record.exc_info:
            told["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(told)


def _set_up_logging() -> None:
    formatter: logging.Formatter
    if os.environ["AWS_LAMBDA_LOG_FORMAT"] == "JSON":
        formatter = _JsonFormatter()
    else:
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s",
            "%Y-%m-%dT%H:%M:%S",
        )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(_records)
    logging.getLogger().addHandler(handler)


if __name__ == "__main__":
    main()

"""What moto's functions lack: where and how they log, and everything that can be updated."""

from typing import Any

from moto.awslambda.models import LambdaFunction

_UPDATED = {
    "Architectures": "architectures",
    "TracingConfig": "tracing_config",
}


def mend() -> None:
    """moto 5.2.1 forgets LoggingConfig, and on an update three more settings."""
    create, update = LambdaFunction.__init__, LambdaFunction.update_configuration
    describe = LambdaFunction.get_configuration

    def create_with_logging(self: Any, account_id: str, spec: Any, *rest: Any, **more: Any) -> None:
        create(self, account_id, spec, *rest, **more)
        _log_as(self, spec.get("LoggingConfig", {}))

    def update_everything(self: Any, wanted: dict[str, Any]) -> dict[str, Any]:
        update(self, wanted)
        for name, attribute in _UPDATED.items():
            if name in wanted:
                setattr(self, attribute, wanted[name])
        if "EphemeralStorage" in wanted:
            self.ephemeral_storage = wanted["EphemeralStorage"]["Size"]
        if "LoggingConfig" in wanted:
            _log_as(self, wanted["LoggingConfig"])
        return self.get_configuration()

    def describe_with_logging(self: Any, on_create: bool = False) -> dict[str, Any]:
        logging = {"LogFormat": "Text", **self.logging_config, "LogGroup": self.logs_group_name}
        return {**describe(self, on_create), "LoggingConfig": logging}

    LambdaFunction.__init__ = create_with_logging
    LambdaFunction.update_configuration = update_everything
    LambdaFunction.get_configuration = describe_with_logging


def _log_as(function: Any, logging: dict[str, Any]) -> None:
    function.logging_config = logging
    function.logs_group_name = logging.get("LogGroup", f"/aws/lambda/{function.function_name}")

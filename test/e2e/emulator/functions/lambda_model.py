"""Corrections of moto's functions: the logging configuration, and updates of every setting."""

from typing import Any

from moto.awslambda.models import LambdaFunction

_UPDATED = {
    "Architectures": "architectures",
    "TracingConfig": "tracing_config",
}


def patch_moto() -> None:
    """moto 5.2.1 ignores LoggingConfig, and on an update three more settings."""
    create, update = LambdaFunction.__init__, LambdaFunction.update_configuration
    describe = LambdaFunction.get_configuration

    def create_with_logging(self: Any, account_id: str, spec: Any, *rest: Any, **more: Any) -> None:
        create(self, account_id, spec, *rest, **more)
        _set_logging(self, spec.get("LoggingConfig", {}))

    def update_all_settings(self: Any, settings: dict[str, Any]) -> dict[str, Any]:
        update(self, settings)
        for name, attribute in _UPDATED.items():
            if name in settings:
                setattr(self, attribute, settings[name])
        if "EphemeralStorage" in settings:
            self.ephemeral_storage = settings["EphemeralStorage"]["Size"]
        if "LoggingConfig" in settings:
            _set_logging(self, settings["LoggingConfig"])
        return self.get_configuration()

    def describe_with_logging(self: Any, on_create: bool = False) -> dict[str, Any]:
        logging = {"LogFormat": "Text", **self.logging_config, "LogGroup": self.logs_group_name}
        return {**describe(self, on_create), "LoggingConfig": logging}

    LambdaFunction.__init__ = create_with_logging
    LambdaFunction.update_configuration = update_all_settings
    LambdaFunction.get_configuration = describe_with_logging


def _set_logging(function: Any, logging: dict[str, Any]) -> None:
    function.logging_config = logging
    function.logs_group_name = logging.get("LogGroup", f"/aws/lambda/{function.function_name}")

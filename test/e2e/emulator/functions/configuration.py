"""The configuration of a function at the start of a container."""

from dataclasses import dataclass

from moto.awslambda.models import LambdaFunction


@dataclass(frozen=True)
class Configuration:
    """Invocations with equal configurations share containers; after a change Lambda starts new ones."""

    name: str
    arn: str
    account_id: str
    region: str
    runtime: str
    handler: str
    role: str
    timeout_seconds: int
    memory_mb: int
    variables: tuple[tuple[str, str], ...]
    code_sha256: str
    log_group: str
    log_format: str
    log_levels: tuple[tuple[str, str], ...]

    @property
    def logs_json(self) -> bool:
        """Whether Lambda's own log lines are JSON too."""
        return self.log_format == "JSON"


def configuration_of(function: LambdaFunction) -> Configuration:
    """Reads the configuration from moto and `lambda_model`."""
    logging = function.logging_config
    levels = {
        "AWS_LAMBDA_LOG_LEVEL": logging.get("ApplicationLogLevel"),
    }
    return Configuration(
        name=function.function_name,
        arn=function.function_arn,
        account_id=function.account_id,
        region=function.region,
        runtime=function.run_time,
        handler=function.handler,
        role=function.role,
        timeout_seconds=int(function.timeout),
        memory_mb=int(function.memory_size),
        variables=tuple(sorted(function.environment_vars.items())),
        code_sha256=function.code_sha_256,
        log_group=function.logs_group_name,
        log_format=logging.get("LogFormat", "Text"),
        log_levels=tuple((name, level) for name, level in levels.items() if level),
    )

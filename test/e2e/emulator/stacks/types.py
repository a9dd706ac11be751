"""Makes moto know our types and deploy as CloudFormation does."""

from emulator.stacks import deployment


def register() -> None:
    """moto takes every subclass of its model that exists when it first looks, the last of a type."""
    from emulator.stacks import (  # noqa: F401
        functions,
        identity,
        messaging,
        monitoring,
        schedules,
        secrets,
        storage,
        tables,
    )

    deployment.mend()

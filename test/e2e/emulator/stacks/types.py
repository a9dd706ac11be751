"""Registers our resource types with moto and corrects its deployments."""

from emulator.stacks import deployment


def register() -> None:
    """moto finds the subclasses of its model at its first request; the last one of a type counts."""
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

    deployment.patch_moto()

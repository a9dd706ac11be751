"""The containers of all functions."""

import threading

from moto.awslambda.models import LambdaFunction

from emulator.functions.configuration import Configuration, configuration_of
from emulator.functions.container import Container
from emulator.functions.runtime import Runtime
from emulator.sessions import Sessions


class TooManyRequests(Exception):
    """The function's reserved concurrency is used up."""


class Containers:
    """As on AWS: an invocation gets an idle container, or a new one."""

    def __init__(self, runtime: Runtime, sessions: Sessions) -> None:
        self._runtime = runtime
        self._sessions = sessions
        self._idle: list[Container] = []
        self._busy: list[Container] = []
        self._lock = threading.Lock()

    def take(self, function: LambdaFunction) -> Container:
        """A container for one invocation. Raises `TooManyRequests`. The caller gives it back."""
        configuration = configuration_of(function)
        with self._lock:
            self._check_concurrency(function)
            self._remove_outdated(configuration)
            fitting = [it for it in self._idle if it.configuration == configuration]
            container = fitting[0] if fitting else self._new(configuration, function.code_bytes)
            if fitting:
                self._idle.remove(container)
            self._busy.append(container)
        return container

    def give_back(self, container: Container) -> None:
        """Makes the container idle, or removes it when its process has ended."""
        with self._lock:
            self._busy.remove(container)
            if container.alive:
                self._idle.append(container)
                return
        container.remove()

    def stop_all(self) -> None:
        """Removes the idle containers: the next invocation is a cold start."""
        with self._lock:
            idle, self._idle = self._idle, []
        for container in idle:
            container.remove()

    def _new(self, configuration: Configuration, code: bytes) -> Container:
        if configuration.runtime != self._runtime.name:
            raise ValueError(
                f"The function {configuration.name} needs {configuration.runtime}, "
                f"and the emulator runs {self._runtime.name}."
            )
        session = self._sessions.open(
            configuration.role,
            "lambda.amazonaws.com",
            name=configuration.name,
            region=configuration.region,
        )
        return Container(configuration, code, self._runtime, session)

    def _remove_outdated(self, configuration: Configuration) -> None:
        outdated = [
            it
            for it in self._idle
            if it.configuration.name == configuration.name and it.configuration != configuration
        ]
        for container in outdated:
            self._idle.remove(container)
            container.remove()

    def _check_concurrency(self, function: LambdaFunction) -> None:
        reserved = function.reserved_concurrency
        busy = [it for it in self._busy if it.configuration.name == function.function_name]
        if reserved is not None and len(busy) >= int(reserved):
            raise TooManyRequests("Rate Exceeded.")

"""The parts of one emulated account, beside those of moto."""

from emulator import clients
from emulator.call_log import CallLog
from emulator.faults import Faults
from emulator.functions.containers import Containers
from emulator.functions.lambda_service import LambdaService
from emulator.functions.runtime import Runtime
from emulator.idempotency import TransactionTokens
from emulator.schedules import Scheduler
from emulator.sessions import Sessions
from emulator.stacks import types


class Account:
    """Creates the parts, once for each emulator."""

    def __init__(self, port: int, node: str, runtime_client: str) -> None:
        url = f"http://127.0.0.1:{port}"
        clients.connect(url)
        types.register()
        self.sessions = Sessions()
        self.calls = CallLog()
        self.faults = Faults()
        self.tokens = TransactionTokens()
        self.containers = Containers(Runtime(url, node, runtime_client), self.sessions)
        self.functions = LambdaService(self.containers)
        self.scheduler = Scheduler(self.functions)

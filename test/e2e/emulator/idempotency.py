"""ClientRequestToken of TransactWriteItems, which moto ignores.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html: a repeated
call with the token of a successful one succeeds and changes nothing; with other parameters it is an
error. AWS forgets a token after ten minutes, the emulator never.
"""

from typing import Any

from emulator.call import Call
from emulator.responses import Response, ServiceError, error_response


class TransactionTokens:
    """The successful transactions, by token. Not safe for concurrent calls."""

    def __init__(self) -> None:
        self._succeeded: dict[str, tuple[dict[str, Any], Response]] = {}

    def response_to_repeat(self, call: Call) -> Response | None:
        """The response to a repeated transaction; None for a new one."""
        known = self._succeeded.get(_token_of(call))
        if known is None:
            return None
        parameters, response = known
        if parameters == call.parameters:
            return response
        message = "The request uses the same client token as a previous, but non-identical request."
        return error_response(call, ServiceError(400, "IdempotentParameterMismatchException", message))

    def record(self, call: Call, response: Response) -> None:
        """Records a successful transaction."""
        if response.status == 200 and _token_of(call):
            self._succeeded[_token_of(call)] = (call.parameters, response)


def _token_of(call: Call) -> str:
    is_transaction = (call.service, call.action) == ("dynamodb", "TransactWriteItems")
    return call.parameters.get("ClientRequestToken", "") if is_transaction else ""

"""ClientRequestToken of TransactWriteItems, which moto does not know.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html: a call
with the token and the parameters of one that succeeded succeeds without doing anything; with other
parameters it is an error. AWS forgets a token after ten minutes, the emulator when it ends.
"""

from typing import Any

from emulator.answers import Answer, error_answer
from emulator.call import Call


class TransactionTokens:
    """The transactions that succeeded. Used by one call at a time."""

    def __init__(self) -> None:
        self._succeeded: dict[str, tuple[dict[str, Any], Answer]] = {}

    def recall(self, call: Call) -> Answer | None:
        """The answer to a repeated transaction, or nothing for a new one."""
        known = self._succeeded.get(_token_of(call))
        if known is None:
            return None
        parameters, answer = known
        if parameters == call.parameters:
            return answer
        message = "The request uses the same client token as a previous, but non-identical request."
        return error_answer(call, 400, "IdempotentParameterMismatchException", message)

    def remember(self, call: Call, answer: Answer) -> None:
        """Keeps what succeeded."""
        if answer.status == 200 and _token_of(call):
            self._succeeded[_token_of(call)] = (call.parameters, answer)


def _token_of(call: Call) -> str:
    is_transaction = (call.service, call.action) == ("dynamodb", "TransactWriteItems")
    return call.parameters.get("ClientRequestToken", "") if is_transaction else ""

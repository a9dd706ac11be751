"""The permissions that a call needs.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.secretsmanager.models import secretsmanager_backends

from emulator.call import Call
from emulator.iam_policy import Permission

# A transaction has no permission of its own: each of its items needs that of its operation.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
_TRANSACTION_ITEMS = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def permissions_for(call: Call, account_id: str) -> Iterator[Permission]:
    """All permissions that the call needs."""
    match call.service:
        case "dynamodb":
            yield from _for_dynamodb(call, account_id)
        case "secretsmanager":
            yield from _for_secret(call, account_id)
        case _:
            yield Permission(f"{call.service}:{call.action}", _resource_of(call, account_id))


def _for_dynamodb(call: Call, account_id: str) -> Iterator[Permission]:
    for action, table in _table_actions(call):
        name = table.rpartition("/")[2]
        arn = _arn(call, account_id, f"table/{name}")
        index = call.parameters.get("IndexName")
        yield Permission(f"dynamodb:{action}", f"{arn}/index/{index}" if index else arn)
        if key := _key_of_table(call, account_id, name):
            yield _decrypt(call, key)


def _table_actions(call: Call) -> list[tuple[str, str]]:
    parameters = call.parameters
    if "TransactItems" in parameters:
        return [
            (_TRANSACTION_ITEMS[kind], operation["TableName"])
            for item in parameters["TransactItems"]
            for kind, operation in item.items()
        ]
    if "RequestItems" in parameters:
        return [(call.action, table) for table in parameters["RequestItems"]]
    return [(call.action, parameters.get("TableName", "*"))]


def _for_secret(call: Call, account_id: str) -> Iterator[Permission]:
    identifier = call.parameters.get("SecretId", "*")
    secrets = secretsmanager_backends[account_id][call.region].secrets
    secret = secrets[identifier] if identifier in secrets else None
    arn = identifier if identifier.startswith("arn:") else _arn(call, account_id, f"secret:{identifier}")
    yield Permission(f"secretsmanager:{call.action}", secret.arn if secret else arn)
    if call.action == "GetSecretValue" and secret and secret.kms_key_id:
        if secret.kms_key_id != "alias/aws/secretsmanager":
            yield _decrypt(call, _key_arn(call, account_id, secret.kms_key_id))


def _key_of_table(call: Call, account_id: str, name: str) -> str | None:
    """The customer's key of a table. AWS's own keys need no permission."""
    table = dynamodb_backends[account_id][call.region].tables.get(name)
    key = (table.sse_specification or {}).get("KMSMasterKeyId") if table else None
    if key is None:
        return None
    arn = _key_arn(call, account_id, key)
    kms = kms_backends[account_id][call.region]
    own = "alias/aws/dynamodb"
    return None if kms.alias_exists(own) and arn == kms.describe_key(own).arn else arn


def _key_arn(call: Call, account_id: str, key: str) -> str:
    return kms_backends[account_id][call.region].describe_key(key).arn


def _decrypt(call: Call, key_arn: str) -> Permission:
    via = {"kms:ViaService": f"{call.service}.{call.region}.amazonaws.com"}
    return Permission("kms:Decrypt", key_arn, via)


def _resource_of(call: Call, account_id: str) -> str:
    """The resource that a parameter names; `*` without one."""
    parameters: dict[str, Any] = call.parameters
    if queue := parameters.get("QueueUrl"):
        return _arn(call, account_id, queue.rpartition("/")[2])
    if key := parameters.get("KeyId"):
        return _key_arn(call, account_id, key)
    return parameters.get("TopicArn", "*")


def _arn(call: Call, account_id: str, name: str) -> str:
    return f"arn:aws:{call.service}:{call.region}:{account_id}:{name}"

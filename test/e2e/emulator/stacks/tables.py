"""AWS::DynamoDB::*"""

from typing import Any

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags


class _AnyTable(Resource):
    """The common part of both types. `_table` converts the properties to one format."""

    NAMED_BY = "TableName"
    MAX_NAME_LENGTH = 255
    REPLACED_BY = frozenset({"TableName", "KeySchema", "LocalSecondaryIndexes"})

    def create(self) -> None:
        table = self._table(self.properties)
        names = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")
        response = self.client("dynamodb").create_table(
            TableName=self.name,
            Tags=Tags.listed(Tags(table).all),
            **self.picked(*names, "TableClass"),
            **_adjustable(table),
            **_encryption(table),
        )
        self.attributes = {"Arn": response["TableDescription"]["TableArn"]}
        self._set_extras(table, {})

    def change(self, before: Properties) -> None:
        dynamodb = self.client("dynamodb")
        table, old = self._table(self.properties), self._table(before)
        if _adjustable(table) != _adjustable(old):
            dynamodb.update_table(TableName=self.name, **_adjustable(table))
        tags = Tags(table, old)
        # moto keeps the old tag beside a new one of the same key.
        replaced = [*tags.removed, *tags.changed]
        if replaced:
            dynamodb.untag_resource(ResourceArn=self.attributes["Arn"], TagKeys=replaced)
        if tags.changed:
            dynamodb.tag_resource(ResourceArn=self.attributes["Arn"], Tags=Tags.listed(tags.changed))
        self._set_extras(table, old)

    def remove(self) -> None:
        self.client("dynamodb").delete_table(TableName=self.name)

    def _set_extras(self, table: Properties, before: Properties) -> None:
        """The settings that have APIs of their own."""
        dynamodb = self.client("dynamodb")
        time_to_live = table.get("TimeToLiveSpecification")
        if time_to_live and time_to_live != before.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(
                TableName=self.name, TimeToLiveSpecification={"Enabled": True, **time_to_live}
            )
        recovery = table.get("PointInTimeRecoverySpecification")
        if recovery and recovery != before.get("PointInTimeRecoverySpecification"):
            dynamodb.update_continuous_backups(TableName=self.name, PointInTimeRecoverySpecification=recovery)

    def _table(self, properties: Properties) -> Properties:
        """The properties in the format of AWS::DynamoDB::Table."""
        return properties


class Table(_AnyTable, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html"""

    TYPE = "AWS::DynamoDB::Table"


class GlobalTable(_AnyTable, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html

    The emulator has only the replica in the region of the stack.
    """

    TYPE = "AWS::DynamoDB::GlobalTable"

    def _table(self, properties: Properties) -> Properties:
        replica = next(it for it in properties["Replicas"] if it["Region"] == self.region)
        encryption = {
            **properties.get("SSESpecification", {}),
            **replica.get("SSESpecification", {}),
        }
        # The tags of the stack are beside the replicas, not in them.
        tags = [*properties.get("Tags", []), *replica.get("Tags", [])]
        merged = {**properties, **replica, "Tags": tags}
        merged.pop("SSESpecification", None)
        return {**merged, "SSESpecification": encryption} if encryption else merged


def _adjustable(table: Properties) -> dict[str, Any]:
    """The settings that CreateTable and UpdateTable have in common."""
    names = ("BillingMode", "ProvisionedThroughput")
    settings = {name: table[name] for name in names if name in table}
    if "StreamSpecification" in table:
        settings["StreamSpecification"] = {"StreamEnabled": True, **table["StreamSpecification"]}
    return {**settings, "DeletionProtectionEnabled": table.get("DeletionProtectionEnabled", False)}


def _encryption(table: Properties) -> dict[str, Any]:
    settings = dict(table.get("SSESpecification", {}))
    if not settings:
        return {}
    return {"SSESpecification": {"Enabled": settings.pop("SSEEnabled", True), **settings}}

"""The base of all resource types."""

import re
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from emulator.clients import client

Properties = dict[str, Any]

_SUFFIX_LENGTH = len("-1234567890AB")
_GONE = re.compile("NotFound|NonExistent|DoesNotExist|NoSuch")


class Resource:
    """A resource of a stack. Changes are in place unless CloudFormation would replace the resource.

    A subclass also inherits from moto's `CloudFormationModel`, by which moto finds it. It uses the
    public API of its service.
    """

    TYPE: ClassVar[str]
    # The property with the name of the resource, and the maximum length of the name.
    NAMED_BY: ClassVar[str] = ""
    MAX_NAME_LENGTH: ClassVar[int] = 64
    # The properties with "Update requires: Replacement" in the documentation of CloudFormation.
    REPLACED_BY: ClassVar[frozenset[str]] = frozenset()
    # Whether it gets the tags of its stack.
    TAGGED: ClassVar[bool] = True

    def __init__(self, name: str, properties: Properties, account_id: str, region: str) -> None:
        self.name = _fitted(name, self.MAX_NAME_LENGTH)
        self.properties = properties
        self.account_id = account_id
        self.region = region
        # The values of `Ref` and of `Fn::GetAtt`. `create` sets them.
        self.id = self.name
        self.attributes: dict[str, str] = {}

    def create(self) -> None:
        """Creates the resource."""
        raise NotImplementedError

    def change(self, before: Properties) -> None:
        """Updates the resource from the properties `before` to `self.properties`."""
        raise NotImplementedError

    def remove(self) -> None:
        """Deletes the resource."""
        raise NotImplementedError

    def client(self, service: str) -> Any:
        """A client of a service in the region of the stack."""
        return client(service, self.region)

    def picked(self, *names: str) -> Properties:
        """The properties with these names, without those that are missing."""
        return {name: self.properties[name] for name in names if name in self.properties}

    # moto calls the methods below; it prescribes their signatures.

    @classmethod
    def cloudformation_type(cls) -> str:
        return cls.TYPE

    @classmethod
    def cloudformation_name_type(cls) -> str:
        return cls.NAMED_BY

    @classmethod
    def create_from_cloudformation_json(
        cls, name: str, template: Properties, account_id: str, region: str, **_: Any
    ) -> "Resource":
        resource = cls(name, template["Properties"], account_id, region)
        resource.create()
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "Resource",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "Resource":
        before, after = original_resource.properties, cloudformation_json["Properties"]
        if any(before.get(name) != after.get(name) for name in cls.REPLACED_BY):
            replacement = cls.create_from_cloudformation_json(
                new_resource_name, cloudformation_json, account_id, region_name
            )
            if cloudformation_json.get("UpdateReplacePolicy") != "Retain":
                original_resource.remove()
            return replacement
        original_resource.properties = after
        original_resource.change(before)
        return original_resource

    def delete(self, _account_id: str, _region: str) -> None:
        try:
            self.remove()
        except ClientError as error:
            # moto deletes the resources of a stack in no order: a policy may be gone with its queue.
            if not _GONE.search(error.response["Error"]["Code"]):
                raise

    @property
    def physical_resource_id(self) -> str:
        return self.id

    @classmethod
    def has_cfn_attr(cls, _attribute: str) -> bool:
        return True

    def get_cfn_attribute(self, attribute: str) -> str:
        return self.attributes[attribute]

    def is_created(self) -> bool:
        return True


class Tags:
    """The tags of a resource, and their changes since the last deployment."""

    def __init__(self, now: Properties, before: Properties | None = None) -> None:
        self.all = _tags(now)
        old = _tags(before or {})
        self.removed = [key for key in old if key not in self.all]
        self.changed = {key: value for key, value in self.all.items() if old.get(key) != value}

    @staticmethod
    def listed(tags: dict[str, str]) -> list[dict[str, str]]:
        """The format of most services."""
        return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def _fitted(name: str, max_length: int) -> str:
    """Shortens a generated name before its random suffix, as CloudFormation does."""
    if len(name) <= max_length:
        return name
    return name[: max_length - _SUFFIX_LENGTH] + name[-_SUFFIX_LENGTH:]

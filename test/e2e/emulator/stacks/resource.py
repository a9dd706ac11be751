"""What every type of resource does."""

from typing import Any, ClassVar

from emulator.clients import client

Properties = dict[str, Any]

_SUFFIX_LENGTH = len("-1234567890AB")


class Resource:
    """A resource of a stack, changed in place unless CloudFormation would replace it.

    A subclass inherits from moto's `CloudFormationModel` too: that is how moto finds it. It creates,
    changes and removes through the service's public API, from `self.properties`.
    """

    TYPE: ClassVar[str]
    # The property with the resource's name, and the longest name that the service takes.
    NAMED_BY: ClassVar[str] = ""
    LONGEST_NAME: ClassVar[int] = 64
    # The properties that CloudFormation documents with "Update requires: Replacement".
    REPLACED_BY: ClassVar[frozenset[str]] = frozenset()
    # Whether it takes the tags of its stack.
    TAGGED: ClassVar[bool] = True

    def __init__(self, name: str, properties: Properties, account_id: str, region: str) -> None:
        self.name = _fitted(name, self.LONGEST_NAME)
        self.properties = properties
        self.account_id = account_id
        self.region = region
        # What `Ref` gives, and `Fn::GetAtt` by attribute. `create` sets them.
        self.id = self.name
        self.attributes: dict[str, str] = {}

    def create(self) -> None:
        """Makes the resource."""
        raise NotImplementedError

    def change(self, before: Properties) -> None:
        """Makes the resource what `self.properties` say; they were `before`."""
        raise NotImplementedError

    def remove(self) -> None:
        """Deletes the resource."""
        raise NotImplementedError

    def client(self, service: str) -> Any:
        """The API of a service, in the stack's region."""
        return client(service, self.region)

    def picked(self, *names: str) -> Properties:
        """Those of the properties that are there."""
        return {name: self.properties[name] for name in names if name in self.properties}

    # What moto calls.

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
        self.remove()

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
    """The tags of a resource, and how they differ from what they were."""

    def __init__(self, now: Properties, before: Properties | None = None) -> None:
        self.all = _tags(now)
        old = _tags(before or {})
        self.removed = [key for key in old if key not in self.all]
        self.changed = {key: value for key, value in self.all.items() if old.get(key) != value}

    @staticmethod
    def listed(tags: dict[str, str]) -> list[dict[str, str]]:
        """In the form of most services."""
        return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def _fitted(name: str, longest: int) -> str:
    """A generated name is cut before its random suffix, as CloudFormation does."""
    if len(name) <= longest:
        return name
    return name[: longest - _SUFFIX_LENGTH] + name[-_SUFFIX_LENGTH:]

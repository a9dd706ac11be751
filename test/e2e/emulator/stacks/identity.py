"""AWS::IAM::*"""

import json
from typing import Any

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags


class Role(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html"""

    TYPE = "AWS::IAM::Role"
    NAMED_BY = "RoleName"
    REPLACED_BY = frozenset({"RoleName", "Path"})

    def create(self) -> None:
        response = self.client("iam").create_role(
            RoleName=self.name,
            AssumeRolePolicyDocument=json.dumps(self.properties["AssumeRolePolicyDocument"]),
            Tags=Tags.listed(Tags(self.properties).all),
            **self.picked("Path", "Description", "MaxSessionDuration", "PermissionsBoundary"),
        )
        self.attributes = {"Arn": response["Role"]["Arn"], "RoleId": response["Role"]["RoleId"]}
        self._set_policies({})

    def change(self, before: Properties) -> None:
        iam = self.client("iam")
        iam.update_role(
            RoleName=self.name,
            Description=self.properties.get("Description", ""),
            MaxSessionDuration=self.properties.get("MaxSessionDuration", 3600),
        )
        iam.update_assume_role_policy(
            RoleName=self.name,
            PolicyDocument=json.dumps(self.properties["AssumeRolePolicyDocument"]),
        )
        tags = Tags(self.properties, before)
        iam.untag_role(RoleName=self.name, TagKeys=tags.removed)
        iam.tag_role(RoleName=self.name, Tags=Tags.listed(tags.changed))
        self._set_policies(before)

    def remove(self) -> None:
        iam = self.client("iam")
        properties, self.properties = self.properties, {}
        self._set_policies(properties)
        iam.delete_role(RoleName=self.name)

    def _set_policies(self, before: Properties) -> None:
        iam = self.client("iam")
        inline, old = _inline(self.properties), _inline(before)
        attached = self.properties.get("ManagedPolicyArns", [])
        for name in old.keys() - inline.keys():
            iam.delete_role_policy(RoleName=self.name, PolicyName=name)
        for name, document in inline.items():
            iam.put_role_policy(RoleName=self.name, PolicyName=name, PolicyDocument=json.dumps(document))
        for arn in before.get("ManagedPolicyArns", []):
            if arn not in attached:
                iam.detach_role_policy(RoleName=self.name, PolicyArn=arn)
        for arn in attached:
            iam.attach_role_policy(RoleName=self.name, PolicyArn=arn)


class Policy(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html

    An inline policy of roles. The emulator has no users and groups.
    """

    TYPE = "AWS::IAM::Policy"
    TAGGED = False
    MAX_NAME_LENGTH = 128
    REPLACED_BY = frozenset({"PolicyName"})

    def create(self) -> None:
        for role in self.properties["Roles"]:
            self.client("iam").put_role_policy(
                RoleName=role,
                PolicyName=self.properties["PolicyName"],
                PolicyDocument=json.dumps(self.properties["PolicyDocument"]),
            )

    def change(self, before: Properties) -> None:
        self._take_from(role for role in before["Roles"] if role not in self.properties["Roles"])
        self.create()

    def remove(self) -> None:
        self._take_from(self.properties["Roles"])

    def _take_from(self, roles: Any) -> None:
        for role in roles:
            self.client("iam").delete_role_policy(RoleName=role, PolicyName=self.properties["PolicyName"])


def _inline(properties: Properties) -> dict[str, Any]:
    return {it["PolicyName"]: it["PolicyDocument"] for it in properties.get("Policies", [])}

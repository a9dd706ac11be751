"""AWS::SecretsManager::*"""

import json
import string

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags


class Secret(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html"""

    TYPE = "AWS::SecretsManager::Secret"
    NAMED_BY = "Name"
    MAX_NAME_LENGTH = 512
    REPLACED_BY = frozenset({"Name"})

    def create(self) -> None:
        value = self.properties.get("SecretString") or self._generated()
        response = self.client("secretsmanager").create_secret(
            Name=self.name,
            Tags=Tags.listed(Tags(self.properties).all),
            **({"SecretString": value} if value else {}),
            **self.picked("Description", "KmsKeyId"),
        )
        self.id = response["ARN"]
        self.attributes = {"Id": self.id}

    def change(self, before: Properties) -> None:
        """Writes the value only if it changed in the template: a person may have set another one."""
        secrets = self.client("secretsmanager")
        value = self.picked("SecretString")
        if value.get("SecretString") == before.get("SecretString"):
            value = {}
        secrets.update_secret(
            SecretId=self.id,
            Description=self.properties.get("Description", ""),
            KmsKeyId=self.properties.get("KmsKeyId", "alias/aws/secretsmanager"),
            **value,
        )
        tags = Tags(self.properties, before)
        secrets.untag_resource(SecretId=self.id, TagKeys=tags.removed)
        secrets.tag_resource(SecretId=self.id, Tags=Tags.listed(tags.changed))

    def remove(self) -> None:
        self.client("secretsmanager").delete_secret(SecretId=self.id, ForceDeleteWithoutRecovery=True)

    def _generated(self) -> str | None:
        """A value of the requested length and format, but not a random one."""
        options = self.properties.get("GenerateSecretString")
        if options is None:
            return None
        letters = string.ascii_letters * 64
        password = letters[: int(options.get("PasswordLength", 32))]
        if "SecretStringTemplate" not in options:
            return password
        filled = json.loads(options["SecretStringTemplate"])
        return json.dumps({**filled, options["GenerateStringKey"]: password})

"""AWS::Lambda::*"""

import io
import zipfile
from typing import Any

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_MAX_ENVIRONMENT_BYTES = 4096

_DEFAULTS = {
    "Description": "",
    "Timeout": 3,
    "MemorySize": 128,
    "Environment": {"Variables": {}},
    "LoggingConfig": {},
    "TracingConfig": {"Mode": "PassThrough"},
    "EphemeralStorage": {"Size": 512},
    "Layers": [],
}


class Function(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html"""

    TYPE = "AWS::Lambda::Function"
    NAMED_BY = "FunctionName"
    REPLACED_BY = frozenset({"FunctionName", "PackageType"})

    def create(self) -> None:
        response = self.client("lambda").create_function(
            FunctionName=self.name,
            Code=self._code(),
            Tags=Tags(self.properties).all,
            **self.picked("Architectures"),
            **self._configuration(),
        )
        self.attributes = {"Arn": response["FunctionArn"]}
        self._reserve_concurrency()

    def change(self, before: Properties) -> None:
        functions, arn = self.client("lambda"), self.attributes["Arn"]
        if self.properties["Code"] != before["Code"]:
            functions.update_function_code(FunctionName=self.name, **self._code())
        functions.update_function_configuration(FunctionName=self.name, **self._configuration())
        tags = Tags(self.properties, before)
        if tags.removed:
            functions.untag_resource(Resource=arn, TagKeys=tags.removed)
        if tags.changed:
            functions.tag_resource(Resource=arn, Tags=tags.changed)
        self._reserve_concurrency()

    def remove(self) -> None:
        self.client("lambda").delete_function(FunctionName=self.name)

    def _configuration(self) -> dict[str, Any]:
        """All settings. A property that was removed from the template gets its default again."""
        variables = self.properties.get("Environment", {}).get("Variables", {})
        if sum(len(f"{name}{value}".encode()) for name, value in variables.items()) > _MAX_ENVIRONMENT_BYTES:
            raise ValueError(f"The environment variables of {self.name} exceed 4 KB.")
        return {**_DEFAULTS, **self.picked("Role", "Handler", "Runtime", *_DEFAULTS)}

    def _code(self) -> dict[str, Any]:
        code = self.properties["Code"]
        if "ZipFile" not in code:
            return code
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.js", code["ZipFile"])
        return {"ZipFile": packed.getvalue()}

    def _reserve_concurrency(self) -> None:
        functions, reserved = self.client("lambda"), self.properties.get("ReservedConcurrentExecutions")
        if reserved is None:
            functions.delete_function_concurrency(FunctionName=self.name)
        else:
            functions.put_function_concurrency(
                FunctionName=self.name, ReservedConcurrentExecutions=int(reserved)
            )


class EventInvokeConfig(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html"""

    TYPE = "AWS::Lambda::EventInvokeConfig"
    TAGGED = False
    REPLACED_BY = frozenset({"FunctionName", "Qualifier"})

    def create(self) -> None:
        self.client("lambda").put_function_event_invoke_config(**self.properties)

    def change(self, before: Properties) -> None:
        # moto adds a second configuration. Lambda replaces the old one.
        self.remove()
        self.create()

    def remove(self) -> None:
        self.client("lambda").delete_function_event_invoke_config(**self.picked("FunctionName", "Qualifier"))

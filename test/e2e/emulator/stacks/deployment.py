"""Corrections of moto 5.2.1 where its change sets and stacks differ from CloudFormation."""

from typing import Any

from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap, get_model_map
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult

from emulator.stacks.resource import Resource


class ChangeSetNotFound(CloudFormationError):
    """AWS's error for a change set that does not exist. `cdk deploy` relies on its code."""

    # moto reads the name of the service from this attribute.
    __module__ = CloudFormationError.__module__
    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


def patch_moto() -> None:
    """Called once, before the first request."""
    _patch_parameters()
    _patch_change_sets()
    _patch_execution()
    _patch_retention()
    _add_drift_reversal()
    _add_termination_protection()


def _patch_parameters() -> None:
    """As the previous value of a parameter of type SSM, moto uses the value instead of its name."""

    def stack_parameters(self: Any) -> dict[str, Any]:
        declared = self.template_dict.get("Parameters", {})
        defaults = {name: it["Default"] for name, it in declared.items() if "Default" in it}
        return {**defaults, **self.parameters}

    Stack.stack_parameters = property(stack_parameters)


def _patch_change_sets() -> None:
    """moto responds with 500 to the deletion of an unknown change set, and AWS with 200.

    moto also ignores a change of the stack's tags without another change.
    """
    create = CloudFormationBackend.create_change_set
    describe, delete = CloudFormationBackend.describe_change_set, CloudFormationBackend.delete_change_set

    def create_change_set(self: Any, **parameters: Any) -> tuple[str, str]:
        change_set_id, stack_id = create(self, **parameters)
        change_set = self.change_sets[change_set_id]
        if change_set.status == "FAILED" and (change_set.tags or {}) != change_set.stack.tags:
            change_set.status, change_set.execution_status = "CREATE_COMPLETE", "AVAILABLE"
            change_set.status_reason = None
        return change_set_id, stack_id

    def describe_change_set(self: Any, change_set_name: str) -> ChangeSet:
        try:
            return describe(self, change_set_name)
        except ValidationError as error:
            raise ChangeSetNotFound(change_set_name) from error

    def delete_change_set(self: Any, change_set_name: str) -> None:
        names = [it.change_set_name for it in self.change_sets.values()]
        if change_set_name in names or change_set_name in self.change_sets:
            delete(self, change_set_name)

    CloudFormationBackend.create_change_set = create_change_set
    CloudFormationBackend.describe_change_set = describe_change_set
    CloudFormationBackend.delete_change_set = delete_change_set


def _patch_execution() -> None:
    """moto does not update outputs and tags, and responds with 500 when a resource fails."""

    def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        # AWS deletes an executed change set. moto keeps it, and confuses it with the next of the same name.
        del self.change_sets[change_set.change_set_id]
        stack, kind = change_set.stack, change_set.change_set_type
        stack._add_stack_event(f"{kind}_IN_PROGRESS", "User Initiated")
        _tag_resources(change_set.template_dict, change_set.tags or {})
        try:
            change_set.apply()
        except Exception as error:  # Every failed deployment has a reason.
            # AWS would roll back. The emulator does not, and the status says so.
            _end(stack, "UPDATE_FAILED" if kind == "UPDATE" else "CREATE_FAILED", error)
            return
        stack.template = change_set.template
        stack._parse_template()
        stack.output_map = stack._create_output_map()
        stack.parameters = change_set.parameters
        stack.tags = change_set.tags or {}
        for export in stack.exports:
            self.exports[export.name] = export
        _end(stack, f"{kind}_COMPLETE")

    CloudFormationBackend.execute_change_set = execute_change_set


def _tag_resources(template: dict[str, Any], tags: dict[str, str]) -> None:
    """Adds the tags of the stack to every resource that can have tags; the resource's own win."""
    for resource in template["Resources"].values():
        model = get_model_map().get(resource["Type"])
        if tags and getattr(model, "TAGGED", False):
            properties = resource.setdefault("Properties", {})
            own = properties.get("Tags", [])
            names = {tag["Key"] for tag in own}
            more = [{"Key": key, "Value": tags[key]} for key in tags if key not in names]
            properties["Tags"] = [*own, *more]


def _end(stack: Any, status: str, error: Exception | None = None) -> None:
    stack.status = status
    stack.stack_status_reason = str(error) if error else None
    stack._add_stack_event(status, stack.stack_status_reason)


def _patch_retention() -> None:
    """moto honours `DeletionPolicy: Retain` when a stack is deleted, but not for a single resource."""
    delete = ResourceMap._delete_resource

    def delete_resource(self: Any, resource: Any, template: dict[str, Any]) -> None:
        if template.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate"):
            delete(self, resource, template)

    ResourceMap._delete_resource = delete_resource


def _add_drift_reversal() -> None:
    """moto ignores `DeploymentMode: REVERT_DRIFT`, with which a change set also undoes changes made by hand."""
    respond = CloudFormationResponse.create_change_set
    create, execute = CloudFormationBackend.create_change_set, CloudFormationBackend.execute_change_set

    def create_change_set_response(self: Any) -> ActionResult:
        self.cloudformation_backend.reverts_drift = self._get_param("DeploymentMode") == "REVERT_DRIFT"
        return respond(self)

    def create_change_set(self: Any, **parameters: Any) -> tuple[str, str]:
        change_set_id, stack_id = create(self, **parameters)
        change_set = self.change_sets[change_set_id]
        change_set.reverts_drift = getattr(self, "reverts_drift", False)
        if change_set.reverts_drift and change_set.status == "FAILED":
            change_set.status, change_set.execution_status = "CREATE_COMPLETE", "AVAILABLE"
            change_set.status_reason = None
        return change_set_id, stack_id

    def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        execute(self, change_set_name, stack_name)
        if not change_set.reverts_drift:
            return
        for resource in list(change_set.stack.resource_map.values()):
            if isinstance(resource, Resource):
                resource.change(resource.properties)

    CloudFormationResponse.create_change_set = create_change_set_response
    CloudFormationBackend.create_change_set = create_change_set
    CloudFormationBackend.execute_change_set = execute_change_set


def _add_termination_protection() -> None:
    """moto has no termination protection."""
    delete = CloudFormationBackend.delete_stack

    def update_termination_protection(self: Any) -> ActionResult:
        stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
        stack.enable_termination_protection = self._get_bool_param("EnableTerminationProtection")
        return ActionResult({"StackId": stack.stack_id})

    def delete_stack(self: Any, name_or_stack_id: str) -> None:
        stacks = self.stacks.values()
        for stack in [it for it in stacks if name_or_stack_id in (it.name, it.stack_id)]:
            if stack.enable_termination_protection:
                message = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
                raise ValidationError(message=message)
        delete(self, name_or_stack_id)

    CloudFormationResponse.update_termination_protection = update_termination_protection
    CloudFormationBackend.delete_stack = delete_stack

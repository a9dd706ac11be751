"""Change sets and stacks, where moto 5.2.1 differs from CloudFormation."""

from typing import Any

from moto.cloudformation.exceptions import CloudFormationError, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.parsing import ResourceMap, get_model_map
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult


class ChangeSetNotFound(CloudFormationError):
    """AWS's answer to a change set that is not there. `cdk deploy` relies on the code."""

    # moto takes the service's name from here.
    __module__ = CloudFormationError.__module__
    code = "ChangeSetNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(f"ChangeSet [{name}] does not exist")


def mend() -> None:
    """Once, before the first request."""
    _mend_parameters()
    _mend_change_sets()
    _mend_execution()
    _mend_retention()
    _add_termination_protection()


def _mend_parameters() -> None:
    """moto takes for the previous value of an SSM parameter's name what that parameter held."""

    def stack_parameters(self: Any) -> dict[str, Any]:
        declared = self.template_dict.get("Parameters", {})
        defaults = {name: it["Default"] for name, it in declared.items() if "Default" in it}
        return {**defaults, **self.parameters}

    Stack.stack_parameters = property(stack_parameters)


def _mend_change_sets() -> None:
    """moto answers 500 to the deletion of a change set that is not there, and AWS 200.

    Nor does it see a change in the stack's tags alone.
    """
    create = CloudFormationBackend.create_change_set
    describe, delete = CloudFormationBackend.describe_change_set, CloudFormationBackend.delete_change_set

    def create_change_set(self: Any, **wanted: Any) -> tuple[str, str]:
        change_set_id, stack_id = create(self, **wanted)
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


def _mend_execution() -> None:
    """moto leaves outputs and tags as they were, and answers 500 when a resource fails."""

    def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        # It is gone once it is executed; moto keeps it, and confuses it with the next of its name.
        del self.change_sets[change_set.change_set_id]
        stack, kind = change_set.stack, change_set.change_set_type
        stack._add_stack_event(f"{kind}_IN_PROGRESS", "User Initiated")
        _tag_resources(change_set.template_dict, change_set.tags or {})
        try:
            change_set.apply()
        except Exception as error:  # Whatever it is, a deployment ends with a reason.
            # AWS would roll back. The status says that nothing did.
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
    """CloudFormation gives a stack's tags to every resource that can have tags; its own go first."""
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


def _mend_retention() -> None:
    """moto honours `DeletionPolicy: Retain` with a stack, and not with a resource of it."""
    delete = ResourceMap._delete_resource

    def delete_resource(self: Any, resource: Any, template: dict[str, Any]) -> None:
        if template.get("DeletionPolicy") not in ("Retain", "RetainExceptOnCreate"):
            delete(self, resource, template)

    ResourceMap._delete_resource = delete_resource


def _add_termination_protection() -> None:
    """moto has neither the call nor the protection."""
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

"""AWS::Scheduler::*"""

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags


class Schedule(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html"""

    TYPE = "AWS::Scheduler::Schedule"
    TAGGED = False
    NAMED_BY = "Name"
    REPLACED_BY = frozenset({"Name", "GroupName"})

    def create(self) -> None:
        response = self.client("scheduler").create_schedule(**self._settings())
        self.attributes = {"Arn": response["ScheduleArn"]}

    def change(self, before: Properties) -> None:
        self.client("scheduler").update_schedule(**self._settings())

    def remove(self) -> None:
        self.client("scheduler").delete_schedule(Name=self.name, **self.picked("GroupName"))

    def _settings(self) -> Properties:
        """The API has the names of the properties, and an update sets all of them."""
        return {**self.properties, "Name": self.name}


class ScheduleGroup(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedulegroup.html"""

    TYPE = "AWS::Scheduler::ScheduleGroup"
    NAMED_BY = "Name"
    REPLACED_BY = frozenset({"Name"})

    def create(self) -> None:
        response = self.client("scheduler").create_schedule_group(
            Name=self.name, Tags=Tags.listed(Tags(self.properties).all)
        )
        self.attributes = {"Arn": response["ScheduleGroupArn"]}

    def change(self, before: Properties) -> None:
        scheduler, arn = self.client("scheduler"), self.attributes["Arn"]
        tags = Tags(self.properties, before)
        scheduler.untag_resource(ResourceArn=arn, TagKeys=tags.removed)
        scheduler.tag_resource(ResourceArn=arn, Tags=Tags.listed(tags.changed))

    def remove(self) -> None:
        self.client("scheduler").delete_schedule_group(Name=self.name)

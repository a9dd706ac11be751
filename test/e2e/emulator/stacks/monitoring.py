"""AWS::CloudWatch::* and AWS::Logs::*"""

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags


class Alarm(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html"""

    TYPE = "AWS::CloudWatch::Alarm"
    NAMED_BY = "AlarmName"
    MAX_NAME_LENGTH = 255
    REPLACED_BY = frozenset({"AlarmName"})

    def create(self) -> None:
        self._put({"Tags": Tags.listed(Tags(self.properties).all)})
        arn = f"arn:aws:cloudwatch:{self.region}:{self.account_id}:alarm:{self.name}"
        self.attributes = {"Arn": arn}

    def change(self, before: Properties) -> None:
        self._put({})
        cloudwatch, arn = self.client("cloudwatch"), self.attributes["Arn"]
        tags = Tags(self.properties, before)
        if tags.removed:
            cloudwatch.untag_resource(ResourceARN=arn, TagKeys=tags.removed)
        if tags.changed:
            cloudwatch.tag_resource(ResourceARN=arn, Tags=Tags.listed(tags.changed))

    def remove(self) -> None:
        self.client("cloudwatch").delete_alarms(AlarmNames=[self.name])

    def _put(self, more: Properties) -> None:
        """The API has the names of the properties, and sets all of them."""
        settings = {**self.properties, **more, "AlarmName": self.name}
        if "Tags" not in more:
            settings.pop("Tags", None)
        self.client("cloudwatch").put_metric_alarm(**settings)


class Dashboard(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-dashboard.html"""

    TYPE = "AWS::CloudWatch::Dashboard"
    TAGGED = False
    NAMED_BY = "DashboardName"
    MAX_NAME_LENGTH = 255
    REPLACED_BY = frozenset({"DashboardName"})

    def create(self) -> None:
        self.client("cloudwatch").put_dashboard(
            DashboardName=self.name, DashboardBody=self.properties["DashboardBody"]
        )

    def change(self, before: Properties) -> None:
        self.create()

    def remove(self) -> None:
        self.client("cloudwatch").delete_dashboards(DashboardNames=[self.name])


class LogGroup(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html"""

    TYPE = "AWS::Logs::LogGroup"
    NAMED_BY = "LogGroupName"
    MAX_NAME_LENGTH = 512
    REPLACED_BY = frozenset({"LogGroupName"})

    def create(self) -> None:
        key = self.properties.get("KmsKeyId")
        self.client("logs").create_log_group(
            logGroupName=self.name,
            tags=Tags(self.properties).all,
            **({"kmsKeyId": key} if key else {}),
        )
        # With the star, unlike moto's ARN: policies of CDK's log groups need it.
        arn = f"arn:aws:logs:{self.region}:{self.account_id}:log-group:{self.name}:*"
        self.attributes = {"Arn": arn}
        self._retain()

    def change(self, before: Properties) -> None:
        logs = self.client("logs")
        arn = self.attributes["Arn"].removesuffix(":*")
        tags = Tags(self.properties, before)
        if tags.removed:
            logs.untag_resource(resourceArn=arn, tagKeys=tags.removed)
        if tags.changed:
            logs.tag_resource(resourceArn=arn, tags=tags.changed)
        self._retain()

    def remove(self) -> None:
        self.client("logs").delete_log_group(logGroupName=self.name)

    def _retain(self) -> None:
        logs, days = self.client("logs"), self.properties.get("RetentionInDays")
        if days is None:
            logs.delete_retention_policy(logGroupName=self.name)
        else:
            logs.put_retention_policy(logGroupName=self.name, retentionInDays=int(days))

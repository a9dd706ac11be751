"""AWS::SQS::* and AWS::SNS::*"""

import json
from typing import Any

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource, Tags

_QUEUE_DEFAULTS = {
    "DelaySeconds": 0,
    "MaximumMessageSize": 1_048_576,
    "MessageRetentionPeriod": 345_600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "VisibilityTimeout": 30,
}
_QUEUE_OPTIONS = (
    "FifoQueue",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
)
_TOPIC_ATTRIBUTES = ("DisplayName", "KmsMasterKeyId")


class Queue(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"""

    TYPE = "AWS::SQS::Queue"
    NAMED_BY = "QueueName"
    MAX_NAME_LENGTH = 80
    REPLACED_BY = frozenset({"QueueName", "FifoQueue"})

    def create(self) -> None:
        response = self.client("sqs").create_queue(
            QueueName=self.name, Attributes=self._all_attributes(), tags=Tags(self.properties).all
        )
        self.id = response["QueueUrl"]
        self.attributes = {
            "Arn": f"arn:aws:sqs:{self.region}:{self.account_id}:{self.name}",
            "QueueName": self.name,
            "QueueUrl": self.id,
        }

    def change(self, before: Properties) -> None:
        sqs = self.client("sqs")
        # moto removes the policy when other attributes are set without it.
        policy = sqs.get_queue_attributes(QueueUrl=self.id, AttributeNames=["Policy"])
        attributes = {**self._all_attributes(), **policy.get("Attributes", {})}
        sqs.set_queue_attributes(QueueUrl=self.id, Attributes=attributes)
        tags = Tags(self.properties, before)
        if tags.removed:
            sqs.untag_queue(QueueUrl=self.id, TagKeys=tags.removed)
        if tags.changed:
            sqs.tag_queue(QueueUrl=self.id, Tags=tags.changed)

    def remove(self) -> None:
        self.client("sqs").delete_queue(QueueUrl=self.id)

    def _all_attributes(self) -> dict[str, str]:
        attributes = {**_QUEUE_DEFAULTS, **self.picked(*_QUEUE_DEFAULTS, *_QUEUE_OPTIONS)}
        return {name: _text(value) for name, value in attributes.items()}


class QueuePolicy(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queuepolicy.html"""

    TYPE = "AWS::SQS::QueuePolicy"
    TAGGED = False

    def create(self) -> None:
        self._set(self.properties["Queues"], _text(self.properties["PolicyDocument"]))

    def change(self, before: Properties) -> None:
        self._set([it for it in before["Queues"] if it not in self.properties["Queues"]], "")
        self.create()

    def remove(self) -> None:
        self._set(self.properties["Queues"], "")

    def _set(self, queues: list[str], policy: str) -> None:
        for url in queues:
            self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


class Topic(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html"""

    TYPE = "AWS::SNS::Topic"
    NAMED_BY = "TopicName"
    MAX_NAME_LENGTH = 256
    REPLACED_BY = frozenset({"TopicName", "FifoTopic"})

    def create(self) -> None:
        response = self.client("sns").create_topic(
            Name=self.name,
            Attributes={name: _text(it) for name, it in self.picked(*_TOPIC_ATTRIBUTES).items()},
            Tags=Tags.listed(Tags(self.properties).all),
        )
        self.id = response["TopicArn"]
        self.attributes = {"TopicArn": self.id, "TopicName": self.name}

    def change(self, before: Properties) -> None:
        sns = self.client("sns")
        for name in _TOPIC_ATTRIBUTES:
            if self.properties.get(name) != before.get(name):
                value = _text(self.properties.get(name, ""))
                sns.set_topic_attributes(TopicArn=self.id, AttributeName=name, AttributeValue=value)
        tags = Tags(self.properties, before)
        if tags.removed:
            sns.untag_resource(ResourceArn=self.id, TagKeys=tags.removed)
        if tags.changed:
            sns.tag_resource(ResourceArn=self.id, Tags=Tags.listed(tags.changed))

    def remove(self) -> None:
        self.client("sns").delete_topic(TopicArn=self.id)


class TopicPolicy(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topicpolicy.html"""

    TYPE = "AWS::SNS::TopicPolicy"
    TAGGED = False

    def create(self) -> None:
        for arn in self.properties["Topics"]:
            self.client("sns").set_topic_attributes(
                TopicArn=arn,
                AttributeName="Policy",
                AttributeValue=_text(self.properties["PolicyDocument"]),
            )

    def change(self, before: Properties) -> None:
        self.create()

    def remove(self) -> None:
        """The topic keeps the last policy, as on AWS."""


class Subscription(Resource, CloudFormationModel):
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html"""

    TYPE = "AWS::SNS::Subscription"
    TAGGED = False
    REPLACED_BY = frozenset({"TopicArn", "Protocol", "Endpoint"})

    def create(self) -> None:
        response = self.client("sns").subscribe(
            ReturnSubscriptionArn=True, **self.picked("TopicArn", "Protocol", "Endpoint")
        )
        self.id = response["SubscriptionArn"]

    def change(self, before: Properties) -> None:
        """No property of the emulated ones can change in place."""

    def remove(self) -> None:
        self.client("sns").unsubscribe(SubscriptionArn=self.id)


def _text(value: Any) -> str:
    """An attribute as SQS and SNS expect it: a string."""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict) else str(value)

"""AWS::S3::*"""

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource


class BucketPolicy(Resource, CloudFormationModel):
    """Accepted but not applied.

    The policy of `cdk bootstrap` denies requests without TLS, and loopback has no TLS.
    """

    TYPE = "AWS::S3::BucketPolicy"
    TAGGED = False

    def create(self) -> None:
        """Nothing."""

    def change(self, before: Properties) -> None:
        """Nothing."""

    def remove(self) -> None:
        """Nothing."""

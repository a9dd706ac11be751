"""AWS::S3::*"""

from moto.core.common_models import CloudFormationModel

from emulator.stacks.resource import Properties, Resource


class BucketPolicy(Resource, CloudFormationModel):
    """Accepted and not applied.

    The one of `cdk bootstrap` denies what does not come over TLS, which on loopback is everything.
    """

    TYPE = "AWS::S3::BucketPolicy"
    TAGGED = False

    def create(self) -> None:
        """Nothing."""

    def change(self, before: Properties) -> None:
        """Nothing."""

    def remove(self) -> None:
        """Nothing."""

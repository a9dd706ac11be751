"""CloudFormation: the resource types of our stack, and the deployment."""

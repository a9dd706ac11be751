"""CloudFormation: the types of resources that a stack like ours has, and the deployment itself."""

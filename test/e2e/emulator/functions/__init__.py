"""Functions that really run: the deployed zip with AWS's own runtime client."""

"""Functions that really run: the deployed zip, under AWS's own runtime client."""

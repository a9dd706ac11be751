"""An AWS account on loopback, for the end-to-end tests.

moto plays the services. This package adds what moto lacks for a stack like ours: stacks that are
changed in place, functions that run under AWS's own runtime client with the deployed role, the
enforcement of that role, a record of what functions called, and faults on demand.
"""

"""An AWS account on loopback, for the end-to-end tests.

moto emulates the services. This package adds what moto lacks for our stack: changes of resources in
place, functions that run with AWS's own runtime client and the deployed role, the enforcement of
that role, a record of the calls of functions, and faults on demand.
"""

"""`python3 -m emulator --port 5000 --node NODE --runtime-client INDEX_MJS`"""

import argparse
import os
import signal
import sys

# Before moto is imported: it reads its settings then. AWS's managed policies are part of an account.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")


def main() -> None:
    """Serves until it is asked to stop."""
    arguments = parse_arguments()
    # moto sends requests to itself, and its S3 has to know the port for its URLs.
    os.environ["MOTO_PORT"] = str(arguments.port)

    from werkzeug.serving import run_simple

    from emulator.account import Account
    from emulator.front import front_of

    account = Account(arguments.port, arguments.node, arguments.runtime_client)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run_simple("127.0.0.1", arguments.port, front_of(account), threaded=True)
    finally:
        account.containers.stop_all()


def parse_arguments() -> argparse.Namespace:
    """What the emulator is told at its start."""
    parser = argparse.ArgumentParser(prog="emulator", description="An AWS account on loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--node", required=True, help="the Node.js that functions run on")
    parser.add_argument("--runtime-client", required=True, help="index.mjs of aws-lambda-ric")
    return parser.parse_args()


if __name__ == "__main__":
    main()

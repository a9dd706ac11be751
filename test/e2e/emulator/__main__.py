"""`python3 -m emulator --port 5000 --node NODE --runtime-client INDEX_MJS`"""

import argparse
import os
import signal
import sys

# moto reads its settings when it is imported. AWS's managed policies are part of every account.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")


def main() -> None:
    """Serves until SIGTERM."""
    arguments = parse_arguments()
    # moto sends requests to itself, and the URLs of its S3 contain the port.
    os.environ["MOTO_PORT"] = str(arguments.port)

    from werkzeug.serving import run_simple

    from emulator.account import Account
    from emulator.gateway import gateway_of

    account = Account(arguments.port, arguments.node, arguments.runtime_client)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        run_simple("127.0.0.1", arguments.port, gateway_of(account), threaded=True)
    finally:
        account.containers.stop_all()


def parse_arguments() -> argparse.Namespace:
    """Parses the command line of the emulator."""
    parser = argparse.ArgumentParser(prog="emulator", description="An AWS account on loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--node", required=True, help="the Node.js that functions run on")
    parser.add_argument("--runtime-client", required=True, help="index.mjs of aws-lambda-ric")
    return parser.parse_args()


if __name__ == "__main__":
    main()

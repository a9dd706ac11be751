"""`python3 -m emulator --node NODE --runtime-client INDEX_MJS`

Prints "port 12345" once it can be reached there. It takes a free port itself: one that another process found free for it
may be taken by then.
"""

import argparse
import os
import signal
import socket
import sys

# moto reads its settings when it is imported. AWS's managed policies are part of every account.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")


def main() -> None:
    """Serves until SIGTERM."""
    arguments = parse_arguments()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listener.getsockname()[1]
    # moto sends requests to itself, and the URLs of its S3 contain the port.
    os.environ["MOTO_PORT"] = str(port)

    from werkzeug.serving import make_server

    from emulator.account import Account
    from emulator.gateway import gateway_of

    account = Account(port, arguments.node, arguments.runtime_client)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server = make_server("127.0.0.1", port, gateway_of(account), threaded=True, fd=listener.fileno())
        print(f"port {port}", flush=True)
        server.serve_forever()
    finally:
        account.containers.stop_all()


def parse_arguments() -> argparse.Namespace:
    """Parses the command line of the emulator."""
    parser = argparse.ArgumentParser(prog="emulator", description="An AWS account on loopback.")
    parser.add_argument("--node", required=True, help="the Node.js that functions run on")
    parser.add_argument("--runtime-client", required=True, help="index.mjs of aws-lambda-ric")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""Runs commands of the AWS CLI in one process: starting one for each takes 0.7 s of processor time.

In: a line of JSON for each command, the list of its parameters.
Out: a line of JSON for each, with its exit code, standard output and standard error.
"""

import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver

driver = create_clidriver()
for line in sys.stdin:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main(json.loads(line))
        except SystemExit as error:
            # The parser of the command line ends the process after a usage error.
            status = error.code
    result = {"status": status, "stdout": out.getvalue(), "stderr": err.getvalue()}
    print(json.dumps(result), flush=True)

"""The runtime of the containers."""

import subprocess
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Runtime:
    """Node.js, AWS's runtime client, and the URL of the emulated account."""

    url: str
    node: str
    client: str
    # Lambda's name of the runtime: "nodejs24.x".
    name: str = field(init=False)

    def __post_init__(self) -> None:
        version = subprocess.run([self.node, "--version"], capture_output=True, check=True, text=True).stdout
        object.__setattr__(self, "name", f"nodejs{version.strip().lstrip('v').split('.')[0]}.x")

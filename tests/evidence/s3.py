"""A real S3 server for the tests: SeaweedFS, on this machine alone."""

import json
import shutil
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.postgres import memory_folder

KEY, SECRET, BUCKET = "kunci", "rahasia-sekali", "aduan"
START_SECONDS = 60
# Each of its services, and the same once more for the talk among themselves.
SERVICES = ("master", "volume", "filer", "s3")


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Weed:
    """One server with its buckets in a folder of its own."""

    def __init__(self) -> None:
        self.home = memory_folder("aduan-s3-")
        self.ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        own = free_ports(len(SERVICES))
        who = {"name": "aduan", "credentials": [{"accessKey": KEY, "secretKey": SECRET}]}
        (self.home / "s3.json").write_text(
            json.dumps({"identities": [who | {"actions": ["Admin", "Read", "Write", "List"]}]})
        )
        self.command = [
            *(str(Path(sys.executable).with_name("weed")), "-logtostderr=true", "server", "-s3", "-volume.max=60"),
            # On a memory disk there is little room, and enough for this.
            *("-master.volumeSizeLimitMB=64", "-volume.minFreeSpace=1MiB"),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={self.home}", f"-s3.config={self.home / 's3.json'}"),
            *(f"-{name}.port={port}" for name, port in self.ports.items()),
            *(f"-{name}.port.grpc={port}" for name, port in zip(SERVICES, own, strict=True)),
        ]
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """What an operator sets beside `PORTAL_EVIDENCE_URL`."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.ports['s3']}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def start(self) -> None:
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=self.home)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                self.stop()
                pytest.fail(f"the S3 server does not start: {(self.home / 'log').read_text()[-3000:]}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        # It answers before it has a place to write to; only then is it of use.
        return b'"fid"' in self._asked("master", "/dir/assign")[1] and self._asked("s3", "/")[0] == 403

    def _asked(self, service: str, path: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.ports[service], timeout=2)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()

    def stop(self) -> None:
        # Asked to end it takes its time, and what it holds is thrown away anyway.
        self.process.kill()
        self.process.wait()

    def clear(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

"""S3 on this machine."""

import httpx2
import pytest
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="session")
def s3():
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3, monkeypatch):
    """Give the address of a part of an empty bucket, as people write it into ERRATA_BLOBS."""
    httpx2.post(f"{s3}/moto-api/reset").raise_for_status()
    httpx2.put(f"{s3}/uploads").raise_for_status()
    given = {
        "ENDPOINT": s3,
        "ALLOW_HTTP": "true",
        "REGION": "us-east-1",
        "ACCESS_KEY_ID": "a",
        "SECRET_ACCESS_KEY": "b",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return "s3://uploads/errata"

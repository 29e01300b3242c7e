"""A web server on this machine that answers by path, and what it was asked."""

import asyncio
from contextlib import asynccontextmanager


class Site:
    """Answers are `(status, headers, body)`; `None` never comes to an end."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.heads = []
        self.port = 0

    def url(self, path, host="localhost"):
        return f"http://{host}:{self.port}{path}"

    def serve(self, path, body=b"", status=200, **headers):
        self.answers[path] = (status, headers, body)

    def redirect(self, path, to):
        self.serve(path, b"", 302, location=to)

    async def _answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ")[1]
        self.asked.append(path)
        self.heads.append(head.lower())
        status, headers, body = self.answers.get(path, (404, {}, b""))
        lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write(("\r\n".join([*lines, f"content-length: {len(body or b'x')}"]) + "\r\n\r\n").encode())
        if body is None:
            await asyncio.sleep(3600)
        writer.write(body)
        writer.close()


@asynccontextmanager
async def serving():
    site = Site()
    server = await asyncio.start_server(site._answer, "127.0.0.1", 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()

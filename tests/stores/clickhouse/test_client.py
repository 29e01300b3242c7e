"""What the client does when a connection breaks under it: above all, that it sends rows once."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from errata.stores.clickhouse.client import Away, ClickHouse, Refused


class BreakingProxy:
    """Stands before a server; while `breaks` is set it hangs up in place of handing on the answer to an INSERT."""

    def __init__(self, host: str, port: int) -> None:
        self._upstream = (host, port)
        self.breaks = False
        self.inserts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(*self._upstream)
        sent = bytearray()

        async def answers() -> None:
            while answer := await server.read(65_536):
                inserts, inserted = sent.count(b"INSERT INTO t "), b"INSERT INTO t " in sent
                sent.clear()
                self.inserts += inserts
                if self.breaks and inserted:
                    break
                writer.write(answer)
            writer.close()

        answering = asyncio.create_task(answers())
        while request := await reader.read(65_536):
            sent.extend(request)
            to_server.write(request)
        to_server.close()
        await answering


@pytest.fixture
async def proxy(clickhouse_database: str) -> AsyncIterator[tuple[BreakingProxy, ClickHouse]]:
    address = urlsplit(clickhouse_database)
    assert address.hostname
    assert address.port
    proxy = BreakingProxy(address.hostname, address.port)
    listener = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    user = address.netloc.rpartition("@")[0]
    async with await ClickHouse.connect(f"http://{user}{'@' if user else ''}127.0.0.1:{port}{address.path}") as client:
        await client.command("CREATE TABLE t (a UInt8) ENGINE = Memory")
        yield proxy, client
    listener.close()


async def insert(client: ClickHouse, *lines: bytes) -> None:
    await client.insert("INSERT INTO t FORMAT JSONEachRow", lines, query_id="errata-test", settings={})


@pytest.mark.stack
async def test_rows_are_sent_once_whenever_the_connection_breaks(proxy: tuple[BreakingProxy, ClickHouse]) -> None:
    breaking, client = proxy
    await insert(client, b'{"a":1}', b'{"a":2}')
    breaking.breaks = True
    with pytest.raises(Away):  # on a connection that was used before
        await insert(client, b'{"a":3}')
    with pytest.raises(Away):  # on a new one
        await insert(client, b'{"a":4}')
    breaking.breaks = False
    assert breaking.inserts == 3
    assert await client.rows("SELECT groupArray(a) FROM (SELECT a FROM t ORDER BY a)") == [([1, 2, 3, 4],)]


@pytest.mark.stack
async def test_a_refusal_keeps_what_it_quotes_out_of_its_text(proxy: tuple[BreakingProxy, ClickHouse]) -> None:
    with pytest.raises(Refused) as refused:
        await insert(proxy[1], b'{"a":"secret"}')
    assert refused.value.about_rows
    assert "secret" not in str(refused.value)
    assert "secret" in refused.value.details


@pytest.mark.parametrize(("code", "too_large"), [(241, True), (307, True), (252, False), (60, False)])
def test_what_a_smaller_insert_would_mend_is_told_from_the_rest(code: int, too_large: bool) -> None:
    assert Refused(code, "", "").too_large is too_large

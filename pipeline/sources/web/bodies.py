"""Bodies of answers, read a piece at a time, so that no size and no compression can do harm."""

from __future__ import annotations

import zlib

import aiohttp

from pipeline.sources.web.exchange import WebError

UNWANTED_BYTES = 2**16


async def read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The decoded body. It is decoded here, a piece at a time, so that no small answer unfolds to a huge one."""
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding not in {"identity", "gzip"}:
        raise WebError("the answer is in an encoding that was not asked for")
    too_large = WebError(f"larger than {max_bytes:,} bytes")
    decoder = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            room = max_bytes - len(body)
            body += decoder.decompress(chunk, room + 1) if decoder else chunk
            if len(body) > max_bytes:
                raise too_large
    except zlib.error as error:
        raise WebError("the answer is not the gzip that it claims to be", is_transient=True) from error
    if decoder and not decoder.eof:
        raise WebError("the answer is cut off", is_transient=True)
    return bytes(body)


async def finish(response: aiohttp.ClientResponse) -> None:
    """Read what little is left of an answer that is not wanted, so that its connection can be used again."""
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > UNWANTED_BYTES:
            return

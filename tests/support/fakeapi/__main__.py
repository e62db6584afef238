"""``python -m fakeapi``: a local Messages API; prints its address as the first line."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from typing import Any

import msgspec

from fakeapi.faults import Script
from fakeapi.server import Options, Server
from fakeapi.wire import Connection


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m fakeapi", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--opinion", default=None, help="same, exact, words, different, cannot_tell, or another action")
    parser.add_argument("--latency", type=float, default=None, help="seconds before a reply")
    parser.add_argument("--batch-seconds", type=float, default=None, help="how long a batch takes")
    parser.add_argument("--plain", action="store_true", help="as a local server: no output_config, Batches, or models")
    parser.add_argument("--options", default="{}", help="any option, as a JSON object")
    parser.add_argument("--leashed", action="store_true", help="end when standard input does")
    return parser.parse_args()


async def serve(args: argparse.Namespace, options: Options, script: Script) -> None:
    loop = asyncio.get_running_loop()
    server = Server(options, script, loop.call_later)
    connections: set[Connection] = set()
    listening = await loop.create_server(
        lambda: Connection(server.answer, connections), args.host, args.port, backlog=1024
    )
    print(f"http://{args.host}:{listening.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    if args.leashed:
        ended = asyncio.Event()

        def heard() -> None:
            if not os.read(sys.stdin.fileno(), 1024):
                ended.set()

        loop.add_reader(sys.stdin.fileno(), heard)
        await ended.wait()
    else:
        await listening.serve_forever()


def main() -> None:
    args = arguments()
    given: dict[str, Any] = json.loads(args.options)
    for name in ("opinion", "latency", "batch_seconds"):
        if getattr(args, name) is not None:
            given[name] = getattr(args, name)
    if args.plain:
        given |= {"schema": False, "batches": False, "model_list": False}
    own = {name: given.pop(name) for name in Options.__dataclass_fields__ if name in given}
    options = msgspec.convert(own, Options)
    script = msgspec.convert(given, Script)
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    with runner:
        runner.run(serve(args, options, script))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)

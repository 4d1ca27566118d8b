"""A stand-in for the ngrok agent, driven by unmodified pyngrok: its log lines and its local API.

It forwards nothing. `write` makes an executable of it; a JSON file beside the executable says how
it behaves (`Behaviour`), and another one tells what it was asked. The log lines and the answers
follow twilio.md §7 of the reference; the texts of failures are our own.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

DEFAULT_URL = "https://desk-of-a-test.ngrok-free.app"


def write(folder: Path, **behaviour: object) -> Path:
    """Make the executable in `folder`; return its path.

    `behaviour`: ``start_error`` (code such as "4018"), ``create_error`` (such as "334"),
    ``create_status``, ``create_answer`` (any text in place of the endpoint), ``silent`` (says
    nothing, for ever), ``old`` (no endpoints in its API),
    ``slow_s`` (says nothing for so long), ``dies`` (ends in the middle of starting).
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "ngrok"
    source = Path(__file__).read_text(encoding="utf-8")
    program.write_text(f"#!{sys.executable}\n{source}", encoding="utf-8")
    program.chmod(0o755)
    behave(program, **behaviour)
    return program


def behave(program: Path, **behaviour: object) -> None:
    """Set how the next start behaves."""
    program.with_suffix(".behaviour").write_text(json.dumps(behaviour), encoding="utf-8")


def notes(program: Path) -> list[dict[str, Any]]:
    """What the agent was started with and asked, in order."""
    try:
        text = program.with_suffix(".notes").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines()]


class _Agent:
    def __init__(self, program: Path, arguments: list[str]) -> None:
        self.program = program
        self.arguments = arguments
        self.behaviour = json.loads(program.with_suffix(".behaviour").read_text(encoding="utf-8"))
        self.endpoints: dict[str, dict[str, Any]] = {}

    def note(self, **what: object) -> None:
        with self.program.with_suffix(".notes").open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")

    def say(self, line: str) -> None:
        stamp = time.strftime("t=%Y-%m-%dT%H:%M:%S+0000", time.gmtime())
        sys.stdout.write(f"{stamp} {line}\n")
        sys.stdout.flush()

    def run(self) -> None:
        config = self.arguments[self.arguments.index("--config") + 1]
        text = Path(config).read_text(encoding="utf-8")
        config_text = " ".join(text.replace('"', "").split())
        self.note(
            start=self.arguments,
            pid=os.getpid(),
            token_in_environment="NGROK_AUTHTOKEN" in os.environ,
            config=text,
            config_mode=Path(config).stat().st_mode & 0o777,
        )
        if self.behaviour.get("silent"):
            threading.Event().wait()
        time.sleep(self.behaviour.get("slow_s", 0))
        self.say('lvl=info msg="open config file" path=x err=nil')
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"127.0.0.1:{server.server_address[1]}"
        self.say(f'lvl=info msg="starting web service" obj=web addr={address} allow_hosts=[]')
        if self.behaviour.get("dies"):
            os._exit(3)
        if code := self.behaviour.get("start_error"):
            # The real agent's text of 107 repeats the token, so this one does as well.
            told = f"not let in with {config_text}\\r\\n\\r\\nERR_NGROK_{code}\\r\\n"
            self.say(f'lvl=eror msg="failed to auth" err="{told}"')
            self.say('lvl=eror msg="session closing" err="session closed"')
            sys.exit(1)
        self.say('lvl=info msg="client session established" obj=csess id=1')
        self.say('lvl=info msg="tunnel session started" obj=tunnels.session')
        threading.Event().wait()

    def create(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if code := self.behaviour.get("create_error"):
            error = f"failed to start tunnel\r\n\r\nERR_NGROK_{code}\r\n"
            body = {"error_code": 103, "status_code": 502, "details": {"err": error}}
            return self.behaviour.get("create_status", 502), body
        name = asked["name"]
        url = asked.get("url") or DEFAULT_URL
        self.endpoints[name] = {**asked, "uri": f"/api/endpoints/{name}", "url": url}
        self.say(f'lvl=info msg="started tunnel" obj=tunnels name={name} url={url}')
        return 201, self.endpoints[name]


def _handler(agent: _Agent) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Stay quiet: stdout belongs to the agent's own lines."""

        def answer(self, status: int, value: object) -> None:
            self.answer_text(status, json.dumps(value))

        def answer_text(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            agent.note(get=self.path)
            if agent.behaviour.get("old"):
                return self.answer(404, {"status_code": 404, "msg": "not found"})
            return self.answer(200, {"endpoints": list(agent.endpoints.values())})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            agent.note(post=self.path, asked=asked)
            if (odd := agent.behaviour.get("create_answer")) is not None:
                return self.answer_text(agent.behaviour.get("create_status", 201), odd)
            return self.answer(*agent.create(asked))

    return Handler


if __name__ == "__main__":
    _Agent(Path(sys.argv[0]).resolve(), sys.argv[1:]).run()

"""The page of the marker's desk, served on this machine to whoever has its address."""

from __future__ import annotations

import json
import secrets
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

from custlab.errors import CustLabError
from custlab.grading.marking.desk import Desk

MOST = 100_000  # bytes of one mark with its comment
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


def serve(desk: Desk, port: int = 0) -> HTTPServer:
    """Make the server; whoever calls this runs it.

    Parameters
    ----------
    desk : Desk
        What is marked.
    port : int
        The port; any free one by default.

    Returns
    -------
    HTTPServer
        With the attribute ``address``: a secret part of it keeps other pages and accounts out.
    """
    server = HTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"desk": desk}))
    server.secret = secrets.token_urlsafe(16)
    server.address = f"http://127.0.0.1:{server.server_port}/{server.secret}/"
    return server


class _Handler(BaseHTTPRequestHandler):
    """Gives a page a question, and takes marks."""

    desk: Desk

    def _question(self) -> int | None:
        """Say which question is meant; None for anybody who does not know the address."""
        here = f"127.0.0.1:{self.server.server_port}"
        parts = self.path.split("/")
        known = len(parts) == 3 and secrets.compare_digest(
            parts[1].encode(), self.server.secret.encode()
        )
        if not known or self.headers.get("Host") != here:
            return None
        number = int(parts[2]) if parts[2].isascii() and parts[2].isdigit() else 0
        return number if number < len(self.desk.sheets) else None

    def do_GET(self) -> None:
        """Give a page."""
        number = self._question()
        if number is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", "")
            return
        nonce = secrets.token_urlsafe(16)
        page = self.desk.page(number, f"/{self.server.secret}", nonce)
        self._send(HTTPStatus.OK, "text/html", page, POLICY.format(nonce=nonce))

    def do_POST(self) -> None:
        """Take a mark."""
        number = self._question()
        length = self.headers.get("Content-Length", "")
        if number is None or not length.isdigit() or int(length) > MOST:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", "")
            return
        try:
            told = json.loads(self.rfile.read(int(length)))
            if not isinstance(told, dict):
                raise ValueError("not an object")
            answer = self.desk.save(number, told)
            said = {"points": answer.points, "open": self.desk.sheets[number].open}
            self._send(HTTPStatus.OK, "application/json", json.dumps(said))
        except (CustLabError, ValueError) as error:
            self._send(HTTPStatus.BAD_REQUEST, "application/json", json.dumps({"why": str(error)}))

    def _send(self, status: HTTPStatus, kind: str, text: str, policy: str = "") -> None:
        content = text.encode("utf-8", "replace")
        headers = {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": policy or "default-src 'none'",
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Say nothing: the address is a secret."""

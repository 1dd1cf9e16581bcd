"""The wire log as a HAR 1.2 file, which browsers and proxies can show.

http://www.softwareishard.com/blog/har-12-spec/
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl

from emulator.clock import stamp
from emulator.wirelog import Entry, Headers


class HarFile:
    """A HAR 1.2 file that is whole after every entry, so that a killed run leaves a good one."""

    _END = b"\n]}}\n"

    def __init__(self, path: Path, version: str) -> None:
        head = {"version": "1.2", "creator": {"name": "okta-emulator", "version": version}}
        self._file: IO[bytes] = path.open("wb")
        self._file.write(b'{"log":' + json.dumps(head).encode()[:-1] + b',"entries":[')
        self._is_first = True
        self._end()

    def write(self, entry: Entry) -> None:
        """Append an entry; usable as an observer of a WireLog."""
        self._file.seek(-len(self._END), 2)
        text = json.dumps(har_entry(entry), ensure_ascii=False)
        self._file.write(("\n" if self._is_first else ",\n").encode())
        self._file.write(text.encode("utf-8", "backslashreplace"))
        self._is_first = False
        self._end()

    def _end(self) -> None:
        self._file.write(self._END)
        self._file.flush()

    def close(self) -> None:
        """No more entries."""
        self._file.close()


def har_entry(entry: Entry) -> dict[str, Any]:
    """An entry as HAR 1.2 has it; status 0 and an ``_error`` when no answer came."""
    request: dict[str, Any] = {
        "method": entry.method,
        "url": entry.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(entry.request_headers),
        "queryString": _query(entry.url),
        "headersSize": -1,
        "bodySize": _size(entry),
    }
    if entry.request_body is not None:
        media_type = dict(entry.request_headers).get("Content-Type", "")
        request["postData"] = {"mimeType": media_type, "text": entry.request_body}
    body = entry.response_body or ""
    headers = {name.lower(): value for name, value in entry.response_headers}
    milliseconds = round(1000 * entry.seconds, 3)
    return {
        "startedDateTime": stamp(entry.started),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": entry.status or 0,
            "statusText": entry.reason,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(entry.response_headers),
            "content": {
                "size": len(body.encode("utf-8", "replace")),
                "mimeType": headers.get("content-type", ""),
                "text": body,
            },
            "redirectURL": headers.get("location", ""),
            "headersSize": -1,
            "bodySize": -1,
            **({"_error": entry.error} if entry.error else {}),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": entry.step + (f"; fault: {entry.fault}" if entry.fault else ""),
    }


def _pairs(lines: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in lines]


def _size(entry: Entry) -> int:
    """What went over the wire, which is more than the text that is left of it."""
    told = {name.lower(): value for name, value in entry.request_headers}.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _query(url: str) -> list[dict[str, str]]:
    pairs = parse_qsl(url.partition("?")[2], keep_blank_values=True)
    return [{"name": name, "value": value} for name, value in pairs]

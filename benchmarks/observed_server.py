"""The reference server, observed: it writes down what it is asked, and may take its time.

    python -m benchmarks.observed_server FILE SECONDS [OPTION …]

FILE gets one JSON object per exchange (method, target, headers, body, status,
answer); every answer waits SECONDS; OPTIONs are those of the reference server.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import quote, urlencode

from reference_server.__main__ import main as serve
from reference_server.variants import Forward, Request, Response, variant

BASE = "/scim/v2"


def observe(path: Path, seconds: float) -> None:
    """Make the behavior known to the reference server under the name ``observed``."""
    kept = path.open("w", encoding="utf-8", buffering=1)

    @variant("observed", of="benchmarks")
    async def observed(request: Request, forward: Forward) -> Response:
        """Every exchange is written down, and every answer is kept back for a while."""
        answer = await forward(request)
        query = f"?{urlencode(request.query, quote_via=quote)}" if request.query else ""
        line = {
            "method": request.method,
            "target": f"{quote(request.path)}{query}",
            "headers": request.headers,
            "body": request.body.decode("utf-8", "replace"),
            "status": answer.status,
            "answer": answer.body.decode("utf-8", "replace"),
        }
        kept.write(json.dumps(line) + "\n")
        if seconds:
            await asyncio.sleep(seconds)
        return answer


if __name__ == "__main__":
    observe(Path(sys.argv[1]), float(sys.argv[2]))
    sys.exit(serve(["--variant", "observed", *sys.argv[3:]]))

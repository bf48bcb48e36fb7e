"""`/healthz` says that the process lives; `/readyz` says whether people get real answers, and if not, why not.

Nothing here counts or names a person.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[str]]  # what is not well, in one sentence; empty when all is well


def health_routes(checks: Mapping[str, Check]) -> list[Route]:
    """The two routes over named checks, which must be quick: they are asked often."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_: Request) -> Response:
        found = {name: await check() for name, check in checks.items()}
        ready = not any(found.values())
        answer = {name: sentence or "well" for name, sentence in found.items()}
        return JSONResponse({"ready": ready, **answer}, status_code=200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]

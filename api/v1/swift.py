"""Writes without FastAPI's machinery at run time: half of a request's time was spent in it.

The route is declared, described and checked as any other; only its handling is our own: session,
caller, idempotency, body, the endpoint. What it cannot handle it refuses when it is declared.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import request_response

from api.admission import admitted, caller_of, house_of
from api.answers import JSON
from api.caller import Caller
from api.deps import administration, fresh, fresh_administration, staff, teacher
from api.v1.wire import once, request_of_http

Guard = Callable[[Caller], Awaitable[Caller]]
GUARDS: frozenset[Any] = frozenset({administration, fresh, fresh_administration, staff, teacher})


class SwiftRoute(APIRoute):
    """A POST whose endpoint takes path parameters, a body model, a caller and `Once`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if self.methods == {"POST"}:
            status = self.status_code or 200
            self.swift = _Handler(endpoint, self.param_convertors, status)
            self.app = request_response(self.swift)


class _Handler:
    """What the endpoint's signature asks for, found out once."""

    def __init__(self, endpoint: Callable[..., Any], path: dict[str, Any], status: int) -> None:
        self._endpoint = endpoint
        self._status = status
        self._path: dict[str, TypeAdapter[Any]] = {}
        self._body: tuple[str, type[BaseModel]] | None = None
        self._guard: tuple[str, Guard] | None = None
        self._once = ""
        hints = get_type_hints(endpoint, include_extras=True)
        for name in inspect.signature(endpoint).parameters:
            hint = hints[name]
            dependency = _dependency(hint)
            if name in path:
                self._path[name] = TypeAdapter(hint)
            elif dependency is once:
                self._once = name
            elif dependency in GUARDS:
                self._guard = (name, dependency)
            elif inspect.isclass(hint) and issubclass(hint, BaseModel):
                self._body = (name, hint)
            else:
                raise TypeError(f"{endpoint.__name__}: a swift route knows nothing of {name!r}")
        if not self._once or self._guard is None:
            raise TypeError(f"{endpoint.__name__}: a write names its caller and is idempotent")

    async def __call__(self, request: Request) -> Response:
        """One write. Raises refusals and RequestValidationError."""
        door = await house_of(request).door(request)
        given: dict[str, Any] = {
            name: _valid(adapter, request.path_params[name], name)
            for name, adapter in self._path.items()
        }
        caller = admitted(await caller_of(request, door))
        if self._guard is not None:
            name, guard = self._guard
            given[name] = await guard(caller)
        body = await _body(request)
        given[self._once] = request_of_http(
            request, caller, request.headers.get("idempotency-key"), body
        )
        if self._body is not None:
            name, model = self._body
            try:
                given[name] = model.model_validate_json(body)
            except ValidationError as fault:
                raise RequestValidationError(
                    [{**error, "loc": ("body", *error["loc"])} for error in fault.errors()]
                ) from None
        answer: BaseModel = await self._endpoint(**given)
        return Response(answer.model_dump_json(), self._status, media_type=JSON)


async def _body(request: Request) -> bytes:
    """The body, which mostly comes in one piece. Raises ClientDisconnect."""
    pieces: list[bytes] = []
    more = True
    while more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _dependency(hint: Any) -> Any:
    """The function of `Annotated[…, Depends(function)]`, or None."""
    if get_origin(hint) is not Annotated:
        return None
    return next((one.dependency for one in get_args(hint)[1:] if hasattr(one, "dependency")), None)


def _valid(adapter: TypeAdapter[Any], text: str, name: str) -> Any:
    try:
        return adapter.validate_python(text)
    except ValidationError as fault:
        raise RequestValidationError(
            [{**error, "loc": ("path", name)} for error in fault.errors()]
        ) from None

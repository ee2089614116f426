"""A source's position, a small dataclass, as a cursor's state and back."""

from dataclasses import asdict, fields
from typing import Any, TypeVar

from ingest.backfill.source import State

_Position = TypeVar("_Position")


def pack(position: Any) -> State:
    """The state of a cursor: the dataclass's fields, tuples as lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(position).items()}


def unpack(kind: type[_Position], state: State) -> _Position:
    """The position that was packed; fields that the state has not keep their defaults."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]  # every position is a dataclass
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in state.items()}
    return kind(**{name: value for name, value in values.items() if name in known})

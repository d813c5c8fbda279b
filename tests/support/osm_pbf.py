"""Writing OpenStreetMap's PBF, as far as a road network needs: nodes with a position, ways with tags.

Source: https://wiki.openstreetmap.org/wiki/PBF_Format. A file is a header and blocks, each compressed; within
a block numbers are differences to the one before, since neighbours are alike.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from lotocar.values.geo import Point

_BLOCK = 8_000  # nodes or ways in a block, as the format asks
_UNIT = 10_000_000  # positions are counted in units of a tenth of a microdegree


@dataclass(frozen=True, slots=True)
class Way:
    """A road through these nodes, numbered by their rank from 0."""

    nodes: Sequence[int]
    tags: Mapping[str, str]


def write_pbf(path: Path, nodes: Sequence[Point], ways: Sequence[Way]) -> None:
    """An extract with these nodes and ways; nodes and ways are numbered from 1 in their order."""
    with path.open("wb") as file:
        _write_blob(file, b"OSMHeader", _text(4, "OsmSchema-V0.6") + _text(4, "DenseNodes"))
        for first in range(0, len(nodes), _BLOCK):
            _write_blob(file, b"OSMData", _nodes_block(first + 1, nodes[first : first + _BLOCK]))
        for first in range(0, len(ways), _BLOCK):
            _write_blob(file, b"OSMData", _ways_block(first + 1, ways[first : first + _BLOCK]))


def _write_blob(file: BinaryIO, kind: bytes, content: bytes) -> None:
    blob = _number(2, len(content)) + _bytes(3, zlib.compress(content))
    head = _bytes(1, kind) + _number(3, len(blob))
    file.write(struct.pack(">I", len(head)) + head + blob)


def _nodes_block(number: int, nodes: Sequence[Point]) -> bytes:
    dense = (
        _bytes(1, _differences(range(number, number + len(nodes))))
        + _bytes(8, _differences(round(node.lat * _UNIT) for node in nodes))
        + _bytes(9, _differences(round(node.lon * _UNIT) for node in nodes))
    )
    return _block([b""], _bytes(2, dense))


def _ways_block(number: int, ways: Sequence[Way]) -> bytes:
    words = {"": 0}  # the first word of a block is never used
    rows = []
    for rank, way in enumerate(ways, start=number):
        keys, values = (
            b"".join(_varint(words.setdefault(word, len(words))) for word in side)
            for side in (way.tags, way.tags.values())
        )
        refs = _differences(node + 1 for node in way.nodes)
        rows.append(_bytes(3, _number(1, rank) + _bytes(2, keys) + _bytes(3, values) + _bytes(8, refs)))
    return _block([word.encode() for word in words], b"".join(rows))


def _block(words: Iterable[bytes], group: bytes) -> bytes:
    return _bytes(1, b"".join(_bytes(1, word) for word in words)) + _bytes(2, group)


def _differences(numbers: Iterable[int]) -> bytes:
    return b"".join(_varint(_zigzag(after - before)) for before, after in pairwise(_from_zero(numbers)))


def _from_zero(numbers: Iterable[int]) -> Iterator[int]:
    yield 0
    yield from numbers


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(0x80 | number & 0x7F)
        number >>= 7
    out.append(number)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())

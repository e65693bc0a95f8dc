"""Tiny ONNX models written byte by byte: the shape of YuNet and SFace with made-up weights.

The format is ONNX's published protobuf schema; only the fields that are needed are written.
"""

import struct
from pathlib import Path

Fields = list[tuple[int, int | bytes]]
STRIDES = (8, 16, 32)


def _varint(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while True:
        out.append(value & 127 | (128 if value > 127 else 0))
        value >>= 7
        if not value:
            return bytes(out)


def message(fields: Fields) -> bytes:
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts.append(_varint(number << 3) + _varint(value))
        else:
            parts.append(_varint(number << 3 | 2) + _varint(len(value)) + value)
    return b"".join(parts)


def ints(name: str, values: list[int]) -> bytes:
    return message([(1, name.encode()), *((8, value) for value in values), (20, 7)])


def one_int(name: str, value: int) -> bytes:
    return message([(1, name.encode()), (3, value), (20, 2)])


def node(kind: str, inputs: list[str], output: str, attributes: list[bytes] | None = None) -> bytes:
    return message(
        [
            *((1, name.encode()) for name in inputs),
            (2, output.encode()),
            (3, output.encode()),
            (4, kind.encode()),
            *((5, one) for one in attributes or []),
        ]
    )


def floats(name: str, shape: list[int], values: list[float]) -> bytes:
    raw = struct.pack(f"<{len(values)}f", *values)
    return message([*((1, size) for size in shape), (2, 1), (8, name.encode()), (9, raw)])


def whole_numbers(name: str, values: list[int]) -> bytes:
    raw = struct.pack(f"<{len(values)}q", *values)
    return message([(1, len(values)), (2, 7), (8, name.encode()), (9, raw)])


def value(name: str, shape: list[int]) -> bytes:
    dims = message([(1, message([(1, size)])) for size in shape])
    tensor = message([(1, 1), (2, dims)])
    return message([(1, name.encode()), (2, message([(1, tensor)]))])


def model(nodes: list[bytes], weights: list[bytes], inputs: list[bytes], outputs: list[bytes]) -> bytes:
    graph = message(
        [
            *((1, one) for one in nodes),
            (2, b"synthetic"),
            *((5, one) for one in weights),
            *((11, one) for one in inputs),
            *((12, one) for one in outputs),
        ]
    )
    opset = message([(1, b""), (2, 11)])
    return message([(1, 7), (7, graph), (8, opset)])


def detector(path: Path, side: int = 64) -> Path:
    """Sees a face of four cells' size wherever a cell is bright; everywhere else none."""
    nodes, weights, outputs = [], [], []
    for stride in STRIDES:
        pool = [ints("kernel_shape", [stride, stride]), ints("strides", [stride, stride])]
        nodes.append(node("AveragePool", ["input"], f"pool_{stride}", pool))
        cells = (side // stride) ** 2
        for name, channels in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
            weight, bias = _head(name, channels, stride)
            weights += [
                floats(f"w_{name}_{stride}", [channels, 3, 1, 1], weight),
                floats(f"b_{name}_{stride}", [channels], bias),
                whole_numbers(f"s_{name}_{stride}", [1, -1, channels]),
            ]
            last = f"conv_{name}_{stride}"
            nodes.append(node("Conv", [f"pool_{stride}", f"w_{name}_{stride}", f"b_{name}_{stride}"], last))
            if name in ("cls", "obj"):
                nodes.append(node("Sigmoid", [last], f"sig_{name}_{stride}"))
                last = f"sig_{name}_{stride}"
            nodes.append(node("Transpose", [last], f"turn_{name}_{stride}", [ints("perm", [0, 2, 3, 1])]))
            nodes.append(node("Reshape", [f"turn_{name}_{stride}", f"s_{name}_{stride}"], f"{name}_{stride}"))
            outputs.append(value(f"{name}_{stride}", [1, cells, channels]))
    outputs.sort(key=lambda one: [name in one for name in (b"cls", b"obj", b"bbox", b"kps")], reverse=True)
    path.write_bytes(model(nodes, weights, [value("input", [1, 3, side, side])], outputs))
    return path


def _head(name: str, channels: int, stride: int) -> tuple[list[float], list[float]]:
    if name in ("cls", "obj"):
        # Only the coarsest cells see anything, and only what is nearly white.
        return ([0.1] * 3, [-70.0]) if stride == STRIDES[-1] else ([0.0] * 3, [-20.0])
    if name == "bbox":
        return [0.0] * 12, [0.5, 0.5, 0.0, 0.0]
    return [0.0] * 30, [0.3, 0.3, 0.7, 0.3, 0.5, 0.5, 0.35, 0.7, 0.65, 0.7]


def recogniser(path: Path) -> Path:
    """Tells a face by the mean colours of its 64 parts, about their middle."""
    nodes = [
        node("AveragePool", ["data"], "pooled", [ints("kernel_shape", [14, 14]), ints("strides", [14, 14])]),
        node("Add", ["pooled", "middle"], "centred"),
        node("Flatten", ["centred"], "fc1", [one_int("axis", 1)]),
    ]
    weights = [floats("middle", [1, 3, 1, 1], [-128.0] * 3)]
    path.write_bytes(model(nodes, weights, [value("data", [1, 3, 112, 112])], [value("fc1", [1, 192])]))
    return path

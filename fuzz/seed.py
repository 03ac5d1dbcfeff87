#!/usr/bin/env python3
"""Makes the corpora of the fuzz targets from the vectors: fuzz/seed.py, after the vectors have changed.

Files are named after their content, as libFuzzer does, so that a seed stands there once; nothing is removed.
"""

import hashlib
import json
import pathlib
import random
import struct

FUZZ = pathlib.Path(__file__).resolve().parent
VECTORS = FUZZ.parent / "tests" / "vectors"

# Which vectors a target of bytes begins with.
KINDS = {
    "decode_increment": ["increment"],
    "decode_string_reverse": ["string_reverse"],
    "decode_cgroups_snapshot_request": ["cgroups_snapshot_req"],
    "decode_cgroups_snapshot": ["cgroups_snapshot_resp"],
    "message_header": ["outer_header"],
    "chunk_header": ["chunk_header"],
    "hello": ["hello"],
    "hello_ack": ["hello_ack"],
    "batch": ["batch_payload"],
}

# Targets of values read theirs from bytes in a way that is bolero's own affair: any bytes will do.
VALUES = ["round_trip", "build_strings", "build_items", "build_batch"]


def seed(target, content):
    """Adds one input to the corpus of a target."""
    corpus = FUZZ / "tests" / "__fuzz__" / target / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / hashlib.sha1(content).hexdigest()).write_bytes(content)


def vectors(kind):
    """All vectors of a kind, golden and odd ones."""
    golden = json.loads((VECTORS / f"{kind}.json").read_text())["vectors"]
    odd = json.loads((VECTORS / "odd.json").read_text())["vectors"]
    return golden + [vector for vector in odd if vector["kind"] == kind]


def list_of_lists(rows):
    """A table as tests/decode_lists_of_lists.rs has it: rows of (name, value)."""

    def packed(header, items):
        entries, area = b"", b""
        for item in items:
            area += bytes(-len(area) % 8)
            entries += struct.pack("=II", len(area), len(item))
            area += item
        return header + entries + area

    def cell(name, value):
        strings = struct.pack("=IIII", 48, len(name), 49 + len(name), len(value))
        head = struct.pack("=BBhIqQiH", 1, 7, -2, 3, -4, 5, -6, 7) + bytes(2)
        return head + strings + name + b"\0" + value + b"\0"

    made = [packed(struct.pack("=iI", 9, len(row)), [cell(*texts) for texts in row]) for row in rows]
    return packed(struct.pack("=IQ", len(rows), 10), made)


def main():
    for target, kinds in KINDS.items():
        for kind in kinds:
            for vector in vectors(kind):
                content = bytes.fromhex(vector["hex"])
                if target == "batch":
                    content = struct.pack("=I", vector["params"]["item_count"]) + content
                # A thousand equal letters teach nothing.
                if len(content) <= 512:
                    seed(target, content)

    seed("decode_lists_of_lists", list_of_lists([]))
    seed("decode_lists_of_lists", list_of_lists([[], [(b"a", b"")]]))
    seed("decode_lists_of_lists", list_of_lists([[(b"one", b"1"), (b"two", b"2")], [(b"", b"three")]]))

    for target in VALUES:
        source = random.Random(target)
        for length in (0, 16, 64, 256, 256, 1024, 1024):
            seed(target, source.randbytes(length))


if __name__ == "__main__":
    main()

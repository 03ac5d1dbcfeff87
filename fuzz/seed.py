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
    "decode_cgroups_lookup_request": ["cgroups_lookup_req"],
    "decode_cgroups_lookup": ["cgroups_lookup_resp"],
    "decode_apps_lookup_request": ["apps_lookup_req"],
    "decode_apps_lookup": ["apps_lookup_resp"],
    "message_header": ["outer_header"],
    "chunk_header": ["chunk_header"],
    "hello": ["hello"],
    "hello_ack": ["hello_ack"],
    "batch": ["batch_payload"],
}

# Targets of values read theirs from bytes in a way that is bolero's own affair: any bytes will do.
VALUES = ["round_trip", "build_strings", "build_items", "build_batch", "build_lookup"]


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


def packed(header, items):
    """A header, a directory and its items."""
    entries, area = b"", b""
    for item in items:
        area += bytes(-len(area) % 8)
        entries += struct.pack("=II", len(area), len(item))
        area += item
    return header + entries + area


def addresses(pairs):
    """A request of IP_TO_ASN."""
    return packed(struct.pack("=HHIQ", 1, 0, len(pairs), 0), [struct.pack("=QQ", *pair) for pair in pairs])


def networks(rows):
    """A response of IP_TO_ASN: rows of (status, prefix_len, address, asn, country, organisation)."""

    def network(status, prefix_len, address, asn, country, organisation):
        head = struct.pack("=HHHHQQII", 1, status, prefix_len, 0, 0, address, asn, 0)
        strings = struct.pack("=IIII", 48, len(country), 49 + len(country), len(organisation))
        return head + strings + country + b"\0" + organisation + b"\0"

    return packed(struct.pack("=HHIQ", 1, 0, len(rows), 9), [network(*row) for row in rows])


def traffic(rows):
    """A response of PID_TRAFFIC: rows of (pid, comm)."""

    def process(pid, comm):
        head = struct.pack("=HHIQQQQQII", 1, 0, pid, 7, 1000, 2000, 3, 4, 56, len(comm))
        return head + comm + b"\0"

    return packed(struct.pack("=HHIQQ", 1, 0, len(rows), 5, 6), [process(*row) for row in rows])


def list_of_lists(rows):
    """A table as tests/decode_lists_of_lists.rs has it: rows of (name, value)."""

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

    mapped = 0xFFFF_C000_0201
    seed("decode_ip_to_asn_request", addresses([]))
    seed("decode_ip_to_asn_request", addresses([(0, mapped), (0x2001_0DB8 << 32, 1)]))
    seed("decode_ip_to_asn", networks([]))
    seed("decode_ip_to_asn", networks([(0, 24, mapped, 64496, b"ZZ", b"Example"), (1, 0, 1, 0, b"", b"")]))
    seed("decode_pid_traffic", traffic([]))
    seed("decode_pid_traffic", traffic([(1, b"init"), (4711, b"")]))

    for target in VALUES:
        source = random.Random(target)
        for length in (0, 16, 64, 256, 256, 1024, 1024):
            seed(target, source.randbytes(length))


if __name__ == "__main__":
    main()

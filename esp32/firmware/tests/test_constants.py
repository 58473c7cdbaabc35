"""Every number of the protocol that the firmware's sources name is the table's."""

import os
import check
from vectors import constants, tests

_PREFIXES = ("SLIP", "TYPE", "RESET", "FEATURE", "KIND", "OP", "EVENT", "ERROR", "LIMIT", "PROTOCOL", "SPEED", "EXT")


def _named():
    """(file, group, name, value) of each constant that is called after a group of the table."""
    folder = tests + "/../uartnet/"
    for file in sorted(os.listdir(folder)):
        if file.endswith(".py"):
            with open(folder + file) as f:
                for line in f:
                    name, equals, value = line.partition(" = ")
                    group = name[1:].partition("_")[0]
                    if equals and name.startswith("_") and group in _PREFIXES and name == name.upper():
                        if value.startswith("const(") or value.strip().isdigit():
                            value = value.partition("#")[0].strip()
                            value = value[6:-1] if value.startswith("const(") else value
                            yield file, group.lower(), name[2 + len(group) :], int(value)


def test_sources_agree_with_the_table():
    table = constants()
    count = 0
    for file, group, name, value in _named():
        check.equal(value, table.get(group + " " + name), "%s: %s %s" % (file, group, name))
        count += 1
    assert count > 60, "only %d constants found: does this test still read them?" % count


def test_a_name_means_one_number():
    seen = {}
    for file, group, name, value in _named():
        check.equal(seen.setdefault((group, name), value), value, file + ": " + name)


check.run(globals())

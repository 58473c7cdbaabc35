"""The board's files: list, read, write, remove; the configuration's passwords."""

import os
import sys
import time
import check
import process
from host import CANCEL, ERROR, INFO, PING, RESPONSE, Bench
from process import SIGKILL, Firmware, exists, text

NEXT, DEMAND = 5, 6
LIST, READ, WRITE, REMOVE = range(116, 120)
BAD_REQUEST, CANCELLED, NOT_ALLOWED, IO, FILE_NOT_FOUND, FILE_NO_SPACE = 2, 3, 5, 16, 60, 61
PART = "/.uartnet.part"

_count = 0


def _folder():
    """A new one, which is a board's file system from now on."""
    global _count
    _count += 1
    path = "%s/files-%d" % (process.folder, _count)
    process.shell("mkdir -p " + path)
    os.putenv("UARTNET_FILES", path)
    return path


def _session():
    root = _folder()
    bench = Bench(root + "/uartnet.json", allow=["files"])
    return root, bench, bench.host().open()


def _save(path, data):
    with open(path, "w") as f:
        f.write(data)


def _stream(host, op, path, demand=1 << 20):
    """The items, and the request's end."""
    number = host.ask(op, path)
    host.send(DEMAND, number, demand)
    m = host.answer(number, 60000)
    items = [n[2] for n in host.messages if n[0] == NEXT and n[1] == number]
    host.messages.clear()
    return items, m


def _items(host, op, path):
    items, m = _stream(host, op, path)
    check.equal(m[0], RESPONSE, m)
    return items


def _read(host, path):
    return b"".join(_items(host, READ, path))


def _put(host, path, data, piece=700):
    at = 0
    while True:
        part = data[at : at + piece]
        last = at + len(part) == len(data)
        check.equal(host.call(WRITE, path, at, part, last), (at + len(part),))
        at += len(part)
        if last:
            return


def _words(host, op, *args):
    m = host.answer(host.ask(op, *args))
    check.equal(m[0], ERROR, m)
    return m[2:4]


def test_list_and_remove():
    root, _, host = _session()
    check.equal(_items(host, LIST, "/"), [])
    now = time.time()
    for n in range(60):
        _save("%s/file%d" % (root, n), "x" * n)
    process.shell("mkdir -p %s/sub/empty; touch -d 2000-06-01 %s/old; echo 1 > '%s/sub/gr\u00f6\u00dfe'" % (root, root, root))
    items = sorted(_items(host, LIST, "/"))
    check.equal([i[0] for i in items], sorted(["sub", "old"] + ["file%d" % n for n in range(60)]))
    for name, directory, size, modified in items:
        check.equal(directory, name == "sub")
        if name == "old":
            check.equal((size, modified), (0, None))  # of a board whose clock was never set
        else:
            assert abs(modified - now) < 100, (name, modified, now)
        if name.startswith("file"):
            check.equal(size, int(name[4:]))
    check.equal(sorted([i[:2] for i in _items(host, LIST, "/sub")]), [("empty", True), ("gr\u00f6\u00dfe", False)])
    # As much as there is demand for.
    number = host.ask(LIST, "/")
    host.send(DEMAND, number, 7)
    host.settle(30)
    check.equal(len(host.messages), 7)
    host.send(CANCEL, number)
    check.equal(host.answer(number)[2], CANCELLED)
    host.messages.clear()
    check.equal(_words(host, REMOVE, "/sub"), (BAD_REQUEST, "path: /sub is not empty"))
    for path in ("/sub/gr\u00f6\u00dfe", "/sub/empty", "/sub", "/file3"):
        check.equal(host.call(REMOVE, path), ())
        check.equal(_words(host, REMOVE, path)[0], FILE_NOT_FOUND)
    check.equal((exists(root + "/sub"), exists(root + "/file3"), exists(root + "/file4")), (False, False, True))
    check.equal(_words(host, LIST, "/nowhere"), (FILE_NOT_FOUND, "/nowhere: no such file or directory"))
    check.equal(_words(host, LIST, "/file4")[0], BAD_REQUEST)


def test_write_and_read():
    root, bench, host = _session()
    data = bytes(n * n & 255 for n in range(5000))
    _put(host, "/a/b/c.bin", data)
    check.equal(_read(host, "/a/b/c.bin"), data)
    _put(host, "/a/b/c.bin", b"short")
    check.equal(_read(host, "/a/b/c.bin"), b"short")
    _put(host, "/empty", b"")
    check.equal((_read(host, "/empty"), exists(root + "/empty")), (b"", True))
    # What is not complete is not there, and the old contents are.
    check.equal(host.call(WRITE, "/a/b/c.bin", 0, b"new", False), (3,))
    check.equal(_read(host, "/a/b/c.bin"), b"short")
    check.equal([i[0] for i in _items(host, LIST, "/a")], ["b"])
    check.equal(_words(host, WRITE, "/a/b/c.bin", 2, b"x", False), (BAD_REQUEST, "position: the new contents of /a/b/c.bin have 3 bytes so far"))
    check.equal(_words(host, WRITE, "/other", 3, b"x", False), (BAD_REQUEST, "position: the new contents of /other have 0 bytes so far"))
    check.equal(host.call(WRITE, "/a/b/c.bin", 3, b" one", True), (7,))
    check.equal(_read(host, "/a/b/c.bin"), b"new one")
    check.equal(host.refused(WRITE, "/a/b/c.bin", 7, b"x", True), BAD_REQUEST)
    # Another file begins: the unfinished one is gone. As with the session.
    host.call(WRITE, "/x", 0, b"unfinished", False)
    host.call(WRITE, "/a/y", 0, b"unfinished", False)
    check.equal((exists(root + PART), exists(root + "/a" + PART)), (False, True))
    host.open()
    check.equal((exists(root + "/a" + PART), exists(root + "/a/y")), (False, False))
    check.equal(host.refused(WRITE, "/a/y", 10, b"x", True), BAD_REQUEST)
    check.equal(bench.unexpected, [])


def test_what_is_no_path_is_refused():
    root, _, host = _session()
    _put(host, "/dir/file", b"1")
    for path in ("", "x", "dir/file", "/dir/", "//dir", "/dir//file", "/./dir", "/dir/../dir", "/..", "/../etc/passwd", "/dir\0", PART, "/dir" + PART, None, 5, b"/dir"):
        for op, args in ((LIST, ()), (READ, ()), (REMOVE, ()), (WRITE, (0, b"", True))):
            check.equal(host.refused(op, path, *args), BAD_REQUEST, repr(path))
    for op, args in ((READ, ()), (REMOVE, ()), (WRITE, (0, b"", True))):
        check.equal(host.refused(op, "/", *args), BAD_REQUEST)
    check.equal(_words(host, READ, "/dir"), (BAD_REQUEST, "path: /dir is a directory"))
    check.equal(_words(host, READ, "/none/file"), (FILE_NOT_FOUND, "/none/file: no such file or directory"))
    check.equal(_words(host, WRITE, "/dir", 0, b"", True), (BAD_REQUEST, "path: /dir is a directory"))
    check.equal(_words(host, WRITE, "/dir/file/below", 0, b"", True), (BAD_REQUEST, "path: /dir/file is no directory"))
    check.equal(_words(host, WRITE, "/dir/file/below/more", 0, b"", True), (BAD_REQUEST, "path: /dir/file is no directory"))
    for op in (LIST, READ, REMOVE):
        check.equal(_words(host, op, "/dir/file/below"), (BAD_REQUEST, "path: /dir/file/below is below what is no directory"))
    for args in (("/f",), ("/f", 0, b""), ("/f", -1, b"", True), ("/f", 0, "text", True), ("/f", 0, b"", 1), ("/f", "0", b"", True)):
        check.equal(host.refused(WRITE, *args), BAD_REQUEST)
    check.equal(sorted(os.listdir(root)), ["dir"])


def test_a_full_file_system():
    root, _, host = _session()
    from uartnet import files as module

    _put(host, "/file", b"old")
    host.call(WRITE, "/file", 0, b"new", False)

    class Full:
        def write(self, data):
            raise OSError(28)

        def close(self):
            pass

    module._writing.file.close()
    module._writing.file = Full()
    check.equal(_words(host, WRITE, "/file", 3, b"more", False), (FILE_NO_SPACE, "/file: no space left"))
    check.equal((_read(host, "/file"), os.listdir(root)), (b"old", ["file"]))


def test_the_configuration_keeps_its_passwords():
    root, _, host = _session()
    place = root + "/uartnet.json"
    old = '{"ssid": "home", "password" : "s3cr\\"et", "note": "password",\n "backup": [{"password": "second", "x": 1}], "empty": {"password": null}}'
    _save(place, old)
    said = _read(host, "/uartnet.json").decode()
    check.equal(said, old.replace('"s3cr\\"et"', '"***"').replace('"second"', '"***"'))
    check.equal(_read(host, "/UARTNET.json") if exists(root + "/UARTNET.json") else b"", b"")
    # Written back with another network's name: the passwords stay.
    _save(place, '{"ssid": "home",\n "password" : "s3cr\\"et"}')
    said = _read(host, "/uartnet.json").decode()
    _put(host, "/uartnet.json", said.replace("home", "office").encode(), 20)
    check.equal(text(place), '{"ssid": "office",\n "password" : "s3cr\\"et"}')
    # A new one is taken.
    _put(host, "/uartnet.json", b'{"ssid": "x", "password": "fresh"}')
    check.equal(text(place), '{"ssid": "x", "password": "fresh"}')
    check.equal(_read(host, "/uartnet.json"), b'{"ssid": "x", "password": "***"}')
    for good in (b"{}", b' { "allow" : [ "pins" , "\\u0041\\"" ], "baud": 115200 , "takeover":false, "tx":null }\n'):
        _put(host, "/uartnet.json", good)
        check.equal(_read(host, "/uartnet.json"), good)
    _put(host, "/uartnet.json", b'{"ssid": "x", "password": "fresh"}')
    # What is no configuration is refused, and changes nothing.
    for bad in (b"", b"{", b"[1]", b"5", b'{"a": }', b'{"a" 1}', b'{"a": 1', b'{"a": 1,}', b"{,}", b"{} x", b'{"a": [1}', b'{"a": nan}', b"\xff\xfe", b"{'a': 1}", b'{"no_such_key": 1}', b'{"baud": "fast"}', b'{"takeover": 1e3}', b'{"a": "b', b'{"a": "' + 5000 * b"x" + b'"}'):
        m = None
        for at in range(0, max(1, len(bad)), 900):
            m = host.answer(host.ask(WRITE, "/uartnet.json", at, bad[at : at + 900], at + 900 >= len(bad)))
        check.equal((m[0], m[2]), (ERROR, BAD_REQUEST), str(m))
        assert "/uartnet.json" in m[3], m
    m = _words(host, WRITE, "/uartnet.json", 0, b'{"password": "***", "password": "***"}', True)
    check.equal(m[0], BAD_REQUEST)
    check.equal((text(place), os.listdir(root)), ('{"ssid": "x", "password": "fresh"}', ["uartnet.json"]))
    host.call(REMOVE, "/uartnet.json")
    check.equal(_words(host, WRITE, "/uartnet.json", 0, b'{"password": "***"}', True)[0], BAD_REQUEST)
    check.equal(_words(host, READ, "/uartnet.json")[0], FILE_NOT_FOUND)
    # One whose passwords cannot be told from the rest is not told at all; MicroPython takes the second for JSON.
    for secret in ('{"password": "hunter2', '{"password", "hunter2"}', '{"pass\\u0077ord": "hunter2"'):
        _save(place, secret)
        m = _stream(host, READ, "/uartnet.json")
        check.equal((m[0], m[1][0], m[1][2]), ([], ERROR, NOT_ALLOWED), secret)
        assert "hunter2" not in str(m), m
    _save(place, '{"pass\\u0077ord": "hunter2"}')
    assert b"hunter2" not in _read(host, "/uartnet.json")


def test_saved_networks_are_not_told():
    root, _, host = _session()
    _save(root + "/uartnet.networks.json", '{"home": "secret"}')
    for op, args in ((READ, ()), (REMOVE, ()), (WRITE, (0, b"", True))):
        check.equal(host.refused(op, "/uartnet.networks.json", *args), NOT_ALLOWED)


def test_short_names_of_fat_are_not_a_way_to_passwords():
    root, _, host = _session()
    _save(root + "/uartnet.networks.json", '{"home": "secret"}')
    for path in ("/UARTNE~1.JSO", "/UARTNE~2.JSO", "/uartne~1.jso", "/uA12CD~1.JSO", "/UARTNE~1", "/UART~123.JSO", "/UARTNE~1.PAR", "/UARTNE~1.JSO. "):
        for op, args in ((READ, ()), (REMOVE, ()), (WRITE, (0, b"", True))):
            check.equal(host.refused(op, path, *args), NOT_ALLOWED, path)
    for path in ("/notes~1.txt", "/uartnet~", "/dir/UARTNE~1.TXT", "/ua~x"):
        _put(host, path, b"1")
        check.equal(_read(host, path), b"1")


def test_names_that_are_no_utf_8_are_listed():
    root, bench, host = _session()
    process.shell("cd %s && mkdir sub && printf 12345 > sub/$(printf 'a\\377b') && printf 1 > sub/$(printf 'x\\355\\240\\200') && printf 12 > sub/gut && printf 123 > sub/$(printf '\\355\\225\\234')" % root)
    check.equal(sorted([i[:3] for i in _items(host, LIST, "/sub")]), sorted([("a\ufffdb", False, 5), ("x\ufffd\ufffd\ufffd", False, 1), ("gut", False, 2), ("\ud55c", False, 3)]))
    check.equal(_words(host, REMOVE, "/sub"), (BAD_REQUEST, "path: /sub is not empty"))
    process.shell("cd %s/sub && rm gut x* && rm $(printf '\\355\\225\\234')" % root)
    check.equal(_words(host, REMOVE, "/sub"), (BAD_REQUEST, "path: /sub is not empty"))
    # In the root, and in what a start looks through.
    process.shell("cd %s && mkdir $(printf 'd\\377') && touch $(printf 'f\\377') d*%s sub%s" % (root, PART, PART))
    from uartnet import writing

    writing.Writing(root)
    check.equal((sorted([i[0] for i in _items(host, LIST, "/")]), exists(root + "/sub" + PART)), (["d\ufffd", "f\ufffd", "sub"], False))
    check.equal(bench.unexpected, [])


HEAP = "136k" if sys.maxsize < 1 << 32 else "272k"  # with 110 KB they find no room beside the sockets' code


def _small(name):
    os.putenv("UARTNET_ALLOW", "files")
    f = process.small(name, 15, HEAP)
    os.unsetenv("UARTNET_ALLOW")
    return f


def test_100_kb_in_little_memory():
    root = _folder()
    f = _small("files")
    host = f.host().open()
    free = host.call(INFO)[0]["heap_free"]
    block = bytes(n * 7 & 255 for n in range(1003))
    data = block * 100
    _put(host, "/deep/large.bin", data, 900)
    check.equal(text_bytes(root + "/deep/large.bin") == data, True)
    check.equal(_read(host, "/deep/large.bin") == data, True)
    # One who asks for little at a time is not sent more, and the others are served.
    number = host.ask(READ, "/deep/large.bin")
    for _ in range(10):
        host.send(DEMAND, number, 1)
        host.message(lambda m: m[0] == NEXT)
        check.equal(host.call(PING, 1), (1,))
    check.equal(host.messages, [])
    host.send(CANCEL, number)
    host.answer(number)
    left = host.call(INFO)[0]["heap_free"]
    print("  heap %s: %d bytes free at start, %d after 100 KB" % (HEAP, free, left))
    check.as_free(left, free)
    check.equal(f.end(), 0, f.output())


def text_bytes(path):
    with open(path, "rb") as f:
        return f.read()


def test_power_that_fails_while_a_file_is_written():
    root = _folder()
    f = _small("power")
    host = f.host().open()
    _put(host, "/conf/app.cfg", b"old contents")
    host.call(WRITE, "/conf/app.cfg", 0, bytes(900), False)
    host.call(WRITE, "/conf/app.cfg", 900, bytes(900), False)
    assert exists(root + "/conf" + PART)
    f.end(SIGKILL)
    check.equal(text(root + "/conf/app.cfg"), "old contents")
    f = _small("power2")
    host = f.host().open()
    check.equal((_read(host, "/conf/app.cfg"), os.listdir(root + "/conf")), (b"old contents", ["app.cfg"]))
    # After a reset likewise.
    check.equal(f.end(), 0, f.output())


def test_a_run_without_a_folder_has_one_of_its_own():
    os.unsetenv("UARTNET_FILES")
    os.putenv("UARTNET_ALLOW", "files,device")
    f = Firmware().ready()
    os.unsetenv("UARTNET_ALLOW")
    host = f.host().open()
    check.equal(_items(host, LIST, "/"), [])
    _put(host, "/uartnet.json", b'{"keepalive": 2000}')
    with open("/proc/%d/environ" % f.pid) as e:
        before = e.read()
    host.call(113, False)
    host.until(lambda: [r for r in host.resets if r[0] == 0])
    host.open()
    check.equal(_items(host, READ, "/uartnet.json"), [b'{"keepalive": 2000}'])
    # What a process was started with is in its environment: the second life, with the first one's folder.
    with open("/proc/%d/environ" % f.pid) as e:
        root = [v[14:] for v in e.read().split("\0") if v.startswith("UARTNET_FILES=")][0]
    assert "UARTNET_FILES" not in before and root.startswith("/tmp/uartnet-files-") and exists(root), root
    check.equal(f.end(), 0, f.output())
    assert not exists(root)
    code, out = process.shell("UARTNET_FILES=/no/such/folder %s --pty x" % process.RUN)
    assert code == 2 and "/no/such/folder" in out, out


process.run(globals())

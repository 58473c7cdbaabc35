"""Names to addresses: a resolver of our own, because getaddrinfo() stops every socket while it waits (RFC 1035)."""

import socket
from os import urandom
from time import ticks_add, ticks_diff
from micropython import const

from .failure import Failure

_ERROR_BAD_REQUEST = const(2)
_ERROR_NO_RESOURCES = const(6)
_ERROR_NAME_NOT_FOUND = const(32)
_ERROR_NAME_NO_ANSWER = const(33)
_ERROR_NAME_FAILED = const(34)

_A = const(1)
_AAAA = const(28)
_QUERIES = const(48)  # at the same time: more than a board has sockets
_ADDRESSES = const(16)  # of one name
_TRIES = const(4)  # for each kind of record
_FIRST_WAIT_MS = const(1000)
_DATAGRAM = const(512)
_HEX = "0123456789abcdefABCDEF"  # int() would take a sign and spaces too


def literal(name):
    """The address (bytes) that the name itself is, or None."""
    if ":" in name:
        return _literal6(name)
    parts = name.split(".")
    if len(parts) == 4:
        try:
            numbers = [int(p) for p in parts if p.isdigit()]
            if len(numbers) == 4 and max(numbers) < 256:
                return bytes(numbers)
        except ValueError:
            pass
    return None


def _literal6(name):
    halves = name.split("::")
    if len(halves) > 2:
        return None
    words = []
    try:
        for half in halves:
            part = []
            for word in half.split(":") if half else ():
                if "." in word:
                    v4 = literal(word)
                    part.append(v4[0] << 8 | v4[1])
                    part.append(v4[2] << 8 | v4[3])
                elif 0 < len(word) < 5 and all(c in _HEX for c in word):
                    part.append(int(word, 16))
                else:
                    return None
            words.append(part)
    except (ValueError, TypeError):
        return None
    if len(words) == 2:
        lack = 8 - len(words[0]) - len(words[1])
        if lack < 1:
            return None
        flat = words[0] + [0] * lack + words[1]
    else:
        flat = words[0]
    if len(flat) != 8:
        return None
    return b"".join(bytes((w >> 8, w & 255)) for w in flat)


def text(address):
    """An address as people and getaddrinfo() write it."""
    if len(address) == 4:
        return "%d.%d.%d.%d" % tuple(address)
    return ":".join("%x" % (address[i] << 8 | address[i + 1]) for i in range(0, 16, 2))


class _Query:
    def __init__(self, name, question, kinds, done, failed):
        self.name = name
        self.question = question
        self.kinds = kinds  # record types still to ask for
        self.done = done
        self.failed = failed
        self.id = 0
        self.tries = 0
        self.refused = False  # a server answered, but with a failure
        self.at = 0  # when to give up waiting for this try


class Resolver:
    """Answers with done(addresses) or failed(Failure), at once or later; cancel() before that ends it in silence."""

    def __init__(self, board, watch):
        self.board = board
        self.watch = watch  # (socket, readable or None): asks the device's loop to call receive()
        self.queries = []
        self.sock = None
        self.servers = ()

    def resolve(self, name, family, now, done, failed):
        """Begins; returns what cancel() takes, or None if it is over already."""
        address = literal(name)
        if address:
            if family and len(address) != (4 if family == 4 else 16):
                return failed(Failure(_ERROR_NAME_NOT_FOUND, "not an IPv%d address: %s" % (family, name)))
            return done((address,))
        name = name[:-1] if name.endswith(".") else name
        known = self._known(name.lower(), family)
        if known is not None:
            if known:
                return done(known)
            return failed(_unknown(name))
        question = _question(name)
        if question is None:
            return failed(_unknown(name))
        down = self.board.reason()
        if down:
            return failed(down)
        if len(self.queries) >= _QUERIES:
            return failed(Failure(_ERROR_NO_RESOURCES, "more than %d names are being resolved" % _QUERIES))
        if not self.sock:
            try:
                self._open()
            except OSError as e:
                return failed(Failure(_ERROR_NAME_NO_ANSWER, "no name server can be reached", e.errno))
        if not self.servers:
            self._close_if_idle()
            return failed(Failure(_ERROR_NAME_NO_ANSWER, "no name server is configured"))
        kinds = [_A] if family == 4 else [_AAAA] if family == 6 else [_A, _AAAA] if self.board.ipv6 else [_A]
        query = _Query(name, question, kinds, done, failed)
        self.queries.append(query)
        self._ask(query, now)
        return query

    def cancel(self, query):
        if query in self.queries:
            self.queries.remove(query)
            self._close_if_idle()

    def close(self):
        self.queries.clear()
        self._close_if_idle()

    def _known(self, name, family):
        if name == "localhost" or name.endswith(".localhost"):
            if family == 6:
                return (bytes(15) + b"\1",)
            return (b"\x7f\0\0\1",)
        found = self.board.hosts(name)
        if not found:
            return None
        addresses = [a for a in map(literal, found) if a]
        four = [a for a in addresses if len(a) == 4] if family != 6 else []
        six = [a for a in addresses if len(a) == 16] if family != 4 else []
        return tuple(four + six)

    def _open(self):
        servers = []
        for server in self.board.dns_servers():
            host, _, port = server.partition(":") if server.count(":") < 2 else (server, "", "")
            if literal(host):
                servers.append(socket.getaddrinfo(host, int(port or 53), 0, socket.SOCK_DGRAM)[0])
        if servers:
            # A socket of its own for each busy time: a fresh port is part of the protection against forged answers.
            self.sock = socket.socket(servers[0][0], socket.SOCK_DGRAM)
            self.sock.setblocking(False)
            self.watch(self.sock, self.receive)
        self.servers = tuple(s[-1] for s in servers if s[0] == servers[0][0])

    def _close_if_idle(self):
        if self.sock and not self.queries:
            self.watch(self.sock, None)
            self.sock.close()
            self.sock = None

    def _ask(self, query, now):
        r = urandom(2)
        query.id = r[0] << 8 | r[1]
        server = self.servers[query.tries % len(self.servers)]
        query.at = ticks_add(now, _FIRST_WAIT_MS << query.tries // 2)
        query.tries += 1
        message = r + b"\1\0\0\1\0\0\0\0\0\0" + query.question + bytes((0, query.kinds[0], 0, 1))
        try:
            self.sock.sendto(message, server)
        except OSError:
            pass  # as good as lost: the next try follows, elsewhere

    def tick(self, now):
        """Repeats what was not answered in time."""
        if self.queries:
            for query in list(self.queries):
                if ticks_diff(now, query.at) >= 0:
                    self._again(query, now)

    def _again(self, query, now):
        if query.tries < _TRIES:
            self._ask(query, now)
        elif query.refused:
            self._over(query, failure=Failure(_ERROR_NAME_FAILED, "name server failed for: " + query.name))
        else:
            self._over(query, failure=Failure(_ERROR_NAME_NO_ANSWER, "no name server answered for: " + query.name))

    def _over(self, query, addresses=None, failure=None):
        self.queries.remove(query)
        self._close_if_idle()
        if failure:
            query.failed(self.board.reason(failure))
        else:
            query.done(addresses)

    def receive(self, now):
        """Takes every answer that has come."""
        while self.sock:
            try:
                data, sender = self.sock.recvfrom(_DATAGRAM)
            except OSError:
                return
            if len(data) >= 12 and any(sender == server for server in self.servers):
                number = data[0] << 8 | data[1]
                for query in self.queries:
                    if query.id == number:
                        self._answer(query, data, now)
                        break

    def _answer(self, query, data, now):
        question = query.question + bytes((0, query.kinds[0], 0, 1))
        if not data[2] & 0x80 or data[12 : 12 + len(question)].lower() != question.lower():
            return  # not an answer to what we asked: forged or late
        code = data[3] & 15
        if code == 3:
            return self._over(query, failure=_unknown(query.name))
        if code:
            query.refused = True
            return self._again(query, now)
        addresses = _addresses(data, 12 + len(question), query.kinds[0])
        if addresses:
            return self._over(query, addresses)
        query.kinds.pop(0)
        if not query.kinds:
            return self._over(query, failure=_unknown(query.name))
        query.tries = 0
        self._ask(query, now)


def _unknown(name):
    return Failure(_ERROR_NAME_NOT_FOUND, "no such name: " + name[:120])


def _question(name):
    """The name as a question carries it, or None if it cannot be one."""
    data = name.encode()
    if not data or len(data) > 253:
        return None
    question = b""
    for label in data.split(b"."):
        if not 0 < len(label) < 64:
            return None
        question += bytes((len(label),)) + label
    return question + b"\0"


def _skip_name(data, pos):
    while data[pos]:
        if data[pos] > 191:
            return pos + 2
        pos += 1 + data[pos]
    return pos + 1


def _addresses(data, pos, kind):
    """Addresses among the answers, whatever aliases lead to them; none if the datagram is broken."""
    found = []
    try:
        for _ in range(data[6] << 8 | data[7]):
            pos = _skip_name(data, pos)
            size = data[pos + 8] << 8 | data[pos + 9]
            if data[pos] == 0 and data[pos + 1] == kind and data[pos + 3] == 1 and size == (4 if kind == _A else 16):
                if pos + 10 + size <= len(data) and len(found) < _ADDRESSES:
                    found.append(data[pos + 10 : pos + 10 + size])
            pos += 10 + size
    except IndexError:
        pass
    return tuple(found)

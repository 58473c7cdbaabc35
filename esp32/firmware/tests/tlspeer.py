"""The network's end of a device's TLS connection, in this process; certificates and keys are those of tls/make."""

import tls
from uartnet.tls import Stream
from vectors import tests


def read(name):
    with open(tests + "/tls/" + name, "rb") as f:
        return f.read()


CA, OTHER, SERVER, EXPIRED, SELF, KEY = [read(n) for n in ("ca.der", "other.der", "server.der", "expired.der", "self.der", "server.key")]
TRUST = {"ca": CA, "server_name": "localhost"}


def server(certificate=SERVER, key=KEY):
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class End:
    """The network's end of a TLS connection, which takes what comes and sends what it is given, at each step."""

    def __init__(self, context, sock, server=True, name=None):
        sock.setblocking(False)
        self.stream = Stream(context, sock, server, name)
        self.hands = False  # shaken
        self.got = bytearray()
        self.ended = False  # in order
        self.error = None
        self.send = b""
        self.reads = True

    def step(self):
        if self.error or self.ended:
            return
        try:
            if not self.hands:
                self.hands = self.stream.handshake()
                return
            if self.reads:
                buf = bytearray(3000)
                n = self.stream.readinto(buf, len(buf))
                if n:
                    self.got.extend(buf[:n])
                elif n == 0:
                    self.ended = True
            if self.send:
                self.send = self.send[self.stream.write(self.send, 0, min(2000, len(self.send))) :]
        except Exception as e:
            self.error = e

    def write(self, data):
        return self.stream.write(data, 0, len(data))

    def notify(self):
        assert self.stream.notify()

    def close(self):
        self.notify()
        self.stream.close()

"""What /uartnet.json says; see esp32/README.md. Only the start needs it."""

import json

# Everything that it may set.
_DEFAULTS = {
    "uart": 0,  # number of a hardware UART (0 is the one of the board's own USB connector), or "usb"
    "baud": 115200,  # what hosts use unless told otherwise
    "max_baud": 921600,  # what hosts may raise it to: all usual USB chips have it (a CP2102 no more); 0: nothing
    "tx": None,  # pins; None: the board's usual ones
    "rx": None,
    "rts": None,  # with both set, hardware flow control
    "cts": None,
    "rxbuf": 16384,
    "txbuf": 4096,
    "payload": None,  # of a frame at most, bytes; None: 1024, with a small heap 512
    "keepalive": 60000,  # longest interval that a host may ask for, ms
    "takeover": True,  # a new host may end another's session
    "channels": None,  # sockets at the same time; None: what the platform has
    "datagram": None,  # the largest, bytes; None: what the platform gets whole
    "credit": None,  # bytes of memory for data that the network has not taken; None: three tenths of the free heap
    "watchdog": None,  # ms without a round of the loop after which the board resets itself; None: it has none
    "ssid": None,
    "password": "",
    "hostname": None,
    "country": None,
    "allow": "wifi,clock,pins,device",  # what a host may do beside sockets: these, "files", "exec", names of modules, "everything"; "sockets": no more
    "dns": None,  # name servers, "address" or "address:port", comma between them; None: the network's own
}

# Least and most of those that are numbers.
_RANGES = {
    "uart": (0, 9),
    "baud": (300, 20000000),
    "max_baud": (0, 20000000),
    "tx": (0, 99),
    "rx": (0, 99),
    "rts": (0, 99),
    "cts": (0, 99),
    "rxbuf": (256, 1 << 20),
    "txbuf": (0, 1 << 20),
    "payload": (256, 16384),
    "keepalive": (100, 60000),
    "channels": (1, 1000),
    "datagram": (64, 65507),
    "credit": (0, 1 << 28),
    "watchdog": (1000, 3600000),
}


def _fits(key, value):
    """True if this is a value that the configuration may have under this key."""
    if value == _DEFAULTS[key] and type(value) is type(_DEFAULTS[key]) or key == "uart" and value == "usb":
        return True
    if key in _RANGES:
        return type(value) is int and _RANGES[key][0] <= value <= _RANGES[key][1]
    if key == "allow" and type(value) is list:
        return all(type(word) is str for word in value)
    return type(value) is (bool if key == "takeover" else str)


def read(path):
    """The configuration, and what is wrong with the file or None."""
    c = dict(_DEFAULTS)
    problem = None
    try:
        with open(path) as f:
            said = json.load(f)
        if isinstance(said, dict):
            for key, value in said.items():
                if key not in c:
                    problem = "%s: no such key: %s" % (path, key)
                elif _fits(key, value):
                    c[key] = value
                else:
                    problem = "%s: not a value for %s: %s" % (path, key, json.dumps(value) if value is None or key != "password" else "***")
        else:
            problem = path + " is not a JSON object"
    except OSError:
        pass  # no file: the defaults
    except MemoryError:
        problem = path + " finds no room in memory"
    except ValueError as e:
        problem = "%s is not JSON: %s" % (path, e)
    return c, problem


def usual_uart(c):
    """For a board that has not what the file says."""
    for name in ("uart", "tx", "rx", "rts", "cts", "baud", "rxbuf", "txbuf"):
        c[name] = _DEFAULTS[name]


# Up to these a start needs no trial: it has been seen to succeed with the least heap.
_SAFE = {"payload": 1024, "channels": 34, "credit": 0, "datagram": 1472}


def unusual(c):
    """What takes more memory than is sure to be there, with the usual values."""
    return {name: _DEFAULTS[name] for name in _SAFE if (c[name] or 0) > _SAFE[name]}

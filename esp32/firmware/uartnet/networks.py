"""The networks that the device knows: those that hosts have saved, in a file of its own, and the configuration's; and which of them are there.
Passwords leave this for the radio only."""

import json
import machine
import os
from micropython import const

from .failure import Failure

_ERROR_NO_RESOURCES = const(6)
_SAVED = const(16)


def _path():
    return getattr(machine, "root", "") + "/uartnet.networks.json"


def saved():
    """Passwords by ssid; none if the file is none."""
    try:
        with open(_path()) as f:
            said = json.load(f)
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def save(ssid, password):
    """Keeps a network, or with None forgets it."""
    networks = saved()
    if networks.get(ssid) == password:
        return
    if password is None:
        del networks[ssid]
    else:
        networks[ssid] = password
    if len(networks) > _SAVED:
        raise Failure(_ERROR_NO_RESOURCES, "more than %d saved networks: forget one first" % _SAVED)
    path = _path()
    with open(path + "~", "w") as f:
        json.dump(networks, f)
    os.rename(path + "~", path)


def known(config):
    """Passwords by ssid of all that may be joined."""
    networks = saved()
    if config["ssid"]:
        networks[config["ssid"]] = config["password"]
    return networks


def there(found, config, first):
    """Of the known those that a scan has found, the strongest in front but for `first`, as (ssid, password, None)."""
    networks = known(config)
    result = []
    for one in found:
        try:
            ssid = one[0].decode()
        except UnicodeError:
            continue
        password = networks.pop(ssid, None)
        if password is not None:
            result.insert(0 if ssid == first else len(result), (ssid, password, None))
    return result


class Scans:
    """One scan for all who wait for one; the loop goes on meanwhile."""

    def __init__(self, device, wlan):
        self.device = device
        self.wlan = wlan
        self.waiting = []  # (done, failed)
        self.busy = False

    def ask(self, done, failed):
        self.waiting.append((done, failed))

    def begin(self):
        self.busy = True
        self.device.calls.run(self, self._around, self._done)

    def _around(self):
        if not self.wlan.active():
            self.wlan.active(True)
        return sorted(self.wlan.scan(), key=lambda one: -one[3])

    def _done(self, found):
        for done, failed in self._over():
            done(found)

    def fail(self, reason):
        for done, failed in self._over():
            failed(reason)

    def _over(self):
        self.busy = False
        waiting = self.waiting
        self.waiting = []
        return waiting

"""The networks that the device knows: those that hosts have saved, in a file of its own, and the configuration's; and which of them are there.
Passwords leave this for the radio only."""

import json
import machine
import os
from _thread import start_new_thread
from micropython import const

from . import failure
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
    """Of the known those that a scan has found (none, if it has failed), the strongest in front but for `first`, as (ssid, password, None)."""
    networks = known(config)
    result = []
    for one in () if isinstance(found, Failure) else found:
        try:
            ssid = one[0].decode()
        except UnicodeError:
            continue
        password = networks.pop(ssid, None)
        if password is not None:
            result.insert(0 if ssid == first else len(result), (ssid, password, None))
    return result


class Scans:
    """One scan for all who wait for one, in a thread of its own: on a board it takes two seconds."""

    busy = False
    found = None  # the list of a scan that is over, the strongest first, or why there is none (Failure)

    def __init__(self, wlan):
        self.wlan = wlan
        self.waiting = []  # functions that take the same

    def begin(self):
        self.busy = True
        try:
            start_new_thread(self._around, ())
        except Exception as e:
            self.found = failure.of(e)

    def _around(self):
        try:
            if not self.wlan.active():
                self.wlan.active(True)
            self.found = sorted(self.wlan.scan(), key=lambda one: -one[3])
        except Exception as e:
            self.found = failure.of(e)

    def tick(self):
        found = self.found
        if found is not None:
            self.found = None
            self.busy = False
            waiting = self.waiting
            self.waiting = []
            for told in waiting:
                told(found)

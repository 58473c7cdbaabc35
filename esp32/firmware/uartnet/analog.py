"""Pins that are not digital: PWM and ADC (PROTOCOL.md, section 8)."""

import machine
from time import ticks_add, ticks_us
from micropython import const

from .failure import check
from .msgpack import is_int
from . import pins
from .pins import find, options_of, pwms, refuse, stamp
from .sockets import OPERATIONS

_OP_PWM_SET = const(100)
_OP_ADC_READ = const(101)
_OP_ADC_SAMPLE = const(102)

_INTERVAL_US_MAX = const(60000000)
_SAMPLES_MAX = const(32)

def _pwm_set(device, request, args):
    check(len(args) > 2, "arguments")
    number = find(args[0])
    frequency, duty = args[1:3]
    if frequency is None:
        if number in pwms:
            pwms.pop(number).deinit()
        request.done((None, 0))
        return
    check(is_int(frequency, 1, 0x3FFFFFFF), "frequency")
    check(is_int(duty, 0, 65535), "duty")
    try:
        pwm = pwms.get(number)
        if pwm:
            pwm.freq(frequency)
            pwm.duty_u16(duty)
        else:
            pwm = pwms[number] = machine.PWM(machine.Pin(number), freq=frequency, duty_u16=duty)
    except (ValueError, OSError) as e:
        refuse(args[0], "cannot have this PWM: %s" % e)
    request.done((pwm.freq(), pwm.duty_u16()))


def _adc(name, options):
    """The converter at a pin. Its range is the widest, 11 dB, unless something else is asked for."""
    number = find(name)
    options_of(options, ("attenuation",))
    decibels = options.get("attenuation")
    check(decibels in (None, 0, 2, 6, 11), "attenuation")
    ADC = machine.ADC
    attenuation = {0: ADC.ATTN_0DB, 2: ADC.ATTN_2_5DB, 6: ADC.ATTN_6DB}.get(decibels, ADC.ATTN_11DB)
    try:
        return ADC(machine.Pin(number), atten=attenuation)
    except (ValueError, OSError) as e:
        refuse(name, "has no ADC: %s" % e)


def _values(adc):
    """Raw, and microvolts where the chip is calibrated."""
    convert = getattr(adc, "read_uv", None)
    return adc.read_u16(), convert and convert()


def _adc_read(device, request, args):
    check(len(args) > 1, "arguments")
    request.done(_values(_adc(args[0], args[1])))


class Sampler:
    """Samples of one pin. Time is cut into intervals: one in which the loop did not come by has no sample, and counts as left out.

    An item's samples are of successive intervals; a gap ends it early. A full item waits until it may go, while the next one fills; without
    demand nothing is behind it.
    """

    def __init__(self, device, adc, interval, size):
        self.uptime = device.uptime
        self.adc = adc
        self.interval = interval
        self.size = 2 + 2 * size
        self.item = []
        self.full = None
        self.left_out = 0
        self.last = stamp(ticks_us(), self.uptime.now()) // interval - 1  # the interval of the last sample

    def serve(self, now):
        """Takes a sample if it is time, and sends what may go; when it wants to be called again."""
        request = self.request
        item = self.item
        at = stamp(ticks_us(), self.uptime.now())
        passed = at // self.interval - self.last
        if passed > 0:
            self.last += passed
            crowded = self.full and (not request.demand or len(item) >= self.size)
            if (crowded or passed > 1) and 0 < len(item) < self.size:
                if self.full:
                    self.left_out += item[1] + len(item) // 2 - 1
                else:
                    self.full = item
                item = []
            self.left_out += passed - 1
            if crowded:
                self.left_out += 1
            else:
                if not item:
                    item = [at, self.left_out]
                    self.left_out = 0
                item.extend(_values(self.adc))
        if len(item) >= self.size and not self.full:
            self.full = item
            item = []
        self.item = item
        if self.full and request.ready():
            full = self.full
            self.full = None
            request.next(full)
        return ticks_add(now, max((self.last + 1) * self.interval - at, 0) // 1000)


def _adc_sample(device, request, args):
    check(len(args) > 3, "arguments")
    name, interval, size, options = args[:4]
    check(is_int(interval, 1000, _INTERVAL_US_MAX), "interval")
    check(is_int(size, 1, _SAMPLES_MAX), "samples")
    pins.streams.begin(request, Sampler(device, _adc(name, options), interval, size))


OPERATIONS[_OP_PWM_SET] = _pwm_set
OPERATIONS[_OP_ADC_READ] = _adc_read
OPERATIONS[_OP_ADC_SAMPLE] = _adc_sample

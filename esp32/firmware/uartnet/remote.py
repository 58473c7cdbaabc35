"""The operations of remote objects: what a host does with Python on the device (PROTOCOL.md, section 8)."""

from time import sleep_ms
from micropython import const

from .failure import Failure, check
from .msgpack import is_int
from .objects import nothing
from .sockets import OPERATIONS

_OP_OBJECT_IMPORT = const(32)
_OP_OBJECT_CALL = const(33)
_OP_OBJECT_GET = const(34)
_OP_OBJECT_SET = const(35)
_OP_OBJECT_ITEM_GET = const(36)
_OP_OBJECT_ITEM_SET = const(37)
_OP_OBJECT_TEXT = const(38)
_OP_OBJECT_EQUAL = const(39)
_OP_OBJECT_ITERATE = const(40)
_OP_OBJECT_READ = const(41)
_OP_OBJECT_EVAL = const(42)
_OP_OBJECT_EXEC = const(43)
_OP_OBJECT_RELEASE = const(44)
_OP_OBJECT_LIST = const(45)
_ERROR_NOT_ALLOWED = const(5)

_AGAIN_MS = const(5)  # until a stream that has nothing is asked again
_new = iter(())  # in the place of an iterator that is not there yet


def _argument(args, n, default=None):
    return args[n] if len(args) > n else default


# What is done, in whatever thread


def _import(request):
    name = request.args
    module = __import__(name)
    for part in name.split(".")[1:]:
        module = getattr(module, part)
    return module


def _call(request):
    f, name, args, named = request.args
    if name is not None:
        f = getattr(f, name)
    return f(*args, **named)


def _get(request):
    return getattr(*request.args)


def _set(request):
    setattr(*request.args)
    return nothing


def _item_get(request):
    o, key = request.args
    return o[key]


def _item_set(request):
    o, key, value = request.args
    o[key] = value
    return nothing


def _text(request):
    o, as_repr = request.args
    return repr(o) if as_repr else str(o)


def _equal(request):
    o, value, identity = request.args
    return o is value if identity else bool(o == value)


def _iterate(request):
    if request.stream is _new:
        request.stream = iter(request.args)
    return next(request.stream)


def _read(request):
    o, n, position = request.args
    if position is not None:
        view = memoryview(o)
        size = len(bytes(view[:1])) or 1
        start = position // size
        position -= start * size
        return bytes(view[start : start + (position + n) // size + 1])[position : position + n]
    read = getattr(o, "readinto", None)
    while not request.over:
        if read:
            data = bytearray(n)
            got = read(data)
            if got is not None:
                if not is_int(got, 0, n):
                    raise ValueError("readinto() of %d bytes gave %s" % (n, repr(got)))
                return bytes(memoryview(data)[:got])
        else:
            data = o.read(n)
            if data is not None:
                data = data.encode() if isinstance(data, str) else bytes(memoryview(data))
                if len(data) > n:
                    raise ValueError("read(%d) gave %d bytes" % (n, len(data)))
                return data
        sleep_ms(_AGAIN_MS)


def _eval(request):
    return eval(*request.args)


def _exec(request):
    try:
        exec(*request.args)
    except SystemExit as e:
        if e.args and e.args[0] not in (None, 0):
            raise
    return nothing


def _list(request):
    handles, objects = request.args
    for number in request.stream:
        if number in objects:
            return handles.said(number, objects[number])
    raise StopIteration


# Operations


def _op_import(device, request, args):
    objects = device.objects
    name = _argument(args, 0)
    check(isinstance(name, str) and name, "module")
    refused = objects.handles.refused_module(name)
    if refused:
        raise refused
    objects.begin(request, _import, name, True)


def _op_call(device, request, args):
    handles = device.objects.handles
    check(len(args) > 1, "object")
    name = args[1]
    positional = _argument(args, 2, ())
    named = _argument(args, 3)
    check(isinstance(positional, tuple), "positional")
    check(named is None or isinstance(named, dict), "keyword")
    device.objects.begin(
        request, _call,
        (handles.object(args[0]), name if name is None else handles.named(name), handles.value(positional) if positional else (), handles.value(named) if named else {}),
        _argument(args, 4, False),
    )


def _of_object(work, name, n, value=None, reference=None, named=False):
    """An operation with an object, n arguments in all; those from `value` on are values, the one at `reference` says that."""

    def operation(device, request, args):
        handles = device.objects.handles
        check(len(args) >= n, name)
        said = [handles.object(args[0])]
        for i in range(1, n):
            said.append(handles.named(args[i]) if named and i == 1 else handles.value(args[i]))
        device.objects.begin(request, work, said, _argument(args, reference, False) if reference else False)

    return operation


def _op_iterate(device, request, args):
    check(len(args) > 0, "object")
    device.objects.stream(request, _iterate, device.objects.handles.object(args[0]), _new, _argument(args, 1, False))


def _op_read(device, request, args):
    check(len(args) > 1 and is_int(args[1], 1, 1 << 62), "n")
    position = _argument(args, 2)
    check(position is None or is_int(position, 0, 1 << 62), "position")
    n = min(args[1], device.link.max_payload - 10)
    device.objects.begin(request, _read, (device.objects.handles.object(args[0]), n, position))


def _code(device, args):
    if not device.objects.handles.allows("exec"):
        raise Failure(_ERROR_NOT_ALLOWED, 'exec is not in "allow" of /uartnet.json')
    code = _argument(args, 0)
    check(isinstance(code, str), "code")
    return code, device.objects.names


def _op_eval(device, request, args):
    device.objects.begin(request, _eval, _code(device, args), _argument(args, 1, False))


def _op_exec(device, request, args):
    device.objects.begin(request, _exec, _code(device, args))


def _op_release(device, request, args):
    handles = device.objects.handles
    numbers = [handles.number(v) for v in args]
    n = len(handles.objects)
    for number in numbers:
        handles.objects.pop(number, None)
    request.done((n - len(handles.objects),))


def _op_list(device, request, args):
    handles = device.objects.handles
    device.objects.stream(request, _list, (handles, handles.objects), iter(sorted(handles.objects)))


OPERATIONS[_OP_OBJECT_IMPORT] = _op_import
OPERATIONS[_OP_OBJECT_CALL] = _op_call
OPERATIONS[_OP_OBJECT_GET] = _of_object(_get, "name", 2, reference=2, named=True)
OPERATIONS[_OP_OBJECT_SET] = _of_object(_set, "value", 3, named=True)
OPERATIONS[_OP_OBJECT_ITEM_GET] = _of_object(_item_get, "key", 2, reference=2)
OPERATIONS[_OP_OBJECT_ITEM_SET] = _of_object(_item_set, "value", 3)
OPERATIONS[_OP_OBJECT_TEXT] = _of_object(_text, "repr", 2)
OPERATIONS[_OP_OBJECT_EQUAL] = _of_object(_equal, "value", 3)
OPERATIONS[_OP_OBJECT_ITERATE] = _op_iterate
OPERATIONS[_OP_OBJECT_READ] = _op_read
OPERATIONS[_OP_OBJECT_EVAL] = _op_eval
OPERATIONS[_OP_OBJECT_EXEC] = _op_exec
OPERATIONS[_OP_OBJECT_RELEASE] = _op_release
OPERATIONS[_OP_OBJECT_LIST] = _op_list

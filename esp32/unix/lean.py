"""What pack.py does to a source: tokens in, fewer and shorter tokens out. Runs under MicroPython and Python 3.

Constants that are a module's own, `_NAME = const(...)`, become their numbers; comments and docstrings go; and names that are
nothing but variables of functions, in the whole program, are shared: `a` in every function in place of a name of its own.
Likewise the private names, `_name`, of files whose classes do not inherit from one another's.
"""

_QUOTES = "\"'"
_PREFIX = "rbufRBUF"
_OPENING = "([{"
_CLOSING = ")]}"
_KEYWORDS = "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split()
_SHARED = [c for c in "abcdefghijklmnopqrstuvwxyz"] + [c + d for d in "123" for c in "abcdefghijklmnopqrstuvwxyz"]


class Refused(Exception):
    """A source that cannot be packed as it is."""


# A token: its text, whether there was space before it, and what it is.
_WORD = 0  # a name or a number
_STRING = 1
_OTHER = 2


def _is_word(c):
    return c.isalpha() or c.isdigit() or c == "_" or ord(c) > 127


def _string_end(text, start):
    """Where the string ends whose first quote stands at start."""
    quote = text[start]
    if text[start : start + 3] == 3 * quote:
        quote = 3 * quote
    at = start + len(quote)
    while text[at : at + len(quote)] != quote:
        if at >= len(text) or len(quote) == 1 and text[at] == "\n":
            raise Refused("a string has no end: " + text[start : start + 40])
        at += 2 if text[at] == "\\" else 1
    return at + len(quote)


def lines(text):
    """The statements' lines, (indent, tokens) each: none that are empty, and one where brackets or a backslash join several."""
    at = 0
    while at < len(text):
        start = at
        while text[at : at + 1] in (" ", "\t"):
            at += 1
        indent = text[start:at]
        tokens = []
        depth = 0
        space = False
        while at < len(text):
            c = text[at]
            start = at
            if c == "\n":
                at += 1
                if not depth:
                    break
                space = True
            elif c == "#":
                while at < len(text) and text[at] != "\n":
                    at += 1
            elif c in " \t\r\f" or c == "\\" and text[at + 1 : at + 2] == "\n":
                at += 2 if c == "\\" else 1
                space = True
            else:
                kind = _OTHER
                if _is_word(c):
                    kind = _WORD
                    while at < len(text) and (_is_word(text[at]) or text[at] == "." and c.isdigit()):
                        at += 1
                    if text[at : at + 1] in ('"', "'") and all(p in _PREFIX for p in text[start:at]):
                        kind = _STRING
                        if "f" in text[start:at].lower():
                            raise Refused("an f-string may name anything: " + text[start : start + 40])
                        at = _string_end(text, at)
                elif c in _QUOTES:
                    kind = _STRING
                    at = _string_end(text, at)
                else:
                    at += 1
                    depth += (c in _OPENING) - (c in _CLOSING)
                tokens.append((text[start:at], space, kind))
                space = False
        if depth:
            raise Refused("a bracket is never closed")
        if tokens:
            yield indent, tokens


def _text(tokens):
    return "".join([(" " if space and i else "") + text for i, (text, space, kind) in enumerate(tokens)])


def text(statements):
    """The source that these statements are."""
    return "".join([indent + _text(tokens) + "\n" for indent, tokens in statements])


# Constants, comments and docstrings


def _fold(tokens, constants):
    """The tokens with numbers in the place of constants."""
    folded = []
    for i, (word, space, kind) in enumerate(tokens):
        if kind == _WORD and word in constants and not (i and tokens[i - 1][0] == "."):
            after = [t[0] for t in tokens[i + 1 : i + 3]]
            if tokens[0][0] in ("from", "import", "global", "nonlocal", "del") or after and after[0] == "=" and after[1:] != ["="]:
                raise Refused("%s is a constant: %s" % (word, _text(tokens)))
            value = constants[word]
            word = "(%d)" % value if value < 0 or after and after[0] == "." else str(value)
        folded.append((word, space, kind))
    return folded


def _constant(indent, tokens, constants):
    """True if this line says `_NAME = const(...)`: then constants has it."""
    words = [t[0] for t in tokens]
    if indent or len(words) < 6 or not words[0].startswith("_") or words[1:4] != ["=", "const", "("] or words[-1] != ")":
        return False
    if words[0] in constants:
        raise Refused("two constants are called " + words[0])
    value = eval(_text(_fold(tokens[4:-1], constants)), {})
    if type(value) is not int:
        return False
    constants[words[0]] = value
    return True


def statements(source):
    """Of one file: (indent, tokens) of each line that says something."""
    constants = {}
    out = []
    bare = None  # indent of a docstring that went, until it is known whether its block has anything else
    fill = ("pass", False, _WORD)
    for indent, tokens in lines(source):
        if bare and len(indent) < len(bare):
            out.append((bare, [fill]))
        bare = None
        if all([kind == _STRING for word, space, kind in tokens]):
            bare = indent
        elif not _constant(indent, tokens, constants):
            out.append((indent, _fold(tokens, constants)))
    if bare:
        out.append((bare, [fill]))
    return out


# Names of variables


def _names(tokens):
    """(index, name) of the words that stand for something by themselves, not for an attribute."""
    for i, (word, space, kind) in enumerate(tokens):
        if kind == _WORD and not word[0].isdigit() and word not in _KEYWORDS and not (i and tokens[i - 1][0] == "."):
            yield i, word


def _bound(tokens):
    """Names that this line makes variables of its function: parameters, targets of an assignment, a loop, a comprehension, a with, an except."""
    words = [t[0] for t in tokens] + [""]
    depth = 0
    header = words[0] == "def"
    equals = [i for i in range(1, len(tokens)) if words[i] == "=" and words[i - 1] not in "=!<>" and words[i + 1] != "="]
    equals = [i for i in equals if not sum([(w in _OPENING) - (w in _CLOSING) for w in words[:i]])]
    found = []
    last = equals[-1] if equals and not header else -1
    parameters = 0  # depth of a def's or 1 + that of a lambda's
    loop = False
    for i, (word, space, kind) in enumerate(tokens):
        if kind == _OTHER:
            depth += (word in _OPENING) - (word in _CLOSING)
            if word == ":" and parameters and depth < parameters:
                parameters = 0
        elif kind == _WORD:
            if word == "def":
                parameters = depth + 1
            elif word == "lambda":
                parameters = depth
                if words[i + 1] != ":":
                    found.append(words[i + 1] if words[i + 1] != "*" else words[i + 2])
                parameters = 0
            elif word == "for":
                loop = True
            elif word == "in":
                loop = False
            elif loop or i < last and (not i or words[i - 1] in (",", "(", "=")) or i and words[i - 1] == "as":
                if not (i and words[i - 1] == ".") and words[i + 1] not in (".", "[", "("):
                    found.append(word)
            elif parameters and depth == parameters and words[i - 1] in ("(", ",", "*"):
                found.append(word)
    return found


class Variables:
    """The names that are nothing but variables of functions in all these files, and shorter ones for them in each function."""

    def __init__(self, files):
        self.never = set(_KEYWORDS) | {"self"}
        self.only = set()
        for file in files:
            for function in self._functions(file):
                if function is None:
                    continue
                bound = set()
                used = set()
                for n, (indent, tokens) in enumerate(function):
                    bound.update(_bound(tokens))
                    used.update([name for i, name in _names(tokens)])
                self.only.update(bound)
                self.never.update([name for name in used if name not in bound])
            self._other_uses(file)
        self.only -= self.never

    def _functions(self, file):
        """The lines of each outermost function; None for a line of none."""
        function = None
        for indent, tokens in file:
            if function is not None:
                if len(indent) > len(function[0][0]):
                    function.append((indent, tokens))
                    continue
                yield function
                function = None
            if tokens[0][0] == "def":
                function = [(indent, tokens)]
            else:
                yield None
        if function:
            yield function

    def _other_uses(self, file):
        inside = None
        for indent, tokens in file:
            words = [t[0] for t in tokens]
            if inside is not None and len(indent) <= inside:
                inside = None
            outside = inside is None
            if words[0] == "def" and outside:
                inside = len(indent)
            depth = 0
            for i, word in enumerate(words):
                if tokens[i][2] == _OTHER:
                    depth += (word in _OPENING) - (word in _CLOSING)
                elif tokens[i][2] == _WORD:
                    if (
                        outside and words[0] != "def"  # a name of the module or of a class
                        or words[0] in ("import", "from", "global", "nonlocal", "class", "del", "@")
                        or i and words[i - 1] in (".", "def")
                        or depth and words[i + 1] == "=" and words[i + 2] != "="  # an argument with a name
                    ):
                        self.never.add(word)

    def shared(self, file):
        """The same statements, with shared names."""
        out = []
        at = 0
        for function in self._functions(file):
            if function is None:
                out.append(file[at])
                at += 1
                continue
            at += len(function)
            taken = set()
            order = []
            for indent, tokens in function:
                for i, name in _names(tokens):
                    if name not in self.only:
                        taken.add(name)
                    elif name not in order:
                        order.append(name)
            free = [name for name in _SHARED if name not in taken]
            if len(order) > len(free):
                raise Refused("a function has more than %d variables" % len(free))
            short = {name: free[i] for i, name in enumerate(order)}
            for indent, tokens in function:
                tokens = list(tokens)
                for i, name in _names(tokens):
                    if name in short:
                        tokens[i] = (short[name], tokens[i][1], _WORD)
                out.append((indent, tokens))
        return out


def _inherits(file):
    """Classes of a file, and those that they are made from."""
    own = set()
    bases = set()
    for indent, tokens in file:
        if tokens[0][0] == "class":
            own.add(tokens[1][0])
            bases.update([name for i, name in _names(tokens[2:])])
    return own, bases


def families(files):
    """{name of a file: its family}: those that a chain of inheritance holds together have the same."""
    family = {name: name for name in files}
    classes = {name: _inherits(files[name]) for name in files}
    for name in files:
        for other in files:
            if classes[name][1] & classes[other][0] and family[name] != family[other]:
                was = family[other]
                for member in family:
                    if family[member] == was:
                        family[member] = family[name]
    return family


def _own_names(files, family):
    """Names of fields and methods that nobody but their own objects uses, and their families: said as `self.name`, in one family, whose classes are
    all made from classes of ours."""
    ours = {"Exception", "OSError"}
    for file in files:
        ours |= _inherits(files[file])[0]
    found = {}  # by name: families
    made = set()
    never = set()
    for file in files:
        closed = "/" in file and not _inherits(files[file])[1] - ours  # what is not in a package others may use by names of which we do not know
        for indent, tokens in files[file]:
            words = [t[0] for t in tokens]
            for i, (word, space, kind) in enumerate(tokens):
                if kind != _WORD or word[0] == "_":
                    continue
                method = i == 1 and words[0] == "def" and indent
                if closed and (method or i > 1 and words[i - 2 : i] == ["self", "."]):
                    found.setdefault(word, set()).add(family[file])
                    if method or i == 2 and "=" in words:
                        made.add(word)
                else:
                    never.add(word)
    return {name: list(found[name]) for name in found if name in made and name not in never and len(found[name]) == 1}


class Privates:
    """The private names that only one family has, or that are as good as private, and shorter ones for them."""

    def __init__(self, files):
        """files: {name: statements}"""
        self.family = families(files)
        homes = {}  # by name: families
        said = set()
        words = set()
        for file in files:
            for indent, tokens in files[file]:
                for word, space, kind in tokens:
                    if kind == _STRING:
                        said.add(word[1:-1])
                    elif kind == _WORD:
                        words.add(word)
                        if word[0] == "_" and not word.startswith("__"):
                            if word not in homes:
                                homes[word] = []
                            if self.family[file] not in homes[word]:
                                homes[word].append(self.family[file])
        homes.update(_own_names(files, self.family))
        free = ["_" + name for name in _SHARED if "_" + name not in words]
        count = {}
        self.short = {}
        for name in sorted(homes):
            home = homes[name][0]
            at = count.get(home, 0)
            if len(homes[name]) == 1 and name not in said and at < len(free) and len(name) > 2 and name[1:] not in _SHARED:
                self.short[name] = free[at]
                count[home] = at + 1

    def shared(self, file):
        return [(indent, [(self.short.get(word, word) if kind == _WORD else word, space, kind) for word, space, kind in tokens]) for indent, tokens in file]

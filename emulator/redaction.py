"""Takes secrets out of text, in whatever encoding a target sends them back.

A target may echo a token as it is, percent-encoded, JSON- or HTML-escaped, in hex or in
base64, one inside the other, and cut anywhere.  The encodings can't be listed, so text is
decoded instead: what its escapes stand for, and what every run of hex or base64 digits
stands for at every offset, is searched for the secret, level by level.  What is hidden is
every run of seven or more characters of a secret, so that a cut saves none of it.

The judge and the emulator have a copy each, for neither may import the other; a test
holds that the copies are equal.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from html import unescape

REDACTED = "[redacted]"

#: A shorter secret is part of half of all words, so it is not looked for.
SHORTEST_SECRET = 4

#: A run of so many characters of a secret is hidden; a shorter one is a coincidence.
_LEAST = 7
#: The same in what base64 or hex stands for, where coincidences hardly exist.
_LEAST_DECODED = 4
#: The part of a run that is looked up; a run of ``_LEAST`` has one at every fourth place.
_GRAM = 4
#: So many encodings inside each other are seen through.
_LEVELS = 4
#: So many words without a secret are remembered, for most come again and again.
_REMEMBERED = 20_000

#: What is known to everybody, so that a part of it that is also part of a secret tells nothing.
_PUBLIC = (
    "scimproof-",
    "application/scim+json",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "urn:ietf:params:scim:api:messages:2.0:ListResponse",
    "https://www.rfc-editor.org/rfc/",
)

_ESCAPE = re.compile(
    r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}|\\[\"'\\/bfnrt]"
    r"|&(?:(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot);?|[A-Za-z]{2,8};)"
)
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

#: What may be base64, base64url or hex, and long enough to stand for ``_LEAST_DECODED`` bytes.
_DIGITS = re.compile(r"[A-Za-z0-9+/_-]{7,}")
_HEX = re.compile(r"[0-9A-Fa-f]{8,}")
_STANDARD_ALPHABET = str.maketrans("-_", "+/")
#: What decoded bytes must have to be worth a look at what they may encode in turn.
_PRINTABLE = re.compile(r"[!-~]{7}")

# The members whose string values never leave the process, in any JSON text.
_SECRET_MEMBERS = re.compile(
    r'("(?:password|client_secret|access_token|refresh_token)"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)
# The same as a PATCH operation has it: the member is named in "path", or the value follows it.
_SECRET_OPERATION = re.compile(
    r'("path"\s*:\s*"(?:[^"\\]|\\.)*password"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)

#: Header lines that carry credentials by their name; challenges only ask for some.
_SECRET_HEADER = re.compile(
    r"auth|cookie|credential|passw|secret|session|signature|token|api-?key", re.IGNORECASE
)
_CHALLENGES = {"www-authenticate", "proxy-authenticate"}

Spans = list[tuple[int, int]]


class Redactor:
    """Takes known secrets, and what is a secret by its name, out of text and header lines.

    ``secrets`` are hidden in every encoding; those shorter than ``SHORTEST_SECRET``
    characters can't be.  ``secret_headers`` are names of header lines whose values are
    hidden whole, besides the usual ones.  ``public`` is text that everybody may see, such
    as the target's URL: a part of a secret that stands in it as well is not hidden.
    """

    def __init__(
        self,
        secrets: Iterable[str],
        secret_headers: Iterable[str] = (),
        public: Iterable[str] = (),
    ) -> None:
        self._headers = {name.lower() for name in secret_headers}
        self._known_to_all = (*_PUBLIC, *public)
        self._secrets: set[str] = set()
        self._search = _Search(frozenset(), ())
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Hide these too from now on, such as an access token that was just granted."""
        new = {one for one in secrets if len(one) >= SHORTEST_SECRET} - self._secrets
        if new:
            self._secrets |= new
            self._search = _Search(frozenset(self._secrets), self._known_to_all)

    def text(self, value: str) -> str:
        """``value`` with each part that tells a secret replaced by ``REDACTED``."""
        value = _masked(value, self._search.spans(value))
        if '"' not in value:  # no JSON, such as most header lines
            return value
        value = _SECRET_MEMBERS.sub(rf'\1"{REDACTED}"', value)
        return _SECRET_OPERATION.sub(rf'\1"{REDACTED}"', value)

    def headers(self, lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Header lines, safe to show: of a credential only its scheme is left."""
        return tuple([(self._name(name), self._value(name, value)) for name, value in lines])

    def _name(self, name: str) -> str:
        # Proxies and libraries write names in lower case, or with capitals.
        lowered = name.lower()
        is_aligned = len(lowered) == len(name)
        return _masked(name, self._search.spans(lowered if is_aligned else name))

    def _value(self, name: str, value: str) -> str:
        lowered = name.lower()
        if lowered in self._headers or (
            lowered not in _CHALLENGES and _SECRET_HEADER.search(lowered)
        ):
            scheme, space, _ = value.partition(" ")
            is_scheme = space and lowered.endswith("authorization") and scheme.isalpha()
            return f"{self.text(scheme)} {REDACTED}" if is_scheme else REDACTED
        return self.text(value)


class _Search:
    """Finds where a text tells one of these secrets."""

    def __init__(self, secrets: frozenset[str], public: Iterable[str]) -> None:
        forms = sorted({form for secret in secrets for form in _forms(secret)})
        self._short = [one for one in forms if len(one) < _LEAST]
        self._long = [one for one in forms if len(one) >= _LEAST_DECODED]
        self._places: dict[str, list[tuple[str, int]]] = {}
        for form in self._long:
            for place in range(len(form) - _GRAM + 1):
                self._places.setdefault(form[place : place + _GRAM], []).append((form, place))
        letters = "".join(sorted({letter for form in self._long for letter in form}))
        # Every part of a secret lies in a run of letters that secrets have.
        self._runs = re.compile(f"[{re.escape(letters)}]{{{_GRAM},}}") if letters else None
        # A public text that has a secret in it, such as a URL with a token, hides nothing.
        self._public = [one for one in public if not any(form in one for form in forms)]
        # Most backslashes only quote a quote, which matters where a secret has one.
        quoted = "".join(one for one in "\"'bfnrt" if _CONTROLS.get(one, one) in letters)
        self._escapes = re.compile(rf"[%&]|\\[uUx\\/{quoted}]")
        #: What has been looked at and tells nothing: runs of letters, and digits by level.
        self._harmless: set[str] = set()
        self._digits_harmless: list[set[str]] = [set() for _ in range(_LEVELS + 1)]

    def spans(self, text: str) -> Spans:
        """The places of ``text`` to be hidden, in no order; they may overlap."""
        if self._runs is None:
            return []
        return self._spans(text, self._runs, _LEVELS, _LEAST)

    def _spans(self, text: str, runs: re.Pattern[str], levels: int, least: int) -> Spans:
        found = self._plain(text, runs, least)
        if not levels:
            return found
        if self._escapes.search(text):
            decoded = _ESCAPE.sub(_unescaped, text)
            if decoded != text:
                inner = self._spans(decoded, runs, levels - 1, least)
                found += _origins(text, inner) if inner else []
        harmless = self._digits_harmless[levels]
        for word in set(_DIGITS.findall(text)) - harmless:
            inner = self._encoded(word, runs, levels - 1)
            for start in _everywhere(word, text) if inner else ():
                found += [(start + first, start + end) for first, end in inner]
            if not inner:
                _remember(harmless, word)
        return found

    def _plain(self, text: str, runs: re.Pattern[str], least: int) -> Spans:
        """Where secrets stand in ``text`` as they are, whole or in part."""
        found: Spans = []
        for secret in self._short:
            found += [(start, start + len(secret)) for start in _everywhere(secret, text)]
        if least < _LEAST:
            return found + self._parts(text, runs, least)
        if set(runs.findall(text)) <= self._harmless:
            return found
        parts = self._parts(text, runs, least)
        if not parts:
            for run in runs.findall(text):
                _remember(self._harmless, run)
        return found + parts

    def _parts(self, text: str, runs: re.Pattern[str], least: int) -> Spans:
        return [
            (run.start() + first, run.start() + end)
            for run in runs.finditer(text)
            if len(run[0]) >= least
            for first, end in self._in(run[0], least)
        ]

    def _in(self, run: str, least: int) -> Iterator[tuple[int, int]]:
        step, place = least - _GRAM + 1, 0
        while place + _GRAM <= len(run):
            first, end = self._longest(run, place, least)
            if end:
                yield first, end
            place = max(end, place + step)

    def _longest(self, run: str, place: int, least: int) -> tuple[int, int]:
        """The longest part of a secret around ``place``; (0, 0) when there is none to hide."""
        best = (0, 0)
        for secret, here in self._places.get(run[place : place + _GRAM], ()):
            first, end = place, place + _GRAM
            before, after = here, here + _GRAM
            while first and before and run[first - 1] == secret[before - 1]:
                first, before = first - 1, before - 1
            while end < len(run) and after < len(secret) and run[end] == secret[after]:
                end, after = end + 1, after + 1
            length = end - first
            if length >= min(least, len(secret)) and length > best[1] - best[0]:
                is_whole = length == len(secret)
                if is_whole or not any(run[first:end] in one for one in self._public):
                    best = (first, end)
        return best

    def _encoded(self, word: str, runs: re.Pattern[str], levels: int) -> Spans:
        """Where ``word`` tells a secret as base64 or hex."""
        found: Spans = []
        for digits in _HEX.finditer(word):
            for skipped in (0, 1):
                part = digits[0][skipped:]
                decoded = bytes.fromhex(part[: len(part) & ~1]).decode("latin-1")
                offset = digits.start() + skipped
                found += self._decoded(decoded, offset, 4, runs, levels)
        filled = word.translate(_STANDARD_ALPHABET) + "AAA"
        quads = [
            filled[skipped : len(filled) - (len(filled) - skipped) % 4] for skipped in range(4)
        ]
        # All offsets at once, because hardly any word has something to look at.
        at_once = _from_base64("".join(quads))
        if runs.search(at_once) or _PRINTABLE.search(at_once):
            for skipped, digits_from_there in enumerate(quads):
                decoded = _from_base64(digits_from_there)
                found += self._decoded(decoded, skipped, 6, runs, levels)
        return [(first, min(end, len(word))) for first, end in found]

    def _decoded(
        self, decoded: str, offset: int, bits: int, runs: re.Pattern[str], levels: int
    ) -> Spans:
        """The digits that stand for a secret in ``decoded``; each has so many ``bits``."""
        if not (runs.search(decoded) or _PRINTABLE.search(decoded)):
            return []
        return [
            (offset + 8 * first // bits, offset - (-8 * end // bits))
            for first, end in self._spans(decoded, runs, levels, _LEAST_DECODED)
        ]


def _forms(secret: str) -> Iterator[str]:
    """A secret as it may stand in text that has been decoded."""
    forms = {secret, secret.lower(), secret.upper()}
    # A form of a web page has + for a space.
    forms |= {one.replace(" ", "+") for one in forms}
    if not secret.isascii():
        for one in list(forms):
            units = one.encode("utf-16-be", "surrogatepass")
            pairs = (units[place : place + 2] for place in range(0, len(units), 2))
            # As two escapes of JSON have it, and as its bytes look one by one.
            forms.add("".join(chr(int.from_bytes(pair, "big")) for pair in pairs))
            forms.add(one.encode("utf-8", "surrogatepass").decode("latin-1"))
    for _ in range(_LEVELS):
        # A secret may look like an escape itself, and then goes when the text is decoded.
        forms |= {_ESCAPE.sub(_unescaped, one) for one in forms}
    return (one for one in forms if len(one) >= SHORTEST_SECRET)


def _everywhere(part: str, text: str) -> Iterator[int]:
    """Where ``part`` begins in ``text``, at every place."""
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _remember(harmless: set[str], word: str) -> None:
    if len(harmless) >= _REMEMBERED:
        harmless.clear()
    harmless.add(word)


def _unescaped(escape: re.Match[str]) -> str:
    """The one character that an escape stands for; the escape itself when it is none."""
    text = escape[0]
    if text[0] == "&":
        found = unescape(text)
        return found if len(found) == 1 else text
    if text[0] == "%":
        return chr(int(text[1:], 16))
    if text[1] in "uUx":
        code = int(text[2:], 16)  # noqa: FURB166  the prefix is no prefix of Python's
        return chr(code) if code <= 0x10FFFF else text
    return _CONTROLS.get(text[1], text[1])


def _origins(text: str, spans: Spans) -> Spans:
    """Where in ``text`` stands what has ``spans`` once its escapes are decoded."""
    places: list[int] = []
    done = 0
    for escape in _ESCAPE.finditer(text):
        places += range(done, escape.start())
        # An escape stays whole; what it stands for begins where it begins.
        length = len(_unescaped(escape))
        places += [escape.start()] if length == 1 else range(escape.start(), escape.end())
        done = escape.end()
    places += range(done, len(text) + 1)
    return [(places[first], places[end]) for first, end in spans]


def _from_base64(quads: str) -> str:
    return a2b_base64(quads).decode("latin-1")


def _masked(text: str, spans: Spans) -> str:
    """``text`` with one ``REDACTED`` for each stretch of ``spans`` that touch."""
    if not spans:
        return text
    parts: list[str] = []
    done = 0
    for first, end in sorted(spans):
        if first > done or not parts:
            parts += [text[done:first], REDACTED]
        done = max(done, end)
    return "".join([*parts, text[done:]])

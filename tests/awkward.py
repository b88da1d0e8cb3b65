"""What the fuzz tests send: anything at all, and valid requests with a bit altered."""

from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from dev.places import cache

set_hypothesis_home_dir(str(cache("hypothesis")))

anything = st.text(st.characters(), max_size=300)  # Lone surrogates and nul, too.
awkward = st.sampled_from([
    "", " ", "0", "-1", "1e5", "NaN", "Infinity", "1,00", "٣", "\x00", "%", "%00", "%s",
    "'", "\\", "' OR 1=1 --", "<script>", "{{7*7}}", "../..", "null", "true", "[]",
    "\r\nX: y", "9" * 400, "é" * 300, "\u202e", "\ud800", "=?utf-8?q?a?=", "@",
    "a@b.c, d@e.f",
])  # fmt: skip
texts = anything | awkward
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**31 - 2, 2**63 + 2)
    | st.floats()
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=8,
)
content_types = st.sampled_from([
    "application/json", "application/json-rpc", "text/plain", "text/xml", "",
    "application/x-www-form-urlencoded", "multipart/form-data", "image/png",
    "multipart/form-data; boundary=x", "application/json; charset=utf-16",
    "application/x-www-form-urlencoded; charset=none",
])  # fmt: skip


@st.composite
def damaged(draw, token):
    """A signed token with a character changed, left out or added; or cut, or whole."""
    place = draw(st.integers(0, len(token)))
    return draw(
        st.sampled_from([
            token, token[:place], token[place:], token[:place] + token[place + 1 :],
            token[:place] + "A" + token[place + 1 :],
            token[:place] + draw(texts) + token[place:], token * 2, token.swapcase(),
        ])
    )  # fmt: skip


@st.composite
def altered(draw, valid, value=values):
    """A dictionary with some values replaced, left out or added."""
    result = dict(valid)
    for key in draw(st.lists(st.sampled_from(sorted(valid)), max_size=3)):
        if draw(st.booleans()):
            result[key] = draw(value)
        else:
            result.pop(key, None)
    result.update(draw(st.dictionaries(texts, value, max_size=1)))
    return result

"""The hardened parser."""

import pickle

import pytest
from l10n_mx_facture.cfdi.errors import CfdiError
from l10n_mx_facture.cfdi.xml import MAX_ATTRIBUTES, UNDECLARED, declared_encoding, parse

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]><a b="&y;">&y;</a>"""
XXE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>"""


@pytest.mark.parametrize(
    ("data", "code"),
    (
        (b"", "empty"),
        (b"  \n\t ", "empty"),
        ("<a/>", "encoding"),
        (BOMB, "dtd"),
        (XXE, "dtd"),
        (b"<!DOCTYPE html><html></html>", "dtd"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16"), "encoding"),
        ("<a/>".encode("utf-32"), "encoding"),
        (
            '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>'.encode("ascii"),
            "encoding",
        ),
        ("<a/>".encode("utf-16-le"), "encoding"),
        ("\ufeff<a/>".encode("utf-16-be"), "encoding"),
        (b"<a>\0</a>", "encoding"),
        (b'<?xml version="1.0" encoding="IBM037"?><a/>', "encoding"),
        (b"\x4c\x6f\xa7\x94\x93", "malformed"),
        (b"Internal Server Error", "malformed"),
        (b'{"error": "no"}', "malformed"),
        ("<a b='ñ'/>".encode("latin-1"), "encoding"),
        (b"<a></b>", "malformed"),
        (b"<a b=<c/></a>", "malformed"),
        (b"<a>&nbsp;</a>", "malformed"),
        (b'<A A&#241;o="2026"/>', "malformed"),
        (b"<a/><b/>", "malformed"),
        (b"<a", "truncated"),
        (b"<a b='", "truncated"),
        (b"<a><b>text", "truncated"),
        (b"<a>\n<b/>\n", "truncated"),
    ),
)
def test_refused(data, code):
    with pytest.raises(CfdiError) as caught:
        parse(data)
    assert caught.value.code == code
    assert caught.value.text.endswith(".")


@pytest.mark.parametrize(
    "head",
    (
        # SAT's own program
        b'<c:A xmlns:c="urn:c" xmlns:schemaLocation="http://a.mx/4 http://a.mx/4.xsd" v="1">',
        b'<c:A xmlns:c="urn:c" xsi:schemaLocation="http://a.mx/4 http://a.mx/4.xsd" v="1">',
        b"<?xml version='1.0' encoding='utf8'?><c:A xmlns:c='urn:c' xmlns:x='a b' v='1'>",
        b"<?xml version='1.0' encoding='windows-1252'?><c:A xmlns:c='urn:c' xmlns:x='a b' v='1' n='\xf1'>",
        b"\xef\xbb\xbf<?xml version='1.0'?><c:A xmlns:c='urn:c' xmlns:x='a b' v='1' n='\xc3\xb1'>",
    ),
)
def test_odd_namespaces_are_read_and_nothing_else_is_forgiven(head):
    root = parse(head + b'<c:B w="2"/></c:A>')
    assert (root.tag, root.get("v"), root[0].tag, root[0].get("w")) == ("{urn:c}A", "1", "{urn:c}B", "2")
    for rest, code in (
        (b"", "truncated"),
        (b"<c:B/>", "truncated"),
        (b"<c:B", "truncated"),
        (b"<c:B></c:A>", "malformed"),
        (b"<c:B w='1' w='2'/></c:A>", "malformed"),
        (b"<c:B w=1/></c:A>", "malformed"),
        (b"&nbsp;</c:A>", "malformed"),
        (b"</c:A><c:A/>", "malformed"),
    ):
        with pytest.raises(CfdiError) as caught:
            parse(head + rest)
        assert caught.value.code == code, rest


def test_names_with_an_undeclared_prefix_are_nobody_s():
    root = parse(b'<a xmlns="urn:c"><x:b y:c="1" d="2"><e/></x:b></a>')
    assert root[0].tag == f"{{{UNDECLARED}x}}b"
    assert dict(root[0].attrib) == {f"{{{UNDECLARED}y}}c": "1", "d": "2"}
    assert root[0][0].tag == "{urn:c}e"
    assert parse("<ñ:b/>".encode()).tag == f"{{{UNDECLARED}%C3%B1}}b"


@pytest.mark.parametrize(
    "data", (b'<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>', b"<a:b:c xmlns:a='u'/>", b"<a:/>",
              b'<a xmlns="http://www.sat}gob.mx/"/>')
)
def test_wrong_names_are_not_called_a_file_that_ends_early(data):
    with pytest.raises(CfdiError) as caught:
        parse(data)
    assert caught.value.code == "malformed"


def test_too_large_is_refused_before_it_is_parsed():
    with pytest.raises(CfdiError) as caught:
        parse(b"not xml at all" * 10, max_bytes=100)
    assert caught.value.code == "too_large"
    assert caught.value.data == {"size": 140, "limit": 100}


def test_as_large_as_allowed():
    assert parse(b"<a/>", max_bytes=4).tag == "a"


def test_depth_is_bounded():
    with pytest.raises(CfdiError) as caught:
        parse(b"<a>" * 5000 + b"</a>" * 5000)
    assert caught.value.code in ("malformed", "truncated")


@pytest.mark.parametrize(
    "data",
    (
        b"<a/>",
        b"\n <a/> \n",
        b"\xef\xbb\xbf<?xml version='1.0'?><a/>",
        "<?xml version='1.0' encoding='iso-8859-1'?><a b='ñ'/>".encode("latin-1"),
        "<?xml version='1.0' encoding='UTF-8'?><a b='ñ'/>".encode(),
    ),
)
def test_accepted(data):
    assert parse(data).tag == "a"


def test_entities_of_xml_itself_and_characters_still_work():
    assert parse(b"<a b='&lt;&#209;&amp;'/>").get("b") == "<Ñ&"


def test_declared_encoding():
    assert declared_encoding(b"<?xml version='1.0' encoding='ISO-8859-1'?><a/>") == "iso-8859-1"
    assert declared_encoding(b"<a encoding='x'/>") == "utf-8"


def test_errors_survive_a_process_boundary():
    error = CfdiError("code", "text", 3, {"a": "b"})
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.code, copy.text, copy.line, copy.data) == ("code", "text", 3, {"a": "b"})
    assert str(copy) == "text" and "code" in repr(copy)


@pytest.mark.parametrize("inside", ["%s", "<r><a b='1'/>%s</r>"])
def test_the_attributes_of_an_element_are_bounded(inside):
    for count in (MAX_ATTRIBUTES, MAX_ATTRIBUTES + 1):
        data = (inside % f"<c {' '.join(f'a{number}=%r' % str(number) for number in range(count))}/>").encode()
        if count == MAX_ATTRIBUTES:
            assert parse(data) is not None
            continue
        with pytest.raises(CfdiError) as caught:
            parse(data)
        assert caught.value.code == "too_complex"
        assert f"element c has {count} attributes" in str(caught.value)

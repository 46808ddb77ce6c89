"""Bytes of a page to text."""

from __future__ import annotations

import codecs

import pytest

from aggregator.domain.article import PageText
from aggregator.extract.charset import decoded, in_utf_8, is_garbled
from aggregator.extract.page.article import read_page

META = '<meta charset="{}"><p>'


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        pytest.param(
            "é".encode("utf-8-sig"), "text/html; charset=latin-1", "é", id="byte-order-mark-first"
        ),
        pytest.param("\ufeffé".encode("utf-16-le"), "", "é", id="utf-16-mark"),
        pytest.param(
            "é€".encode("cp1252"),
            "text/html; charset=iso-8859-1",
            "é€",
            id="latin-1-means-windows-1252",
        ),
        pytest.param(
            "é".encode(), 'text/html; charset="ISO-8859-1"', "é", id="valid-utf-8-overrules-http"
        ),
        pytest.param("Привет".encode("koi8-r"), "text/html; charset=KOI8-R", "Привет", id="http"),
        pytest.param("日本".encode("cp932"), "text/html;charset=Shift_JIS", "日本", id="shift-jis"),
        pytest.param(
            "中文".encode("gb18030"), "text/html; charset=gb2312", "中文", id="gb2312-means-gb18030"
        ),
        pytest.param(b"plain", "text/html", "plain", id="ascii"),
        pytest.param(b"caf\xe9", "text/html", "café", id="nothing-declared-and-too-short-to-tell"),
        pytest.param(b"caf\xe9", "text/html; charset=nonsense", "café", id="unknown-label"),
        pytest.param(
            b"+ADw-script+AD4-",
            "text/html; charset=utf-7",
            "+ADw-script+AD4-",
            id="utf-7-is-never-read",
        ),
        pytest.param(b"caf\xe9", "text/html; charset=rot13", "café", id="not-a-charset"),
        pytest.param("<é".encode("utf-16-be"), "", "<é", id="utf-16-without-a-mark"),
        pytest.param(
            "é".encode(), "text/html; charset=utf-16", "é", id="what-can-be-read-is-not-utf-16"
        ),
        pytest.param(
            b"caf\xc3\xa9 " * 40 + b"\xc3",
            "text/html; charset=utf-8",
            "café " * 40 + "\ufffd",
            id="utf-8-cut-off",
        ),
    ],
)
def test_a_page_is_decoded(body: bytes, content_type: str, expected: str) -> None:
    assert decoded(body, content_type) == expected


@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param(META, id="meta"),
        pytest.param(
            '<meta content="text/html; charset={}" http-equiv="Content-Type">', id="http-equiv"
        ),
        pytest.param(
            '<script src="a.js" charset="utf-8"></script><meta charset="{}">',
            id="behind-the-charset-of-a-script",
        ),
    ],
)
@pytest.mark.parametrize("padding", [0, 5_000])
def test_the_declaration_of_the_page_is_found_behind_long_scripts(
    padding: int, declaration: str
) -> None:
    body = ("x" * padding + declaration.format("windows-1251") + "Привет").encode("cp1251")

    assert decoded(body, "text/html").endswith("Привет")


def test_an_xml_declaration_is_one() -> None:
    body = '<?xml version="1.0" encoding="koi8-r"?><html>Привет</html>'.encode("koi8-r")

    assert decoded(body, "application/xhtml+xml").endswith("Привет</html>")


@pytest.mark.parametrize("lie", ["", "text/html; charset=utf-8", "text/html; charset=iso-8859-1"])
@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "windows-1251",
            (
                "Компания «Нордвинд» выпустила вторую модель под свободной лицензией, и больницы"
                " уже используют её."
            ),
        ),
        (
            "koi8-r",
            (
                "Компания Нордвинд выпустила вторую модель под свободной лицензией, и больницы уже"
                " используют её."
            ),
        ),
        (
            "gbk",
            (
                "北风公司周六发布了第二个模型的权重，并表示开发人员可以免费使用。"
                "医院已经开始测试这个模型，研究人员认为它会改变市场。"
            ),
        ),
        (
            "big5",
            (
                "北風公司週六發布了第二個模型的權重，並表示開發人員可以免費使用。"
                "醫院已經開始測試這個模型，研究人員認為它會改變市場。"
            ),
        ),
        (
            "shift_jis",
            (
                "ノースウインド社は土曜日に二番目のモデルの重みを公開した。"
                "病院はすでに文書の作業に使い始めている。"
            ),
        ),
        (
            "euc-jp",
            (
                "ノースウインド社は土曜日に二番目のモデルの重みを公開した。"
                "病院はすでに文書の作業に使い始めている。"
            ),
        ),
        (
            "euc-kr",
            (
                "노스윈드는 토요일에 두 번째 모델의 가중치를 공개했다. 병원들은 이미 문서 작업에"
                " 사용하고 있다."
            ),
        ),
        (
            "windows-1253",
            (
                "Η εταιρεία κυκλοφόρησε το δεύτερο μοντέλο με ελεύθερη άδεια. Τα νοσοκομεία το"
                " χρησιμοποιούν ήδη."
            ),
        ),
        (
            "windows-1255",
            "החברה שחררה את המודל השני ברישיון חופשי. בתי החולים כבר משתמשים בו לעבודה עם מסמכים.",
        ),
        (
            "windows-1256",
            "أصدرت الشركة النموذج الثاني بترخيص حر. تستخدمه المستشفيات بالفعل للعمل مع الوثائق.",
        ),
    ],
)
def test_an_encoding_that_nobody_declares_or_somebody_declares_wrongly_is_told_from_the_text(
    encoding: str, text: str, lie: str
) -> None:
    body = (
        f'<html><title>{text[:20]}</title><body><p class="a">{text * 3}</p></body></html>'.encode(
            encoding
        )
    )

    assert text in decoded(body, lie)


@pytest.mark.parametrize("encoding", ["iso-8859-2", "windows-1250"])
@pytest.mark.parametrize(
    "text",
    [
        (
            "Firma wypuściła drugi model na wolnej licencji. Szpitale już go używają, a badacze"
            " sądzą, że zmieni rynek. Źródła."
        ),
        (
            "Firma vydala druhý model pod svobodnou licencí. Nemocnice ho již používají a"
            " výzkumníci věří, že změní trh. Šťáva."
        ),
    ],
    ids=["Polish", "Czech"],
)
def test_the_two_encodings_of_central_europe_are_told_apart(encoding: str, text: str) -> None:
    assert text in decoded(f"<p>{text * 3}</p>".encode(encoding), "text/html")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "It’s a café – ‘really’.".encode().decode("cp1252"),
            "It’s a café – ‘really’.",
            id="mojibake",
        ),
        pytest.param("„Ä“ und Â", "„Ä“ und Â", id="letters-that-only-look-so"),
        pytest.param("SÃO PAULO É LÁ", "SÃO PAULO É LÁ", id="capitals-of-portuguese"),
    ],
)
def test_letters_that_were_encoded_twice_are_read_once(body: str, expected: str) -> None:
    assert decoded(body.encode(), "text/html; charset=utf-8") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a" * 999 + "\ufffd" * 2, True), ("a" * 2_000 + "\ufffd", False), ("", False)],
)
def test_a_text_of_which_one_letter_in_a_thousand_cannot_be_told_is_garbled(
    text: str, expected: bool
) -> None:
    assert is_garbled(text) is expected


def test_http_comes_before_the_page() -> None:
    body = (META.format("koi8-r") + "Привет").encode("cp1251")

    assert decoded(body, "text/html; charset=windows-1251").endswith("Привет")


def test_a_page_whose_letters_cannot_be_told_is_marked() -> None:
    sentence = (
        "The laboratory released its second model on Monday and said that everybody may run it"
        " without a contract. "
    )
    body = (
        f"<html><title>Lab</title><body><article><p>{sentence * 3}</p></article></body></html>"
    ).encode()
    broken = body.replace(b"second", b"s\xffc\xfend").replace(b"model", "môdel".encode() * 20)
    pages = [
        read_page(page, url="https://lab.example/a", content_type="text/html; charset=utf-8")
        for page in (body, broken)
    ]

    assert [isinstance(page, PageText) and page.is_garbled for page in pages] == [False, True]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<p>tea</p>", ""),
        ("<p>caf\u00e9 \u2019</p>".encode(), "text/html; charset=iso-8859-1"),
        (codecs.BOM_UTF8 + "<p>caf\u00e9</p>".encode(), ""),
        ("<p>caf\u00c3\u00a9 it\u00e2\u20ac\u2122s</p>".encode(), ""),
        ("<p>caf\u00e9</p>".encode("latin-1"), "text/html; charset=iso-8859-1"),
        ("<p>caf\u00e9</p>".encode("utf-16"), ""),
        ("<p>\u65e5\u672c\u8a9e</p>".encode("iso2022_jp"), "text/html; charset=iso-2022-jp"),
        (b"<p>caf\xe9 \xff</p>", ""),
    ],
)
def test_the_bytes_of_a_page_in_utf_8_say_what_its_text_says(
    body: bytes, content_type: str
) -> None:
    assert in_utf_8(body, content_type) == decoded(body, content_type).encode()

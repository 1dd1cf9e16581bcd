"""Expressions: what Okta documents, what is refused, and that only ExpressionError comes out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.expression_functions import FUNCTIONS, LEGACY
from emulator.expressions import Context, ExpressionError, parse, parse_rule

UNHURRIED = settings(deadline=None)

#: The person of Okta's examples, with more attributes.
WINSTON: dict[str, Any] = {
    "firstName": "Winston",
    "lastName": "Churchill",
    "middleName": None,
    "nickName": "",
    "login": "winston.churchill@gmail.com",
    "email": "winston.churchill@gmail.com",
    "department": "Sales",
    "salary": 1_000_000,
    "ratio": 0.5,
    "isContractor": False,
    "languages": ["en", "fr"],
    "order": "first",
    "notes": "some",
    "andrew": "Andrew",
    "not": "a name",
    "address": {"street": "Downing Street"},
}


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a person: id → name."""

    groups: dict[str, str]

    def names(self) -> Iterable[str]:
        return iter(self.groups.values())

    def ids(self) -> Iterable[str]:
        return iter(self.groups)


CONTEXT = Context(
    roots={
        "user": WINSTON,
        "appuser": {"role": "admin"},
        "app": {"subdomain": "acme", "region": None},
        "org": {"name": "emulated"},
    },
    internal={"id": "00u1", "status": "ACTIVE"},
    membership=Groups({"00g1": "Everyone", "00g2": "San Francisco admins"}),
)


def value_of(text: str) -> Any:
    return parse(text).evaluate(CONTEXT)


def refusal_of(text: str) -> str:
    with pytest.raises(ExpressionError) as refused:
        parse(text).evaluate(CONTEXT)
    return str(refused.value)


# What Okta documents ------------------------------------------------------------------

# https://developer.okta.com/docs/reference/okta-expression-language/, the tables of functions
DOCUMENTED: list[tuple[str, Any]] = [
    ('String.append("This is", " a test")', "This is a test"),
    ('String.join(",", "This", "is", "a", "test")', "This,is,a,test"),
    ('String.join("", "This", "is", "a", "test")', "Thisisatest"),
    ('String.len("This")', 4),
    ('String.removeSpaces("This is a test")', "Thisisatest"),
    ('String.replace("This is a test", "is", "at")', "That at a test"),
    ('String.replaceFirst("This is a test", "is", "at")', "That is a test"),
    ('String.startsWith("This is a test", "This")', True),
    ('String.startsWith("This is a test", "this")', False),
    ('String.stringContains("This is a test", "test")', True),
    ('String.stringContains("This is a test", "doesn\'tExist")', False),
    ('String.stringSwitch("This is a test", "default", "key1", "value1")', "default"),
    ('String.stringSwitch("This is a test", "default", "test", "value1")', "value1"),
    (
        (
            'String.stringSwitch("First match wins", "default", "absent", "value1", '
            '"wins", "value2", "match", "value3")'
        ),
        "value2",
    ),
    ('String.stringSwitch("Substrings count", "default", "ring", "value1")', "value1"),
    ('String.substring("This is a test", 2, 9)', "is is a"),
    ('String.substringAfter("abc@okta.com", "@")', "okta.com"),
    ('String.substringBefore("abc@okta.com", "@")', "abc"),
    ('String.toUpperCase("This")', "THIS"),
    ('String.toLowerCase("ThiS")', "this"),
    ('toUpperCase("Alexander")', "ALEXANDER"),
    ('toLowerCase("AlexANDER")', "alexander"),
    ("substringBefore('alex@okta.com', '@')", "alex"),
    ("substringAfter('alex@okta.com', '@')", "okta.com"),
    ('substring("Alexander", 1, 4)', "lex"),
    ("Arrays.add({10, 20, 30}, 40)", [10, 20, 30, 40]),
    ("Arrays.remove({10, 20, 30}, 20)", [10, 30]),
    ("Arrays.clear({10, 20, 30})", []),
    ("Arrays.get({0, 1, 2}, 0)", 0),
    ("Arrays.flatten(10, {20, 30}, 40)", [10, 20, 30, 40]),
    ("Arrays.contains({10, 20, 30}, 10)", True),
    ("Arrays.contains({10, 20, 30}, 50)", False),
    ("Arrays.size({10, 20, 30})", 3),
    ("Arrays.size(NULL)", 0),
    ("Arrays.isEmpty({10, 20})", False),
    ("Arrays.isEmpty(NULL)", True),
    ('Arrays.toCsvString({"This", "is", " a ", "test"})', "This,is, a ,test"),
    ("Convert.toInt('1234')", 1234),
    ("Convert.toInt(123.4)", 123),
    ("Convert.toInt(123.6)", 124),
    ("Convert.toNum('3.141')", 3.141),
    ("'Hello world'", "Hello world"),
    ("1234", 1234),
    ("3.141", 3.141),
    ("true", True),
    ("user.firstName + user.lastName", "WinstonChurchill"),
    ('user.firstName + "." + user.lastName', "Winston.Churchill"),
    ("substring(user.firstName, 0, 1) + substring(user.lastName, 0, 6)", "WChurch"),
    (
        'toLowerCase(substring( user.firstName, 0, 1)) + "." + toLowerCase(user.lastName)',
        "w.churchill",
    ),
    (
        (
            'toUpperCase(substringBefore( substringAfter(user.email, "@"), ".")) + "\\" '
            '+ substringBefore( user.email, "@")'
        ),
        "GMAIL\\winston.churchill",
    ),
    ('"XDOMAIN\\" + toLowerCase(user.lastName)', "XDOMAIN\\churchill"),
    ("user.groupCode == 123 ? 'Sales' : 'Other'", "Other"),
    ("hasDirectoryUser() ? findDirectoryUser().managerUpn : null", None),
    ("hasWorkdayUser() ? findWorkdayUser().employeeID : null", None),
    (
        (
            'firstName + " " + (String.len(middleName) == 0 ? "" : '
            '(String.substring(middleName, 0, 1) + ". ")) + lastName'
        ),
        "Winston Churchill",
    ),
    (
        '(nickName != "" ? (nickName + " ") : lastName != "" ? (lastName + " ") : "") + firstName',
        "Churchill Winston",
    ),
    ('String.stringContains(user.firstName, "inst")', True),
    ('user.city == "San Francisco"', False),
    ("user.salary >= 1000000", True),
    ("user.salary > 1000000 AND !user.isContractor", False),
    ("!user.isContractor", True),
    ('user.getInternalProperty("id")', "00u1"),
    ('user.getInternalProperty("status") != "SUSPENDED"', True),
    ("'https://' + app.subdomain + '.example.com/scim2/'", "https://acme.example.com/scim2/"),
    (
        "String.substring(user.lastName, String.len(user.lastName)-4, String.len(user.lastName))",
        "hill",
    ),
    ("Arrays.isEmpty(Arrays.toCsvString(user.unset))", True),
    ('user.costCenter==null or user.costCenter==""', True),
    ('isMemberOfGroupName("Everyone") and (user.costCenter==null)', True),
]


@pytest.mark.parametrize(("text", "value"), DOCUMENTED)
def test_documented_example_has_this_value(text: str, value: Any) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "is_member"),
    [
        ('isMemberOfGroup("00g1")', True),
        ('isMemberOfGroup("Everyone")', False),
        ('isMemberOfAnyGroup("00g7", "00g2")', True),
        ('isMemberOfAnyGroup("00g7", "00g8")', False),
        ('isMemberOfGroupName("Everyone")', True),
        ('isMemberOfGroupName("everyone")', False),
        ('isMemberOfGroupNameStartsWith("San Fr")', True),
        ('isMemberOfGroupNameStartsWith("Francisco")', False),
        ('isMemberOfGroupNameContains("admin")', True),
        ('isMemberOfGroupNameContains("Admin")', False),
        ('isMemberOfGroupNameRegex(".*admin.*")', True),
        ('isMemberOfGroupNameRegex("admin")', False),
    ],
)
def test_groups_of_a_person_can_be_asked_for(text: str, is_member: bool) -> None:
    assert value_of(text) is is_member
    assert parse_rule(text).is_true(CONTEXT) is is_member


# Operators and words ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # Words are whole words.
        ("user.order", "first"),
        ("user.notes", "some"),
        ("user.andrew", "Andrew"),
        ("user.not", "a name"),
        ("order", "first"),
        ("notes == 'some'", True),
        ("nothing == null", True),
        # Roots
        ("appuser.role", "admin"),
        ("appUser.role", "admin"),
        ("org.name", "emulated"),
        ("app.region", None),
        ("source.firstName", "Winston"),
        ("firstName", "Winston"),
        # Precedence
        ("true || false && false", True),
        ("(true || false) && false", False),
        ("true OR false and FALSE", True),
        ("!false && false", False),
        ("NOT false == true", True),
        ("!!true", True),
        ("! not !true", False),
        ("1 + 2 == 3", True),
        ("1 + 2 + 'a' + 1 + 2", "3a12"),
        ("3 - 1 - 1", 1),
        ("-1 - -2", 1),
        ("1 < 2 ? 'a' : 'b'", "a"),
        ("false ? 1 : false ? 2 : 3", 3),
        ("true ? false ? 1 : 2 : 3", 2),
        ("(false ? 1 : 2) + 1", 3),
        # What is not needed is not looked at.
        ("true || user.firstName", True),
        ("false && Arrays.get({}, 0)", False),
        ("true ? 1 : Arrays.get({}, 0)", 1),
        # Strings
        ("'it''s'", "it's"),
        ('"say ""hi"""', 'say "hi"'),
        ("'\"'", '"'),
        ("''", ""),
        ("'AND'", "AND"),
        # Arrays
        ("{}", []),
        ("{ 'a', 1, null, {true} }", ["a", 1, None, [True]]),
        ("{1, {2}} == {1, {2}}", True),
        ("{1} == {true}", False),
        ("{1} == {1, 2}", False),
        # Comparisons
        ("'a' < 'b'", True),
        ("'b' <= 'a'", False),
        ("2 > 1.5", True),
        ("1 >= 1.0", True),
        ("1 == 1.0", True),
        ("1 == '1'", False),
        ("1 == true", False),
        ("user.address == user.address", False),
        ("user.email matches '.*@gmail[.]com'", True),
        ("user.email matches 'gmail'", False),
        ("user.email MATCHES '(?i)WINSTON.*'", True),
        ("user.salary matches '[0-9]{7}'", True),
    ],
)
def test_expression_has_this_value(text: str, value: Any) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # A null and an empty string are two things.
        ('user.middleName == ""', False),
        ("user.middleName == null", True),
        ("user.nickName == null", False),
        ('user.nickName == ""', True),
        ("user.unset == null", True),
        ('user.unset != ""', True),
        ("null == null", True),
        # What is inferred
        ("user.unset + 'a'", "a"),
        ("user.unset + user.unset", None),
        ("user.unset < 1", False),
        ("user.unset >= 1", False),
        ("1 > user.unset", False),
        ("user.unset matches '.*'", False),
        ("'a' matches user.unset", False),
        ("String.toUpperCase(user.unset)", None),
        ("String.substringBefore(user.unset, '@')", None),
        ("String.append(user.unset, 'a')", "a"),
        ("String.append('a', user.unset)", "a"),
        ("String.append(user.unset, user.unset)", None),
        ("String.join(' ', 'a', user.unset, 'b')", "a b"),
        ("String.len(user.unset)", 0),
        ("String.stringContains(user.unset, '')", False),
        ("String.stringContains('a', user.unset)", False),
        ("String.startsWith(user.unset, '')", False),
        ("String.stringSwitch(user.unset, 'default', '', 'a')", "default"),
        ("String.stringSwitch('a', 'default', user.unset, 'b')", "default"),
        ("String.stringSwitch('a', null)", None),
        ("Arrays.contains(user.unset, 'a')", False),
        ("Arrays.contains({null}, user.unset)", True),
        ("Arrays.add(user.unset, 'a')", ["a"]),
        ("Arrays.toCsvString({'a', null, 1, true})", "a,,1,true"),
        ("Convert.toInt(user.unset)", None),
        ("Convert.toNum(user.unset)", None),
        # Ends of strings
        ("String.substringBefore('abc', '@')", "abc"),
        ("String.substringAfter('abc', '@')", ""),
        ("String.substringBefore('abc', '')", ""),
        ("String.substringAfter('abc', '')", "abc"),
        ("String.substring('abc', 1, 99)", "bc"),
        ("String.substring('abc', -2, 2)", "ab"),
        ("String.substring('abc', 2, 1)", ""),
        ("String.replace('abc', '', 'x')", "abc"),
        ("String.replaceFirst('abc', '', 'x')", "abc"),
        ("String.replaceFirst('a.b.', '.', '')", "ab."),
        # Other kinds where a String is wanted
        ("String.len(user.salary)", 7),
        ("'' + user.ratio + user.isContractor", "0.5false"),
        # Numbers
        ("Convert.toInt(2.5)", 3),
        ("Convert.toInt(-2.5)", -2),
        ("Convert.toInt(7)", 7),
        ("Convert.toNum('-.5')", -0.5),
        ("Convert.toNum(1)", 1.0),
        ("Arrays.get(user.languages, 1.0)", "fr"),
        ("Arrays.flatten({{1}, {{2}, 3}}, {})", [1, 2, 3]),
        ("Arrays.remove({1, true, 1}, 1)", [True]),
    ],
)
def test_what_okta_leaves_open_is_read_like_this(text: str, value: Any) -> None:
    found = value_of(text)
    assert found == value
    assert type(found) is type(value)


def test_source_is_the_app_where_the_app_is_the_source() -> None:
    context = Context({"source": {"firstName": "Imported"}, "user": WINSTON}, {})
    assert parse("source.firstName + firstName").evaluate(context) == "ImportedImported"


def test_array_of_a_profile_stays_as_it_is() -> None:
    value_of("Arrays.add(user.languages, 'de')")
    value_of("Arrays.flatten(user.languages)")
    assert WINSTON["languages"] == ["en", "fr"]


def test_expression_keeps_its_text() -> None:
    assert parse(" user.firstName ").text == " user.firstName "
    assert parse("user.firstName") == parse("user.firstName")
    assert parse("user.firstName") != parse("user.lastName")


def test_long_chains_are_no_deep_ones() -> None:
    assert value_of(" + ".join(["1"] * 1000)) == 1000
    assert value_of(" && ".join(["true"] * 500)) is True
    assert value_of("false ? 1 : " * 300 + "2") == 2
    assert value_of("!" * 4000 + "true") is True
    assert value_of("(" * 31 + "!!(user.isContractor)" + ")" * 31) is False


# What is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "the end is not expected; give a value"),
        ("   ", 4, "the end is not expected; give a value"),
        ("user.a = 'x'", 8, "write == to compare"),
        ("user.a === 'x'", 10, "write == to compare"),
        ("user.a & user.b", 8, "write &&"),
        ("user.a | user.b", 8, "write ||"),
        ("'abc", 1, "the string is not closed; end it with '"),
        ('user.a + "abc', 10, 'end it with "'),
        ("\u201cabc\u201d", 1, "curly quotes"),
        ("user.a # 1", 8, "'#' means nothing here"),
        ("user.a user.b", 8, "'user' is not expected; give an operator or the end"),
        ("user.a +", 9, "the end is not expected; give a value"),
        ("user.a ?? 'b'", 9, "'?' is not expected"),
        ("user.a ?: 'b'", 9, "':' is not expected"),
        ("true ? 1", 9, "give ':'"),
        ("(1", 3, "give ')'"),
        ("1)", 2, "')' is not expected"),
        ("{1, }", 5, "'}' is not expected"),
        ("{1 2}", 4, "give ','"),
        ("a == b == c", 8, "join two with &&"),
        ("user.", 6, "give a name"),
        ("user.'x'", 6, "give a name"),
        ("user.a.b", 7, "attributes have no attributes"),
        ("user", 1, "write an attribute, as in user.name"),
        ("session.amr", 1, "begin with user, appuser"),
        ("and", 1, "'and' is not expected"),
        ("-'a'", 2, "give a number"),
        ("1234567890123456", 1, "at most 15 digits"),
        ("'a' && true", 1, "a String is no Boolean"),
        ("true && 1 + 1", 9, "is no Boolean"),
        ("!null", 2, "null is no Boolean"),
        ("{} ? 1 : 2", 1, "an array is no Boolean"),
        ("String.length('a')", 1, "use String.len"),
        ("string.len('a')", 1, "use String.len"),
        ("Time.now()", 1, "there is no function Time.now here"),
        ("user.getGroups('x')", 1, "there is no function user.getGroups"),
        ("String.len()", 1, "has 0 arguments; give it 1"),
        ("String.len('a', 'b')", 1, "has 2 arguments; give it 1"),
        ("hasDirectoryUser(1)", 1, "has 1 arguments; give it 0"),
        ("isMemberOfAnyGroup()", 1, "give it 1 or more"),
        ("user.getInternalProperty('created')", 26, "give 'id' or 'status'"),
        ("user.getInternalProperty(user.a)", 26, "give 'id' or 'status'"),
        ("findDirectoryUser()", 20, "give '.'"),
        ("findDirectoryUser().", 21, "give a name"),
        ("user.a matches '('", 16, "no regular expression"),
        ("isMemberOfGroupNameRegex('(a+)+')", 26, "repeats a group that has repeats"),
        ("(" * 33 + "1" + ")" * 33, 34, "take it apart"),
        ("'" + "a" * 4096 + "'", 4097, "longer than 4096 characters"),
    ],
)
def test_wrong_expression_is_refused_when_it_is_parsed(text: str, column: int, says: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    message = str(refused.value)
    assert message.startswith("expression ")
    assert f", column {column}: " in message
    assert says in message
    assert len(message) < 300


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("app.missing", 1, "there is no app.missing here; set it first"),
        ("'a' + org.subdomain", 7, "there is no org.subdomain here"),
        ("user.firstName && true", 1, "a String is no Boolean; compare it"),
        ("true && user.unset", 9, "null is no Boolean"),
        ("!user.salary", 2, "a Number is no Boolean"),
        ("user.languages ? 1 : 2", 1, "an array is no Boolean"),
        ("user.salary < 'a'", 13, "<: a Number and a String have no order"),
        ("true < false", 6, "have no order"),
        ("'a' + user.languages", 5, "write Arrays.toCsvString"),
        ("'a' + user.address", 5, "an object is no String"),
        ("1 + true", 3, "a Boolean is no Number"),
        ("1 + user.unset", 3, "null is no Number"),
        ("'3' - 1", 5, "a String is no Number; write Convert.toNum"),
        ("String.len(user.languages)", 1, "String.len: an array is no String"),
        ("String.substring('abc', 'a', 2)", 1, "a String is no Number"),
        ("String.substring('abc', 0.5, 2)", 1, "0.5 is no position"),
        ("String.stringSwitch('a', 'b', 'c')", 1, "the last key has no value"),
        ("Arrays.get(user.languages, 2)", 1, "no value at 2 of 2"),
        ("Arrays.get(user.languages, -1)", 1, "no value at -1 of 2"),
        ("Arrays.size('a')", 1, "a String is no array"),
        ("Arrays.flatten({'a'}, user.unset)", 1, "write x != null ? x : {}"),
        ("Convert.toInt('12.5')", 1, "the String is no integer"),
        ("Convert.toInt('3000000000')", 1, "too large for an integer"),
        ("Convert.toInt(3000000000.5)", 1, "too large for an integer"),
        ("Convert.toInt(true)", 1, "a Boolean is no Number"),
        ("Convert.toNum('nan')", 1, "the String is no Number"),
        ("Convert.toNum('1_000')", 1, "the String is no Number"),
        ("user.email matches user.email + '('", 12, "matches: no regular expression"),
    ],
)
def test_value_that_does_not_fit_is_refused_when_it_is_evaluated(
    text: str, column: int, says: str
) -> None:
    message = refusal_of(text)
    assert f"expression {text!r}, column {column}: " in message
    assert says in message


def test_text_that_grows_and_grows_is_refused() -> None:
    text = "'" + "a" * 1000 + "'"
    message = refusal_of(f"String.replace(String.replace({text}, 'a', {text}), 'a', {text})")
    assert "more than 100000 characters" in message


def test_numbers_out_of_all_bounds_are_refused() -> None:
    context = Context({"user": {"huge": 10**400, "infinite": float("inf")}}, {})
    for text in (
        "user.huge + 1.5",
        "Convert.toInt(user.huge)",
        "Convert.toNum(user.huge)",
        "Convert.toInt(user.infinite)",
        "Arrays.get({}, user.huge)",
        "Arrays.get({}, user.infinite)",
    ):
        with pytest.raises(ExpressionError):
            parse(text).evaluate(context)


def test_expression_without_what_it_asks_for_is_refused() -> None:
    nothing = Context({}, {})
    for text in (
        "user.firstName",
        "firstName",
        "app.subdomain",
        "user.getInternalProperty('id')",
        "isMemberOfGroup('00g1')",
    ):
        with pytest.raises(ExpressionError, match=r"column 1: .*(here|known)"):
            parse(text).evaluate(nothing)


# Group rules --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_true"),
    [
        ('user.department == "Sales"', True),
        ("user.isContractor", False),
        ("!user.isContractor", True),
        ("user.department == 'Sales' && user.salary > 1", True),
        ("Arrays.contains(user.languages, 'fr')", True),
        ("Arrays.get(user.languages, 0) == 'en'", True),
        ("String.startsWith(String.toLowerCase(user.lastName), 'church')", True),
        ("user.firstName + user.lastName == 'WinstonChurchill'", True),
        ("user.getInternalProperty('status') == 'ACTIVE'", True),
        ("user.department == 'Sales' ? true : false", True),
        ("user.department == 'Sales' ? user.isContractor : null", False),
        ("isMemberOfAnyGroup('00g1') AND NOT isMemberOfGroupName('x')", True),
        ("user.email matches '.*gmail.*'", True),
        ("true", True),
    ],
)
def test_rule_is_met_or_not(text: str, is_true: bool) -> None:
    assert parse_rule(text).is_true(CONTEXT) is is_true


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("user.a = 'b'", 8, "write == to compare"),
        ("app.subdomain == 'acme'", 1, "attributes of the user only"),
        ("appuser.role == 'admin'", 1, "attributes of the user only"),
        ("true && org.name == 'x'", 9, "attributes of the user only"),
        ("source.firstName == 'x'", 1, "attributes of the user only"),
        ("firstName == 'x'", 1, "write user.name"),
        ("Convert.toInt(user.salary) > 1", 1, "group rules can't use Convert.toInt"),
        ("user.a == Convert.toNum('1')", 11, "String, Arrays and group functions"),
        ("Time.now() == 'x'", 1, "there is no function Time.now"),
        ("hasDirectoryUser()", 1, "group rules can't use hasDirectoryUser"),
        ("findDirectoryUser().a == 'x'", 1, "there is no function findDirectoryUser"),
        ("toUpperCase(user.a) == 'X'", 1, "use String.toUpperCase"),
        ("user.a == 'x' ? 'a' : 'b'", 1, "a String is no Boolean"),
        ("user.a == 'x' ? 'a' : 1", 1, "is no Boolean"),
        ("'true'", 1, "a String is no Boolean"),
        ("1", 1, "a Number is no Boolean"),
        ("null", 1, "null is no Boolean"),
        ("{true}", 1, "an array is no Boolean"),
        ("user.a + user.b", 1, "is no Boolean"),
        ("String.toUpperCase(user.a)", 1, "a String is no Boolean"),
        ("Arrays.size(user.a)", 1, "a Number is no Boolean"),
        ("user.getInternalProperty('status')", 1, "a String is no Boolean"),
    ],
)
def test_what_no_rule_may_be_is_refused(text: str, column: int, says: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse_rule(text)
    assert f"expression {text!r}, column {column}: " in str(refused.value)
    assert says in str(refused.value)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_rules_know_the_functions_of_strings_arrays_and_groups_only(name: str) -> None:
    arguments = ", ".join(["'a'"] * FUNCTIONS[name].least)
    text = f"{name}({arguments}) == 'a'"
    parse(text)
    if name in LEGACY or name.startswith(("Convert.", "has")):
        with pytest.raises(ExpressionError, match="group rules can't use"):
            parse_rule(text)
    else:
        parse_rule(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("user.department", "a String"),
        ("user.unset", "null"),
        ("user.salary", "a Number"),
        ("user.languages", "an array"),
        ("Arrays.get(user.languages, 0)", "a String"),
    ],
)
def test_rule_whose_value_turns_out_to_be_no_boolean_is_refused(text: str, kind: str) -> None:
    with pytest.raises(ExpressionError, match=f"column 1: {kind} is no Boolean; compare it"):
        parse_rule(text).is_true(CONTEXT)


# Properties ---------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *"!<>?:.,(){}+-",
        *("&&", "||", "==", "!=", "<=", ">=", "AND", "or", "not", "matches", " "),
        *("user.firstName", "user.unset", "user.languages", "user.salary", "app.subdomain"),
        *("user", "firstName", "true", "null", "1", "2.5", "'a'", '""', "'.*'", "{1, 'a'}"),
        *(f"{name}(" for name in FUNCTIONS),
        "user.getInternalProperty('id')",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def _expressions() -> st.SearchStrategy[str]:
    """Texts that are mostly well-formed, of any kinds of values."""
    simple = st.sampled_from(["user.a", "user.b", "1", "2.5", "'a'", "''", "null", "true", "{}"])

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        signs = ["+", "-", "==", "!=", "<", ">=", "&&", "OR", "matches"]
        operation = st.tuples(inner, st.sampled_from(signs), inner).map(" ".join)
        arguments = st.lists(inner, max_size=3).map(", ".join)
        call = st.builds("{}({})".format, st.sampled_from(sorted(FUNCTIONS)), arguments)
        choice = st.builds("{} ? {} : {}".format, inner, inner, inner)
        return (
            operation.map("({})".format)
            | call
            | choice.map("({})".format)
            | inner.map("!{}".format)
        )

    return st.recursive(simple, larger, max_leaves=8)


def _evaluated(text: str, context: Context) -> None:
    for read in (parse, parse_rule):
        try:
            expression = read(text)
        except ExpressionError:
            continue
        for ask in (expression.evaluate, expression.is_true):
            try:
                ask(context)
            except ExpressionError as problem:
                assert str(problem).startswith("expression ")


@UNHURRIED
@given(st.text())
def test_arbitrary_text_leads_to_nothing_but_an_expression_error(text: str) -> None:
    _evaluated(text, CONTEXT)


@UNHURRIED
@given(st.lists(PIECES, max_size=30).map("".join))
def test_arbitrary_pieces_lead_to_nothing_but_an_expression_error(text: str) -> None:
    _evaluated(text, CONTEXT)


@UNHURRIED
@given(_expressions(), VALUES, VALUES)
def test_arbitrary_values_lead_to_nothing_but_an_expression_error(
    text: str, a: Any, b: Any
) -> None:
    _evaluated(text, Context({"user": {"a": a, "b": b}}, {}, Groups({"1": "a"})))


@UNHURRIED
@given(st.text(max_size=200), st.sampled_from("'\""))
def test_string_in_quotes_is_that_string(value: str, quote: str) -> None:
    assert value_of(quote + value.replace(quote, quote * 2) + quote) == value


@UNHURRIED
@given(st.integers(-(10**14), 10**14))
def test_integer_is_that_integer(value: int) -> None:
    assert value_of(str(value)) == value
    assert value_of(f"'' + {value}") == str(value)


@UNHURRIED
@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True))
def test_any_name_after_a_dot_is_an_attribute(name: str) -> None:
    context = Context({"user": {name: "value"}}, {})
    assert parse(f"user.{name}").evaluate(context) == "value"
    assert parse_rule(f"user.{name} == 'value'").is_true(context)


@UNHURRIED
@given(st.sampled_from("({!-"), st.integers(1, 4096))
def test_deep_nesting_leads_to_nothing_but_an_expression_error(mark: str, count: int) -> None:
    closing = {"(": ")", "{": "}"}.get(mark, "")
    _evaluated(mark * count + "true" + closing * count, CONTEXT)
    _evaluated(f"String.len({mark}" * (count // 12) + "1", CONTEXT)


@UNHURRIED
@given(st.text(), st.text())
def test_text_before_and_after_a_mark_is_the_whole_text(before: str, after: str) -> None:
    context = Context({"user": {"both": f"{before}@{after}", "before": before}}, {})
    found = parse(
        "String.substringBefore(user.both, '@') + '@' + String.substringAfter(user.both, '@')"
    ).evaluate(context)
    assert found == f"{before}@{after}"


@UNHURRIED
@given(VALUES, VALUES)
def test_values_are_equal_or_unequal(a: Any, b: Any) -> None:
    context = Context({"user": {"a": a, "b": b}}, {})
    is_equal = parse_rule("user.a == user.b").is_true(context)
    assert parse_rule("user.a != user.b").is_true(context) is not is_equal
    assert parse_rule("user.b == user.a").is_true(context) is is_equal

use super::*;
use proptest::prelude::*;
use unicode_width::UnicodeWidthStr;

const CALLBACK: &str = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback";

/// Registered, sent, class, index of the first difference in characters.
const TABLE: [(&str, &str, Class, usize); 43] = [
    ("https://h/cb", "http://h/cb", Class::SchemeHttp, 4),
    ("https://h/cb", "HTTPS://h/cb", Class::SchemeCase, 0),
    ("https://h.example/cb", "https://H.example/cb", Class::HostCase, 8),
    ("https://auth.x/cb", "https://app.x/cb", Class::Host, 9),
    ("https://h.x/cb", "https://www.h.x/cb", Class::Subdomain, 8),
    ("https://www.h.x/cb", "https://h.x/cb", Class::Subdomain, 8),
    ("https://h.x/cb", "https://h.x./cb", Class::TrailingDot, 11),
    ("https://xn--bcher-kva.example/cb", "https://bücher.example/cb", Class::Idn, 8),
    ("https://h/cb", "https://h:443/cb", Class::DefaultPort, 9),
    ("http://h/cb", "http://h:80/cb", Class::DefaultPort, 8),
    ("https://h/cb", "https://h:/cb", Class::DefaultPort, 9),
    ("http://[::1]/cb", "http://[::1]:80/cb", Class::DefaultPort, 12),
    ("https://h/cb", "https://h:8443/cb", Class::Port, 9),
    ("http://127.0.0.1:3000/cb", "http://127.0.0.1:3001/cb", Class::Port, 20),
    ("http://localhost/cb", "http://127.0.0.1/cb", Class::Loopback, 7),
    ("http://[::1]:8/cb", "http://127.0.0.1:8/cb", Class::Loopback, 7),
    ("https://h", "https://h/", Class::EmptyPath, 9),
    ("https://h/cb", "https://h/cb/", Class::TrailingSlash, 12),
    ("https://h/cb/", "https://h/cb", Class::TrailingSlash, 12),
    ("https://h/Callback", "https://h/callback", Class::PathCase, 10),
    ("https://h/a/cb", "https://h/a/./cb", Class::DotSegment, 12),
    ("https://h/a/cb", "https://h/a/x/../cb", Class::DotSegment, 12),
    ("https://h/a/cb", "https://h/a//cb", Class::DoubleSlash, 12),
    ("https://h/a%20b", "https://h/a b", Class::PercentEncoding, 11),
    ("https://h/%C3%A9", "https://h/é", Class::PercentEncoding, 10),
    ("https://h/a%2fb", "https://h/a%2Fb", Class::HexCase, 13),
    ("https://h/~a", "https://h/%7Ea", Class::EncodedUnreserved, 10),
    ("https://h/a%2Fb", "https://h/a%252Fb", Class::DoubleEncoding, 13),
    ("https://h/cb", "https://h/cb?x=1", Class::QueryAdded, 12),
    ("https://h/cb?a=1&b=2", "https://h/cb?b=2&a=1", Class::QueryOrder, 13),
    ("https://h/cb?a=1", "https://h/cb?a=2", Class::Query, 15),
    ("https://h/cb?a=%2f", "https://h/cb?a=%2F", Class::HexCase, 17),
    ("https://h/cb", "https://h/cb#x", Class::Fragment, 12),
    ("https://*.h.x/cb", "https://a.h.x/cb", Class::Wildcard, 8),
    ("https://h/cb", "https://h/cb ", Class::Whitespace, 12),
    ("https://h/cb", " https://h/cb", Class::Whitespace, 0),
    ("https://h/cb", "https://h/cb%20", Class::Whitespace, 12),
    ("https://h/cb", "https://h/c\u{200b}b", Class::Invisible, 11),
    ("https://h.x/cb", "https://h\u{ad}.x/cb", Class::Invisible, 9),
    ("https://h/callback", "https://h/cаllback", Class::LookAlike, 11),
    ("https://h/cb", "https://h/bc", Class::Path, 10),
    ("https://h/cb", "https://me@h/cb", Class::UserInfo, 8),
    ("https://h/cb", "com.example:/cb", Class::Other, 0),
];

#[test]
fn every_class_of_the_table_is_told_apart() {
    for (registered, sent, class, index) in TABLE {
        let found = compare(registered, sent).unwrap();
        assert_eq!((found.class, found.index), (class, index), "{registered} / {sent}");
    }
    for class in Class::ALL {
        assert!(TABLE.iter().any(|row| row.2 == class), "no example of {class:?}");
    }
}

#[test]
fn every_class_says_one_sentence_and_its_source() {
    for class in Class::ALL {
        assert!(class.words().ends_with('.') && class.words().len() < 150, "{class:?}");
        assert!(class.source().contains("RFC") && class.source().contains('§'), "{class:?}");
    }
}

#[test]
fn an_encoded_look_alike_of_a_digit_is_named() {
    assert_eq!(compare("https://h/a0", "https://h/aO").unwrap().class, Class::LookAlike);
    assert_eq!(compare("https://h/al", "https://h/a1").unwrap().class, Class::LookAlike);
}

#[test]
fn the_mark_stands_under_the_difference_of_a_long_uri() {
    let sent = format!("{CALLBACK}/");
    let lines = marked(CALLBACK, &sent, 60);
    assert_eq!(lines[0], "…ps://auth.aigateway.cequence.ai/v1/outbound/oauth/callback");
    assert!(lines[1].ends_with("/v1/outbound/oauth/callback/"));
    assert_eq!(lines[2], format!("{}one \"/\" too many (U+002F) ^", " ".repeat(59 - 1 - 25)));
    let lines = marked(CALLBACK, &sent, 100);
    assert_eq!(lines[1], sent);
    assert_eq!(lines[2], format!("{}^ one \"/\" too many (U+002F)", " ".repeat(61)));
}

#[test]
fn an_early_difference_keeps_the_tail_too() {
    let [registered, sent, mark] = marked(CALLBACK, &CALLBACK.replace("https", "http"), 40);
    assert!(registered.starts_with("https://") && registered.ends_with("callback"), "{registered}");
    assert!(sent.starts_with("http://") && sent.ends_with("callback"), "{sent}");
    assert_eq!(mark, "    ^ \"s\" missing (U+0073)");
}

#[test]
fn edits_are_counted() {
    for (a, b, n) in [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("é", "e", 1), ("ab", "ba", 2)]
    {
        assert_eq!((edits(a, b), edits(b, a)), (n, n));
    }
}

#[test]
fn what_differs_names_what_cannot_be_seen() {
    for (registered, sent, words) in [
        ("a", "a\u{200b}", "a zero-width space too many (U+200B)"),
        ("a ", "a", "a space missing (U+0020)"),
        ("aC", "ac", "\"c\" (U+0063) instead of \"C\" (U+0043)"),
        ("a/stg/b", "a/prod/b", "\"prod\" instead of \"stg\""),
        ("a", "a?x=1", "\"?x=1\" too many"),
        ("a", "a", ""),
    ] {
        assert_eq!(what_differs(registered, sent), words);
    }
}

fn names(uri: &str, context: &LintContext<'_>) -> Vec<(&'static str, Severity)> {
    lint(uri, context).into_iter().map(|l| (l.check, l.severity)).collect()
}

fn alone(uri: &str) -> Vec<(&'static str, Severity)> {
    names(uri, &LintContext::default())
}

fn fix(uri: &str, check: &str, context: &LintContext<'_>) -> Option<String> {
    lint(uri, context).into_iter().find(|l| l.check == check).unwrap_or_else(|| panic!("{check}: {uri}")).fix
}

#[test]
fn the_gateways_callback_has_nothing_against_it() {
    assert_eq!(alone(CALLBACK), []);
}

#[test]
fn what_is_wrong_by_itself_is_found_and_repaired_without_any_knowledge() {
    use Severity::{Fail, Warn};
    for (uri, check, severity, repaired) in [
        ("", "blank", Fail, None),
        (" \t", "blank", Fail, None),
        ("https://h.x/cb#top", "fragment", Fail, Some("https://h.x/cb")),
        ("https://h.x/cb#", "fragment", Fail, Some("https://h.x/cb")),
        ("http://h.x/cb", "http", Warn, Some("https://h.x/cb")),
        (" https://h.x/cb\r\n", "whitespace", Fail, Some("https://h.x/cb")),
        ("https://h.x/v1/out\n bound/cb", "whitespace", Fail, Some("https://h.x/v1/outbound/cb")),
        ("https://h.x/c\u{200b}b", "invisible", Fail, Some("https://h.x/cb")),
        ("https://h.x/cb\u{1b}[31m", "invisible", Fail, Some("https://h.x/cb%5B31m")),
        ("https://h.x/cаllback", "look-alike", Warn, Some("https://h.x/callback")),
        ("https：//h.x／cb", "look-alike", Warn, Some("https://h.x/cb")),
        ("https://bücher.example/cb", "idn", Warn, Some("https://xn--bcher-kva.example/cb")),
        ("https://h.x/é", "non-ascii", Warn, Some("https://h.x/%C3%A9")),
        ("https://*.h.x/cb", "wildcard", Fail, None),
        ("https://h.x/*/cb", "wildcard-path", Warn, None),
        ("https://me:pw@h.x/cb", "user-info", Fail, Some("https://h.x/cb")),
        ("http://localhost:8484/cb", "localhost", Warn, Some("http://127.0.0.1:8484/cb")),
        ("javascript:alert(1)", "scheme", Fail, None),
        ("data:text/html,x", "scheme", Fail, None),
        ("com.example.app://cb", "scheme", Warn, None),
        ("auth.h.x/cb", "not-absolute", Fail, Some("https://auth.h.x/cb")),
        ("//auth.h.x/cb", "not-absolute", Fail, Some("https://auth.h.x/cb")),
        ("/cb", "not-absolute", Fail, None),
        ("https:///cb", "not-absolute", Fail, None),
        ("https://h.x:99999/cb", "port", Fail, None),
        ("https://a b.x/cb", "whitespace", Fail, Some("https://ab.x/cb")),
        ("https://h.x:0/cb", "port", Fail, None),
        ("https://h.x:+443/cb", "port", Fail, None),
        ("https://[::1/cb", "not-a-uri", Fail, None),
        ("https://h.x/100%", "percent", Warn, Some("https://h.x/100%25")),
        ("https://h.x/a|b", "character", Warn, Some("https://h.x/a%7Cb")),
    ] {
        let found = alone(uri);
        assert!(found.contains(&(check, severity)), "{uri:?}: {found:?}");
        assert_eq!(fix(uri, check, &LintContext::default()).as_deref(), repaired, "{uri:?}");
    }
    let long = format!("https://h.x/{}", "a".repeat(MAX_CHARS));
    assert_eq!(alone(&long), [("too-long", Warn)]);
}

#[test]
fn unusual_forms_are_information_where_no_callback_is_known() {
    for (uri, check) in [
        ("https://h.x/cb/", "trailing-slash"),
        ("https://h.x", "empty-path"),
        ("https://H.x/cb", "host-case"),
        ("HTTPS://h.x/cb", "scheme-case"),
        ("https://h.x./cb", "trailing-dot"),
        ("https://h.x:443/cb", "default-port"),
        ("https://h.x/a//cb", "double-slash"),
        ("https://h.x/a/../cb", "dot-segment"),
        ("https://h.x/a%252Fb", "double-encoding"),
        ("https://h.x/%7Ea", "encoded-unreserved"),
        ("https://h.x/cb?a=1", "query"),
        ("http://127.0.0.1:1/cb", "loopback"),
        ("http://[::1]/cb", "loopback"),
    ] {
        assert_eq!(alone(uri), [(check, Severity::Info)], "{uri}");
    }
}

#[test]
fn an_international_host_is_no_look_alike() {
    assert_eq!(alone("https://россия.рф/cb"), [("idn", Severity::Warn)]);
    assert!(alone("https://аррӏе.com/cb").contains(&("look-alike", Severity::Warn)));
}

fn known() -> Vec<Callback> {
    let callback =
        |environment: &str, uri: &str| Callback { environment: environment.into(), uri: uri.into() };
    vec![
        callback("prod", CALLBACK),
        callback("staging", "https://auth.stg.acme.example/v1/outbound/oauth/callback"),
    ]
}

#[test]
fn a_near_miss_of_a_known_callback_warns_and_is_repaired() {
    let known = known();
    let context = LintContext { known: &known, ..Default::default() };
    for miss in [
        format!("{CALLBACK}/"),
        CALLBACK.replace("callback", "Callback"),
        CALLBACK.replace(".ai/", ".ai:443/"),
        CALLBACK.replace("https", "http"),
        CALLBACK.replace("/oauth", "//oauth"),
        CALLBACK.replace("outbound", "outbond"),
        format!("{CALLBACK}?x=1"),
    ] {
        let found = lint(&miss, &context);
        let near = found.iter().find(|l| l.check == "near-callback").unwrap_or_else(|| panic!("{miss}"));
        assert_eq!(near.severity, Severity::Warn);
        assert_eq!(near.fix.as_deref(), Some(CALLBACK));
        assert_eq!(near.difference, compare(CALLBACK, &miss));
    }
    assert_eq!(names(CALLBACK, &context), []);
    // One slip is told once.
    assert_eq!(names(&format!("{CALLBACK} "), &context), [("whitespace", Severity::Fail)]);
    assert_eq!(names("https://other.example/cb", &context), [("own", Severity::Info)]);
    // Another host is another environment.
    assert_eq!(names(&CALLBACK.replace("auth.", "auth2."), &context), [("own", Severity::Info)]);
}

#[test]
fn a_row_is_held_against_the_callback_of_its_environment() {
    let known = known();
    let context = LintContext { known: &known, environment: "Staging", ..Default::default() };
    let found = lint("https://auth.stg.acme.example/v1/outbound/oauth/callback/", &context);
    let callback = found.iter().find(|l| l.check == "callback").unwrap();
    assert_eq!(callback.difference.unwrap().index, 56);
    assert!(callback.sentence.starts_with("Not the callback of staging: it differs at character 57."));
    assert_eq!(names("https://elsewhere.example/cb", &context), [("callback", Severity::Warn)]);
    assert_eq!(names(CALLBACK, &context), [("environment", Severity::Info)]);
    assert_eq!(fix("", "blank", &context).as_deref(), Some(known[1].uri.as_str()));
}

#[test]
fn rows_are_compared_with_each_other_and_with_the_other_list() {
    let known = known();
    let (rows, other) = ([CALLBACK], [CALLBACK]);
    let twice = LintContext { rows: &rows, known: &known, ..Default::default() };
    assert_eq!(names(CALLBACK, &twice), [("duplicate", Severity::Warn)]);
    // Repairing this one would only make a duplicate: no repair is offered, the difference is still shown.
    let slash = format!("{CALLBACK}/");
    let near = lint(&slash, &twice).into_iter().find(|l| l.check == "near-callback").unwrap();
    assert_eq!((near.fix, near.difference.unwrap().class), (None, Class::TrailingSlash));
    let out = LintContext { list: List::SignOut, known: &known, ..Default::default() };
    assert_eq!(names(CALLBACK, &out), [("wrong-list", Severity::Warn)]);
    assert_eq!(names(CALLBACK, &LintContext { other_list: &other, ..out }), [("both-lists", Severity::Info)]);
    assert_eq!(names("https://app.example/signed-out", &out), []);
}

#[test]
fn a_wildcard_counts_only_where_the_app_allows_it_and_in_its_place() {
    let on = LintContext { wildcard: true, ..Default::default() };
    assert_eq!(names("https://*.h.x/cb", &on), [("wildcard", Severity::Info)]);
    for bad in
        ["https://*.x/cb", "https://a.*.h.x/cb", "https://*.*.h.x/cb", "http://*.h.x/cb", "https://h.x:*/cb"]
    {
        assert!(names(bad, &on).contains(&("wildcard", Severity::Fail)), "{bad}");
    }
    let out = LintContext { list: List::SignOut, ..on };
    assert!(names("https://*.h.x/cb", &out).contains(&("wildcard", Severity::Fail)));
}

#[test]
fn a_password_in_a_uri_is_not_repeated() {
    for lint in lint("https://me:hunter2@h.x/cb", &LintContext::default()) {
        assert!(!lint.sentence.contains("hunter2"));
    }
}

/// URIs and what people make of them: a good one with hostile pieces put in anywhere.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "",
        "/",
        "//",
        "/../",
        "/./",
        "%",
        "%2",
        "%2F",
        "%252f",
        "%7e",
        "?",
        "?a=b&c=d",
        "#",
        "#x",
        "*",
        "*.",
        ":",
        ":443",
        ":99999",
        "@",
        "user:pw@",
        " ",
        "\n",
        "\t",
        "\u{200b}",
        "\u{202e}",
        "\u{1b}",
        "а",
        "：",
        "。",
        "ü",
        "россия",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[",
        "javascript:",
        "http://",
        "HTTPS://",
        "https://",
        "www.",
        "A",
        "a",
        "\\",
        "|",
        "\u{0}",
        "😀",
        "…",
        CALLBACK,
    ]);
    let pieces = prop::collection::vec((piece, any::<prop::sample::Index>()), 0..4);
    (prop::sample::select(vec![CALLBACK, "http://localhost:3000/cb", "https://h", ""]), pieces).prop_map(
        |(base, pieces)| {
            let mut chars: Vec<char> = base.chars().collect();
            for (piece, at) in pieces {
                let at = at.index(chars.len() + 1);
                chars.splice(at..at, piece.chars());
            }
            chars.into_iter().collect()
        },
    )
}

fn any_uri() -> impl Strategy<Value = String> {
    prop_oneof![4 => hostile(), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn equal_is_equal(a in any_uri()) {
        prop_assert_eq!(compare(&a, &a), None);
    }

    #[test]
    fn the_index_is_the_first_that_differs(a in any_uri(), b in any_uri()) {
        if let Some(found) = compare(&a, &b) {
            prop_assert_eq!(found.registered, a.chars().nth(found.index));
            prop_assert_eq!(found.sent, b.chars().nth(found.index));
            prop_assert_ne!(found.registered, found.sent);
            prop_assert!(a.chars().take(found.index).eq(b.chars().take(found.index)));
            prop_assert!(!what_differs(&a, &b).is_empty());
        } else {
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn the_class_does_not_depend_on_the_side(a in any_uri(), b in any_uri()) {
        prop_assert_eq!(compare(&a, &b).map(|d| d.class), compare(&b, &a).map(|d| d.class));
    }

    #[test]
    fn cutting_and_joining_changes_nothing(a in any_uri()) {
        prop_assert_eq!(parts::Parts::of(&a).join(), a);
    }

    #[test]
    fn marked_lines_fit_and_can_be_drawn(a in any_uri(), b in any_uri(), cells in 0usize..120) {
        for line in marked(&a, &b, cells) {
            prop_assert!(line.as_str().width() <= cells, "{:?} in {}", line, cells);
            prop_assert!(!line.chars().any(|c| c.is_control() || characters::is_invisible(c)));
        }
    }

    #[test]
    fn the_mark_is_under_the_character_that_differs(a in "[a-z/.:]{0,70}", b in "[a-z/.:]{0,70}", cells in 24usize..120) {
        if let Some(found) = compare(&a, &b) {
            let lines = marked(&a, &b, cells);
            // Between letters only the mark is a "^".
            let column = lines[2].chars().position(|c| c == '^').unwrap();
            for (line, expected) in [(&lines[0], found.registered), (&lines[1], found.sent)] {
                prop_assert_eq!(line.chars().nth(column), expected, "{:?}", lines);
            }
        }
    }

    #[test]
    fn a_fix_is_clean_in_the_same_place(a in any_uri(), environment in "(prod|staging|dev|)", sign_out in any::<bool>(), twice in any::<bool>()) {
        let known = known();
        let rows = [CALLBACK];
        let context = LintContext {
            list: if sign_out { List::SignOut } else { List::SignIn },
            environment: &environment,
            known: &known,
            rows: if twice { &rows } else { &[] },
            ..Default::default()
        };
        for context in [context, LintContext::default()] {
            for found in lint(&a, &context) {
                prop_assert!(!found.sentence.chars().any(|c| c.is_control() || characters::is_invisible(c)));
                if let Some(fix) = found.fix {
                    prop_assert_ne!(&fix, &a);
                    let left: Vec<_> = lint(&fix, &context).into_iter().filter(|l| l.severity != Severity::Info).collect();
                    prop_assert!(left.is_empty(), "{:?} -> {:?}: {:?}", a, fix, left);
                    prop_assert_eq!(found.difference, compare(&fix, &a));
                }
            }
        }
    }
}

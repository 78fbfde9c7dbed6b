//! The `Link` header (RFC 8288 §3), of which we need one relation: the next page. Pure.

use http::HeaderMap;
use url::Url;

/// The target of `rel="next"`, byte for byte. Okta sends one header line per relation; other servers put all on one line.
pub(super) fn next(headers: &HeaderMap) -> Option<String> {
    headers.get_all(http::header::LINK).iter().filter_map(|line| line.to_str().ok()).find_map(next_in)
}

fn next_in(line: &str) -> Option<String> {
    let mut rest = line;
    // Commas and semicolons may stand inside `<…>` and inside quotes, so the line is walked, not split.
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let (parameters, after) = until_comma(after);
        if parameters.iter().any(|p| is_next(p)) {
            return Some(target.to_owned());
        }
        rest = after;
    }
    None
}

/// The parameters of one link, and what follows its comma.
fn until_comma(text: &str) -> (Vec<&str>, &str) {
    let (mut quoted, mut from, mut parameters) = (false, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' | ',' if !quoted => {
                parameters.extend(text.get(from..at));
                from = at + 1;
                if c == ',' {
                    return (parameters, text.get(from..).unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    parameters.extend(text.get(from..));
    (parameters, "")
}

fn is_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let value = value.trim().trim_matches('"');
    name.trim().eq_ignore_ascii_case("rel")
        && value.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("next"))
}

/// Whether two addresses have the same scheme, host and port (RFC 6454 §4): only then may a token follow.
pub(super) fn same_origin(a: &str, b: &str) -> bool {
    match (Url::parse(a), Url::parse(b)) {
        (Ok(a), Ok(b)) => a.origin() == b.origin() && a.origin().is_tuple() && a.username().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("link", line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn next_is_found_on_its_own_line_and_among_others() {
        let own = [
            r#"<https://a.okta.com/api/v1/apps?limit=2>; rel="self""#,
            r#"<https://a.okta.com/api/v1/apps?after=x&limit=2>; rel="next""#,
        ];
        assert_eq!(next(&headers(&own)).as_deref(), Some("https://a.okta.com/api/v1/apps?after=x&limit=2"));
        let one = r#"<https://a/?q=a,b;c>; title="x, <y>"; rel="self", <https://a/?after=1,2>; rel=next"#;
        assert_eq!(next(&headers(&[one])).as_deref(), Some("https://a/?after=1,2"));
        assert_eq!(next(&headers(&[r#"<https://a/>; rel="self""#])), None);
        assert_eq!(next(&headers(&[r#"<https://a/>; rel="nextish""#, "<broken", "<a>"])), None);
    }

    #[test]
    fn origins() {
        assert!(same_origin("https://acme.okta.com", "https://acme.okta.com:443/api/v1/users?after=1"));
        for foreign in [
            "http://acme.okta.com/",
            "https://acme.okta.com.evil.example/",
            "https://evil@acme.okta.com/",
            "https://acme.okta.com:8443/",
            "/api",
            "",
        ] {
            assert!(!same_origin(foreign, "https://acme.okta.com"), "{foreign}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_trouble(line in "[ -~]{0,80}") {
            let mut headers = HeaderMap::new();
            headers.append("link", line.parse().unwrap());
            let _ = next(&headers);
        }

        #[test]
        fn a_target_comes_back_byte_for_byte(target in "[!-;=?-~]{1,60}") {
            let line = format!(r#"<https://a/>; rel="self", <{target}>; rel="next""#);
            prop_assert_eq!(next(&headers(&[&line])), Some(target));
        }
    }
}
